import { access, rename } from "node:fs/promises";
import { dirname } from "node:path";
import type { Clock } from "../base/clock.ts";
import { syncFolder } from "../base/files.ts";
import type { Db, Tx } from "./db.ts";
import { rollEpoch } from "./epochs.ts";
import { StorageError } from "./errors.ts";
import { askForKeyFiles } from "./key-places.ts";
import { makeMasterKey, type MasterKeySource, readMasterKey } from "./master-key.ts";
import { Vault } from "./vault.ts";

/**
 * [Note: changing the master key] The new key is first written beside the old one, then the epochs'
 * keys are wrapped under it in one transaction, then its file takes the old one's place. Whoever
 * dies before the transaction leaves a file that nothing hangs on, and that the next change uses;
 * after it, the old file opens nothing, and whoever opens the instance puts the new one in place.
 */
function nextPath(path: string): string {
  return `${path}.next`;
}

/**
 * Opens the vault with the master key that was read from `source`, ending a change of it that was
 * cut short.
 */
export async function openVault(
  db: Db,
  { source, master }: { readonly source: MasterKeySource; readonly master: Buffer },
  clock: Clock,
): Promise<Vault> {
  try {
    return await Vault.open(db, master, clock);
  } catch (error) {
    const broken = error instanceof StorageError && error.code === "seal_broken";
    if (!broken || source.kind === "text" || !(await exists(nextPath(source.path)))) throw error;
    const next = await readMasterKey({ kind: "file", path: nextPath(source.path) });
    const vault = await Vault.open(db, next, clock);
    await putInPlace(source.path);
    return vault;
  }
}

/**
 * Changes the master key and rolls the epoch: nothing that was wrapped before opens with the new
 * one, and nothing there is opens with the old one. Other processes must be started again.
 * `started` joins the transaction that does it. Throws StorageError master_key_given where the key
 * is no file of ours to change.
 */
export async function rollMaster(
  deps: { readonly db: Db; readonly vault: Vault; readonly clock: Clock },
  source: MasterKeySource,
  started: (tx: Tx) => Promise<void>,
): Promise<void> {
  const { db, vault, clock } = deps;
  if (source.kind === "text") {
    throw new StorageError(
      "master_key_given",
      "The master key comes from the environment, where it can't be changed from here. Put it into " +
        "a file (mode 600), name that with ASSENT_MASTER_KEY_FILE, and give the command again.",
    );
  }
  const next = nextPath(source.path);
  if (!(await exists(next))) await makeMasterKey(next);
  const master = await readMasterKey({ kind: "file", path: next });
  await db.write(async (tx) => {
    await vault.rewrapEpochs(tx, master);
    await askForKeyFiles(tx);
  });
  await putInPlace(source.path);
  vault.useMaster(master);
  await rollEpoch(db, vault, clock, started);
}

/** Somebody else may have done it already. */
async function putInPlace(path: string): Promise<void> {
  await rename(nextPath(path), path).catch((error: unknown) => {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  });
  await syncFolder(dirname(path));
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
