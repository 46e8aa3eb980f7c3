import { type InstanceId, newId } from "../base/ids.ts";
import type { Db, Reader, Tx } from "../storage/db.ts";
import { StorageError } from "../storage/errors.ts";
import { locked } from "../storage/locks.ts";
import { readSetting } from "../storage/settings.ts";

/** Gives the instance its random id, once and for ever. */
export async function completeInstance(db: Db): Promise<void> {
  if ((await readSetting(db, "instance")) !== null) return;
  await db.write(async (tx) => {
    await tx.write
      .insertInto("settings")
      .values({ name: "instance", value: newId("ins") })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  });
}

/** The instance's id: the same in every copy and backup of it. */
export async function instanceIdOf(db: Reader): Promise<InstanceId> {
  const id = await readSetting(db, "instance");
  if (id !== null) return id as InstanceId;
  throw new StorageError("database_newer", "The database was never opened as an instance.");
}

/**
 * The name of an instance's ledger. Random, so that no two ledgers share it, and below a domain
 * that is set apart from those in use (RFC 9476): it is nobody's address.
 */
export function originOf(instance: InstanceId): string {
  return `assent.alt/${instance}`;
}

/** The name under which an instance cosigns others' ledgers. */
export function witnessNameOf(instance: InstanceId): string {
  return `${originOf(instance)}/witness`;
}

/**
 * Takes the one turn there is to extend the tree, until the transaction ends. Who appends entries
 * meanwhile is not in the way.
 */
export async function takeTreeTurn(tx: Tx): Promise<void> {
  const turn = tx.write.selectFrom("settings").select("value").where("name", "=", "instance");
  await locked(tx, turn, "update").execute();
}
