import { wipe } from "../base/bytes.ts";
import type { CollectionId, FaceId, MediaId, SubjectId } from "../base/ids.ts";
import { facesOf } from "../collections/media.ts";
import { notWithheld } from "../collections/withheld.ts";
import { blurFaces } from "../media/blur.ts";
import { decode } from "../media/decode.ts";
import { type EncodedPhoto, encodePhoto } from "../media/encode.ts";
import type { PhotoFormat } from "../media/sniff.ts";
import type { Blobs } from "../storage/blobs.ts";
import type { Db, Reader } from "../storage/db.ts";

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
    .distinct()
    .orderBy("media.taken_at", (order) => order.asc().nullsLast())
    .orderBy("media.sha256")
    .execute();
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
  { suffix }: Pick<EncodedPhoto, "suffix">,
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
