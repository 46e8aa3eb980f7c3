import { mkdir, open, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { EnvHttpProxyAgent } from "undici";
import { syncFolder, writeFileDurably } from "../base/files.ts";
import { bundledFolder } from "./bundled/bundled.ts";
import { DiskError, download, DOWNLOAD_LIMITS } from "./download.ts";
import type { DownloadLimits } from "./download.ts";
import { FacesError } from "./errors.ts";
import { readModelFile } from "./model-files.ts";
import { locateFiles, locatePack, packManifest } from "./packs.ts";
import type { PackFile, PackName } from "./packs.ts";

/** How far an installation is, in bytes of all the files that it has to bring. */
export interface InstallProgress {
  readonly file: string;
  readonly bytes: number;
  readonly bytesTotal: number;
}

export interface InstallOptions {
  /** The folder of models; files go into a folder of the pack's name in it. */
  readonly to: string;
  /** Take the files from below this folder, by their hash, instead of downloading. */
  readonly from?: string | undefined;
  /** Address of a folder that holds the files by name, instead of the official addresses. */
  readonly mirror?: string | undefined;
  readonly onProgress?: ((progress: InstallProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly limits?: DownloadLimits | undefined;
}

/**
 * What became of an installation. Only `installed` leaves a pack that opens; in the other cases
 * the files that did arrive stay, as does the part of one that broke off, and the next run goes on
 * from there. `reason` is a sentence for the user.
 */
export type InstallResult =
  /** `bytes` is what had to be brought: 0 when everything was there. */
  | { readonly kind: "installed"; readonly folder: string; readonly bytes: number }
  | { readonly kind: "unreachable"; readonly reason: string }
  /** What was served does not have the size or hash of the manifest, and was deleted. */
  | { readonly kind: "refused"; readonly reason: string }
  /** The folder to take from lacks a file. */
  | { readonly kind: "absent"; readonly reason: string };

/**
 * Brings the files of a pack that are not yet below `to`: from the official addresses (proxies as
 * HTTPS_PROXY, HTTP_PROXY and NO_PROXY say), or from a folder. Each file is checked by sha256 and
 * then renamed into place, so a crash leaves no half file. `bundled` came with npm and is only
 * checked. Throws FacesError `folder_unwritable`, and the signal's reason when aborted.
 */
export async function installPack(name: PackName, options: InstallOptions): Promise<InstallResult> {
  if (name === "bundled") return alreadyThere(name, bundledFolder());
  return installFiles(packManifest(name).files, { ...options, folder: join(options.to, name) });
}

/** A pack that npm brought needs no more than to be whole. */
async function alreadyThere(name: PackName, folder: string): Promise<InstallResult> {
  const located = await locatePack(name, [folder]);
  if (located.kind === "missing") return { kind: "absent", reason: located.reason };
  return { kind: "installed", folder, bytes: 0 };
}

/** As `installPack`, for any list of files, into `folder`. */
export async function installFiles(
  files: readonly PackFile[],
  options: InstallOptions & { readonly folder: string },
): Promise<InstallResult> {
  const { folder, from } = options;
  options.signal?.throwIfAborted();
  const present = await locateFiles(files, [options.to]);
  const missing = present.kind === "found" ? [] : present.files;
  try {
    await mkdir(folder, { recursive: true });
    const failed =
      from === undefined
        ? await downloadFiles(missing, options)
        : await copyFiles(missing, from, folder);
    return failed ?? { kind: "installed", folder, bytes: sumOfBytes(missing) };
  } catch (error) {
    if (!(error instanceof DiskError) && !isSystemError(error)) throw error;
    const message = `Model files can't be written to ${folder}: free space or name another folder.`;
    throw new FacesError("folder_unwritable", message, { cause: error });
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}

/** A server that will answer at all accepts within this, by satellite too. */
const CONNECT_MS_MAX = 10_000;

/** Null when all is well. */
async function downloadFiles(
  files: readonly PackFile[],
  options: InstallOptions & { readonly folder: string },
): Promise<InstallResult | null> {
  const limits = options.limits ?? DOWNLOAD_LIMITS;
  const dispatcher = new EnvHttpProxyAgent({ connect: { timeout: CONNECT_MS_MAX } });
  const bytesTotal = sumOfBytes(files);
  let before = 0;
  try {
    for (const file of files) {
      const path = join(options.folder, file.name);
      const part = `${path}.part`;
      const done = await download({
        file,
        urls: options.mirror === undefined ? file.urls : [mirrored(options.mirror, file)],
        part,
        dispatcher,
        limits,
        signal: options.signal,
        onBytes: (bytes) =>
          options.onProgress?.({ file: file.name, bytes: before + bytes, bytesTotal }),
      });
      if (done.kind !== "downloaded") return done;
      await putInPlace(part, path);
      before += file.bytes;
    }
  } finally {
    // Not `close`, which would wait for a server that has stalled.
    await dispatcher.destroy();
  }
  return null;
}

/** Null when all is well. */
async function copyFiles(
  files: readonly PackFile[],
  from: string,
  folder: string,
): Promise<InstallResult | null> {
  const located = await locateFiles(files, [from]);
  if (located.kind === "missing") return { kind: "absent", reason: located.reason };
  for (const file of located.files.values()) {
    await writeFileDurably(join(folder, file.name), await readModelFile(file));
  }
  return null;
}

/** The part becomes the file only when its bytes are on the disk. */
async function putInPlace(part: string, path: string): Promise<void> {
  const handle = await open(part, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(part, path);
  await syncFolder(dirname(path));
}

function mirrored(mirror: string, file: PackFile): string {
  const folder = mirror.endsWith("/") ? mirror : `${mirror}/`;
  return new URL(encodeURIComponent(file.name), folder).href;
}

function sumOfBytes(files: readonly PackFile[]): number {
  return files.reduce((sum, file) => sum + file.bytes, 0);
}
