import { openAsBlob } from "node:fs";
import { appendFile, readdir, readFile, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { RememberedUpload, UploadMemory } from "./upload.ts";
import type { FileToUpload } from "./upload-all.ts";

/** A file on the disk, to be sent: read as it goes, never whole in memory. */
export async function openFile(path: string): Promise<File> {
  const blob = await openAsBlob(path);
  const { mtimeMs } = await stat(path);
  return new File([blob], basename(path), { lastModified: Math.round(mtimeMs) });
}

/** The files below a folder, for uploadAll: by name, hidden ones and links left out. */
export async function* filesBelow(folder: string): AsyncGenerator<FileToUpload> {
  const entries = await readdir(resolve(folder), { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const path of paths) {
    const { size, mtimeMs } = await stat(path);
    yield {
      name: basename(path),
      key: JSON.stringify([path, size, mtimeMs]),
      open: async () => openFile(path),
    };
  }
}

/**
 * Remembers uploads in a file of lines, one added at each step, so that a program that is killed at
 * any moment leaves what the next one goes on with. A line that was cut off counts for nothing.
 */
export async function journalMemory(path: string): Promise<UploadMemory> {
  const known = new Map<string, RememberedUpload>();
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  for (const line of text.split("\n")) {
    const entry = parseLine(line);
    if (entry) known.set(...entry);
  }
  return {
    get: async (key) => known.get(key) ?? null,
    set: async (key, upload) => {
      known.set(key, upload);
      // The line end comes first: it ends a line that was cut off before.
      await appendFile(path, `\n${JSON.stringify([key, upload.at, upload.whole])}`, {
        mode: 0o600,
      });
    },
  };
}

function parseLine(line: string): readonly [string, RememberedUpload] | null {
  try {
    const value: unknown = JSON.parse(line);
    if (!Array.isArray(value)) return null;
    const [key, at, whole] = value as readonly unknown[];
    const fit = typeof key === "string" && typeof at === "string" && typeof whole === "boolean";
    return fit ? [key, { at, whole }] : null;
  } catch {
    return null;
  }
}
