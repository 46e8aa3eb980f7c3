import type { SubjectId } from "../base/ids.ts";
import type { Reader } from "../storage/db.ts";
import { StorageError } from "../storage/errors.ts";
import type { KeyOwner, Vault } from "../storage/vault.ts";
import { findWrapped, type WrappedKey } from "../storage/wrapped-keys.ts";

/** The stored key of an owner, or null where it has been destroyed. */
export type RecordKeys = (owner: KeyOwner) => WrappedKey | null;

/** Keys asked for in one statement: a bound on its parameters. */
const SUBJECTS_MAX = 200;
/** As in the vault: each time a whole roll of the epoch must have come and gone in between. */
const ATTEMPTS_MAX = 5;
const RECORD = { kind: "instance", id: "record" } as const;

/**
 * Reads the keys that the entries of these subjects, and those of nobody, are sealed under, once
 * for many entries. The vault takes them until the next await.
 */
export async function readRecordKeys(
  db: Reader,
  vault: Vault,
  subjects: readonly SubjectId[],
): Promise<RecordKeys> {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const keys = await readAll(db, [...new Set(subjects)]);
    if (!(await vault.knows(db, [...keys.values()]))) continue;
    return (owner) => keys.get(nameOf(owner)) ?? null;
  }
  throw new StorageError("key_destroyed", "The epoch key of these entries has been destroyed.");
}

async function readAll(
  db: Reader,
  subjects: readonly SubjectId[],
): Promise<ReadonlyMap<string, WrappedKey>> {
  const keys = new Map<string, WrappedKey>();
  const record = await findWrapped(db, RECORD);
  if (record) keys.set(nameOf(RECORD), record);
  for (let from = 0; from < subjects.length; from += SUBJECTS_MAX) {
    const rows = await db.read
      .selectFrom("audit_keys")
      .selectAll()
      .where("subject_id", "in", subjects.slice(from, from + SUBJECTS_MAX))
      .execute();
    for (const { subject_id: id, holder, epoch_id, wrapped_key } of rows) {
      keys.set(nameOf({ kind: "audit", id, holder }), { epoch_id, wrapped_key });
    }
  }
  return keys;
}

function nameOf(owner: KeyOwner): string {
  return owner.kind === "audit" ? `${owner.holder}/${owner.id}` : `${owner.kind}/${owner.id}`;
}
