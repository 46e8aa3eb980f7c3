import { z } from "zod";
import type { Clock, Instant } from "../base/clock.ts";
import type { GrantId, SubjectId } from "../base/ids.ts";
import type { Tx } from "./db.ts";
import { StorageError } from "./errors.ts";
import { locked } from "./locks.ts";
import { plainRow, type Row, rowSchema } from "./row-text.ts";
import type { GrantState } from "./schema.ts";
import { readSetting } from "./settings.ts";
import { unsealFile } from "./vault.ts";

/**
 * [Note: the key file] A backup is two artefacts. The dump holds every row and photo, and no key:
 * not even the master key opens anything in it. The key file holds the keys, sealed under the
 * master key, and what must not come back: who was erased, which grants have ended, what is
 * objected to. There is one key file for all dumps, and it is written anew by every erasure and
 * change of consent. So whatever dump is restored, it opens for those alone who are here now.
 */
export interface KeyFile {
  /** The id of the instance whose keys they are. */
  readonly instance: string;
  readonly madeAt: Instant;
  /** Rows of the tables of keys, epochs included, and of what is restored from here alone. */
  readonly tables: Readonly<Record<KeyFileTable, readonly Row[]>>;
  readonly erased: readonly { readonly id: SubjectId; readonly erasedAt: Instant }[];
  readonly grants: readonly {
    readonly id: GrantId;
    readonly state: GrantState;
    readonly endedAt: Instant | null;
  }[];
}

/** Tables that lie whole in the key file, in the order in which their rows can be put back. */
export const KEY_FILE_TABLES = [
  "epoch_keys",
  "instance_keys",
  "signing_keys",
  "accounts",
  "account_collections",
  "api_keys",
  "invites",
  "passkeys",
  "subject_keys",
  "audit_keys",
  "grant_keys",
  "certificates",
  "objections",
] as const;
export type KeyFileTable = (typeof KEY_FILE_TABLES)[number];

const PURPOSE = "backup keys";
const HEADER = Buffer.from("assent-keys/1\n");

const time = z
  .int()
  .nonnegative()
  .transform((value) => value as Instant);
const rows = z.array(rowSchema);
const schema = z.strictObject({
  schema: z.literal("assent-keys/1"),
  instance: z.string(),
  madeAt: time,
  tables: z.strictObject({
    epoch_keys: rows,
    instance_keys: rows,
    signing_keys: rows,
    accounts: rows,
    account_collections: rows,
    api_keys: rows,
    invites: rows,
    passkeys: rows,
    subject_keys: rows,
    audit_keys: rows,
    grant_keys: rows,
    certificates: rows,
    objections: rows,
  }),
  erased: z.array(
    z.strictObject({ id: z.string().transform((id) => id as SubjectId), erasedAt: time }),
  ),
  grants: z.array(
    z.strictObject({
      id: z.string().transform((id) => id as GrantId),
      state: z.enum(["granted", "paused", "withdrawn", "expired", "erased"]),
      endedAt: time.nullable(),
    }),
  ),
});

/**
 * The key file's bytes as things stand. Whoever changes what is in it waits meanwhile (see
 * key-places.ts), but for rolls of the epoch: no epoch is destroyed while its row is locked here,
 * and of new ones the file knows, for epochs are read last.
 */
export async function makeKeyFile(
  db: Tx,
  clock: Clock,
  sealFile: (purpose: string, plain: Uint8Array) => Uint8Array,
): Promise<Uint8Array> {
  await locked(db, db.write.selectFrom("epoch_keys").select("id"), "share").execute();
  const tables: Record<string, unknown> = {};
  for (const table of KEY_FILE_TABLES.toReversed()) {
    const all = await db.read.selectFrom(table).selectAll().execute();
    tables[table] = all.map(plainRow);
  }
  const erased = await db.read
    .selectFrom("subjects")
    .select(["id", "erased_at as erasedAt"])
    .where("erased_at", "is not", null)
    .execute();
  const grants = await db.read
    .selectFrom("grants")
    .select(["id", "state", "ended_at as endedAt"])
    .execute();
  const instance = await readSetting(db, "instance");
  const madeAt = clock.now();
  const whole = { schema: "assent-keys/1", instance, madeAt, tables, erased, grants };
  return Buffer.concat([HEADER, sealFile(PURPOSE, Buffer.from(JSON.stringify(whole)))]);
}

/**
 * Opens a key file with the master key. Throws StorageError key_file_invalid for what is none,
 * seal_broken for one of another master key or with a changed byte.
 */
export function openKeyFile(master: Uint8Array, bytes: Uint8Array): KeyFile {
  const header = Buffer.from(bytes.subarray(0, HEADER.length));
  if (!header.equals(HEADER)) {
    throw new StorageError("key_file_invalid", "This is no key file of a backup. Check --keys.");
  }
  const plain = unsealFile(master, PURPOSE, bytes.subarray(HEADER.length));
  try {
    return schema.parse(JSON.parse(plain.toString()));
  } catch (cause) {
    throw new StorageError("key_file_invalid", "This key file is of another version.", { cause });
  } finally {
    plain.fill(0);
  }
}
