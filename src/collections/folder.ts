import type { Dirent } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { CollectionsError } from "./errors.ts";

/** One import's files are listed before it starts, for time left; a bound on that list. */
const FILES_MAX = 2_000_000;
/** Deeper nesting is a loop or an accident. */
const DEPTH_MAX = 64;

/** A file to import, or a thing in its place that is not one. */
export interface FolderEntry {
  /** Below the folder, with forward slashes. */
  readonly path: string;
  /** Why it can't be imported, as far as a look at the folder tells. */
  readonly problem: "is_a_link" | "not_a_file" | "unreadable" | null;
}

/** Files that systems put beside photos; nobody means to import them. */
const IGNORED = new Set([".DS_Store", "Thumbs.db", "desktop.ini"]);

/**
 * Lists everything below a folder, sorted by path. Symbolic links are listed and not followed:
 * they may lead out of the folder, or in circles. A folder that can't be read is listed with that
 * reason and the rest goes on. Throws CollectionsError folder_unreadable for the top one, and
 * too_many_files.
 */
export async function listFolder(folder: string): Promise<readonly FolderEntry[]> {
  const top = resolve(folder);
  const info = await lstat(top).catch(() => null);
  if (!info?.isDirectory()) {
    throw new CollectionsError("folder_unreadable", "This is not a folder that can be read.");
  }
  const entries: FolderEntry[] = [];
  await walk(top, top, 0, entries);
  // Names that are not valid UTF-8 are read with a substitute character, so two may look alike.
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function walk(
  top: string,
  folder: string,
  depth: number,
  entries: FolderEntry[],
): Promise<void> {
  const children = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    if (folder === top) {
      const message = "The folder can't be read. Check its permissions.";
      throw new CollectionsError("folder_unreadable", message, { cause });
    }
    entries.push({ path: below(top, folder), problem: "unreadable" });
    return [] as Dirent[];
  });
  for (const child of children) {
    const path = join(folder, child.name);
    if (child.isDirectory() && depth < DEPTH_MAX) await walk(top, path, depth + 1, entries);
    else if (!IGNORED.has(child.name)) {
      entries.push({ path: below(top, path), problem: problemOf(child) });
    }
    if (entries.length > FILES_MAX) {
      throw new CollectionsError(
        "too_many_files",
        `The folder holds over ${FILES_MAX} files. Import its parts one after the other.`,
      );
    }
  }
}

function problemOf(child: Dirent): FolderEntry["problem"] {
  if (child.isSymbolicLink()) return "is_a_link";
  return child.isFile() ? null : "not_a_file";
}

function below(top: string, path: string): string {
  return relative(top, path).replaceAll("\\", "/");
}
