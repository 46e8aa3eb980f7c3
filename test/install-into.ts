import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { sha256Hex } from "../src/base/bytes.ts";
import { installFiles } from "../src/faces/install.ts";
import type { InstallOptions, InstallResult } from "../src/faces/install.ts";
import type { PackFile } from "../src/faces/packs.ts";

/** Impatient, so that a stalled server costs a test a fraction of a second. */
export const LIMITS = { idleMs: 300, totalMs: 10_000, attemptsMax: 3, pauseMs: 1 };

/** A file of a pack that isn't there: its bytes as the manifest would name them. */
export function packFile(bytes: Uint8Array, ...urls: readonly string[]): PackFile {
  const sha256 = sha256Hex(bytes);
  return {
    role: "net",
    name: "net.bin",
    sha256,
    bytes: bytes.length,
    urls: [...urls],
    alternatives: [],
  };
}

/** A new folder that goes with the test. */
export async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "assent-install-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Installs into `to`/pack. */
export async function install(
  files: readonly PackFile[],
  to: string,
  options: Partial<InstallOptions> = {},
): Promise<InstallResult> {
  return installFiles(files, { to, folder: join(to, "pack"), limits: LIMITS, ...options });
}

/** What lies in `to`/pack. */
export async function listed(to: string): Promise<readonly string[]> {
  return (await readdir(join(to, "pack"))).sort();
}
