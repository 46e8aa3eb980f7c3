import type { Clock } from "../base/clock.ts";
import { AssertionError } from "../base/errors.ts";
import type { EventId, SubjectId } from "../base/ids.ts";
import type { Db } from "../storage/db.ts";
import type { AuditHolder } from "../storage/schema.ts";
import type { Vault } from "../storage/vault.ts";
import { toBase64 } from "../verify/base64.ts";
import type { EntryProof } from "../verify/entry.ts";
import { consistencyRanges, inclusionRanges } from "../verify/merkle.ts";
import { formatVerifierKey } from "../verify/note.ts";
import { adoptEvents } from "./adopt.ts";
import { checkLedger, type LedgerCheck } from "./check.ts";
import {
  type OpenedEntry,
  type OperatorEntry,
  readOpened,
  readOperatorEntries,
  readSubjectEntries,
  type SubjectEntry,
} from "./entries.ts";
import { LedgerError } from "./errors.ts";
import { completeInstance, instanceIdOf, originOf } from "./origin.ts";
import {
  BATCH_ENTRIES_MAX,
  entriesWait,
  isSignedBy,
  logKeyOf,
  newestCheckpoint,
  sequenceBatch,
  signNewest,
  verifierKeyFrom,
} from "./sequencer.ts";
import { completeSigningKeys, keySetOf } from "./signing.ts";
import { TreeNodes } from "./tiles.ts";

export type { OpenedEntry, OperatorEntry, SubjectEntry } from "./entries.ts";

/** A page of the operator's view. */
export const ENTRIES_PAGE_MAX = 1000;

/** That a smaller tree is the beginning of a larger one: hashes in Base 64. */
export interface ConsistencyProof {
  readonly from: number;
  readonly to: number;
  readonly hashes: readonly string[];
}

/**
 * The transparency log of an instance. Entries are appended in the transactions of what they tell
 * of (ledger.ts); here they get their places, and what they were can be proved to anybody.
 */
export class Ledger implements AsyncDisposable {
  readonly #db: Db;
  readonly #vault: Vault;
  readonly #clock: Clock;
  readonly #nodes: TreeNodes;

  private constructor(db: Db, vault: Vault, clock: Clock) {
    this.#db = db;
    this.#vault = vault;
    this.#clock = clock;
    this.#nodes = new TreeNodes(db);
  }

  /** Opens the ledger, with what a new database lacks and what an earlier version has left. */
  static async open(db: Db, vault: Vault, clock: Clock): Promise<Ledger> {
    await completeInstance(db);
    await completeSigningKeys(db, vault, clock);
    await adoptEvents(db, vault);
    return new Ledger(db, vault, clock);
  }

