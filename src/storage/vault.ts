import { createHmac, hkdfSync, randomBytes } from "node:crypto";
import { type Clock, type Instant, later } from "../base/clock.ts";
import { wipe } from "../base/bytes.ts";
import { type EpochId, newId, type SubjectId } from "../base/ids.ts";
import type { Db, Reader, Tx } from "./db.ts";
import { StorageError } from "./errors.ts";
import { locked } from "./locks.ts";
import type { InstanceKey } from "./schema.ts";
import { KEY_BYTES, seal, unseal } from "./seal.ts";
import {
  deleteWrapped,
  findWrapped,
  insertWrapped,
  type KeyOwner,
  type WrappedKey,
} from "./wrapped-keys.ts";

export type { KeyOwner } from "./wrapped-keys.ts";

const INSTANCE_KEYS: readonly InstanceKey[] = ["record", "signing", "webhooks", "index"];
const INDEX_OWNER = { kind: "instance", id: "index" } as const;
/**
 * How often a row is read anew when its epoch was rolled away in between. Each time a whole roll
 * must have come and gone, so twice hardly happens.
 */
const ATTEMPTS_MAX = 5;

/**
 * The keys: master key -> a key per epoch -> a random key per grant and per subject. Destroying the
 * row of the last makes everything sealed under it unreadable.
 *
 * [Note: epochs] Rolling the epoch wraps every key anew under a new epoch's key and destroys the
 * old one, so that copies of wrapped keys that lie about (dead rows, freed blocks) open no more.
 * Other processes and nodes may do that at any time: whoever meets an epoch that is not in memory
 * reads the epochs again.
 */
export class Vault {
  #master: Buffer;
  #index: Buffer = Buffer.alloc(0);
  readonly #epochs = new Map<EpochId, Buffer>();

  private constructor(master: Buffer) {
    this.#master = master;
  }

  /** Opens the epoch keys with the master key, making the first one in a new database. */
  static async open(db: Db, master: Buffer, clock: Clock): Promise<Vault> {
    const vault = new Vault(master);
    await db.write(async (tx) => {
      // Two nodes that open a new database at once take turns by a row that is always there.
      await takeTurn(tx);
      const one = await tx.read.selectFrom("epoch_keys").select("id").executeTakeFirst();
      if (!one) await vault.startEpoch(tx, clock);
      await vault.refresh(tx);
      await vault.#completeKeys(tx);
      vault.#index = await vault.#keyOf(tx, INDEX_OWNER);
    });
    return vault;
  }

  /** As `open`, in a transaction that has just put the keys in place; makes none. */
  static async openIn(tx: Tx, master: Buffer): Promise<Vault> {
    const vault = new Vault(master);
    await vault.refresh(tx);
    vault.#index = await vault.#keyOf(tx, INDEX_OWNER);
    return vault;
  }

  /** Makes the keys that a database of an earlier version lacks: the instance's, and for auditing. */
  async #completeKeys(tx: Tx): Promise<void> {
    for (const id of INSTANCE_KEYS) {
      const owner = { kind: "instance", id } as const;
      if (await findWrapped(tx, owner)) continue;
      // Digests made by earlier versions hang on the master key itself; they must stay the same.
      const bytes = id === "index" ? deriveKey(this.#master, "index") : undefined;
      await this.createKey(tx, owner, bytes);
    }
    const subjects = await tx.read
      .selectFrom("subjects")
      .leftJoin("audit_keys", "audit_keys.subject_id", "subjects.id")
      .select("subjects.id")
      .where("erased_at", "is", null)
      .where("audit_keys.subject_id", "is", null)
      .execute();
    for (const { id } of subjects) await this.createAuditKeys(tx, id);
  }

  /** Makes the two keys that a subject's ledger entries are sealed under. */
  async createAuditKeys(tx: Tx, id: SubjectId): Promise<void> {
    await this.createKey(tx, { kind: "audit", id, holder: "subject" });
    await this.createKey(tx, { kind: "audit", id, holder: "operator" });
  }

