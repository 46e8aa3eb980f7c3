import type { SubjectId } from "../base/ids.ts";
import { findCollection } from "../collections/collections.ts";
import type { Recorder } from "../ledger/ledger.ts";
import { type ListedSighting, listSightings } from "../search/sighting-list.ts";
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
): Promise<readonly ListedSighting[]> {
  const { id: collection } = await findCollection(db, of.collection);
  const { subject } = of;
  const page = { collection, subject, after: null, limit: SIGHTINGS_MAX } as const;
  return listSightings(db, recorder, { ...page, reader: "person" });
}
