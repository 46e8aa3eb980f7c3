import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";
import { temporaryName, writeFileDurably } from "../base/files.ts";
import type { CollectionId, FaceId, MediaId, SubjectId } from "../base/ids.ts";
import { type Collection, findCollection } from "../collections/collections.ts";
import { permit } from "../consent/consent.ts";
import { append, type Recorder } from "../ledger/ledger.ts";
import type { Blobs } from "../storage/blobs.ts";
import type { Db } from "../storage/db.ts";
import { facesShown, nameOfPhoto, photosShowing, renderPhoto, type ShownPhoto } from "./shown.ts";

/** Who is delivered what, and where to: a folder, or a file that ends in .zip. */
export interface Delivery {
  readonly collection: string;
  /** Everybody whose face is to be seen; all others are blurred. */
  readonly subjects: readonly SubjectId[];
  readonly to: string;
}

/** What a delivery wrote. */
export interface DeliverySummary {
  readonly photos: number;
  readonly facesShown: number;
  readonly facesBlurred: number;
}

/**
 * Writes the photos in which the subjects were seen (matched, or confirmed by a person): full
 * size, upright, without metadata but the date, and with every other face blurred. The subjects'
 * consent is checked before each photo, so a withdrawal stops a delivery under way. A ZIP appears
 * whole or not at all. Throws ConsentError no_live_grant, StorageError blob_missing, blob_corrupt.
 */
export async function deliver(
  deps: { readonly db: Db; readonly blobs: Blobs },
  recorder: Recorder,
  delivery: Delivery,
  options: { readonly onProgress?: (done: number, total: number) => void } = {},
): Promise<DeliverySummary> {
  const collection = await findCollection(deps.db, delivery.collection);
  const photos = await startDelivery(deps.db, recorder, collection, delivery.subjects);
  const summary = { photos: 0, facesShown: 0, facesBlurred: 0 };
  const target = openTarget(delivery.to);
  options.onProgress?.(0, photos.length);
  try {
    for (const [index, photo] of photos.entries()) {
      const members = await memberFaces(deps.db, recorder, collection.id, delivery, photo.media);
      // Nobody is left to be shown in it: somebody has objected or said "not me" since it was listed.
      if (members.size === 0) continue;
      const made = await renderPhoto(deps, photo, members);
      summary.photos += 1;
      summary.facesShown += members.size;
      summary.facesBlurred += made.blurred;
      await target.add(nameOfPhoto(photo, index, made.encoded), made.encoded.bytes);
      options.onProgress?.(index + 1, photos.length);
    }
    await target.finish();
  } catch (error) {
    await target.discard();
    throw error;
  }
  return summary;
}

async function startDelivery(
  db: Db,
  recorder: Recorder,
  collection: Collection,
  subjects: readonly SubjectId[],
): Promise<readonly ShownPhoto[]> {
  return db.write(async (tx) => {
    for (const subject of subjects) {
      await permit(tx, recorder.clock, "deliver", { collection: collection.id, subject });
    }
    const photos = await photosShowing(tx, { collection: collection.id, subjects });
    for (const subject of subjects) {
      const event = { kind: "photos.delivered", photos: photos.length, subject } as const;
      await append(tx, recorder, { ...event, collection: collection.id });
    }
    return photos;
  });
}

/** The members' faces in one photo, read under their permits of this moment. */
async function memberFaces(
  db: Db,
  recorder: Recorder,
  collection: CollectionId,
  delivery: Delivery,
  media: MediaId,
): Promise<ReadonlySet<FaceId>> {
  return db.write(async (tx) => {
    for (const subject of delivery.subjects) {
      await permit(tx, recorder.clock, "deliver", { collection, subject });
    }
    return facesShown(tx, { collection, subjects: delivery.subjects }, media);
  });
}

interface Target {
  add(name: string, bytes: Uint8Array): Promise<void>;
  finish(): Promise<void>;
  discard(): Promise<void>;
}

function openTarget(to: string): Target {
  return to.toLowerCase().endsWith(".zip") ? zipTarget(to) : folderTarget(to);
}

function folderTarget(folder: string): Target {
  return {
    add: async (name, bytes) => writeFileDurably(join(folder, name), bytes),
    finish: async () => void (await mkdir(folder, { recursive: true })),
    discard: async () => undefined,
  };
}

/** Written beside its name and renamed when whole, photo by photo: memory holds one at a time. */
function zipTarget(path: string): Target {
  const temporary = temporaryName(path);
  const zip = new ZipFile();
  let written: Promise<void> | null = null;
  const start = async (): Promise<void> => {
    if (written) return;
    await mkdir(dirname(path), { recursive: true });
    written = pipeline(zip.outputStream, createWriteStream(temporary, { mode: 0o600 }));
    written.catch(() => undefined);
  };
  return {
    add: async (name, bytes) => {
      await start();
      const stream = Readable.from([Buffer.from(bytes)]);
      const consumed = finished(stream);
      // Pictures are compressed already. Waiting for each keeps one in memory, not all.
      zip.addReadStream(stream, name, { compress: false });
      await Promise.race([consumed, written]);
    },
    finish: async () => {
      await start();
      zip.end();
      await written;
      await rename(temporary, path);
    },
    discard: async () => rm(temporary, { force: true }),
  };
}
