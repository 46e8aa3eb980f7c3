import { wipe } from "../base/bytes.ts";
import type { CollectionId, FaceId, SightingId, SubjectId } from "../base/ids.ts";
import type { Engines } from "../collections/enrol.ts";
import { facesOf } from "../collections/media.ts";
import { append, type Recorder } from "../ledger/ledger.ts";
import { blurFaces } from "../media/blur.ts";
import { decode } from "../media/decode.ts";
import { encodeJpeg } from "../media/encode.ts";
import {
  type ListedSighting,
  pageOfSightings,
  type SightingsKey,
} from "../search/sighting-list.ts";
import type { Blobs } from "../storage/blobs.ts";
import type { Db, Reader } from "../storage/db.ts";
import type { MediaKind } from "../storage/schema.ts";
import { lockSubject, SubjectsError } from "../subjects/subjects.ts";
import { notWithheld } from "../collections/withheld.ts";
import { ArchiveFile } from "./archive-file.ts";
import { RightsError } from "./errors.ts";
import { frameForPerson } from "./video-picture.ts";
import { facesShown, nameOfPhoto, photosShowing, renderPhoto, type ShownPhoto } from "./shown.ts";

/** What handing a person their photos works with. */
export interface OwnPhotosDeps {
  readonly db: Db;
  readonly blobs: Blobs;
  readonly engines: Engines;
}

/** A sighting of a person, in a collection. */
export interface OwnPlace {
  readonly collection: CollectionId;
  readonly subject: SubjectId;
  readonly sighting: SightingId;
}

/** A sighting as its person sees it. */
export interface OwnSighting extends ListedSighting {
  /** They have objected to it, and staff have not said no. */
  readonly heldBack: boolean;
}

/** Wide enough for a phone's screen; a face in a group is still to be seen. */
const THUMBNAIL_SIDE = 640;
const THUMBNAIL_QUALITY = 80;

/**
 * The photos in which a person was seen, for themselves, and notes that they looked. It hangs on no
 * consent: who has withdrawn still sees what is held. Throws SubjectsError subject_unknown,
 * subject_erased.
 */
export async function listOwnPhotos(
  db: Db,
  recorder: Recorder,
  page: {
    readonly collection: CollectionId;
    readonly subject: SubjectId;
    readonly after: SightingsKey | null;
    readonly limit: number;
  },
): Promise<readonly OwnSighting[]> {
  const { collection, subject } = page;
  return db.write(async (tx) => {
    await lockLiving(tx, subject);
    const sightings = await pageOfSightings(tx, { ...page, reader: "person" });
    const photos = new Set(sightings.map(({ media }) => media)).size;
    await append(tx, recorder, { kind: "photos.listed", collection, subject, photos });
    const rows = await tx.read
      .selectFrom("objections")
      .select("face_id")
      .where("subject_id", "=", subject)
      .where("collection_id", "=", collection)
      .where("state", "<>", "rejected")
      .execute();
    const heldBack = new Set(rows.map(({ face_id }) => face_id));
    return sightings.map((one) => ({ ...one, heldBack: heldBack.has(one.face) }));
  });
}

/**
 * A small JPEG of a photo they were seen in, with everybody else's face covered. The face of the
 * sighting is shown even while it is uncertain: how else would they say whether it is them? Throws
 * RightsError sighting_unknown, for one they have rejected too.
 */
export async function ownThumbnail(deps: OwnPhotosDeps, place: OwnPlace): Promise<Uint8Array> {
  const { photo, face, kind } = await findOwn(deps.db, place);
  if (kind === "video") {
    const { media, sha256 } = photo;
    const { collection } = place;
    return frameForPerson(deps, { collection, media, sha256, face, longSideMax: THUMBNAIL_SIDE });
  }
  const shown = await facesShown(deps.db, shownTo(place), photo.media);
  const faces = await facesOf(deps.db, photo.media);
  const hidden = faces.filter(({ id }) => id !== face && !shown.has(id));
  const bytes = await deps.blobs.get(photo.sha256);
  const picture = await decode({ bytes }, { longSideMax: THUMBNAIL_SIDE });
  const blurred = blurFaces(
    picture,
    hidden.map(({ box }) => box),
  );
  wipe(picture.data);
  return encodeJpeg(blurred, THUMBNAIL_QUALITY);
}

