import { realpath, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { CollectionId, ImportId, JobId, UploadId } from "../base/ids.ts";
import { enqueue } from "../jobs/jobs.ts";
import type { JobContext } from "../jobs/runner.ts";
import type { Recorder } from "../ledger/ledger.ts";
import type { Db } from "../storage/db.ts";
import { archiveOrigin } from "./archive.ts";
import { type Collection, findCollection } from "./collections.ts";
import { CollectionsError } from "./errors.ts";
import {
  closeImport,
  folderOrigin,
  importFiles,
  type ImportOrigin,
  isBelow,
  openImport,
} from "./import.ts";
import { noteUnpacked, refuseUpload } from "./import-uploads.ts";
import { findUpload, IMPORT_FILES, isArchive, type Upload, type UploadDeps } from "./uploads.ts";

/** Where imports from this machine may look, as the operator set it; null: nowhere. */
export interface ImportRoot {
  readonly importRoot: string | null;
}

/**
 * Asks for the import of a folder or an archive on this machine, done by a job. `path` is below the
 * root; what links lead out of it is refused. Throws CollectionsError import_root_missing,
 * folder_unreadable.
 */
export async function askForImport(
  deps: ImportRoot & { readonly db: Db },
  recorder: Recorder,
  collection: CollectionId,
  path: string,
): Promise<{ readonly import: ImportId; readonly job: JobId }> {
  const { real } = await findBelowRoot(deps, path);
  return deps.db.write(async (tx) => {
    const id = await openImport(tx, recorder, collection, real);
    const job = await enqueue(tx, recorder.clock, IMPORT_FILES, `${collection}/${id}`);
    return { import: id, job };
  });
}

/** Does what an import job was asked for: an archive that was sent, or a place on this machine. */
export async function importAsked(
  deps: UploadDeps & ImportRoot,
  recorder: Recorder,
  target: string,
  context: JobContext,
): Promise<void> {
  const [of, id] = target.split("/") as [CollectionId, ImportId];
  const collection = await findCollection(deps.db, of);
  const row = await deps.db.read
    .selectFrom("imports")
    .select(["folder", "account"])
    .where("id", "=", id)
    .where("state", "=", "running")
    .executeTakeFirst();
  if (!row) return;
  const as = { ...recorder, account: row.account ?? recorder.account };
  if (/^upl_[\w-]{16}$/u.test(row.folder)) {
    const upload = await findUpload(deps.db, of, row.folder as UploadId);
    await importArchive(deps, as, { collection, upload, id }, context);
  } else {
    await importPlace(deps, as, { collection, place: row.folder }, context);
  }
}

async function importPlace(
  deps: UploadDeps & ImportRoot,
  recorder: Recorder,
  of: { readonly collection: Collection; readonly place: string },
  context: JobContext,
): Promise<void> {
  const { root, real } = await findBelowRoot(deps, of.place);
  if (!isArchive(real)) {
    const origin = await folderOrigin(real, root);
    return importOrigin(deps, recorder, of.collection, origin, context);
  }
  await using archive = await archiveOrigin(real, { name: of.place, title: of.place });
  await importOrigin(deps, recorder, of.collection, archive, context);
}

/** One that can't be read is refused; its bytes go in any case. */
async function importArchive(
  deps: UploadDeps,
  recorder: Recorder,
  of: { readonly collection: Collection; readonly upload: Upload; readonly id: ImportId },
  context: JobContext,
): Promise<void> {
  const { upload, collection, id } = of;
  const file = join(deps.uploads, upload.id);
  try {
    await using archive = await archiveOrigin(file, { name: upload.id, title: upload.name });
    await importOrigin(
      deps,
      { ...recorder, account: upload.account },
      collection,
      archive,
      context,
    );
    await deps.db.write(async (tx) => noteUnpacked(tx, recorder.clock, upload.id));
  } catch (error) {
    if (!(error instanceof CollectionsError)) throw error;
    await deps.db.write(async (tx) => {
      await refuseUpload(tx, recorder.clock, upload.id, error.code);
      await closeImport(tx, recorder, id);
    });
  }
  await rm(file, { force: true });
}

async function importOrigin(
  deps: UploadDeps,
  recorder: Recorder,
  collection: Collection,
  origin: ImportOrigin,
  context: JobContext,
): Promise<void> {
  await importFiles(deps, recorder, collection, origin, {
    signal: context.signal,
    onProgress: ({ done, total }) => context.report({ done, total }),
  });
}

/** A place below the root, with every link on the way followed and judged. */
async function findBelowRoot(
  { importRoot }: ImportRoot,
  path: string,
): Promise<{ readonly root: string; readonly real: string }> {
  if (importRoot === null) {
    const sentence = "Set ASSENT_IMPORT_ROOT to the folder that imports may read.";
    throw new CollectionsError("import_root_missing", sentence);
  }
  const root = await realpath(importRoot).catch(() => null);
  const real = root === null ? null : await realpath(resolve(root, path)).catch(() => null);
  const info = real === null ? null : await stat(real).catch(() => null);
  const fit = info?.isDirectory() === true || (info?.isFile() === true && isArchive(path));
  if (root !== null && real !== null && fit && isBelow(root, real)) return { root, real };
  const sentence = "There is no such folder, nor ZIP archive, below the folder open to imports.";
  throw new CollectionsError("folder_unreadable", sentence);
}
