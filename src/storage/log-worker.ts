import { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../base/errors.ts";

/** Often enough that a busy service's log stays within tens of megabytes. */
const EVERY_MS = 100;
/** Pages of 8 KB, or 16 in older databases: as long as SQLite lets its log become by itself. */
const RESTART_PAGES = 1000;
/** A transaction under way takes a few milliseconds. */
const PATIENCE_MS = 20;
const SQLITE_BUSY = 5;

// The entry of a thread that moves SQLite's write-ahead log into the file (log-keeper.ts).
assert(parentPort, "This file runs as a worker");
const database = new DatabaseSync(String(workerData), { timeout: PATIENCE_MS });
database.exec("pragma synchronous = full");
const turns = setInterval(moveLog, EVERY_MS);
parentPort.once("message", () => {
  clearInterval(turns);
  database.close();
});

/**
 * First what can be moved beside others' work (passive: nobody waits). Where the log has grown, then
 * the little that came meanwhile, with the write lock: the next commit begins the log anew. Our
 * writers don't block their process while they wait for that lock.
 */
function moveLog(): void {
  try {
    const moved = database.prepare("pragma wal_checkpoint(passive)").get();
    if (Number(moved?.["log"]) > RESTART_PAGES) database.exec("pragma wal_checkpoint(restart)");
  } catch (error) {
    const code = error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : 0;
    if (code !== SQLITE_BUSY) throw error;
  }
}