/**
 * A photo they were seen in (matched, or confirmed), at full size as JPEG, with everybody else's
 * face covered; noted before it leaves. Throws RightsError sighting_unknown, SubjectsError
 * subject_erased, StorageError blob_missing, blob_corrupt.
 */
export async function ownPhoto(
  deps: OwnPhotosDeps,
  recorder: Recorder,
  place: OwnPlace,
): Promise<Uint8Array> {
  const { photo, kind } = await findOwn(deps.db, place);
  if (kind === "video") {
    throw new RightsError("sighting_unknown", "This is a video: have a copy of it made.");
  }
  await noteDelivered(deps.db, recorder, place, 1);
  const shown = await facesShown(deps.db, shownTo(place), photo.media);
  const { encoded } = await renderPhoto(deps, { ...photo, format: "jpeg" }, shown);
  return encoded.bytes;
}

/**
 * Writes all photos of a collection they were seen in (matched, or confirmed) into one archive, with
 * everybody else's face covered; noted before. An erasure stops it. Returns how many there are.
 * Throws SubjectsError subject_unknown, subject_erased; StorageError blob_missing, blob_corrupt.
 */
export async function packOwnPhotos(
  deps: OwnPhotosDeps,
  recorder: Recorder,
  of: { readonly collection: CollectionId; readonly subject: SubjectId; readonly to: string },
  signal: AbortSignal,
): Promise<number> {
  const photos = await photosShowing(deps.db, shownTo(of));
  await noteDelivered(deps.db, recorder, of, photos.length);
  const archive = await ArchiveFile.create(of.to);
  let packed = 0;
  try {
    for (const photo of photos) {
      signal.throwIfAborted();
      const shown = await facesShown(deps.db, shownTo(of), photo.media);
      // Since it was listed they have said "not me", somebody has objected, or they were erased.
      if (shown.size === 0) continue;
      const { encoded } = await renderPhoto(deps, photo, shown);
      await archive.add(nameOfPhoto(photo, packed, encoded), encoded.bytes);
      packed += 1;
    }
    await archive.finish();
  } catch (error) {
    await archive.discard();
    throw error;
  }
  return packed;
}

/** Throws RightsError sighting_unknown where a sighting is not theirs, or withheld from them. */
export async function checkOwn(db: Reader, place: OwnPlace): Promise<void> {
  await findOwn(db, place);
}

interface OwnFace {
  readonly kind: MediaKind;
  readonly photo: ShownPhoto;
  readonly face: FaceId;
}

async function findOwn(db: Reader, { collection, subject, sighting }: OwnPlace): Promise<OwnFace> {
  const row = await db.read
    .selectFrom("sightings")
    .innerJoin("faces", "faces.id", "sightings.face_id")
    .innerJoin("media", "media.id", "faces.media_id")
    .select(["media.id as media", "media.sha256", "media.format", "media.taken_at as takenAt"])
    .select(["faces.id as face", "media.kind"])
    .where("sightings.id", "=", sighting)
    .where("sightings.collection_id", "=", collection)
    .where("sightings.subject_id", "=", subject)
    .where("sightings.state", "<>", "rejected")
    .where((where) => notWithheld(where, subject))
    .executeTakeFirst();
  if (!row) throw new RightsError("sighting_unknown", "No sighting of yours has this id.");
  const { face, kind, ...photo } = row;
  return { photo, face, kind };
}

async function noteDelivered(
  db: Db,
  recorder: Recorder,
  { collection, subject }: { readonly collection: CollectionId; readonly subject: SubjectId },
  photos: number,
): Promise<void> {
  await db.write(async (tx) => {
    await lockLiving(tx, subject);
    await append(tx, recorder, { kind: "photos.delivered", collection, subject, photos });
  });
}

async function lockLiving(tx: Parameters<typeof lockSubject>[0], subject: SubjectId) {
  if (await lockSubject(tx, subject)) return;
  throw new SubjectsError("subject_erased", "This person was erased.");
}

function shownTo({
  collection,
  subject,
}: {
  readonly collection: CollectionId;
  readonly subject: SubjectId;
}) {
  return { collection, subjects: [subject] };
}