  /**
   * Gives every committed entry its place and signs the tree. Returns how many got one. Any process
   * may call it at any time; they take turns. Throws LedgerError tree_damaged.
   */
  async sequence(): Promise<number> {
    if (!(await entriesWait(this.#db)) && (await newestCheckpoint(this.#db))) return 0;
    let sequenced = 0;
    for (;;) {
      const batch = await this.#db.write(async (tx) => sequenceBatch(tx, this.#vault, this.#clock));
      sequenced += batch;
      if (batch < BATCH_ENTRIES_MAX) return sequenced;
    }
  }

  /** The newest signed note, with every committed entry in it. */
  async checkpoint(): Promise<string> {
    await this.sequence();
    const newest = await newestCheckpoint(this.#db);
    const key = await logKeyOf(this.#db, this.#vault);
    if (newest && isSignedBy(newest.note, key)) return newest.note;
    return this.#db.write(async (tx) => signNewest(tx, this.#vault));
  }

  /** The name that checkpoints carry. */
  async origin(): Promise<string> {
    return originOf(await instanceIdOf(this.#db));
  }

  /** The key that checks what is signed now (C2SP verifier key). */
  async verifierKey(): Promise<string> {
    return formatVerifierKey(await logKeyOf(this.#db, this.#vault));
  }

  /** Every key that ever signed for the ledger, the newest first. */
  async verifierKeys(): Promise<readonly string[]> {
    const origin = await this.origin();
    const { keys } = await keySetOf(this.#db, "ledger");
    return keys.map((key) => formatVerifierKey(verifierKeyFrom(origin, key)));
  }

  /**
   * Proves that an entry is in the tree of `size` leaves; by default of the newest checkpoint. To
   * prove several to one checkpoint, take its size. Throws LedgerError entry_unknown, size_unknown,
   * tree_damaged.
   */
  async inclusion(event: EventId, size?: number): Promise<EntryProof> {
    const leafIndex = (await this.#placeOf(event)) ?? (await this.#placeAfterSequencing(event));
    const treeSize = await this.#sizeUpTo(size);
    if (leafIndex >= treeSize) throw unknownSize(treeSize);
    const nodes = await this.#nodes.read(inclusionRanges(leafIndex, treeSize));
    return { leafIndex, treeSize, hashes: nodes.map(toBase64) };
  }

  /**
   * Proves that the tree of `from` leaves is the beginning of that of `to`. Throws LedgerError
   * size_unknown, tree_damaged.
   */
  async consistency(from: number, to: number): Promise<ConsistencyProof> {
    if (!Number.isSafeInteger(from) || from < 0 || from > to) throw unknownSize(from);
    await this.#sizeUpTo(to);
    const nodes = await this.#nodes.read(consistencyRanges(from, to));
    return { from, to, hashes: nodes.map(toBase64) };
  }

  /** A subject's entries in order, opened with their own key or the operator's. */
  async entriesOf(subject: SubjectId, holder: AuditHolder): Promise<readonly SubjectEntry[]> {
    await this.sequence();
    return readSubjectEntries(this.#db, this.#vault, subject, holder);
  }

  /** Entries of nobody by their ids, opened with the operator's key; unknown ones are left out. */
  async opened(ids: readonly EventId[]): Promise<ReadonlyMap<EventId, OpenedEntry>> {
    await this.sequence();
    return readOpened(this.#db, this.#vault, ids);
  }

  /** A page of all entries, the latest first; `before` is the last place of the page above. */
  async operatorEntries(page: {
    readonly before?: number;
    readonly limit: number;
  }): Promise<readonly OperatorEntry[]> {
    await this.sequence();
    const limit = Math.min(page.limit, ENTRIES_PAGE_MAX);
    return readOperatorEntries(this.#db, this.#vault, { ...page, limit });
  }

  /**
   * Checks everything that is stored of the ledger, against an older checkpoint too where one is
   * given. See check.ts.
   */
  async check(older?: string): Promise<LedgerCheck> {
    await this.sequence();
    return checkLedger(this.#db, this.#vault, await this.verifierKeys(), older);
  }

  /**
   * Sequences what waits. What is committed is safe without it, so that no failure here becomes one
   * of the work that is done: whoever opens the ledger next goes on.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.sequence();
    } catch (error) {
      if (error instanceof AssertionError) throw error;
    }
  }

  async #placeOf(event: EventId): Promise<number | null> {
    const row = await this.#db.read
      .selectFrom("entries")
      .select("leaf_index")
      .where("id", "=", event)
      .executeTakeFirst();
    if (row) return row.leaf_index;
    throw new LedgerError("entry_unknown", "The ledger has no entry of this id.");
  }

  async #placeAfterSequencing(event: EventId): Promise<number> {
    await this.sequence();
    const place = await this.#placeOf(event);
    if (place !== null) return place;
    throw new LedgerError("entry_unknown", "This entry has no place in the ledger yet.");
  }

  async #sizeUpTo(size: number | undefined): Promise<number> {
    const newest = await newestCheckpoint(this.#db);
    const largest = newest?.size ?? 0;
    if (size === undefined) return largest;
    if (Number.isSafeInteger(size) && size >= 0 && size <= largest) return size;
    throw unknownSize(size);
  }
}

function unknownSize(size: number): LedgerError {
  return new LedgerError("size_unknown", `The ledger has no such tree of ${size} entries.`);
}
