import { createReadStream } from "node:fs";
import { createHash } from "node:crypto";
import {
  access,
  link,
  mkdir,
  open,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  utimes,
} from "node:fs/promises";
import { join } from "node:path";
import { sha256Hex } from "../base/bytes.ts";
import { assert } from "../base/errors.ts";
import { isAbandoned, syncFolder, temporaryName, writeFileDurably } from "../base/files.ts";
import { StorageError } from "./errors.ts";

/** Nobody takes this long to write one photo, on whatever machine. */
const PART_AGE_MS = 60 * 60 * 1000;
/** Nor this long to look at a video, which stays staged meanwhile. */
const STAGED_AGE_MS = 48 * 60 * 60 * 1000;

/** Two hex digits name a folder of blobs; this is none of them. */
const STAGE_FOLDER = "staged";

/** A file that is on its way to be a blob. */
export interface Staged {
  readonly path: string;
  readonly hash: string;
  readonly bytes: number;
}

/**
 * Files by the SHA-256 of their content, in a folder. `put` returns only when the bytes survive
 * power loss; putting the same bytes again is harmless.
 */
export class Blobs {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Stores bytes and returns their SHA-256 in hex. */
  async put(bytes: Uint8Array): Promise<string> {
    const hash = sha256Hex(bytes);
    const path = this.pathOf(hash);
    if (!(await touch(path))) await writeFileDurably(path, bytes);
    return hash;
  }

  /**
   * Makes a file that `stage` has made a blob; it survives power loss when this returns. Again is
   * harmless: the staged file stays until its maker removes it.
   */
  async adopt({ path: staged, hash }: Staged): Promise<void> {
    const path = this.pathOf(hash);
    if (await touch(path)) return;
    await mkdir(join(path, ".."), { recursive: true });
    await link(staged, path).catch((error: unknown) => {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    });
    await syncFolder(join(path, ".."));
    await syncFolder(this.#folder);
  }

  /**
   * Copies what is read into a file beside the blobs, durably, without holding it in memory. It is
   * nobody else's: what is looked at there is what will be kept. Whoever asked removes it; of a
   * process that dies `sweep` does.
   */
  async stage(chunks: AsyncIterable<Uint8Array>): Promise<Staged> {
    const folder = join(this.#folder, STAGE_FOLDER);
    await mkdir(folder, { recursive: true });
    const path = temporaryName(join(folder, "staged"));
    const digest = createHash("sha256");
    let bytes = 0;
    const file = await open(path, "wx", 0o600);
    try {
      for await (const chunk of chunks) {
        digest.update(chunk);
        bytes += chunk.length;
        await file.writeFile(chunk);
      }
      await file.sync();
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    } finally {
      await file.close();
    }
    return { path, hash: digest.digest("hex"), bytes };
  }

  /** Where a blob lies, for readers that take a path. It may be absent: see `verify`. */
  pathOf(hash: string): string {
    assert(/^[0-9a-f]{64}$/u.test(hash), "A blob is named by 64 hex digits.");
    return join(this.#folder, hash.slice(0, 2), hash.slice(2));
  }

  /** Reads a blob and checks it against its name. Throws blob_missing, blob_corrupt. */
  async get(hash: string): Promise<Buffer> {
    const bytes = await readFile(this.pathOf(hash)).catch((cause: unknown) => {
      throw missing(cause);
    });
    if (sha256Hex(bytes) === hash) return bytes;
    throw corrupt();
  }

  /** Checks that a blob is whole without holding it in memory. Throws blob_missing, blob_corrupt. */
  async verify(hash: string): Promise<void> {
    const digest = createHash("sha256");
    try {
      for await (const chunk of createReadStream(this.pathOf(hash))) digest.update(chunk as Buffer);
    } catch (cause) {
      throw missing(cause);
    }
    if (digest.digest("hex") !== hash) throw corrupt();
  }

  /** Removes a blob durably. No harm if it is gone already. */
  async remove(hash: string): Promise<void> {
    const path = this.pathOf(hash);
    if (!(await exists(path))) return;
    await rm(path, { force: true });
    await syncFolder(join(path, ".."));
  }

  /** Every blob with the time it was last put, one folder of them at a time. */
  async *list(): AsyncGenerator<readonly { readonly hash: string; readonly writtenAt: number }[]> {
    for (const folder of await readdir(this.#folder).catch(() => [])) {
      const path = join(this.#folder, folder);
      const names = await readdir(path).catch(() => []);
      const blobs = names.filter((name) => /^[0-9a-f]{64}$/u.test(folder + name));
      const files = blobs.map(async (name) => {
        const info = await stat(join(path, name)).catch(() => null);
        return info ? [{ hash: folder + name, writtenAt: info.mtimeMs }] : [];
      });
      yield (await Promise.all(files)).flat();
    }
  }

  /**
   * Removes a blob unless it was put after `instant`. It is taken aside before it is looked
   * at: somebody who puts the same bytes meanwhile either marks the file or writes another.
   */
  async removeOlder(hash: string, instant: number): Promise<boolean> {
    const path = this.pathOf(hash);
    const aside = temporaryName(path);
    const taken = await rename(path, aside).then(
      () => true,
      () => false,
    );
    if (!taken) return false;
    const { mtimeMs } = await stat(aside);
    if (mtimeMs > instant) await rename(aside, path);
    else await rm(aside, { force: true });
    await syncFolder(join(path, ".."));
    return mtimeMs <= instant;
  }

  /**
   * Removes the temporary files that a killed writer left behind: those of a process that has ended
   * on this machine, and old ones. The others may be the work of a process that runs.
   */
  async sweep(): Promise<void> {
    for (const folder of await readdir(this.#folder).catch(() => [])) {
      const path = join(this.#folder, folder);
      for (const file of await readdir(path).catch(() => [])) {
        const age = folder === STAGE_FOLDER ? STAGED_AGE_MS : PART_AGE_MS;
        if (file.endsWith(".part")) await removeLeftover(join(path, file), age);
      }
    }
  }
}

async function removeLeftover(path: string, ageMax: number): Promise<void> {
  const info = await stat(path).catch(() => null);
  if (!info) return;
  const old = Date.now() - info.mtimeMs > ageMax;
  if (old || isAbandoned(path)) await rm(path, { force: true });
}

/** Marks a file as put now. False where there is none. */
async function touch(path: string): Promise<boolean> {
  const now = new Date();
  return utimes(path, now, now).then(
    () => true,
    () => false,
  );
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function missing(cause: unknown): StorageError {
  return new StorageError("blob_missing", "A stored photo is missing. Restore it from a backup.", {
    cause,
  });
}

function corrupt(): StorageError {
  return new StorageError(
    "blob_corrupt",
    "A stored photo has changed on disk. Restore it from a backup and check the disk.",
  );
}
