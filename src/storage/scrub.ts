import type { Db, Tx } from "./db.ts";
import { readSetting, removeSetting, writeSetting } from "./settings.ts";

/**
 * [Note: scrub] SQLite overwrites a row that is deleted, but not the copies of it that stayed in
 * the free part of a page when rows moved between pages, nor what the write-ahead log holds. So an
 * erasure asks for a scrub in its own transaction, and after it the file is written anew, with
 * nothing in it but the rows there are, and the log cut to nothing. A process that dies before
 * leaves the request, and the next one that opens the database does the scrub.
 *
 * PostgreSQL keeps deleted rows until it reuses their pages (docs/threats.md says what follows).
 */
export async function askForScrub(tx: Tx): Promise<void> {
  if (tx.kind === "sqlite") await writeSetting(tx, "scrub", "due");
}

/**
 * Does the scrub that is asked for; where none is, cuts the log alone. False when that can't be
 * done now: another process reads all the while, or the disk has no room for a second copy of the
 * database. The request stays.
 */
export async function scrub(db: Db): Promise<boolean> {
  if (db.kind !== "sqlite") return true;
  if ((await readSetting(db, "scrub")) === null) return db.truncateLog();
  if (!(await db.rewrite()) || !(await db.truncateLog())) return false;
  await db.write(async (tx) => removeSetting(tx, "scrub"));
  return true;
}
