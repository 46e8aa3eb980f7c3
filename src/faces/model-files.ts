import { readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { sha256Hex } from "../base/bytes.ts";
import { FacesError } from "./errors.ts";

/** A model file that was found: where, its name in the manifest, the hash its bytes must have. */
export interface ModelFile {
  readonly path: string;
  readonly name: string;
  readonly sha256: string;
}

/** What a search for known files came to. */
export interface ModelSearch {
  /** Path by sha256; of equal files the first in order of path. */
  readonly found: ReadonlyMap<string, string>;
  /** Files with the name of a known one, or of its size, but other bytes. */
  readonly refused: readonly string[];
  /** True when a bound below stopped the walk. */
  readonly cutShort: boolean;
}

/** A file to look for: only files of one of the sizes are read at all. */
export interface KnownFile {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** A folder of models holds tens of entries; these stop a walk of somebody's home folder. */
const ENTRIES_MAX = 20_000;
const DEPTH_MAX = 8;

/**
 * Looks below folders for files of known size and sha256. A folder that can't be read holds
 * nothing; links to folders are not followed, so no loop can be walked.
 */
export async function findByHash(
  known: readonly KnownFile[],
  folders: readonly string[],
): Promise<ModelSearch> {
  const names = new Set(known.map((file) => file.name));
  const sizes = new Set(known.map((file) => file.bytes));
  const hashes = new Set(known.map((file) => file.sha256));
  const found = new Map<string, string>();
  const refused: string[] = [];
  const walk = await filesBelow(folders);
  for (const { path, name } of walk.files) {
    const bytes = await fileSize(path);
    if (bytes === null || !(sizes.has(bytes) || names.has(name))) continue;
    const hash = sizes.has(bytes) ? await hashOfFile(path) : null;
    if (hash === null || !hashes.has(hash)) refused.push(path);
    else if (!found.has(hash)) found.set(hash, path);
  }
  return { found, refused, cutShort: walk.cutShort };
}

/** Reads a file and checks its hash, so that what is loaded is what the manifest vouches for. */
export async function readModelFile(file: Pick<ModelFile, "path" | "sha256">): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file.path);
  } catch (error) {
    const message = `The model file ${file.path} can't be read. Install the pack again.`;
    throw new FacesError("model_missing", message, { cause: error });
  }
  if (sha256Hex(bytes) !== file.sha256) {
    const message = `The model file ${file.path} has changed. Remove it and install it again.`;
    throw new FacesError("model_changed", message);
  }
  return bytes;
}

interface Walk {
  readonly files: readonly { readonly path: string; readonly name: string }[];
  readonly cutShort: boolean;
}

/** Breadth first, each folder's entries by name, so that the same folders give the same answer. */
async function filesBelow(folders: readonly string[]): Promise<Walk> {
  const files: { path: string; name: string }[] = [];
  let level: readonly string[] = folders;
  let entries = 0;
  for (let depth = 0; depth < DEPTH_MAX; depth += 1) {
    const next: string[] = [];
    for (const folder of level) {
      const children = await readdir(folder, { withFileTypes: true }).catch(() => []);
      children.sort((one, other) => (one.name < other.name ? -1 : 1));
      for (const child of children) {
        entries += 1;
        if (entries > ENTRIES_MAX) return { files, cutShort: true };
        const path = join(folder, child.name);
        if (child.isDirectory()) next.push(path);
        else files.push({ path, name: child.name });
      }
    }
    if (next.length === 0) return { files, cutShort: false };
    level = next;
  }
  return { files, cutShort: true };
}

/** Null for what is no readable plain file (a pipe would never end). Follows links to files. */
async function fileSize(path: string): Promise<number | null> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() ? found.size : null;
}

/** The sha256 of a file; null when it can't be read. */
export async function hashOfFile(path: string): Promise<string | null> {
  const bytes = await readFile(path).catch(() => null);
  return bytes && sha256Hex(bytes);
}
