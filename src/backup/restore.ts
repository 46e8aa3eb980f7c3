import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { sql } from "kysely";
import type { Clock } from "../base/clock.ts";
import { append } from "../ledger/ledger.ts";
import { jwkOf } from "../ledger/signing.ts";
import { Blobs } from "../storage/blobs.ts";
import type { Db, Reader, Tx } from "../storage/db.ts";
import { rollEpoch } from "../storage/epochs.ts";
import { type KeyFile, openKeyFile } from "../storage/key-file.ts";
import { scrub } from "../storage/scrub.ts";
import { readSetting, removeSetting, writeSetting } from "../storage/settings.ts";
import { Vault } from "../storage/vault.ts";
import type { KeySet } from "../verify/jws.ts";
import { BackupError } from "./errors.ts";
import { fileOf, type Manifest, readManifest } from "./manifest.ts";
import { restorePhotos } from "./photos.ts";
import { type Replayed, replayErasures, restoreRows } from "./restore-rows.ts";
import { readRows } from "./rows.ts";
import { PLANS } from "./tables.ts";
import { wishesIn } from "./wishes.ts";

/** What a restore needs of the instance it fills. The master key is the backup's. */
export interface RestoreDeps {
  readonly db: Db;
  /** Taken over: wiped when the restore is over. */
  readonly master: Buffer;
  readonly blobs: Blobs;
  readonly clock: Clock;
  readonly account: string;
}

export interface RestoreRequest {
  /** The folder of a dump. */
  readonly from: string;
  readonly keys: string;
  /** Other key files, which may know of erasures that this one does not. */
  readonly erasures: readonly string[];
}

/** What was put back. */
export interface RestoreSummary extends Replayed {
  readonly photos: number;
  readonly photosMissing: number;
}

/**
 * Fills an empty instance from a backup. Everything is checked before anything is written. Photos
 * come first, then every row in one transaction, and in it everybody who was erased since the dump
 * is erased again, and every grant that has ended since ends: nobody ever sees the instance as it
 * was. Then the epoch is rolled; until that is done the instance refuses to open. Killed at any
 * moment, the same command goes on. Null when only that end was left to do.
 *
 * [Note: the ledger of a restored instance] The ledger goes back to where it was at the backup, with
 * its own checkpoints, and goes on from there. Whoever holds a newer checkpoint of it sees that two
 * states contradict each other, and should: so the restore is an entry itself.
 *
 * Throws BackupError, StorageError.
 */
export async function restore(
  deps: RestoreDeps,
  request: RestoreRequest,
): Promise<RestoreSummary | null> {
  const { db, clock } = deps;
  let summary: RestoreSummary | null = null;
  if ((await readSetting(db, "restore")) === null) {
    await requireEmpty(db);
    const backup = await readBackup(deps, request);
    const photos = await restoreBlobs(deps, request.from);
    const replayed = await db.write(async (tx) => restoreAll(tx, deps, backup));
    summary = { ...replayed, photos: photos.photos, photosMissing: photos.missing };
  }
  await using stack = new AsyncDisposableStack();
  const vault = stack.adopt(await Vault.open(db, deps.master, clock), (one) => one.close());
  await rollEpoch(db, vault, clock);
  await scrub(db, { vault, clock });
  await db.write(async (tx) => {
    const recorder = { clock, account: deps.account, vault };
    await append(tx, recorder, { kind: "backup.restored", collection: null });
    await writeSetting(tx, "restored", String(clock.now()));
    await removeSetting(tx, "restore");
  });
  return summary;
}

interface Backup {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly keyFile: KeyFile;
  readonly others: readonly KeyFile[];
}

/** Reads and checks dump and key files. */
async function readBackup(deps: RestoreDeps, request: RestoreRequest): Promise<Backup> {
  const folder = resolve(request.from);
  const keyFile = openKeyFile(deps.master, await readFile(request.keys));
  const others: KeyFile[] = [];
  for (const path of request.erasures) {
    others.push(openKeyFile(deps.master, await readFile(path)));
  }
  const manifest = await readManifest(folder, await keySetIn(keyFile));
  for (const file of [keyFile, ...others]) {
    if (file.instance === manifest.instance) continue;
    throw new BackupError("key_file_wrong", "This key file is of another instance's backups.");
  }
  if (keyFile.madeAt < manifest.madeAt) {
    throw new BackupError(
      "key_file_wrong",
      "This key file is older than the backup: people who came between would be lost. Take the " +
        "newest key file; there is one for all backups.",
    );
  }
  const migration = await migrationOf(deps.db);
  if (manifest.migration !== migration) {
    throw new BackupError(
      "backup_version",
      `The backup has tables of version ${manifest.migration}, this Assent of ${migration}. ` +
        "Restore it with the version that made it, and then upgrade.",
    );
  }
  return { folder, manifest, keyFile, others };
}

/** The keys that sign manifests. */
async function keySetIn({ tables }: KeyFile): Promise<KeySet> {
  const raw = tables.signing_keys
    .filter(({ purpose }) => purpose === "receipts")
    .flatMap(({ public_key }) => (public_key instanceof Uint8Array ? [public_key] : []));
  return { keys: await Promise.all(raw.map(jwkOf)) };
}

async function restoreBlobs(deps: RestoreDeps, from: string) {
  const folder = resolve(from);
  const hashes = new Set<string>();
  for await (const row of readRows(join(folder, fileOf("media")))) {
    hashes.add(String(row["sha256"]));
  }
  const stored = new Blobs(join(dirname(folder), "photos"));
  return restorePhotos(stored, deps.blobs, [...hashes]);
}

async function restoreAll(tx: Tx, deps: RestoreDeps, backup: Backup): Promise<Replayed> {
  await emptyOwn(tx);
  const wishes = wishesIn(backup.keyFile, backup.others);
  const restored = await restoreRows(tx, backup.folder, backup.keyFile, wishes);
  const vault = await Vault.openIn(tx, Buffer.from(deps.master));
  try {
    const recorder = { clock: deps.clock, account: deps.account, vault };
    const replayed = await replayErasures(tx, recorder, restored);
    await writeSetting(tx, "restore", "unfinished");
    return replayed;
  } finally {
    vault.close();
  }
}

/** What opening a new instance makes, and nothing hangs on yet: a checkpoint of an empty ledger. */
const MADE_BY_OPENING = [
  "settings",
  "checkpoints",
  "signing_keys",
  "instance_keys",
  "epoch_keys",
] as const;

/** Throws BackupError instance_not_empty when there is more than opening a new instance makes. */
async function requireEmpty(db: Reader): Promise<void> {
  for (const table of Object.keys(PLANS) as (keyof typeof PLANS)[]) {
    if (table === "migrations" || MADE_BY_OPENING.some((name) => name === table)) continue;
    const one = await db.read
      .selectFrom(table)
      .select(sql<number>`1`.as("one"))
      .limit(1)
      .execute();
    if (one.length === 0) continue;
    throw new BackupError(
      "instance_not_empty",
      "There is an instance here already. A backup is restored into an empty one: name another " +
        "folder with --data, or another database with --database.",
    );
  }
}

async function emptyOwn(tx: Tx): Promise<void> {
  await requireEmpty(tx);
  for (const table of MADE_BY_OPENING) await tx.write.deleteFrom(table).execute();
}

async function migrationOf(db: Reader): Promise<number> {
  const { newest } = await db.read
    .selectFrom("migrations")
    .select((select) => select.fn.max("number").as("newest"))
    .executeTakeFirstOrThrow();
  return newest;
}
