import { access, link, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder } from "../base/files.ts";
import { inParallel } from "../base/parallel.ts";
import type { Blobs } from "../storage/blobs.ts";
import { StorageError } from "../storage/errors.ts";

/** Files under way at a time: a disk is busy with that many, and memory holds them. */
const WIDTH = 4;

/** How many photos there are now, and how many of those asked for the source has lost. */
export interface Copied {
  readonly photos: number;
  readonly missing: number;
}

/**
 * Brings photos from one store to another, durably; those that are there already stay. Backups on
 * the same disk share the file: its content never changes, and removing it here leaves it there.
 */
export async function copyPhotos(
  from: Blobs,
  to: Blobs,
  hashes: readonly string[],
): Promise<Copied> {
  const folders = new Set<string>();
  let missing = 0;
  await inParallel(hashes, WIDTH, async (hash) => {
    const path = to.pathOf(hash);
    if (await exists(path)) return;
    if (await linked(from.pathOf(hash), path)) {
      folders.add(dirname(path));
      return;
    }
    try {
      await to.put(await from.get(hash));
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      missing += 1;
    }
  });
  for (const folder of folders) await syncFolder(folder);
  for (const above of new Set([...folders].map((folder) => dirname(folder)))) {
    await syncFolder(above);
  }
  return { photos: hashes.length - missing, missing };
}

/** As `copyPhotos` for a restore: each photo is read and checked, and none may share its file. */
export async function restorePhotos(
  from: Blobs,
  to: Blobs,
  hashes: readonly string[],
): Promise<Copied> {
  let missing = 0;
  await inParallel(hashes, WIDTH, async (hash) => {
    try {
      if (await exists(to.pathOf(hash))) await to.verify(hash);
      else await to.put(await from.get(hash));
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      missing += 1;
    }
  });
  return { photos: hashes.length - missing, missing };
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await mkdir(dirname(to), { recursive: true });
    await link(from, to);
    return true;
  } catch {
    // Another disk, one without links, or no such file: copying tells which.
    return false;
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
