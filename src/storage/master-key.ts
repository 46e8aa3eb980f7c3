import { randomBytes } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { writeFileDurably } from "../base/files.ts";
import { StorageError } from "./errors.ts";
import { KEY_BYTES } from "./seal.ts";

const OWNER_ONLY = 0o600;
const OTHERS = 0o077;

/** Where the master key comes from: 64 hex digits in the environment, or a file with them. */
export type MasterKeySource =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "file"; readonly path: string };

/**
 * Reads the master key. Refuses one that is missing, of another length, all one byte, or in a file
 * that others on the machine may read: StorageError master_key_missing, _invalid, _exposed.
 */
export async function readMasterKey(source: MasterKeySource): Promise<Buffer> {
  if (source.kind === "text") return parseMasterKey(source.text);
  const info = await stat(source.path).catch((cause: unknown) => {
    throw new StorageError(
      "master_key_missing",
      `There is no master key at ${source.path}. Run "assent init" to make one, or restore it ` +
        "from where you keep it; without it nothing that was sealed can be opened.",
      { cause },
    );
  });
  if (process.platform !== "win32" && (info.mode & OTHERS) !== 0) {
    throw new StorageError(
      "master_key_exposed",
      `Others on this machine can read the master key. Run: chmod 600 ${source.path}`,
    );
  }
  return parseMasterKey(await readFile(source.path, "utf8"));
}

/**
 * Makes a new random master key file that only its owner may read. Throws master_key_exists rather
 * than write over one: nothing that was sealed under it would open again.
 */
export async function makeMasterKey(path: string): Promise<void> {
  if (await stat(path).catch(() => null)) {
    throw new StorageError("master_key_exists", "There is a master key already. It is kept.");
  }
  await writeFileDurably(path, `${randomBytes(KEY_BYTES).toString("hex")}\n`, OWNER_ONLY);
}

function parseMasterKey(text: string): Buffer {
  const digits = text.trim();
  const key = Buffer.from(digits, "hex");
  const whole = digits.length === KEY_BYTES * 2 && key.length === KEY_BYTES;
  if (whole && new Set(key).size > 1) return key;
  throw new StorageError(
    "master_key_invalid",
    `The master key must be ${KEY_BYTES * 2} hexadecimal digits made at random. ` +
      'Run "assent init" in a new data folder to have one made.',
  );
}
