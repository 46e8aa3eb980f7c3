import { sql } from "kysely";
import { assert, unreachable } from "../base/errors.ts";
import type { EpochId, GrantId, SubjectId } from "../base/ids.ts";
import type { Reader, Tx } from "./db.ts";
import type { AuditHolder, InstanceKey, Schema } from "./schema.ts";

/**
 * Whose key: a grant's (templates, enrolment photo), a subject's (name, contact, evidence), the one
 * for a subject's or the operator's copy of that subject's ledger entries, or the instance's own.
 */
export type KeyOwner =
  | { readonly kind: "grant"; readonly id: GrantId }
  | { readonly kind: "subject"; readonly id: SubjectId }
  | { readonly kind: "audit"; readonly id: SubjectId; readonly holder: AuditHolder }
  | { readonly kind: "instance"; readonly id: InstanceKey };

/** A row of one of the four tables of keys. */
export interface WrappedKey {
  readonly epoch_id: EpochId;
  readonly wrapped_key: Uint8Array;
}

/** The row of an owner's key as it is stored, or null where there is none. */
export async function findWrapped(db: Reader, owner: KeyOwner): Promise<WrappedKey | null> {
  const columns = ["epoch_id", "wrapped_key"] as const;
  const { read } = db;
  switch (owner.kind) {
    case "grant": {
      const query = read.selectFrom("grant_keys").where("grant_id", "=", owner.id);
      return (await query.select(columns).executeTakeFirst()) ?? null;
    }
    case "subject": {
      const query = read.selectFrom("subject_keys").where("subject_id", "=", owner.id);
      return (await query.select(columns).executeTakeFirst()) ?? null;
    }
    case "audit": {
      const query = read.selectFrom("audit_keys").where("subject_id", "=", owner.id);
      const own = query.where("holder", "=", owner.holder);
      return (await own.select(columns).executeTakeFirst()) ?? null;
    }
    case "instance": {
      const query = read.selectFrom("instance_keys").where("id", "=", owner.id);
      return (await query.select(columns).executeTakeFirst()) ?? null;
    }
    default:
      return unreachable(owner);
  }
}

/** Stores an owner's key. One that has a key keeps it. */
export async function insertWrapped(tx: Tx, owner: KeyOwner, row: WrappedKey): Promise<void> {
  const { write } = tx;
  const insert = () => {
    switch (owner.kind) {
      case "grant":
        return write.insertInto("grant_keys").values({ grant_id: owner.id, ...row });
      case "subject":
        return write.insertInto("subject_keys").values({ subject_id: owner.id, ...row });
      case "audit": {
        const { id: subject_id, holder } = owner;
        return write.insertInto("audit_keys").values({ subject_id, holder, ...row });
      }
      case "instance":
        return write.insertInto("instance_keys").values({ id: owner.id, ...row });
      default:
        return unreachable(owner);
    }
  };
  await insert()
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Deletes the row of an owner's key. No harm if it is gone already. */
export async function deleteWrapped(tx: Tx, owner: KeyOwner): Promise<void> {
  switch (owner.kind) {
    case "grant":
      await tx.write.deleteFrom("grant_keys").where("grant_id", "=", owner.id).execute();
      return;
    case "subject":
      await tx.write.deleteFrom("subject_keys").where("subject_id", "=", owner.id).execute();
      return;
    case "audit":
      await tx.write
        .deleteFrom("audit_keys")
        .where("subject_id", "=", owner.id)
        .where("holder", "=", owner.holder)
        .execute();
      return;
    case "instance":
      await tx.write.deleteFrom("instance_keys").where("id", "=", owner.id).execute();
      return;
    default:
      unreachable(owner);
  }
}

/** An owner's key as it is stored. */
export interface KeyRow extends WrappedKey {
  readonly owner: KeyOwner;
}

/** The tables of keys, by the kind of owner. */
const TABLES = {
  grant: { table: "grant_keys", key: ["grant_id"] },
  subject: { table: "subject_keys", key: ["subject_id"] },
  audit: { table: "audit_keys", key: ["subject_id", "holder"] },
  instance: { table: "instance_keys", key: ["id"] },
} as const satisfies Record<
  KeyOwner["kind"],
  { readonly table: keyof Schema; readonly key: readonly string[] }
>;

/** Every kind of owner. */
export const OWNER_KINDS = [
  "grant",
  "subject",
  "audit",
  "instance",
] as const satisfies readonly KeyOwner["kind"][];

/**
 * Keys of a kind that are not wrapped under this epoch's key, at most `limit` of them, locked until
 * the transaction ends.
 */
export async function keysOutside(
  tx: Tx,
  kind: KeyOwner["kind"],
  epoch: EpochId,
  limit: number,
): Promise<readonly KeyRow[]> {
  const { table, key } = TABLES[kind];
  const lock = tx.kind === "postgres" ? sql`for no key update` : sql``;
  const { rows } = await sql<StoredKey>`
    select * from ${sql.table(table)} where epoch_id <> ${epoch}
    order by ${sql.join(key.map((column) => sql.ref(column)))} limit ${limit} ${lock}
  `.execute(tx.write);
  return rows.map((row) => keyRowOf(kind, row));
}

/** Every key of a kind. */
export async function allKeys(db: Reader, kind: KeyOwner["kind"]): Promise<readonly KeyRow[]> {
  const rows: readonly StoredKey[] = await db.read
    .selectFrom(TABLES[kind].table)
    .selectAll()
    .execute();
  return rows.map((row) => keyRowOf(kind, row));
}

/** Stores keys in place of those their owners had. The rows must be locked, or new. */
export async function replaceWrapped(
  tx: Tx,
  kind: KeyOwner["kind"],
  rows: readonly KeyRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const { table, key } = TABLES[kind];
  const columns = [...key, "epoch_id", "wrapped_key"];
  const values = rows.map(({ owner, epoch_id, wrapped_key }) => {
    const holder = owner.kind === "audit" ? [owner.holder] : [];
    return sql`(${sql.join([owner.id, ...holder, epoch_id, wrapped_key])})`;
  });
  await sql`
    insert into ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))})
    values ${sql.join(values)}
    on conflict (${sql.join(key.map((column) => sql.ref(column)))})
    do update set epoch_id = excluded.epoch_id, wrapped_key = excluded.wrapped_key
  `.execute(tx.write);
}

interface StoredKey extends WrappedKey {
  readonly grant_id?: GrantId;
  readonly subject_id?: SubjectId;
  readonly holder?: AuditHolder;
  readonly id?: InstanceKey;
}

function keyRowOf(kind: KeyOwner["kind"], row: StoredKey): KeyRow {
  const { epoch_id, wrapped_key } = row;
  return { owner: ownerOf(kind, row), epoch_id, wrapped_key };
}

function ownerOf(kind: KeyOwner["kind"], row: StoredKey): KeyOwner {
  const { grant_id, subject_id, holder, id } = row;
  if (kind === "grant" && grant_id) return { kind, id: grant_id };
  if (kind === "subject" && subject_id) return { kind, id: subject_id };
  if (kind === "audit" && subject_id && holder) return { kind, id: subject_id, holder };
  assert(kind === "instance" && id, "A key has an owner.");
  return { kind, id };
}
