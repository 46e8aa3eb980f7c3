import { mkdir, rename } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { removeAbandoned, syncFolder, temporaryName, writeFileDurably } from "../base/files.ts";
import { append, type Recorder } from "../ledger/ledger.ts";
import { instanceIdOf } from "../ledger/origin.ts";
import { openSigner } from "../ledger/signing.ts";
import { Blobs } from "../storage/blobs.ts";
import type { Db, Reader } from "../storage/db.ts";
import { addKeyPlace, updateKeyFiles } from "../storage/key-places.ts";
import { dumpTables } from "./dump.ts";
import { type Manifest, MANIFEST_FILE, MANIFEST_TYPE } from "./manifest.ts";
import { copyPhotos } from "./photos.ts";

/** What it takes to make a backup. */
export interface BackupDeps {
  readonly db: Db;
  readonly blobs: Blobs;
}

/** A backup that was made. */
export interface BackupSummary {
  /** The folder of the dump. */
  readonly dump: string;
  /** The one key file of all dumps. */
  readonly keys: string;
  readonly photos: number;
  readonly photosMissing: number;
}

/** Where the key file of a folder of backups lies unless said otherwise: beside it, not in it. */
export function defaultKeysPath(folder: string): string {
  return `${resolve(folder)}.keys`;
}

/**
 * Makes a backup: a dump in a new folder below `folder`, named by the moment, and the key file. Not
 * even the master key opens anything in the dump; see [Note: the key file]. Photos of all dumps lie
 * together by hash. Killed at any moment it leaves nothing that looks like a dump, and no dump
 * without a key file that is at least as new. Throws StorageError key_file_due.
 */
export async function backup(
  deps: BackupDeps,
  recorder: Recorder,
  request: { readonly folder: string; readonly keys: string },
): Promise<BackupSummary> {
  const { db } = deps;
  const folder = resolve(request.folder);
  const keys = resolve(request.keys);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await removeLeftovers(folder);
  const madeAt = recorder.clock.now();
  const dump = join(folder, new Date(madeAt).toISOString().replaceAll(/[:.]/gu, "-"));
  const unfinished = temporaryName(dump);
  await mkdir(unfinished, { mode: 0o700 });
  const dumped = await db.snapshot(async (reader) => ({
    instance: await instanceIdOf(reader),
    migration: await migrationOf(reader),
    tables: await dumpTables(reader, unfinished),
    hashes: await photosIn(reader),
  }));
  // After the snapshot: as long as that is open, an erasure can't clear up behind itself.
  const { hashes, ...tables } = dumped;
  const copied = await copyPhotos(deps.blobs, new Blobs(join(folder, "photos")), hashes);
  const manifest: Manifest = {
    schema: "assent-backup/1",
    madeAt,
    ...tables,
    photos: copied.photos,
    photosMissing: copied.missing,
  };
  const signer = await openSigner(db, recorder.vault, "receipts");
  const jws = await signer.signJws(MANIFEST_TYPE, manifest);
  await writeFileDurably(join(unfinished, MANIFEST_FILE), `${jws}\n`);
  await mkdir(dirname(keys), { recursive: true, mode: 0o700 });
  await db.write(async (tx) => {
    await append(tx, recorder, { kind: "backup.made", collection: null });
    await addKeyPlace(tx, recorder.clock, keys);
  });
  await updateKeyFiles(db, recorder.vault, recorder.clock);
  await rename(unfinished, dump);
  await syncFolder(folder);
  return { dump, keys, photos: manifest.photos, photosMissing: manifest.photosMissing };
}

/** Removes what a killed backup left behind. */
async function removeLeftovers(folder: string): Promise<void> {
  await removeAbandoned(folder);
  await new Blobs(join(folder, "photos")).sweep();
}

async function photosIn(reader: Reader): Promise<readonly string[]> {
  const rows = await reader.read.selectFrom("media").select("sha256").distinct().execute();
  return rows.map(({ sha256 }) => sha256);
}

async function migrationOf(reader: Reader): Promise<number> {
  const { newest } = await reader.read
    .selectFrom("migrations")
    .select((select) => select.fn.max("number").as("newest"))
    .executeTakeFirstOrThrow();
  return newest;
}
