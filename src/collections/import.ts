import { join, resolve } from "node:path";
import { type OnConflictBuilder, sql } from "kysely";
import { sha256Hex, wipe } from "../base/bytes.ts";
import { type FaceId, type ImportId, type MediaId, newId } from "../base/ids.ts";
import type { Analysis, EmbedChoice } from "../faces/engine.ts";
import { photoProblem } from "../faces/errors.ts";
import type { Recorder } from "../ledger/ledger.ts";
import { readSource } from "../media/source.ts";
import type { Blobs } from "../storage/blobs.ts";
import type { Db, Tx } from "../storage/db.ts";
import type { Schema } from "../storage/schema.ts";
import type { Collection } from "./collections.ts";
import type { Engines } from "./enrol.ts";
import { type FolderEntry, listFolder } from "./folder.ts";
import { addSource, findPhoto, insertPhoto } from "./media.ts";
import { inParallel } from "../base/parallel.ts";

/** What came of one file. A refusal's reason is an error code: MediaError's or FacesError's. */
export type FileResult =
  | { readonly path: string; readonly outcome: "added" | "duplicate"; readonly media: MediaId }
  | { readonly path: string; readonly outcome: "refused"; readonly reason: string };

/** What an import counts as it goes on; `known` were done before it was interrupted. */
export interface ImportProgress {
  readonly done: number;
  readonly total: number;
  readonly known: number;
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

/** What was seen in a photo, by the pack of the collection as it was handed in. */
export interface Looked {
  readonly analysis: Analysis;
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

/**
 * Imports the photos below a folder into a collection. Each file is one transaction: photo, faces,
 * sightings and the note that the file is done. Killed at any moment and started again with the
 * same folder, it goes on where it was. One bad file never stops the rest. Throws
 * CollectionsError folder_unreadable, too_many_files.
 */
export async function importFolder(
  deps: ImportDeps,
  recorder: Recorder,
  collection: Collection,
  folder: string,
  options: {
    readonly onProgress?: (progress: ImportProgress) => void;
    readonly onFile?: (result: FileResult) => void;
    readonly signal?: AbortSignal;
  } = {},
): Promise<ImportSummary> {
  const top = resolve(folder);
  const entries = await listFolder(top);
  const id = await openImport(deps.db, recorder, collection, top);
  const finished = await finishedPaths(deps.db, id);
  const waiting = entries.filter(({ path }) => !finished.has(path));
  const known = entries.length - waiting.length;
  // Models that can't be had stop the import: they are no fault of its files.
  if (waiting.length > 0) await deps.engines(collection.pack);
  let done = known;
  options.onProgress?.({ done, total: entries.length, known });
  await inParallel(waiting, deps.parallel, async (entry) => {
    options.signal?.throwIfAborted();
    const result = await importFile(deps, recorder, collection, { id, top, entry });
    done += 1;
    options.onFile?.(result);
    options.onProgress?.({ done, total: entries.length, known });
  });
  await closeImport(deps.db, recorder, id);
  return summarise(deps.db, id);
}

interface FileOfImport {
  readonly id: ImportId;
  readonly top: string;
  readonly entry: FolderEntry;
}

async function importFile(
  deps: ImportDeps,
  recorder: Recorder,
  collection: Collection,
  file: FileOfImport,
): Promise<FileResult> {
  const { problem } = file.entry;
  try {
    if (problem) return await refuse(deps.db, file, problem);
    return await importPhoto(deps, recorder, collection, file);
  } catch (error) {
    const reason = photoProblem(error);
    if (reason !== null) return refuse(deps.db, file, reason);
    throw error;
  }
}

async function importPhoto(
  deps: ImportDeps,
  recorder: Recorder,
  collection: Collection,
  file: FileOfImport,
): Promise<FileResult> {
  const { path } = file.entry;
  const bytes = await readSource({ file: join(file.top, path) });
  const hash = sha256Hex(bytes);
  const twin = await findPhoto(deps.db, collection.id, hash);
  if (twin) return noteDuplicate(deps.db, file, twin);
  const engine = await deps.engines(collection.pack);
  const choice = await deps.recogniser.choose(collection);
  const analysis = await engine.analyse({ bytes }, { embed: choice, use: "scan" });
  try {
    await deps.blobs.put(bytes);
    return await deps.recogniser.settle<FileResult>(
      collection,
      { analysis, choice },
      async (tx, scannedVersion) => {
        const raced = await findPhoto(tx, collection.id, hash);
        if (raced) {
          await noteFile(tx, file, { outcome: "duplicate", media: raced });
          return { value: { path, outcome: "duplicate", media: raced }, faces: [] };
        }
        const { id, faces } = await insertPhoto(tx, recorder, collection.id, {
          sha256: hash,
          bytes: bytes.length,
          pack: collection.pack,
          scannedVersion,
          analysis,
        });
        await noteFile(tx, file, { outcome: "added", media: id });
        return { value: { path, outcome: "added", media: id }, faces };
      },
    );
  } finally {
    wipe(...analysis.faces.map(({ embedding }) => embedding));
  }
}

/** Two processes that import one folder at once: the first one's word on a file stands. */
function noteOnce(conflict: OnConflictBuilder<Schema, "import_files">) {
  return conflict.columns(["import_id", "path"]).doNothing();
}

async function noteDuplicate(db: Db, file: FileOfImport, media: MediaId): Promise<FileResult> {
  await db.write(async (tx) => noteFile(tx, file, { outcome: "duplicate", media }));
  return { path: file.entry.path, outcome: "duplicate", media };
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

async function noteFile(
  tx: Tx,
  file: FileOfImport,
  result: { readonly outcome: "added" | "duplicate"; readonly media: MediaId },
): Promise<void> {
  const { path } = file.entry;
  await addSource(tx, result.media, join(file.top, path));
  await tx.write
    .insertInto("import_files")
    .values({
      import_id: file.id,
      path,
      outcome: result.outcome,
      reason: null,
      media_id: result.media,
    })
    .onConflict(noteOnce)
    .execute();
}

/** The unfinished import of this folder (another process may be at it just now), or a new one. */
async function openImport(
  db: Db,
  recorder: Recorder,
  collection: Collection,
  folder: string,
): Promise<ImportId> {
  return db.write(async (tx) => {
    const row = await tx.write
      .insertInto("imports")
      .values({
        id: newId("imp"),
        collection_id: collection.id,
        folder,
        state: "running",
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
  });
}

async function closeImport(db: Db, recorder: Recorder, id: ImportId): Promise<void> {
  await db.write(async (tx) =>
    tx.write
      .updateTable("imports")
      .set({ state: "done", finished_at: recorder.clock.now() })
      .where("id", "=", id)
      .execute(),
  );
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
