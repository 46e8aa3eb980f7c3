import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Clock } from "../base/clock.ts";
import { writeFileDurably } from "../base/files.ts";
import type { Db, Reader, Tx } from "./db.ts";
import { StorageError } from "./errors.ts";
import { makeKeyFile } from "./key-file.ts";
import { locked } from "./locks.ts";
import type { Vault } from "./vault.ts";

const OWNER_ONLY = 0o600;

/** From now on the key file at this path is kept up to date. It is written by the next update. */
export async function addKeyPlace(tx: Tx, clock: Clock, path: string): Promise<void> {
  await tx.write
    .insertInto("backup_places")
    .values({ keys_path: path, written_at: clock.now(), due: 1 })
    .onConflict((conflict) => conflict.column("keys_path").doUpdateSet({ due: 1 }))
    .execute();
}

/** Leaves the file at this path as it is from now on. False when it was not kept up to date. */
export async function forgetKeyPlace(tx: Tx, path: string): Promise<boolean> {
  const gone = await tx.write
    .deleteFrom("backup_places")
    .where("keys_path", "=", path)
    .returning("keys_path")
    .execute();
  return gone.length > 0;
}

/** Where key files are kept up to date, and which of them are behind. */
export async function keyPlaces(
  db: Reader,
): Promise<readonly { readonly path: string; readonly behind: boolean }[]> {
  const rows = await db.read.selectFrom("backup_places").selectAll().orderBy("keys_path").execute();
  return rows.map(({ keys_path, due }) => ({ path: keys_path, behind: due === 1 }));
}

/**
 * Asks for new key files, in the transaction of a change that a restored backup must know of
 * ([Note: the key file]). After the commit, `updateKeyFiles`.
 */
export async function askForKeyFiles(tx: Tx): Promise<void> {
  await tx.write.updateTable("backup_places").set({ due: 1 }).execute();
}

/**
 * Writes the key files that are asked for, each whole or not at all. Those that can't be reached
 * stay asked for: StorageError key_file_due names them; what was done before stands.
 */
export async function updateKeyFiles(db: Db, vault: Vault, clock: Clock): Promise<void> {
  const unreachable: string[] = [];
  for (const { path, behind } of await keyPlaces(db)) {
    if (behind && !(await updateOne({ db, vault, clock }, path))) unreachable.push(path);
  }
  if (unreachable.length === 0) return;
  throw new StorageError(
    "key_file_due",
    "It is done, but backups do not know of it yet: their key file can't be written at " +
      `${unreachable.join(", ")}. Bring the place back: the next command writes it. If it is gone ` +
      'for ever: "assent backup --forget <file>".',
  );
}

/**
 * The place stays locked while its file is written, and whoever changes what is in it must first
 * mark the place: so a later file is never replaced by an earlier one.
 */
async function updateOne(
  deps: { readonly db: Db; readonly vault: Vault; readonly clock: Clock },
  path: string,
): Promise<boolean> {
  const { db, vault, clock } = deps;
  return db.write(async (tx) => {
    const query = tx.write.selectFrom("backup_places").select("due").where("keys_path", "=", path);
    const place = await locked(tx, query, "update").executeTakeFirst();
    if (place?.due !== 1) return true;
    await vault.checkMaster(tx);
    const bytes = await makeKeyFile(tx, clock, (purpose, plain) => vault.sealFile(purpose, plain));
    if (!(await isWritten(path, bytes))) return false;
    await tx.write
      .updateTable("backup_places")
      .set({ due: 0, written_at: clock.now() })
      .where("keys_path", "=", path)
      .execute();
    return true;
  });
}

/** A folder that is missing is a disk that is not there, and is not made. */
async function isWritten(path: string, bytes: Uint8Array): Promise<boolean> {
  try {
    await stat(dirname(path));
    await writeFileDurably(path, bytes, OWNER_ONLY);
    return true;
  } catch (error) {
    if (error instanceof Error && "syscall" in error) return false;
    throw error;
  }
}
