import { realpath } from "node:fs/promises";
import { isAbsolute, join, relative, resolve } from "node:path";
import { type OnConflictBuilder, sql } from "kysely";
import { type CollectionId, type FaceId, type ImportId, type MediaId, newId } from "../base/ids.ts";
import { inParallel } from "../base/parallel.ts";
import type { EmbedChoice } from "../faces/engine.ts";
import { photoProblem } from "../faces/errors.ts";
import type { Embedding } from "../faces/face.ts";
import type { Recorder } from "../ledger/ledger.ts";
import { MediaError } from "../media/errors.ts";
import { type Incoming, incomingFile } from "../media/incoming.ts";
import type { Blobs } from "../storage/blobs.ts";
import type { Db, Tx } from "../storage/db.ts";
import type { Schema } from "../storage/schema.ts";
import { checkOpen, type Collection } from "./collections.ts";
import type { Engines } from "./enrol.ts";
import { type FolderEntry, listFolder } from "./folder.ts";
import { importMedia } from "./import-media.ts";
import type { Imported } from "./import-photo.ts";
import type { VideoProgress } from "./import-video.ts";
import { addSource } from "./media.ts";

/** What came of one file. A refusal's reason is an error code: MediaError's or FacesError's. */
export type FileResult =
  | { readonly path: string; readonly outcome: "added" | "duplicate"; readonly media: MediaId }
  | { readonly path: string; readonly outcome: "refused"; readonly reason: string };

/** What an import counts as it goes on; `known` were done before it was interrupted. */
export interface ImportProgress {
  readonly done: number;
  readonly total: number;
  readonly known: number;
  /** How much of the videos under way is done, in files: of two that are half done, 1. */
  readonly begun: number;
}

/** How an import ended. */
export interface ImportSummary {
  readonly import: ImportId;
  readonly added: number;
  readonly duplicate: number;
  readonly refused: readonly { readonly path: string; readonly reason: string }[];
}

/**
 * Who compares the faces of a new photo with the gallery. Handed in by the composition root: the
 * gallery stands to the right of this room.
 */
export interface Recogniser {
  /** Which faces are embedded: none where the collection has no scene basis or no people. */
  choose(collection: Collection): Promise<EmbedChoice>;
  /**
   * Runs `write` in a transaction with the sightings of the photo's faces, compared with the
   * gallery as it is at that commit.
   */
  settle<T>(
    collection: Collection,
    looked: Looked,
    write: (tx: Tx, scannedVersion: number) => Promise<Written<T>>,
  ): Promise<T>;
}

/** What is compared with the gallery; `agreement` is a track's. */
export interface ComparableFace {
  readonly embedding: Embedding | null;
  readonly agreement?: number;
}

/** What was seen in a photo or video, by the pack of the collection as it was handed in. */
export interface Looked {
  readonly faces: readonly ComparableFace[];
  readonly choice: EmbedChoice;
}

/** What a write made: its value, and the ids of the faces in the analysis' order. */
export interface Written<T> {
  readonly value: T;
  readonly faces: readonly FaceId[];
}

/** What an import works with. */
export interface ImportDeps {
  readonly db: Db;
  readonly blobs: Blobs;
  readonly engines: Engines;
  readonly recogniser: Recogniser;
  /** Files under work at a time: a little more than there are workers, so that none waits. */
  readonly parallel: number;
}

/** Where the files of an import come from. */
export interface ImportOrigin {
  /** Tells it from every other: an interrupted import of the same goes on. */
  readonly name: string;
  readonly entries: readonly FolderEntry[];
  /** What is noted as a photo's source. */
  label(path: string): string;
  /** An entry, to be read once and closed. Throws MediaError. */
  open(path: string): Promise<Incoming>;
}

/** What a caller of an import sees of it, and stops it by. */
export interface ImportOptions {
  readonly onProgress?: (progress: ImportProgress) => void;
  readonly onFile?: (result: FileResult) => void;
  readonly signal?: AbortSignal;
}

/**
 * Imports the photos below a folder into a collection; see `importFiles`. Throws CollectionsError
 * folder_unreadable, too_many_files, collection_closed.
 */
export async function importFolder(
  deps: ImportDeps,
  recorder: Recorder,
  collection: Collection,
  folder: string,
  options: ImportOptions = {},
): Promise<ImportSummary> {
  return importFiles(deps, recorder, collection, await folderOrigin(folder), options);
}

/**
 * The files below a folder. Where nobody outside of the folder `within` may be reached, links are
 * refused wherever they lead, and so is a folder on the way that leads out.
 */
export async function folderOrigin(folder: string, within?: string): Promise<ImportOrigin> {
  const top = resolve(folder);
  const label = (path: string): string => join(top, path);
  return {
    name: top,
    entries: await listFolder(top),
    label,
    open: async (path) => {
      if (within === undefined) return incomingFile(label(path), { links: "follow" });
      const real = await realpath(label(path)).catch(() => null);
      if (real === null) throw new MediaError("missing");
      if (!isBelow(within, real)) throw new MediaError("is_a_link");
      return incomingFile(label(path), { links: "refuse" });
    },
  };
}

/** Whether a path is a folder itself or lies below it; both are free of links. */
export function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === "" || (!way.startsWith("..") && !isAbsolute(way));
}

/**
 * Imports the files of an origin into a collection. Each file is one transaction: photo, faces,
 * sightings and the note that the file is done. Killed at any moment and started again with the
 * same origin, it goes on where it was. One bad file never stops the rest. Throws CollectionsError
 * collection_closed.
 */
