import type { SubjectId } from "../base/ids.ts";
import { findCollection } from "../collections/collections.ts";
import { permit } from "../consent/consent.ts";
import { append, type Recorder } from "../ledger/ledger.ts";
import { type Sighting, sightingsOf } from "../search/sightings.ts";
import type { Db } from "../storage/db.ts";

/** Sightings listed at a time; a person with more is shown the oldest. */
const SIGHTINGS_MAX = 100_000;

/**
 * Lists the photos in which a subject was seen, and records that somebody looked. Throws
 * ConsentError no_live_grant for a person who has paused, withdrawn or whose consent has ended.
 */
export async function listPhotos(
  db: Db,
  recorder: Recorder,
  of: { readonly collection: string; readonly subject: SubjectId },
): Promise<readonly Sighting[]> {
  return db.write(async (tx) => {
    const { id: collection } = await findCollection(tx, of.collection);
    const { subject } = of;
    await permit(tx, recorder.clock, "deliver", { collection, subject });
    const sightings = await sightingsOf(tx, collection, subject, {
      limit: SIGHTINGS_MAX,
      reader: "person",
    });
    const photos = new Set(sightings.map(({ media }) => media)).size;
    await append(tx, recorder, { kind: "photos.listed", collection, subject, photos });
    return sightings;
  });
}
