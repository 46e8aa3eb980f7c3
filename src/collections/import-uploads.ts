import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import type { CollectionId, MediaId, UploadId } from "../base/ids.ts";
import { inParallel } from "../base/parallel.ts";
import { photoProblem } from "../faces/errors.ts";
import type { JobContext } from "../jobs/runner.ts";
import type { Recorder } from "../ledger/ledger.ts";
import { MediaError } from "../media/errors.ts";
import { incomingFile } from "../media/incoming.ts";
import type { Db, Tx } from "../storage/db.ts";
import { type Collection, findCollection } from "./collections.ts";
import { importMedia } from "./import-media.ts";
import type { VideoProgress } from "./import-video.ts";
import type { Imported } from "./import-photo.ts";
import { addSource } from "./media.ts";
import { type Upload, type UploadDeps, uploadOf } from "./uploads.ts";

/** Rows read at a time. */
const BATCH = 100;

/**
 * Imports every photo received for a collection, each as a file of an import. Killed at any moment,
 * it goes on where it was: a file goes after the commit that says what came of it. A photo is one
 * step, and a video as many as it has seconds.
 */
export async function importUploads(
  deps: UploadDeps,
  recorder: Recorder,
  id: CollectionId,
  context: JobContext,
): Promise<void> {
  const collection = await findCollection(deps.db, id);
  await deps.engines(collection.pack);
  let done = 0;
  // Of videos under way, the seconds looked at, and how many there are beyond the one step of a file.
  const videos = new Map<UploadId, { readonly seconds: number; readonly more: number }>();
  for (;;) {
    const waiting = await receivedPhotos(deps.db, id);
    if (waiting.length === 0) return;
    let files = await countReceived(deps.db, id);
    const report = (): void => {
      const begun = [...videos.values()];
      const now = done + begun.reduce((sum, { seconds }) => sum + seconds, 0);
      const left =
        Math.max(0, files) + begun.reduce((sum, { seconds, more }) => sum + more - seconds, 0);
      context.report({ done: now, total: now + left });
    };
    report();
    await inParallel(waiting, deps.parallel, async (upload) => {
      context.signal.throwIfAborted();
      const as = { ...recorder, account: upload.account };
      const onProgress = (seconds: number, of: number): void => {
        const more = Math.max(1, Math.ceil(of)) - 1;
        videos.set(upload.id, { seconds: Math.min(more, Math.floor(seconds)), more });
        report();
      };
      await importUpload(deps, as, collection, upload, { signal: context.signal, onProgress });
      done += 1 + (videos.get(upload.id)?.more ?? 0);
      videos.delete(upload.id);
      files -= 1;
      report();
    });
  }
}

async function importUpload(
  deps: UploadDeps,
  recorder: Recorder,
  collection: Collection,
  upload: Upload,
  progress: VideoProgress,
): Promise<void> {
  const file = join(deps.uploads, upload.id);
  try {
    const { size } = await stat(file).catch(() => ({ size: upload.bytes }));
    if (size !== upload.bytes) throw new MediaError("truncated");
    const opened = incomingFile(file, { links: "refuse" });
    const note = async (tx: Tx, { outcome, media }: Imported): Promise<void> => {
      await addSource(tx, media, upload.name);
      const state = outcome === "added" ? "added" : "known";
      await settle(tx, recorder.clock, upload.id, { state, reason: null, media_id: media });
    };
    await importMedia(deps, recorder, collection, opened, note, progress);
  } catch (error) {
    const reason = photoProblem(error);
    if (reason === null) throw error;
    await deps.db.write(async (tx) => refuseUpload(tx, recorder.clock, upload.id, reason));
  }
  await rm(file, { force: true });
}

/** Notes why a file is not imported. */
export async function refuseUpload(
  tx: Tx,
  clock: Clock,
  id: UploadId,
  reason: string,
): Promise<void> {
  await settle(tx, clock, id, { state: "refused", reason, media_id: null });
}

/** Notes that the photos of an archive are in. */
export async function noteUnpacked(tx: Tx, clock: Clock, id: UploadId): Promise<void> {
  await settle(tx, clock, id, { state: "unpacked", reason: null, media_id: null });
}

/** The first word on a received file stands: another process may be at it as well. */
async function settle(
  tx: Tx,
  clock: Clock,
  id: UploadId,
  to: {
    readonly state: "added" | "known" | "unpacked" | "refused";
    readonly reason: string | null;
    readonly media_id: MediaId | null;
  },
): Promise<void> {
  await tx.write
    .updateTable("uploads")
    .set({ ...to, finished_at: clock.now() })
    .where("id", "=", id)
    .where("state", "=", "received")
    .execute();
}

async function receivedPhotos(db: Db, collection: CollectionId): Promise<readonly Upload[]> {
  const rows = await photosReceived(db, collection)
    .selectAll()
    .orderBy("created_at")
    .orderBy("id")
    .limit(BATCH)
    .execute();
  return rows.map(uploadOf);
}

async function countReceived(db: Db, collection: CollectionId): Promise<number> {
  const row = await photosReceived(db, collection)
    .select((select) => select.fn.countAll().as("count"))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

function photosReceived(db: Db, collection: CollectionId) {
  return db.read
    .selectFrom("uploads")
    .where("collection_id", "=", collection)
    .where("state", "=", "received")
    .where((where) => where(where.fn<string>("lower", ["path"]), "not like", "%.zip"));
}
