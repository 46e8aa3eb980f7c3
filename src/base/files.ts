import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { hasEnded, processMark } from "./processes.ts";

/**
 * Writes a file so that after a crash either the whole file or none of it is there: temporary
 * name, fsync, rename, fsync of the folder. `mode` is for files only the owner may read.
 */
export async function writeFileDurably(
  path: string,
  bytes: Uint8Array | string,
  mode = 0o644,
): Promise<void> {
  const folder = dirname(path);
  const first = await mkdir(folder, { recursive: true });
  const temporary = temporaryName(path);
  try {
    const file = await open(temporary, "wx", mode);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
  // Folders made on the way are entries of the folders above them.
  if (first === undefined) return;
  for (let above = resolve(folder); above !== dirname(resolve(first));) {
    above = dirname(above);
    await syncFolder(above);
  }
}

/** Beside the path, told apart from every other: `<path>.<process>.<random>.part`. */
export function temporaryName(path: string): string {
  return `${path}.${processMark}.${randomBytes(6).toString("hex")}.part`;
}

/** Whose file this is, as far as its name tells: half-written by a process that has ended, or not. */
export function isAbandoned(temporary: string): boolean {
  const [mark = ""] = basename(temporary).split(".").slice(-3);
  return temporary.endsWith(".part") && hasEnded(mark);
}

/** Removes from a folder what ended processes left half-written: files and folders of such names. */
export async function removeAbandoned(folder: string, beginning = ""): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    if (!name.startsWith(beginning) || !isAbandoned(path)) continue;
    await rm(path, { recursive: true, force: true });
  }
}

/** Makes the folder of a file that is to be written, and removes what was left half-written of it. */
export async function prepareFolderOf(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await removeAbandoned(dirname(path), `${basename(path)}.`);
}

/** Gives a file that is written its name, so that after a crash the name is of the whole file. */
export async function nameDurably(temporary: string, path: string): Promise<void> {
  const file = await open(temporary, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

/** Makes renames and removals inside a folder durable. Windows cannot open folders: no-op there. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
