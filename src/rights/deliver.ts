import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Readable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";
import {
  nameDurably,
  prepareFolderOf,
  removeAbandoned,
  syncFolder,
  temporaryName,
  writeFileDurably,
} from "../base/files.ts";
import type { FaceId, MediaId, SubjectId } from "../base/ids.ts";
import { type Collection, findCollection } from "../collections/collections.ts";
import { permit } from "../consent/consent.ts";
import { append, type Recorder } from "../ledger/ledger.ts";
import type { Span } from "../media/video-timeline.ts";
import type { Db, Tx } from "../storage/db.ts";
import type { VideoShare } from "../storage/schema.ts";
import { type DeliverDeps, deliverVideo, stepsOf } from "./deliver-video.ts";
import { RightsError } from "./errors.ts";
import { facesShown, nameOfPhoto, photosShowing, renderPhoto, videosShowing } from "./shown.ts";

/** Who is delivered what, and where to: a folder, or a file that ends in .zip or .mp4. */
export interface Delivery {
  readonly collection: string;
  /** Everybody whose face is to be seen; all others are blurred. */
  readonly subjects: readonly SubjectId[];
  readonly to: string;
  /** Only this video; a file that ends in .mp4 can hold nothing else. */
  readonly video?: MediaId | null;
  /** What of each video: nothing, all of it (if it is not said), or where the subjects are. */
  readonly videos?: VideoShare;
  /** The moments of the one video, where they were settled before; else those of now. */
  readonly spans?: readonly Span[] | null;
  readonly sound?: "keep" | "remove";
}

/** What a delivery wrote. A face in a video is counted once for each time it comes into view. */
export interface DeliverySummary {
  readonly photos: number;
  readonly videos: number;
  /** Videos in which nobody can be shown without a doubt, or somebody else not be covered. */
  readonly videosLeftOut: number;
  readonly facesShown: number;
  readonly facesBlurred: number;
}

/** How a delivery goes, and what breaks it off. A second of a video is a step, as a photo is. */
export interface DeliverOptions {
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
  /**
   * For a ZIP or MP4 that waits to be fetched: what says that it is made. It shares a transaction
   * with the record, so that one which is killed and begun anew is recorded once. Without it the
   * record comes first, for photos leave one by one.
   */
  readonly settle?: (tx: Tx, made: DeliverySummary) => Promise<void>;
}

/**
 * Writes the photos and videos in which the subjects were seen (matched, or confirmed by a person):
 * full size, upright, without metadata but the date, and with every other face blurred. The
 * subjects' consent is checked before each photo, and before and after each video, so a withdrawal
 * stops a delivery under way. A ZIP or MP4 appears whole or not at all. Throws ConsentError
 * no_live_grant; StorageError blob_missing, blob_corrupt; RightsError video_not_coverable where one
 * video alone was asked for; the reason of the signal.
 */
export async function deliver(
  deps: DeliverDeps,
  recorder: Recorder,
  asked: Delivery,
  options: DeliverOptions = {},
): Promise<DeliverySummary> {
  const delivery = { ...asked, to: resolve(asked.to) };
  const collection = await findCollection(deps.db, delivery.collection);
  const { settle } = options;
  const found = await deps.db.write(async (tx) => {
    const shown = await findShown(tx, recorder, collection, delivery);
    const count = shown.photos.length + shown.videos.length;
    if (!settle) await recordDelivered(tx, recorder, collection, delivery, count);
    return shown;
  });
  const summary = await writeFiles(deps, recorder, { collection, delivery, ...found }, options);
  if (settle)
    await deps.db.write(async (tx) => {
      await checkConsent(tx, recorder, collection, delivery);
      const count = summary.photos + summary.videos;
      await recordDelivered(tx, recorder, collection, delivery, count);
      await settle(tx, summary);
    });
  return summary;
}

/** What is to be written of a delivery. */
interface Listed {
  readonly collection: Collection;
  readonly delivery: Delivery;
  readonly photos: Awaited<ReturnType<typeof photosShowing>>;
  readonly videos: Awaited<ReturnType<typeof videosShowing>>;
}

