import { randomUUID } from "node:crypto";
import type { Clock } from "../base/clock.ts";
import type { Db, Tx } from "./db.ts";
import { rollEpoch } from "./epochs.ts";
import { readSetting, removeSetting, writeSetting } from "./settings.ts";
import type { Vault } from "./vault.ts";

/**
 * [Note: scrub] Deleting a row leaves copies of it in the database's files. SQLite overwrites the
 * row, but not the copies that stayed in the free part of a page when rows moved between pages, nor
 * what the write-ahead log holds. PostgreSQL overwrites nothing: dead row versions stay until their
 * room is reused, and its write-ahead log keeps them longer. So an erasure asks for a scrub in its
 * own transaction, and after it
 *
 * - the SQLite file is written anew, with nothing in it but the rows there are, and the log is cut;
 * - on PostgreSQL the epoch is rolled, so that a wrapped key in a dead row or a log opens no more,
 *   and then the dead rows go.
 *
 * A process that dies before leaves the request, and the next one that opens the database does it.
 */
export async function askForScrub(tx: Tx): Promise<void> {
  await writeSetting(tx, "scrub", randomUUID());
}

/**
 * Does the scrub that is asked for; where none is, cuts the log alone. False when that can't be
 * done now: somebody else reads all the while, or the disk has no room for a second copy of the
 * database. The request stays.
 */
export async function scrub(
  db: Db,
  keys: { readonly vault: Vault; readonly clock: Clock },
): Promise<boolean> {
  const request = await readSetting(db, "scrub");
  if (request === null) return db.truncateLog();
  if (db.kind === "postgres") await rollEpoch(db, keys.vault, keys.clock);
  if (!(await db.rewrite()) || !(await db.truncateLog())) return false;
  await db.write(async (tx) => {
    // Who has asked since has deleted since.
    if ((await readSetting(tx, "scrub")) === request) await removeSetting(tx, "scrub");
  });
  return true;
}
