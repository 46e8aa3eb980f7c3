import type { CollectionId, SightingId, SubjectId } from "../src/base/ids.ts";
import { type ListedSighting, pageOfSightings } from "../src/search/sighting-list.ts";
import type { Reader } from "../src/storage/db.ts";
import type { SightingState } from "../src/storage/schema.ts";

/** More than any test's person has. */
const SIGHTINGS_MAX = 1000;

/** All of a person's sightings that staff is shown, oldest photo first. */
export async function sightingsOf(
  db: Reader,
  collection: CollectionId,
  subject: SubjectId,
): Promise<readonly ListedSighting[]> {
  return pageOfSightings(db, { collection, subject, after: null, limit: SIGHTINGS_MAX });
}

/** How each of them stands, in the order of the photos' imports: rejected ones are among them. */
export async function statesOf(
  db: Reader,
  collection: CollectionId,
  subject: SubjectId,
): Promise<readonly { readonly id: SightingId; readonly state: SightingState }[]> {
  return db.read
    .selectFrom("sightings")
    .innerJoin("faces", "faces.id", "sightings.face_id")
    .innerJoin("media", "media.id", "faces.media_id")
    .select(["sightings.id", "sightings.state"])
    .where("sightings.collection_id", "=", collection)
    .where("sightings.subject_id", "=", subject)
    .orderBy("media.seq")
    .execute();
}
