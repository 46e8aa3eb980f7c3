import { type FileHandle, open } from "node:fs/promises";
import { StorageError } from "./errors.ts";

/**
 * [Note: durable] A commit on SQLite appends to the write-ahead log. Nobody is told that it is done
 * before the log is on the disk, and that a thread of Node's pool waits for: one wait covers every
 * commit before it, and this process goes on meanwhile. What others read in between was written
 * before whatever they write themselves, so that no commit survives a power loss without those it
 * was built on. It is SQLite's own `synchronous=FULL`, with the waiting moved out of the commit.
 */
export class LogSync implements AsyncDisposable {
  readonly #path: string;
  #file: Promise<FileHandle> | null = null;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;
  /** What the disk has failed with once, it may call done the next time without having done it. */
  #failed: unknown = null;

  /** For the database in this file, which stays open until this is disposed of. */
  constructor(path: string) {
    this.#path = `${path}-wal`;
  }

  /** Returns when all that is committed now survives a power loss. Throws StorageError disk_failed. */
  async wait(): Promise<void> {
    // One that runs may have begun before the last commit; the next one is for all who wait.
    this.#next ??= this.#after(this.#running);
    return this.#next;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running.catch(() => undefined);
    await (await this.#file)?.close();
  }

  async #after(running: Promise<void>): Promise<void> {
    await running.catch(() => undefined);
    this.#running = this.#sync();
    this.#next = null;
    return this.#running;
  }

  async #sync(): Promise<void> {
    try {
      if (this.#failed !== null) throw this.#failed;
      this.#file ??= open(this.#path, "r+");
      await (await this.#file).datasync();
    } catch (cause) {
      this.#failed = cause;
      throw new StorageError(
        "disk_failed",
        "The disk does not take what was written. Look after it, then start the service again.",
        { cause },
      );
    }
  }
}
