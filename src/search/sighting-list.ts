import type { CollectionId, SubjectId } from "../base/ids.ts";
import { TRACK_TIMES, type TrackTimes, trackTimes } from "../collections/tracks.ts";
import { sourcesOfAll } from "../collections/media.ts";
import { notWithheld } from "../collections/withheld.ts";
import { permit } from "../consent/consent.ts";
import type { FacePlace } from "../faces/engine.ts";
import { append, type Recorder } from "../ledger/ledger.ts";
import type { Db, Reader } from "../storage/db.ts";
import { prepared } from "../storage/prepared.ts";
import type { Sighting } from "./sightings.ts";

/** Where a page of sightings ended: undated photos come last. */
export interface SightingsKey {
  readonly takenAt: string | null;
  readonly seq: number;
  readonly id: string;
}

/** A sighting, and the key of its place in the list. */
export interface ListedSighting extends Sighting {
  /** When, in a video; null in a photo. */
  readonly track: TrackTimes | null;
  /** How long the video is; null of a photo. */
  readonly seconds: number | null;
  readonly key: SightingsKey;
}

/** Of whom, where, from after what, at most how many, and for whom. */
export interface SightingsPage {
  readonly collection: CollectionId;
  readonly subject: SubjectId;
  readonly after: SightingsKey | null;
  readonly limit: number;
  /** The person themselves; anybody else where it is not said. */
  readonly reader?: "person";
}

/**
 * A page of a person's sightings, oldest photo first and undated ones last; the page looked at is
 * recorded. Throws ConsentError no_live_grant for a person who has paused or withdrawn, or whose
 * consent has ended.
 */
export async function listSightings(
  db: Db,
  recorder: Recorder,
  page: SightingsPage,
): Promise<readonly ListedSighting[]> {
  const { collection, subject } = page;
  return db.write(async (tx) => {
    await permit(tx, recorder.clock, "deliver", { collection, subject });
    const sightings = await pageOfSightings(tx, page);
    const photos = new Set(sightings.map(({ media }) => media)).size;
    await append(tx, recorder, { kind: "photos.listed", collection, subject, photos });
    return sightings;
  });
}

/** The same without a record. It asks no consent: callers hold a permit, or are the person. */
export async function pageOfSightings(
  db: Reader,
  page: SightingsPage,
): Promise<readonly ListedSighting[]> {
  const isFirst = page.after === null && page.reader === undefined;
  const rows = isFirst ? await firstPage(db, page) : await pageQuery(db.read, page).execute();
  const sources = await sourcesOfAll(
    db,
    rows.map(({ media }) => media),
  );
  return rows.map(({ place, seq, from_ms, to_ms, best_ms, duration_ms, ...row }) => ({
    ...row,
    seconds: duration_ms === null ? null : duration_ms / 1000,
    track: trackTimes({ from_ms, to_ms, best_ms }),
    place: JSON.parse(place) as FacePlace,
    sources: sources.get(row.media) ?? [],
    key: { takenAt: row.takenAt, seq, id: row.id },
  }));
}

/** What every search asks for. */
const firstPage = prepared((read, page: Omit<SightingsPage, "after" | "reader">) => {
  const { collection, subject, limit } = page;
  return pageQuery(read, { collection, subject, limit, after: null });
});

function pageQuery(
  read: Reader["read"],
  { collection, subject, after, limit, reader }: SightingsPage,
) {
  let query = read
    .selectFrom("sightings")
    .innerJoin("faces", "faces.id", "sightings.face_id")
    .innerJoin("media", "media.id", "faces.media_id")
    .select([
      "sightings.id",
      "sightings.verdict",
      "sightings.state",
      "sightings.score",
      "faces.id as face",
      "faces.place",
      ...TRACK_TIMES,
      "media.id as media",
      "media.sha256",
      "media.seq",
      "media.taken_at as takenAt",
      "media.duration_ms",
    ])
    .where("sightings.collection_id", "=", collection)
    .where("sightings.subject_id", "=", subject)
    .where("sightings.state", "<>", "rejected")
    .where((where) => notWithheld(where, reader === "person" ? subject : null));
  if (after) {
    const { takenAt, seq, id } = after;
    query = query.where((where) => {
      const behind = where.or([
        where("media.seq", ">", seq),
        where.and([where("media.seq", "=", seq), where("sightings.id", ">", id as Sighting["id"])]),
      ]);
      if (takenAt === null) return where.and([where("media.taken_at", "is", null), behind]);
      return where.or([
        where("media.taken_at", "is", null),
        where("media.taken_at", ">", takenAt),
        where.and([where("media.taken_at", "=", takenAt), behind]),
      ]);
    });
  }
  return query
    .orderBy("media.taken_at", (order) => order.asc().nullsLast())
    .orderBy("media.seq")
    .orderBy("sightings.id")
    .limit(limit);
}
