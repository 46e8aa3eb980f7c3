import type { CollectionId, FaceId, GrantId, MediaId, SightingId, SubjectId } from "../base/ids.ts";
import type { Instant } from "../base/clock.ts";
import { sourcesOfAll } from "../collections/media.ts";
import { TRACK_TIMES, type TrackTimes, trackTimes } from "../collections/tracks.ts";
import { notWithheld } from "../collections/withheld.ts";
import { stillLive } from "../consent/consent.ts";
import type { FacePlace } from "../faces/engine.ts";
import { append, lockSequences, type Recorder } from "../ledger/ledger.ts";
import type { Db, Reader, Tx } from "../storage/db.ts";
import type { SightingState } from "../storage/schema.ts";
import type { Sighting } from "./sightings.ts";

/** Another face that a person is taken for, to hold a sighting against. */
export interface Reference {
  readonly media: MediaId;
  readonly face: FaceId;
  readonly place: FacePlace;
  /** When, in a video; null in a photo. */
  readonly track: TrackTimes | null;
  readonly state: SightingState;
}

/** A sighting as whoever reviews it sees it. */
export interface Review extends Sighting {
  readonly subject: SubjectId;
  /** Their most alike confirmed face, or else proposed one; null: this is the only one. */
  readonly reference: Reference | null;
  /** Who has confirmed it so far, where two must. */
  readonly confirmedBy: readonly string[];
}

/** Where a page of reviews ended. */
export interface ReviewsKey {
  readonly subject: string;
  readonly id: string;
}

/** In which collection, in which state, from after what, at most how many. */
export interface ReviewsPage {
  readonly collection: CollectionId;
  readonly state: SightingState;
  readonly after: ReviewsKey | null;
  readonly limit: number;
}

/**
 * A page of a collection's sightings, person by person, so that whoever reviews them looks at one
 * face at a time. Only of people whose consent is in force at this commit, and for whom it is
 * recorded that somebody looked. `next` is the key of the next page, or null on the last.
 */
export async function pageOfReviews(
  db: Db,
  recorder: Recorder,
  page: ReviewsPage,
): Promise<{ readonly reviews: readonly Review[]; readonly next: ReviewsKey | null }> {
  return db.write(async (tx) => {
    const rows = await readRows(tx, page, recorder.clock.now());
    const shown = rows.slice(0, page.limit);
    const last = rows.length > page.limit ? shown.at(-1) : undefined;
    const live = await onlyLive(tx, recorder, shown);
    await recordLooked(tx, recorder, page.collection, live);
    const sources = await sourcesOfAll(
      tx,
      live.map(({ media }) => media),
    );
    const reviews: Review[] = [];
    for (const { grant: _, place, from_ms, to_ms, best_ms, ...row } of live) {
      reviews.push({
        ...row,
        track: trackTimes({ from_ms, to_ms, best_ms }),
        place: JSON.parse(place) as FacePlace,
        sources: sources.get(row.media) ?? [],
        reference: await referenceFor(tx, page.collection, row),
        confirmedBy: await confirmedBy(tx, row.id),
      });
    }
    return { reviews, next: last ? { subject: last.subject, id: last.id } : null };
  });
}

interface Row extends Omit<Sighting, "place" | "sources" | "track"> {
  readonly subject: SubjectId;
  readonly grant: GrantId;
  readonly place: string;
  readonly from_ms: number | null;
  readonly to_ms: number | null;
  readonly best_ms: number | null;
}

async function readRows(db: Reader, page: ReviewsPage, now: Instant): Promise<readonly Row[]> {
  const { collection, state, after, limit } = page;
  let query = db.read
    .selectFrom("sightings")
    .innerJoin("faces", "faces.id", "sightings.face_id")
    .innerJoin("media", "media.id", "faces.media_id")
    .innerJoin("grants", (join) =>
      join
        .onRef("grants.subject_id", "=", "sightings.subject_id")
        .onRef("grants.collection_id", "=", "sightings.collection_id"),
    )
    .select([
      "sightings.id",
      "sightings.subject_id as subject",
      "sightings.verdict",
      "sightings.state",
      "sightings.score",
      "faces.id as face",
      "faces.place",
      ...TRACK_TIMES,
      "media.id as media",
      "media.sha256",
      "media.taken_at as takenAt",
      "grants.id as grant",
    ])
    .where("sightings.collection_id", "=", collection)
    .where("sightings.state", "=", state)
    .where("grants.state", "=", "granted")
    .where("grants.expires_at", ">", now)
    .where((where) => notWithheld(where, null));
  if (after) {
    const [subject, id] = [after.subject as SubjectId, after.id as SightingId];
    query = query.where((where) =>
      where.or([
        where("sightings.subject_id", ">", subject),
        where.and([where("sightings.subject_id", "=", subject), where("sightings.id", ">", id)]),
      ]),
    );
  }
  return query
    .orderBy("sightings.subject_id")
    .orderBy("sightings.id")
    .limit(limit + 1)
    .execute();
}

/** Those whose grant is in force, held so until the commit. */
async function onlyLive(
  tx: Tx,
  { clock }: Recorder,
  rows: readonly Row[],
): Promise<readonly Row[]> {
  await lockSequences(
    tx,
    rows.map(({ subject }) => subject),
  );
  const grants = new Set(rows.map(({ grant }) => grant));
  const live = await stillLive(tx, clock, [...grants].sort());
  return rows.filter(({ grant }) => live.has(grant));
}

async function recordLooked(
  tx: Tx,
  recorder: Recorder,
  collection: CollectionId,
  rows: readonly Row[],
): Promise<void> {
  for (const subject of new Set(rows.map((row) => row.subject))) {
    const own = rows.filter((row) => row.subject === subject);
    const photos = new Set(own.map(({ media }) => media)).size;
    await append(tx, recorder, { kind: "photos.listed", collection, subject, photos });
  }
}

async function referenceFor(
  db: Reader,
  collection: CollectionId,
  { id, subject }: Pick<Row, "id" | "subject">,
): Promise<Reference | null> {
  const row = await db.read
    .selectFrom("sightings")
    .innerJoin("faces", "faces.id", "sightings.face_id")
    .innerJoin("media", "media.id", "faces.media_id")
    .select(["media.id as media", "faces.id as face", "faces.place", "sightings.state"])
    .select(TRACK_TIMES)
    .where("sightings.collection_id", "=", collection)
    .where("sightings.subject_id", "=", subject)
    .where("sightings.state", "<>", "rejected")
    .where("sightings.id", "<>", id)
    .where((where) => notWithheld(where, null))
    // "confirmed" comes before "proposed".
    .orderBy("sightings.state")
    .orderBy("sightings.score", "desc")
    .limit(1)
    .executeTakeFirst();
  if (!row) return null;
  const { place, from_ms, to_ms, best_ms, ...rest } = row;
  const track = trackTimes({ from_ms, to_ms, best_ms });
  return { ...rest, track, place: JSON.parse(place) as FacePlace };
}

async function confirmedBy(db: Reader, id: SightingId): Promise<readonly string[]> {
  const rows = await db.read
    .selectFrom("sighting_confirmations")
    .select("account")
    .where("sighting_id", "=", id)
    .execute();
  return rows.map(({ account }) => account);
}