export async function importFiles(
  deps: ImportDeps,
  recorder: Recorder,
  collection: Collection,
  origin: ImportOrigin,
  options: ImportOptions = {},
): Promise<ImportSummary> {
  checkOpen(collection);
  const { entries } = origin;
  const id = await deps.db.write(async (tx) =>
    openImport(tx, recorder, collection.id, origin.name),
  );
  const finished = await finishedPaths(deps.db, id);
  const waiting = entries.filter(({ path }) => !finished.has(path));
  const known = entries.length - waiting.length;
  // Models that can't be had stop the import: they are no fault of its files.
  if (waiting.length > 0) await deps.engines(collection.pack);
  const report = progressOf(entries.length, known, options.onProgress);
  report.tell();
  await inParallel(waiting, deps.parallel, async (entry) => {
    options.signal?.throwIfAborted();
    const onProgress = (seconds: number, of: number) => report.begun(entry.path, seconds / of);
    const progress = { onProgress, ...(options.signal && { signal: options.signal }) };
    const result = await importFile(deps, recorder, collection, { id, origin, entry, progress });
    options.onFile?.(result);
    report.done(entry.path);
  });
  await deps.db.write(async (tx) => closeImport(tx, recorder, id));
  return summarise(deps.db, id);
}

/** Counts files, and what part of a long one is done. */
function progressOf(
  total: number,
  known: number,
  tell: ImportOptions["onProgress"],
): {
  readonly tell: () => void;
  readonly begun: (path: string, share: number) => void;
  readonly done: (path: string) => void;
} {
  const shares = new Map<string, number>();
  let done = known;
  const report = (): void => {
    const begun = [...shares.values()].reduce((sum, share) => sum + share, 0);
    tell?.({ done, total, known, begun });
  };
  return {
    tell: report,
    begun: (path, share) => {
      shares.set(path, Math.min(1, Math.max(0, share)));
      report();
    },
    done: (path) => {
      shares.delete(path);
      done += 1;
      report();
    },
  };
}

interface FileOfImport {
  readonly progress: VideoProgress;
  readonly id: ImportId;
  readonly origin: ImportOrigin;
  readonly entry: FolderEntry;
}

async function importFile(
  deps: ImportDeps,
  recorder: Recorder,
  collection: Collection,
  file: FileOfImport,
): Promise<FileResult> {
  const { problem, path } = file.entry;
  try {
    if (problem) return await refuse(deps.db, file, problem);
    const opened = file.origin.open(path);
    const note = async (tx: Tx, imported: Imported) => noteFile(tx, file, imported);
    return {
      path,
      ...(await importMedia(deps, recorder, collection, opened, note, file.progress)),
    };
  } catch (error) {
    const reason = photoProblem(error);
    if (reason !== null) return refuse(deps.db, file, reason);
    throw error;
  }
}

/** Two processes that import one folder at once: the first one's word on a file stands. */
function noteOnce(conflict: OnConflictBuilder<Schema, "import_files">) {
  return conflict.columns(["import_id", "path"]).doNothing();
}

async function refuse(db: Db, file: FileOfImport, reason: string): Promise<FileResult> {
  await db.write(async (tx) =>
    tx.write
      .insertInto("import_files")
      .values({
        import_id: file.id,
        path: file.entry.path,
        outcome: "refused",
        reason,
        media_id: null,
      })
      .onConflict(noteOnce)
      .execute(),
  );
  return { path: file.entry.path, outcome: "refused", reason };
}

async function noteFile(tx: Tx, file: FileOfImport, imported: Imported): Promise<void> {
  const { path } = file.entry;
  await addSource(tx, imported.media, file.origin.label(path));
  await tx.write
    .insertInto("import_files")
    .values({
      import_id: file.id,
      path,
      outcome: imported.outcome,
      reason: null,
      media_id: imported.media,
    })
    .onConflict(noteOnce)
    .execute();
}

/** The unfinished import of this origin (another process may be at it just now), or a new one. */
export async function openImport(
  tx: Tx,
  recorder: Recorder,
  collection: CollectionId,
  origin: string,
): Promise<ImportId> {
  const row = await tx.write
    .insertInto("imports")
    .values({
      id: newId("imp"),
      collection_id: collection,
      folder: origin,
      state: "running",
      account: recorder.account,
      started_at: recorder.clock.now(),
      finished_at: null,
    })
    .onConflict((conflict) =>
      conflict
        .columns(["collection_id", "folder"])
        // Written out: SQLite finds the partial index only by the words it was made with.
        .where(sql<boolean>`state = 'running'`)
        .doUpdateSet({ state: "running" }),
    )
    .returning("id")
    .executeTakeFirstOrThrow();
  return row.id;
}

/** Notes that an import is over. */
export async function closeImport(tx: Tx, recorder: Recorder, id: ImportId): Promise<void> {
  await tx.write
    .updateTable("imports")
    .set({ state: "done", finished_at: recorder.clock.now() })
    .where("id", "=", id)
    .execute();
}

async function finishedPaths(db: Db, id: ImportId): Promise<ReadonlySet<string>> {
  const rows = await db.read
    .selectFrom("import_files")
    .select("path")
    .where("import_id", "=", id)
    .execute();
  return new Set(rows.map(({ path }) => path));
}

async function summarise(db: Db, id: ImportId): Promise<ImportSummary> {
  const rows = await db.read
    .selectFrom("import_files")
    .select(["path", "outcome", "reason"])
    .where("import_id", "=", id)
    .orderBy("path")
    .execute();
  const count = (outcome: string) => rows.filter((row) => row.outcome === outcome).length;
  return {
    import: id,
    added: count("added"),
    duplicate: count("duplicate"),
    refused: rows.flatMap(({ path, reason }) => (reason === null ? [] : [{ path, reason }])),
  };
}