async function writeFiles(
  deps: DeliverDeps,
  recorder: Recorder,
  { collection, delivery, photos, videos }: Listed,
  options: DeliverOptions,
): Promise<DeliverySummary> {
  const summary = { photos: 0, videos: 0, videosLeftOut: 0, facesShown: 0, facesBlurred: 0 };
  await prepareFolderOf(delivery.to);
  const target = await openTarget(delivery.to);
  const total = photos.length + videos.reduce((sum, video) => sum + stepsOf(video), 0);
  let done = 0;
  const report = (more: number): void => options.onProgress?.(Math.floor(done + more), total);
  report(0);
  try {
    for (const [index, photo] of photos.entries()) {
      options.signal?.throwIfAborted();
      const members = await memberFaces(deps.db, recorder, collection, delivery, photo.media);
      done += 1;
      // Nobody is left to be shown in it: somebody has objected or said "not me" since it was listed.
      if (members.size === 0) continue;
      const made = await renderPhoto(deps, photo, members);
      summary.photos += 1;
      summary.facesShown += members.size;
      summary.facesBlurred += made.blurred;
      await target.add(nameOfPhoto(photo, index, made.encoded), made.encoded.bytes);
      report(0);
    }
    for (const [index, video] of videos.entries()) {
      const name = nameOfPhoto(video, photos.length + index, { suffix: ".mp4" });
      const check = async (): Promise<void> =>
        void (await memberFaces(deps.db, recorder, collection, delivery, video.media));
      const copy = {
        collection,
        delivery,
        video,
        check,
        add: async (path: string) => target.addFile(name, path),
      };
      const steps = stepsOf(video);
      const made = await deliverVideo(deps, copy, {
        ...options,
        onProgress: (part) => report(part * steps),
      });
      done += steps;
      if (made === null) summary.videosLeftOut += 1;
      else {
        summary.videos += 1;
        summary.facesShown += made.shown;
        summary.facesBlurred += made.covered;
      }
      report(0);
    }
    await target.finish();
  } catch (error) {
    await target.discard();
    throw error;
  }
  return summary;
}

/** Throws ConsentError no_live_grant. */
async function checkConsent(
  tx: Tx,
  { clock }: Recorder,
  { id: collection }: Collection,
  { subjects }: Delivery,
): Promise<void> {
  for (const subject of subjects) await permit(tx, clock, "deliver", { collection, subject });
}

async function findShown(tx: Tx, recorder: Recorder, collection: Collection, delivery: Delivery) {
  await checkConsent(tx, recorder, collection, delivery);
  const { subjects, video = null, videos: share = "whole" } = delivery;
  const shown = { collection: collection.id, subjects };
  const photos = video === null ? await photosShowing(tx, shown) : [];
  const all = share === "none" ? [] : await videosShowing(tx, shown);
  const videos = all.filter(({ media }) => video === null || media === video);
  return { photos, videos };
}

async function recordDelivered(
  tx: Tx,
  recorder: Recorder,
  { id: collection }: Collection,
  { subjects }: Delivery,
  photos: number,
): Promise<void> {
  for (const subject of subjects)
    await append(tx, recorder, { kind: "photos.delivered", photos, subject, collection });
}

/** The members' faces in one photo, read under their permits of this moment. */
async function memberFaces(
  db: Db,
  recorder: Recorder,
  collection: Collection,
  delivery: Delivery,
  media: MediaId,
): Promise<ReadonlySet<FaceId>> {
  return db.write(async (tx) => {
    await checkConsent(tx, recorder, collection, delivery);
    return facesShown(tx, { collection: collection.id, subjects: delivery.subjects }, media);
  });
}

interface Target {
  add(name: string, bytes: Uint8Array): Promise<void>;
  /** Takes a file over, or a copy of it. */
  addFile(name: string, path: string): Promise<void>;
  finish(): Promise<void>;
  discard(): Promise<void>;
}

async function openTarget(to: string): Promise<Target> {
  if (to.toLowerCase().endsWith(".mp4")) return fileTarget(to);
  return to.toLowerCase().endsWith(".zip") ? zipTarget(to) : folderTarget(to);
}

async function folderTarget(folder: string): Promise<Target> {
  await removeAbandoned(folder);
  return {
    add: async (name, bytes) => writeFileDurably(join(folder, name), bytes),
    addFile: async (name, path) => {
      await mkdir(folder, { recursive: true });
      await rename(path, join(folder, name));
      await syncFolder(folder);
    },
    finish: async () => void (await mkdir(folder, { recursive: true })),
    discard: async () => undefined,
  };
}

/** One video, which was written whole already. */
function fileTarget(to: string): Target {
  let given = false;
  return {
    add: async () => undefined,
    addFile: async (_, path) => {
      await rename(path, to);
      await syncFolder(dirname(to));
      given = true;
    },
    finish: async () => {
      if (given) return;
      throw new RightsError("video_unknown", "They are not seen in this video.");
    },
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
    addFile: async (name, path) => {
      await start();
      const stream = createReadStream(path);
      const consumed = finished(stream);
      zip.addReadStream(stream, name, { compress: false });
      await Promise.race([consumed, written]);
    },
    finish: async () => {
      await start();
      zip.end();
      await written;
      await nameDurably(temporary, path);
    },
    discard: async () => rm(temporary, { force: true }),
  };
}
