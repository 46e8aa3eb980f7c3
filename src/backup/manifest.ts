import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Instant } from "../base/clock.ts";
import { VerifyError } from "../verify/errors.ts";
import { type KeySet, verifyJws } from "../verify/jws.ts";
import { BackupError } from "./errors.ts";

/** The header type of a backup's signed manifest. */
export const MANIFEST_TYPE = "assent-backup";
/** Its file, in the folder of the dump. A dump without it is none. */
export const MANIFEST_FILE = "manifest.jws";

const count = z.int().nonnegative();
const schema = z.strictObject({
  schema: z.literal("assent-backup/1"),
  instance: z.string().min(1).max(100),
  madeAt: count.transform((time) => time as Instant),
  /** The number of the newest migration: which tables and columns there are. */
  migration: count,
  tables: z.array(
    z.strictObject({
      name: z.string().regex(/^[a-z_]{1,50}$/u),
      rows: count,
      sha256: z.string().regex(/^[0-9a-f]{64}$/u),
    }),
  ),
  photos: count,
  /** Photos that the instance itself had lost when the backup was made. */
  photosMissing: count,
});

/** What a dump holds, as its maker signed it. */
export type Manifest = z.output<typeof schema>;

/** The file of a table's rows. */
export function fileOf(table: string): string {
  return `${table}.ndjson`;
}

/**
 * Reads the manifest of a dump, and checks its signature and the hash of every file it names.
 * Throws BackupError backup_invalid, backup_damaged.
 */
export async function readManifest(folder: string, keySet: KeySet): Promise<Manifest> {
  const manifest = await openManifest(folder, keySet);
  for (const { name, sha256 } of manifest.tables) {
    if ((await hashOf(join(folder, fileOf(name)))) === sha256) continue;
    throw new BackupError(
      "backup_damaged",
      `${fileOf(name)} is not what the backup's manifest says. Take another backup.`,
    );
  }
  return manifest;
}

async function openManifest(folder: string, keySet: KeySet): Promise<Manifest> {
  const jws = await readFile(join(folder, MANIFEST_FILE), "utf8").catch((cause: unknown) => {
    throw new BackupError(
      "backup_invalid",
      `There is no ${MANIFEST_FILE} in ${folder}: that is not a whole backup. Name a folder that ` +
        '"assent backup" made.',
      { cause },
    );
  });
  try {
    return schema.parse(await verifyJws(jws.trim(), MANIFEST_TYPE, keySet));
  } catch (cause) {
    if (!(cause instanceof VerifyError || cause instanceof z.ZodError)) throw cause;
    throw new BackupError(
      "backup_damaged",
      "The backup's manifest is not what this instance signed. Take another backup, or its key file.",
      { cause },
    );
  }
}

async function hashOf(path: string): Promise<string | null> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  } catch {
    return null;
  }
  return hash.digest("hex");
}
