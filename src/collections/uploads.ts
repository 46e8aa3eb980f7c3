import { open, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, DAY_MS, type Instant } from "../base/clock.ts";
import type { CollectionId, ImportId, MediaId, UploadId } from "../base/ids.ts";
import { enqueue } from "../jobs/jobs.ts";
import type { Recorder } from "../ledger/ledger.ts";
import { FILE_BYTES_MAX } from "../media/limits.ts";
import { VIDEO_BYTES_MAX } from "../media/video-limits.ts";
import type { Db, Reader, Tx } from "../storage/db.ts";
import type { UploadState } from "../storage/service-schema.ts";
import { CollectionsError } from "./errors.ts";
import { type ImportDeps, openImport } from "./import.ts";

/** The job that imports the photos received for a collection. */
export const IMPORT_UPLOADS = "import_uploads";
/** The job that imports many files: an archive, or a folder; its target is `collection/import`. */
export const IMPORT_FILES = "import_files";

/** An archive of a whole event; one photo is bounded as everywhere (FILE_BYTES_MAX). */
export const ARCHIVE_BYTES_MAX = 20 * 1024 ** 3;
/** Whoever has not gone on for so long has given up. Counted from the beginning. */
export const UPLOAD_MS_MAX = 2 * DAY_MS;
/** Uploads of a collection that may be open at once: several events' photos, as rows and files. */
export const UPLOADS_OPEN_MAX = 50_000;
const NAME_LENGTH_MAX = 200;

/** A file that somebody sends in parts. */
export interface Upload {
  readonly id: UploadId;
  readonly collection: CollectionId;
  readonly account: string;
  /** What its sender calls it: a name without folders. */
  readonly name: string;
  readonly bytes: number;
  readonly state: UploadState;
  /** Why it was refused: an error code. */
  readonly reason: string | null;
  readonly photo: MediaId | null;
  readonly createdAt: Instant;
}

/** What imports of uploads work with; `uploads` is the folder of their files. */
export interface UploadDeps extends ImportDeps {
  readonly uploads: string;
}

/** A file's name as its sender says it: the last part of a path, of bounded length. */
export function fileName(text: string): string {
  const last = text.split(/[\\/]/u).at(-1) ?? "";
  const clean = last
    .toWellFormed()
    .replaceAll(/\p{Cc}/gu, "")
    .trim();
  return clean.slice(0, NAME_LENGTH_MAX).toWellFormed() || "photo";
}

/** Whether a file of this name is taken for an archive of photos. */
export function isArchive(name: string): boolean {
  return name.toLowerCase().endsWith(".zip");
}

/** Whose names say that they are videos; what they are is told by their bytes, when they are here. */
const VIDEO_SUFFIX = /\.(?:mp4|m4v|mov|mkv|webm)$/iu;

/** Bytes that a file of this name may have. */
export function bytesMax(name: string): number {
  if (isArchive(name)) return ARCHIVE_BYTES_MAX;
  return VIDEO_SUFFIX.test(name) ? VIDEO_BYTES_MAX : FILE_BYTES_MAX;
}

/** Notes that a file will be sent. */
export async function openUpload(
  db: Db,
  clock: Clock,
  upload: Pick<Upload, "id" | "collection" | "account" | "name" | "bytes">,
): Promise<void> {
  await db.write(async (tx) =>
    tx.write
      .insertInto("uploads")
      .values({
        id: upload.id,
        collection_id: upload.collection,
        account: upload.account,
        path: upload.name,
        bytes: upload.bytes,
        state: "receiving",
        reason: null,
        media_id: null,
        created_at: clock.now(),
        finished_at: null,
      })
      .execute(),
  );
}

