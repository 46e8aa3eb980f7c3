import { createHmac, hkdfSync, randomBytes } from "node:crypto";
import type { Clock } from "../base/clock.ts";
import { wipe } from "../base/bytes.ts";
import { type EpochId, type GrantId, newId, type SubjectId } from "../base/ids.ts";
import type { Db, Reader, Tx } from "./db.ts";
import { StorageError } from "./errors.ts";
import { locked } from "./locks.ts";
import { KEY_BYTES, seal, unseal } from "./seal.ts";

/** Whose key: a grant's (templates, enrolment photo) or a subject's (name, contact, evidence). */
export type KeyOwner =
  | { readonly kind: "grant"; readonly id: GrantId }
  | { readonly kind: "subject"; readonly id: SubjectId };

/**
 * The keys: master key -> a key per epoch -> a random key per grant and per subject. Destroying the
 * row of the last makes everything sealed under it unreadable.
 */
export class Vault {
  readonly #master: Buffer;
  readonly #index: Buffer;
  readonly #epochs: Map<EpochId, Buffer>;
  readonly #current: EpochId;

  private constructor(master: Buffer, epochs: Map<EpochId, Buffer>, current: EpochId) {
    this.#master = master;
    this.#index = Buffer.from(hkdfSync("sha256", master, "", "assent/index", KEY_BYTES));
    this.#epochs = epochs;
    this.#current = current;
  }

  /** Opens the epoch keys with the master key, making the first one in a new database. */
  static async open(db: Db, master: Buffer, clock: Clock): Promise<Vault> {
    await db.write(async (tx) => {
      // Two nodes that open a new database at once take turns by a row that is always there.
      const turn = tx.write.selectFrom("migrations").select("number").where("number", "=", 1);
      await locked(tx, turn, "update").execute();
      const one = await tx.read.selectFrom("epoch_keys").select("id").executeTakeFirst();
      if (!one) await insertEpoch(tx, master, clock);
    });
    const rows = await db.read.selectFrom("epoch_keys").selectAll().orderBy("created_at").execute();
    const epochs = new Map<EpochId, Buffer>();
    for (const row of rows) {
      epochs.set(row.id, unseal(master, row.wrapped_key, ["epoch", row.id]));
    }
    const newest = rows.at(-1);
    if (!newest) throw new StorageError("key_destroyed", "The database has no epoch key.");
    return new Vault(master, epochs, newest.id);
  }

  /** Makes a random key for a new grant or subject. */
  async createKey(tx: Tx, owner: KeyOwner): Promise<void> {
    const key = randomBytes(KEY_BYTES);
    const wrapped_key = seal(this.#epoch(this.#current), key, wrapContext(owner, this.#current));
    const row = { epoch_id: this.#current, wrapped_key };
    if (owner.kind === "grant") {
      await tx.write
        .insertInto("grant_keys")
        .values({ grant_id: owner.id, ...row })
        .execute();
    } else {
      await tx.write
        .insertInto("subject_keys")
        .values({ subject_id: owner.id, ...row })
        .execute();
    }
    wipe(key);
  }

  /**
   * Destroys a key: nothing sealed under it opens again. No harm if it is gone already. Rows that
   * hang on it (templates, enrolment photos) must be gone before.
   */
  async destroyKey(tx: Tx, owner: KeyOwner): Promise<void> {
    if (owner.kind === "grant") {
      await tx.write.deleteFrom("grant_keys").where("grant_id", "=", owner.id).execute();
    } else {
      await tx.write.deleteFrom("subject_keys").where("subject_id", "=", owner.id).execute();
    }
  }

  /** Seals bytes under the owner's key, bound to `context`. Throws key_destroyed. */
  async seal(
    db: Reader,
    owner: KeyOwner,
    plain: Uint8Array,
    context: readonly string[],
  ): Promise<Uint8Array> {
    const key = this.#unwrap(owner, await readWrapped(db, owner));
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
    return this.unsealWith(owner, await readWrapped(db, owner), sealed, context);
  }

  /** As `unseal`, for loops that have read the key's row along with the data. */
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
   * Keyed digest of a text, for finding a row without a readable copy of the text in it. `purpose`
   * keeps digests of different columns apart.
   */
  index(purpose: string, text: string): string {
    return createHmac("sha256", this.#index)
      .update(JSON.stringify([purpose, text]))
      .digest("hex");
  }

  /** Overwrites every key in memory. */
  close(): void {
    wipe(this.#master, this.#index, ...this.#epochs.values());
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

/** A row of grant_keys or subject_keys. */
export interface WrappedKey {
  readonly epoch_id: EpochId;
  readonly wrapped_key: Uint8Array;
}

async function readWrapped(db: Reader, owner: KeyOwner): Promise<WrappedKey> {
  const columns = ["epoch_id", "wrapped_key"] as const;
  const row =
    owner.kind === "grant"
      ? await db.read
          .selectFrom("grant_keys")
          .select(columns)
          .where("grant_id", "=", owner.id)
          .executeTakeFirst()
      : await db.read
          .selectFrom("subject_keys")
          .select(columns)
          .where("subject_id", "=", owner.id)
          .executeTakeFirst();
  if (row) return row;
  throw new StorageError("key_destroyed", "The key of this value has been destroyed.");
}

async function insertEpoch(tx: Tx, master: Buffer, clock: Clock): Promise<void> {
  const id = newId("epo");
  const key = randomBytes(KEY_BYTES);
  const wrapped_key = seal(master, key, ["epoch", id]);
  await tx.write
    .insertInto("epoch_keys")
    .values({ id, wrapped_key, created_at: clock.now() })
    .execute();
  wipe(key);
}

function wrapContext(owner: KeyOwner, epoch: EpochId): readonly string[] {
  return ["key", owner.kind, owner.id, epoch];
}
