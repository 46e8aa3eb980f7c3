import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { wipe } from "../base/bytes.ts";
import type { CollectionId } from "../base/ids.ts";
import { facesOf } from "../collections/media.ts";
import { blurFaces } from "../media/blur.ts";
import { decode } from "../media/decode.ts";
import { encodeJpeg } from "../media/encode.ts";
import type { Blobs } from "../storage/blobs.ts";
import { StorageError } from "../storage/errors.ts";
import type { Db } from "../storage/db.ts";
import { RightsError } from "./errors.ts";
import type { ListedPhoto } from "./photo-list.ts";
import { withheldFaces } from "./photo-view.ts";
import { renderPhoto } from "./shown.ts";
import { frameForStaff, type VideoPictureDeps } from "./video-picture.ts";

/** The longest side of small pictures, in pixels: a grid's tile, a preview, a screen. */
export const THUMBNAIL_SIDES = { small: 256, medium: 640, large: 1600 } as const;
const QUALITY = 80;

/** What pictures of photos are made of. */
export interface BytesDeps {
  readonly db: Db;
  readonly blobs: Blobs;
}

/** Which small picture: of a video also of which second. */
export interface ThumbnailAsked {
  readonly collection: CollectionId;
  readonly size: keyof typeof THUMBNAIL_SIDES;
  readonly at?: number | undefined;
}

/** A small JPEG, upright and without metadata; faces that somebody objects to are blurred. */
export async function renderThumbnail(
  deps: VideoPictureDeps,
  photo: ListedPhoto,
  { collection, size, at }: ThumbnailAsked,
): Promise<Buffer> {
  const { db, blobs } = deps;
  const hidden = await withheldFaces(db, photo.id);
  if (photo.kind === "video") {
    const { id: media, sha256 } = photo;
    const longSideMax = THUMBNAIL_SIDES[size];
    return frameForStaff(deps, { collection, media, sha256, longSideMax, at: at ?? null }, hidden);
  }
  const faces = (await facesOf(db, photo.id)).filter(({ id }) => hidden.has(id));
  const bytes = await blobs.get(photo.sha256);
  const picture = await decode({ bytes }, { longSideMax: THUMBNAIL_SIDES[size] });
  const blurred = blurFaces(
    picture,
    faces.map(({ box }) => box),
  );
  wipe(picture.data);
  return encodeJpeg(blurred, QUALITY);
}

/** A picture's bytes, once they are asked for. */
export interface Original {
  readonly format: string;
  /** Throws StorageError blob_missing, blob_corrupt. */
  readonly open: () => Promise<Uint8Array | Readable>;
}

/**
 * A photo as it was taken in, from the disk as it is read; where somebody objects to a face, a
 * picture with that face blurred.
 */
export async function findOriginal(
  { db, blobs }: BytesDeps,
  photo: ListedPhoto,
): Promise<Original> {
  const hidden = await withheldFaces(db, photo.id);
  if (hidden.size === 0) {
    return { format: photo.format, open: async () => openBlob(blobs, photo.sha256) };
  }
  const open = async (): Promise<Uint8Array> => {
    const faces = await facesOf(db, photo.id);
    const shown = new Set(faces.map(({ id }) => id).filter((id) => !hidden.has(id)));
    return (await renderPhoto({ db, blobs }, { ...photo, media: photo.id }, shown)).encoded.bytes;
  };
  // As encodePhoto writes it.
  return { format: photo.format === "png" ? "png" : "jpeg", open };
}

/** How players are told what a video is, by FFmpeg's families of files. */
const VIDEO_TYPES = {
  mp4: { type: "video/mp4", suffix: ".mp4" },
  webm: { type: "video/webm", suffix: ".webm" },
} as const;

/**
 * A video as it was taken in, where it lies. Throws RightsError photo_withheld where somebody objects
 * to a face in it (a copy can be made in which it is covered), StorageError blob_missing.
 */
export async function findOriginalVideo({ db, blobs }: BytesDeps, video: ListedPhoto) {
  if ((await withheldFaces(db, video.id)).size > 0) {
    const sentence = "Somebody objects to being shown in this video. Have a copy made instead.";
    throw new RightsError("photo_withheld", sentence);
  }
  const file = blobs.pathOf(video.sha256);
  if (!(await stat(file).catch(() => null))) {
    throw new StorageError("blob_missing", "A stored video is missing. Restore it from a backup.");
  }
  return { file, ...(video.format === "webm" ? VIDEO_TYPES.webm : VIDEO_TYPES.mp4) };
}

async function openBlob(blobs: Blobs, sha256: string): Promise<Readable> {
  const path = blobs.pathOf(sha256);
  if (await stat(path).catch(() => null)) return createReadStream(path);
  throw new StorageError("blob_missing", "A stored photo is missing. Restore it from a backup.");
}