/** How many uploads of a collection are received, or wait for their import. */
export async function countOpen(db: Reader, collection: CollectionId): Promise<number> {
  const row = await db.read
    .selectFrom("uploads")
    .select((select) => select.fn.countAll().as("count"))
    .where("collection_id", "=", collection)
    .where("state", "in", ["receiving", "received"])
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** One upload of a collection. Throws CollectionsError upload_unknown. */
export async function findUpload(
  db: Reader,
  collection: CollectionId,
  id: UploadId,
): Promise<Upload> {
  const row = await db.read
    .selectFrom("uploads")
    .selectAll()
    .where("id", "=", id)
    .where("collection_id", "=", collection)
    .executeTakeFirst();
  if (row) return uploadOf(row);
  throw new CollectionsError("upload_unknown", "There is no upload of this id.");
}

/** The uploads of a collection, the newest first, from after a page's end. */
export async function pageOfUploads(
  db: Reader,
  page: {
    readonly collection: CollectionId;
    readonly state: UploadState | null;
    readonly after: { readonly createdAt: number; readonly id: string } | null;
    readonly limit: number;
  },
): Promise<readonly Upload[]> {
  const { after, state } = page;
  let query = db.read
    .selectFrom("uploads")
    .selectAll()
    .where("collection_id", "=", page.collection)
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(page.limit);
  if (state !== null) query = query.where("state", "=", state);
  if (after) {
    const at = after.createdAt as Instant;
    query = query.where((where) =>
      where.or([
        where("created_at", "<", at),
        where.and([where("created_at", "=", at), where("id", "<", after.id as UploadId)]),
      ]),
    );
  }
  return (await query.execute()).map(uploadOf);
}

/**
 * Takes a whole file in: from when this returns it will be imported, whatever happens to this
 * process or the power.
 */
export async function receiveUpload(
  deps: { readonly db: Db; readonly uploads: string },
  recorder: Recorder,
  id: UploadId,
): Promise<void> {
  const file = await open(join(deps.uploads, id), "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  await deps.db.write(async (tx) => {
    const row = await tx.write
      .updateTable("uploads")
      .set({ state: "received" })
      .where("id", "=", id)
      .where("state", "=", "receiving")
      .returning(["collection_id as collection", "path"])
      .executeTakeFirst();
    if (row) await enqueueFor(tx, recorder, { id, ...row });
  });
}

/** A received file, as far as its import asks. */
type Received = Pick<Upload, "id" | "collection"> & { readonly path: string };

/** Queues the import of a received file. */
export async function enqueueFor(tx: Tx, recorder: Recorder, of: Received): Promise<void> {
  const { kind, target } = await importJobOf(tx, recorder, of);
  await enqueue(tx, recorder.clock, kind, target);
}

/** The job that imports a received file: photos wait together, an archive is an import of its own. */
export async function importJobOf(
  tx: Tx,
  recorder: Recorder,
  { id, collection, path }: Received,
): Promise<{ readonly kind: string; readonly target: string; readonly opened: ImportId | null }> {
  if (!isArchive(path)) return { kind: IMPORT_UPLOADS, target: collection, opened: null };
  const opened: ImportId = await openImport(tx, recorder, collection, id);
  return { kind: IMPORT_FILES, target: `${collection}/${opened}`, opened };
}

/**
 * Takes a file in that is whole on the disk although nobody has said so: its process was killed
 * between the last byte and `receiveUpload`, and its sender sees that nothing is left to send.
 */
export async function receiveIfWhole(
  deps: { readonly db: Db; readonly uploads: string },
  recorder: Recorder,
  { id, bytes }: Pick<Upload, "id" | "bytes">,
): Promise<boolean> {
  const info = await stat(join(deps.uploads, id)).catch(() => null);
  if (info?.size !== bytes) return false;
  await receiveUpload(deps, recorder, id);
  return true;
}

/** Ends an upload that is not whole yet, and removes its bytes. */
export async function dropUpload(
  { db, uploads }: { readonly db: Db; readonly uploads: string },
  id: UploadId,
): Promise<void> {
  const dropped = await db.write(async (tx) =>
    tx.write
      .deleteFrom("uploads")
      .where("id", "=", id)
      .where("state", "=", "receiving")
      .returning("id")
      .executeTakeFirst(),
  );
  if (dropped) await rm(join(uploads, id), { force: true });
}

/** A row as it is handed out. */
export function uploadOf(row: {
  readonly id: UploadId;
  readonly collection_id: CollectionId;
  readonly account: string;
  readonly path: string;
  readonly bytes: number;
  readonly state: UploadState;
  readonly reason: string | null;
  readonly media_id: MediaId | null;
  readonly created_at: Instant;
}): Upload {
  return {
    id: row.id,
    collection: row.collection_id,
    account: row.account,
    name: row.path,
    bytes: row.bytes,
    state: row.state,
    reason: row.reason,
    photo: row.media_id,
    createdAt: row.created_at,
  };
}
