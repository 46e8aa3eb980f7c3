import type { Clock } from "../base/clock.ts";
import type { EpochId } from "../base/ids.ts";
import type { Db, Tx } from "./db.ts";
import { locked } from "./locks.ts";
import { takeTurn, type Vault } from "./vault.ts";
import { keysOutside, OWNER_KINDS, replaceWrapped } from "./wrapped-keys.ts";

/** Keys wrapped anew in one transaction: some milliseconds, so that others get their turn. */
const BATCH = 500;

/**
 * Rolls the epoch ([Note: epochs] in vault.ts): a new epoch, every key under it, the old ones gone.
 * Killed half-way it leaves keys of both epochs, and the next roll finishes it. `started` joins the
 * transaction that begins it.
 */
export async function rollEpoch(
  db: Db,
  vault: Vault,
  clock: Clock,
  started: (tx: Tx) => Promise<void> = async () => undefined,
): Promise<void> {
  await db.write(async (tx) => {
    await takeTurn(tx);
    await vault.startEpoch(tx, clock);
    await started(tx);
  });
  do {
    while (await db.write(async (tx) => rewrapSome(tx, vault)));
  } while (!(await db.write(dropOldEpochs)));
  await vault.refresh(db);
}

/** Wraps some keys anew; true when it found any. */
async function rewrapSome(tx: Tx, vault: Vault): Promise<boolean> {
  const epoch = await vault.currentEpoch(tx);
  for (const kind of OWNER_KINDS) {
    const rows = await keysOutside(tx, kind, epoch, BATCH);
    if (rows.length === 0) continue;
    // Every epoch that a locked row names is there until the row is released.
    await vault.knows(tx, rows);
    const fresh = rows.map((row) => ({ ...row, ...vault.rewrap(row.owner, row, epoch) }));
    await replaceWrapped(tx, kind, fresh);
    return true;
  }
  return false;
}

/**
 * Destroys all epochs but the newest. Their rows are locked first, and whoever makes a key locks
 * the epoch it is wrapped under: so either this sees that key, or that key goes under the newest.
 * False when keys are left under an old one.
 */
async function dropOldEpochs(tx: Tx): Promise<boolean> {
  const query = tx.write.selectFrom("epoch_keys").select("id").orderBy("created_at").orderBy("id");
  const epochs = (await locked(tx, query, "update").execute()).map(({ id }) => id);
  const newest: EpochId | undefined = epochs.at(-1);
  if (newest === undefined) return true;
  for (const kind of OWNER_KINDS) {
    if ((await keysOutside(tx, kind, newest, 1)).length > 0) return false;
  }
  await tx.write.deleteFrom("epoch_keys").where("id", "<>", newest).execute();
  return true;
}