  /** Makes a key for a new owner, random unless given. One that has a key keeps it. */
  async createKey(tx: Tx, owner: KeyOwner, key: Buffer = randomBytes(KEY_BYTES)): Promise<void> {
    const epoch_id = await this.currentEpoch(tx);
    const wrapped_key = seal(this.#epoch(epoch_id), key, wrapContext(owner, epoch_id));
    await insertWrapped(tx, owner, { epoch_id, wrapped_key });
    wipe(key);
  }

  /**
   * Destroys a key: nothing sealed under it opens again. No harm if it is gone already. Rows that
   * hang on it (templates, enrolment photos) must be gone before.
   */
  async destroyKey(tx: Tx, owner: KeyOwner): Promise<void> {
    await deleteWrapped(tx, owner);
  }

  /** Seals bytes under the owner's key, bound to `context`. Throws key_destroyed. */
  async seal(
    db: Reader,
    owner: KeyOwner,
    plain: Uint8Array,
    context: readonly string[],
  ): Promise<Uint8Array> {
    const key = await this.#keyOf(db, owner);
    try {
      return seal(key, plain, [owner.id, ...context]);
    } finally {
      wipe(key);
    }
  }

  /** Opens what `seal` made. Throws StorageError key_destroyed, seal_broken. */
  async unseal(
    db: Reader,
    owner: KeyOwner,
    sealed: Uint8Array,
    context: readonly string[],
  ): Promise<Buffer> {
    const key = await this.#keyOf(db, owner);
    try {
      return unseal(key, sealed, [owner.id, ...context]);
    } finally {
      wipe(key);
    }
  }

  /** As `seal`, for loops that have read the key's row before. See `knows`. */
  sealWith(
    owner: KeyOwner,
    wrapped: WrappedKey,
    plain: Uint8Array,
    context: readonly string[],
  ): Uint8Array {
    const key = this.#unwrap(owner, wrapped);
    try {
      return seal(key, plain, [owner.id, ...context]);
    } finally {
      wipe(key);
    }
  }

  /** As `unseal`, for loops that have read the key's row along with the data. See `knows`. */
  unsealWith(
    owner: KeyOwner,
    wrapped: WrappedKey,
    sealed: Uint8Array,
    context: readonly string[],
  ): Buffer {
    const key = this.#unwrap(owner, wrapped);
    try {
      return unseal(key, sealed, [owner.id, ...context]);
    } finally {
      wipe(key);
    }
  }

  /**
   * Reads the epochs again where these rows name one that is not in memory. False where one has
   * been rolled away since the rows were read: read them anew. Without another await in between,
   * `unsealWith` takes the rows after it.
   */
  async knows(db: Reader, rows: readonly Pick<WrappedKey, "epoch_id">[]): Promise<boolean> {
    const all = () => rows.every(({ epoch_id }) => this.#epochs.has(epoch_id));
    if (!all()) await this.refresh(db);
    return all();
  }

  /**
   * Keyed digest of a text, for finding a row without a readable copy of the text in it. `purpose`
   * keeps digests of different columns apart.
   */
  index(purpose: string, text: string): string {
    return createHmac("sha256", this.#index)
      .update(JSON.stringify([purpose, text]))
      .digest("hex");
  }

  /** Seals bytes that lie outside of the database under a key made from the master key. */
  sealFile(purpose: string, plain: Uint8Array): Uint8Array {
    return sealFile(this.#master, purpose, plain);
  }

  /** Brings the epochs in memory up to date with the database. Throws seal_broken. */
  async refresh(db: Reader): Promise<void> {
    const rows = await db.read.selectFrom("epoch_keys").selectAll().execute();
    for (const { id, wrapped_key } of rows) {
      if (this.#epochs.has(id)) continue;
      this.#epochs.set(id, unseal(this.#master, wrapped_key, ["epoch", id]));
    }
    for (const [id, key] of this.#epochs) {
      if (rows.some((row) => row.id === id)) continue;
      wipe(key);
      this.#epochs.delete(id);
    }
  }

  /** The epoch that keys are wrapped under now; nobody destroys it until the transaction ends. */
  async currentEpoch(tx: Tx): Promise<EpochId> {
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      const query = tx.write
        .selectFrom("epoch_keys")
        .select("id")
        .orderBy("created_at", "desc")
        .orderBy("id", "desc")
        .limit(1);
      const newest = await locked(tx, query, "share").executeTakeFirst();
      if (newest && !this.#epochs.has(newest.id)) await this.refresh(tx);
      if (newest && this.#epochs.has(newest.id)) return newest.id;
    }
    throw new StorageError("key_destroyed", "The database has no epoch key.");
  }

  /**
   * Throws StorageError master_key_changed when the master key was changed since this process read
   * it: what it seals under the old one, nobody would open again.
   */
  async checkMaster(db: Reader): Promise<void> {
    const rows = await db.read.selectFrom("epoch_keys").select(["id", "wrapped_key"]).execute();
    for (const { id, wrapped_key } of rows) {
      if (opens(this.#master, wrapped_key, ["epoch", id])) continue;
      throw new StorageError(
        "master_key_changed",
        "The master key was changed since this process started. Start it again with the new one.",
      );
    }
  }

  /** Makes a new epoch, under which keys are wrapped from the commit on. See epochs.ts. */
  async startEpoch(tx: Tx, clock: Clock): Promise<void> {
    await this.checkMaster(tx);
    const rows = await tx.read.selectFrom("epoch_keys").select("created_at").execute();
    // Newer than all there are, whatever the clock says: the newest is the one that is used.
    const times = rows.map((row) => later(row.created_at, 1));
    const created_at = Math.max(clock.now(), ...times) as Instant;
    const id = newId("epo");
    const key = randomBytes(KEY_BYTES);
    const wrapped_key = seal(this.#master, key, ["epoch", id]);
    await tx.write.insertInto("epoch_keys").values({ id, wrapped_key, created_at }).execute();
    wipe(key);
  }

  /** The same key, wrapped under another epoch's. Both must be known. */
  rewrap(owner: KeyOwner, wrapped: WrappedKey, epoch_id: EpochId): WrappedKey {
    const key = this.#unwrap(owner, wrapped);
    try {
      const wrapped_key = seal(this.#epoch(epoch_id), key, wrapContext(owner, epoch_id));
      return { epoch_id, wrapped_key };
    } finally {
      wipe(key);
    }
  }

  /** Wraps every epoch's key under a new master key. After the commit, `useMaster` takes it. */
  async rewrapEpochs(tx: Tx, master: Uint8Array): Promise<void> {
    await takeTurn(tx);
    await this.refresh(tx);
    for (const [id, key] of this.#epochs) {
      const wrapped_key = seal(master, key, ["epoch", id]);
      await tx.write.updateTable("epoch_keys").set({ wrapped_key }).where("id", "=", id).execute();
    }
  }

  /** From now on, this is the master key. */
  useMaster(master: Buffer): void {
    wipe(this.#master);
    this.#master = master;
  }

  /** Overwrites every key in memory. */
  close(): void {
    wipe(this.#master, this.#index, ...this.#epochs.values());
  }

  async #keyOf(db: Reader, owner: KeyOwner): Promise<Buffer> {
    for (let attempt = 1; ; attempt += 1) {
      const row = await findWrapped(db, owner);
      if (!row) {
        throw new StorageError("key_destroyed", "The key of this value has been destroyed.");
      }
      if (attempt === ATTEMPTS_MAX || (await this.knows(db, [row])))
        return this.#unwrap(owner, row);
    }
  }

  #unwrap(owner: KeyOwner, wrapped: WrappedKey): Buffer {
    const context = wrapContext(owner, wrapped.epoch_id);
    return unseal(this.#epoch(wrapped.epoch_id), wrapped.wrapped_key, context);
  }

  #epoch(id: EpochId): Buffer {
    const key = this.#epochs.get(id);
    if (key) return key;
    throw new StorageError("key_destroyed", "The epoch key of this row has been destroyed.");
  }
}

/** Whoever starts epochs, or changes the master key, does so one after the other. */
export async function takeTurn(tx: Tx): Promise<void> {
  const turn = tx.write.selectFrom("migrations").select("number").where("number", "=", 1);
  await locked(tx, turn, "update").execute();
}

/** Seals a file under a key made from the master key for this purpose alone. */
export function sealFile(master: Uint8Array, purpose: string, plain: Uint8Array): Uint8Array {
  return seal(deriveKey(master, `file/${purpose}`), plain, [purpose]);
}

/** Opens what `sealFile` made. Throws seal_broken. */
export function unsealFile(master: Uint8Array, purpose: string, sealed: Uint8Array): Buffer {
  return unseal(deriveKey(master, `file/${purpose}`), sealed, [purpose]);
}

function opens(key: Uint8Array, sealed: Uint8Array, context: readonly string[]): boolean {
  try {
    wipe(unseal(key, sealed, context));
    return true;
  } catch {
    return false;
  }
}

function deriveKey(master: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", master, "", `assent/${purpose}`, KEY_BYTES));
}

function wrapContext(owner: KeyOwner, epoch: EpochId): readonly string[] {
  const who = owner.kind === "audit" ? `${owner.kind}/${owner.holder}` : owner.kind;
  return ["key", who, owner.id, epoch];
}
