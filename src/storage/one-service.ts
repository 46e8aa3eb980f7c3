import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StorageError } from "./errors.ts";
import { isBusy } from "./sqlite.ts";

/** Empty; whoever holds SQLite's lock on it is the service of the folder. */
const FILE = "service.lock";

/**
 * Makes this process the one service of a folder on SQLite: two would each take up the jobs that the
 * other has in hand. The lock is SQLite's own on a file of its own, so the system gives it back however
 * the process ends. Other commands do not ask for it. Throws StorageError service_running.
 */
export function beOneService(folder: string): Disposable {
  const file = new DatabaseSync(join(folder, FILE), { timeout: 0 });
  try {
    // Nothing is ever written, so that a journal would be a second file for nothing.
    file.exec("pragma journal_mode = memory; begin exclusive");
  } catch (error) {
    file.close();
    if (!isBusy(error)) throw error;
    throw new StorageError(
      "service_running",
      "Another service works in this data folder. Stop it first, or give this one a --data folder of its own; services that share one database need PostgreSQL.",
      { cause: error },
    );
  }
  return { [Symbol.dispose]: () => file.close() };
}
