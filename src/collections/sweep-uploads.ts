import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { DAY_MS, later } from "../base/clock.ts";
import { isAbandoned } from "../base/files.ts";
import type { UploadId } from "../base/ids.ts";
import type { Recorder } from "../ledger/ledger.ts";
import type { Db, Tx } from "../storage/db.ts";
import { closeImport } from "./import.ts";
import { refuseUpload } from "./import-uploads.ts";
import {
  enqueueFor,
  importJobOf,
  receiveIfWhole,
  type Upload,
  UPLOAD_MS_MAX,
  UPLOADS_OPEN_MAX,
} from "./uploads.ts";

/** Long enough to see what came of it; the names may be people's. As long as an import's list. */
const LISTED_MS = 90 * DAY_MS;
/** Jobs asked for at a time. */
const BATCH = 100;

/**
 * Removes uploads that were never finished, the list of those from long ago, and files that no
 * open upload names. Asks anew for the import of what was received, should its job have failed; what
 * somebody has cancelled is refused.
 */
export async function sweepUploads(
  { db, uploads }: { readonly db: Db; readonly uploads: string },
  recorder: Recorder,
): Promise<void> {
  const now = recorder.clock.now();
  for (const one of await receiving(db)) await receiveIfWhole({ db, uploads }, recorder, one);
  const over = await db.write(async (tx) => {
    const givenUp = await tx.write
      .deleteFrom("uploads")
      .where("state", "=", "receiving")
      .where("created_at", "<=", later(now, -UPLOAD_MS_MAX))
      .returning("id")
      .execute();
    await tx.write
      .deleteFrom("uploads")
      .where("finished_at", "<=", later(now, -LISTED_MS))
      .execute();
    const waiting = await tx.read
      .selectFrom("uploads")
      .select(["id", "collection_id as collection", "path"])
      .where("state", "=", "received")
      .limit(BATCH)
      .execute();
    for (const row of waiting) await importOrRefuse(tx, recorder, row);
    return givenUp;
  });
  for (const { id } of over) await rm(join(uploads, id), { force: true });
  await removeStrayFiles(db, uploads);
}

async function importOrRefuse(
  tx: Tx,
  recorder: Recorder,
  row: Parameters<typeof importJobOf>[2],
): Promise<void> {
  const { kind, target, opened } = await importJobOf(tx, recorder, row);
  if (!(await wasCancelled(tx, kind, target))) return enqueueFor(tx, recorder, row);
  await refuseUpload(tx, recorder.clock, row.id, "job_cancelled");
  if (opened) await closeImport(tx, recorder, opened);
}

/** Whether somebody stopped the job for a target that was asked for last. */
async function wasCancelled(tx: Tx, kind: string, target: string): Promise<boolean> {
  const newest = await tx.read
    .selectFrom("jobs")
    .select("state")
    .where("kind", "=", kind)
    .where("target", "=", target)
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  return newest?.state === "cancelled";
}

async function receiving(db: Db): Promise<readonly Pick<Upload, "id" | "bytes">[]> {
  return db.read
    .selectFrom("uploads")
    .select(["id", "bytes"])
    .where("state", "=", "receiving")
    .limit(UPLOADS_OPEN_MAX)
    .execute();
}

/** A file is made moments before its row. */
const STRAY_MS = 60 * 60 * 1000;

async function removeStrayFiles(db: Db, folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const info = await stat(path).catch(() => null);
    const row = await db.read
      .selectFrom("uploads")
      .select("state")
      .where("id", "=", name as UploadId)
      .executeTakeFirst();
    const open = row?.state === "receiving" || row?.state === "received";
    const young = info !== null && Date.now() - info.mtimeMs < STRAY_MS;
    const fresh = !row && young && !isAbandoned(path);
    if (!open && !fresh) await rm(path, { recursive: true, force: true });
  }
}
