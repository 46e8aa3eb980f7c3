import { wipe } from "../base/bytes.ts";
import type { Box } from "../base/geometry.ts";
import type { CollectionId, FaceId, MediaId, SubjectId } from "../base/ids.ts";
import { facesOf } from "../collections/media.ts";
import { notWithheld } from "../collections/withheld.ts";
import { blurFaces } from "../media/blur.ts";
import { decode } from "../media/decode.ts";
import { type EncodedPhoto, encodePhoto } from "../media/encode.ts";
import type { PhotoFormat } from "../media/sniff.ts";
import type { Blobs } from "../storage/blobs.ts";
import type { Db, Reader } from "../storage/db.ts";
import type { Appearance } from "./video-plan.ts";

/** A photo that shows somebody, as it is handed out. */
export interface ShownPhoto {
  readonly media: MediaId;
  readonly sha256: string;
  readonly format: string;
  readonly takenAt: string | null;
}

/** Whose faces, and where. */
export interface Shown {
  readonly collection: CollectionId;
  readonly subjects: readonly SubjectId[];
}

/**
 * The photos in which any of the subjects was seen (matched, or confirmed by a person), oldest
 * first. It asks no consent: callers hold permits, or are the person.
 */
export async function photosShowing(db: Reader, shown: Shown): Promise<readonly ShownPhoto[]> {
  return shownQuery(db, shown)
    .innerJoin("media", "media.id", "faces.media_id")
    .select(["media.id as media", "media.sha256", "media.format", "media.taken_at as takenAt"])
    .where("media.kind", "=", "photo")
    .distinct()
    .orderBy("media.taken_at", (order) => order.asc().nullsLast())
    .orderBy("media.sha256")
    .execute();
}

/** A video that shows somebody, as it is handed out. */
export interface ShownVideo extends ShownPhoto {
  readonly seconds: number;
}

/** The videos in which any of the subjects was seen, as `photosShowing`. */
export async function videosShowing(db: Reader, shown: Shown): Promise<readonly ShownVideo[]> {
  const rows = await shownQuery(db, shown)
    .innerJoin("media", "media.id", "faces.media_id")
    .select(["media.id as media", "media.sha256", "media.format", "media.taken_at as takenAt"])
    .select("media.duration_ms as ms")
    .where("media.kind", "=", "video")
    .distinct()
    .orderBy("media.taken_at", (order) => order.asc().nullsLast())
    .orderBy("media.sha256")
    .execute();
  return rows.map(({ ms, ...video }) => ({ ...video, seconds: (ms ?? 0) / 1000 }));
}

/**
 * Where the subjects are seen in a video, one list a subject, in their order; and the tracks that
 * must not be shown whoever they look like: withheld, or of whom it was said that it is not them.
 */
export async function appearancesIn(
  db: Reader,
  shown: Shown,
  media: MediaId,
): Promise<{
  readonly people: readonly (readonly Appearance[])[];
  readonly withheld: readonly Appearance[];
}> {
  const seen = await shownQuery(db, shown)
    .select(TRACK)
    .select("sightings.subject_id as subject")
    .where("faces.media_id", "=", media)
    .execute();
  const refused = await db.read
    .selectFrom("faces")
    .select(TRACK)
    .where("faces.media_id", "=", media)
    .where((where) =>
      where.or([
        where.not(
          notWithheld(where, shown.subjects.length === 1 ? (shown.subjects[0] ?? null) : null),
        ),
        where.exists(
          where
            .selectFrom("sightings")
            .select("sightings.id")
            .whereRef("sightings.face_id", "=", "faces.id")
            .where("sightings.subject_id", "in", shown.subjects)
            .where("sightings.state", "=", "rejected"),
        ),
      ]),
    )
    .execute();
  const people = shown.subjects.map((subject) =>
    seen.filter((row) => row.subject === subject).flatMap(toAppearance),
  );
  return { people, withheld: refused.flatMap(toAppearance) };
}

const TRACK = ["faces.place", "faces.from_ms", "faces.to_ms", "faces.best_ms"] as const;

interface TrackRow {
  readonly place: string;
  readonly from_ms: number | null;
  readonly to_ms: number | null;
  readonly best_ms: number | null;
}

function toAppearance({ place, from_ms, to_ms, best_ms }: TrackRow): readonly Appearance[] {
  if (from_ms === null || to_ms === null || best_ms === null) return [];
  const { box } = JSON.parse(place) as { readonly box: Box };
  return [{ from: from_ms / 1000, to: to_ms / 1000, at: best_ms / 1000, box }];
}

/** The subjects' faces in one photo. */
export async function facesShown(
  db: Reader,
  shown: Shown,
  media: MediaId,
): Promise<ReadonlySet<FaceId>> {
  const rows = await shownQuery(db, shown)
    .select("faces.id")
    .where("faces.media_id", "=", media)
    .execute();
  return new Set(rows.map(({ id }) => id));
}

/** A photo at full size, with every face blurred but these. Throws blob_missing, blob_corrupt. */
export async function renderPhoto(
  deps: { readonly db: Db; readonly blobs: Blobs },
  photo: ShownPhoto,
  shown: ReadonlySet<FaceId>,
): Promise<{ readonly encoded: EncodedPhoto; readonly blurred: number }> {
  const faces = await facesOf(deps.db, photo.media);
  const hidden = faces.filter(({ id }) => !shown.has(id));
  const bytes = await deps.blobs.get(photo.sha256);
  const picture = await decode({ bytes });
  const blurred = blurFaces(
    picture,
    hidden.map(({ box }) => box),
  );
  wipe(picture.data);
  const options = { from: photo.format as PhotoFormat, takenAt: photo.takenAt };
  return { encoded: await encodePhoto(blurred, options), blurred: hidden.length };
}

/** Neutral names in order of date: an original's name may hold other people's names. */
export function nameOfPhoto(
  photo: ShownPhoto,
  index: number,
  { suffix }: { readonly suffix: EncodedPhoto["suffix"] | ".mp4" },
): string {
  const day = photo.takenAt === null ? "undated" : photo.takenAt.slice(0, 10);
  return `${String(index + 1).padStart(5, "0")}-${day}${suffix}`;
}

/**
 * Faces that are shown: matched or confirmed. An uncertain one waits for a person's word, and one
 * that somebody objects to for the staff's ([Note: withheld]).
 */
function shownQuery(db: Reader, { collection, subjects }: Shown) {
  const alone = subjects.length === 1 ? (subjects[0] ?? null) : null;
  return db.read
    .selectFrom("sightings")
    .innerJoin("faces", "faces.id", "sightings.face_id")
    .where("sightings.collection_id", "=", collection)
    .where("sightings.subject_id", "in", subjects)
    .where((where) => notWithheld(where, alone))
    .where((where) =>
      where.or([
        where("sightings.state", "=", "confirmed"),
        where.and([
          where("sightings.state", "=", "proposed"),
          where("sightings.verdict", "=", "match"),
        ]),
      ]),
    );
}
