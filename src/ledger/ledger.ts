import { randomInt } from "node:crypto";
import type { Clock, Instant } from "../base/clock.ts";
import { assert } from "../base/errors.ts";
import { type EventId, newIds, type SubjectId } from "../base/ids.ts";
import { randomBytes } from "../base/random.ts";
import type { Reader, Tx } from "../storage/db.ts";
import { locked } from "../storage/locks.ts";
import { StorageError } from "../storage/errors.ts";
import type { KeyOwner, Vault } from "../storage/vault.ts";
import { commit, LEAF_BYTES, type Opening, SALT_BYTES } from "../verify/commitment.ts";
import type { LedgerEvent } from "./events.ts";
import { readRecordKeys, type RecordKeys } from "./record-keys.ts";

export type { LedgerEvent } from "./events.ts";

/** Who does it: an account's name or role, or the program itself. */
export type Account = string;

/** What it takes to write into the record. */
export interface Recorder {
  readonly clock: Clock;
  readonly account: Account;
  readonly vault: Vault;
}

/** Rows of one insert: a bound on the statement's parameters. */
const ROWS_MAX = 200;

/**
 * Appends events in the change's own transaction: both are committed, or neither. Their place in
 * the tree comes after the commit ([Note: an entry] in storage/migrations/0002-trust.sql). Throws
 * StorageError key_destroyed for an event of a subject who is erased or unknown.
 */
export async function append(
  tx: Tx,
  recorder: Recorder,
  ...events: readonly LedgerEvent[]
): Promise<void> {
  await insertEntries(tx, await entriesOf(tx, recorder.vault, occurrencesOf(recorder, events)));
}

/**
 * As `append`, in random order and with dummies among them up to a multiple of `multiple`: who
 * reads the leaves can't tell how many people a search returned, nor which leaf is whose. Returns
 * the ids of the events' entries, in the events' order.
 */
export async function appendPadded(
  tx: Tx,
  recorder: Recorder,
  multiple: number,
  ...events: readonly LedgerEvent[]
): Promise<readonly EventId[]> {
  const count = Math.ceil(events.length / multiple) * multiple;
  const ids = newIds("eve", count);
  const occurrences = occurrencesOf(recorder, events, ids);
  const rows = await entriesOf(tx, recorder.vault, occurrences);
  const dummies = ids.slice(events.length).map(dummy);
  await insertEntries(tx, shuffle([...rows, ...dummies]));
  return ids.slice(0, events.length);
}

/** An event with its id, and when and by whom it came about. */
export interface Occurrence {
  readonly id: EventId;
  readonly at: Instant;
  readonly account: Account;
  readonly event: LedgerEvent;
}

/** A row of the table of entries, before it has a place. */
export interface EntryRow {
  readonly id: EventId;
  readonly leaf: Uint8Array;
  readonly leaf_index: null;
  readonly subject_id: SubjectId | null;
  readonly subject_seq: number | null;
  readonly subject_body: Uint8Array | null;
  readonly operator_body: Uint8Array | null;
}

function occurrencesOf(
  { clock, account }: Recorder,
  events: readonly LedgerEvent[],
  ids: readonly EventId[] = newIds("eve", events.length),
): readonly Occurrence[] {
  const at = clock.now();
  return events.map((event, index) => {
    const id = ids[index];
    assert(id !== undefined, "Each event has an id.");
    return { id, at, account, event };
  });
}

/** Stores entries in this order. */
export async function insertEntries(tx: Tx, rows: readonly EntryRow[]): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS_MAX) {
    const part = rows.slice(from, from + ROWS_MAX);
    await tx.write.insertInto("entries").values(part).execute();
  }
}

/** Commits to events and seals them: one reading of keys and one of numbers for all of them. */
export async function entriesOf(
  tx: Tx,
  vault: Vault,
  occurrences: readonly Occurrence[],
): Promise<readonly EntryRow[]> {
  const subjects = occurrences.flatMap(({ event }) => ("subject" in event ? [event.subject] : []));
  const next = await takeNumbers(tx, subjects);
  const keys = await readRecordKeys(tx, vault, subjects);
  return occurrences.map((occurrence) => {
    const { event } = occurrence;
    const subject = "subject" in event ? event.subject : null;
    return entryOf(vault, keys, occurrence, subject, subject === null ? null : next(subject));
  });
}

function entryOf(
  vault: Vault,
  keys: RecordKeys,
  { id, at, account, event }: Occurrence,
  subject_id: SubjectId | null,
  subject_seq: number | null,
): EntryRow {
  const salt = randomBytes(SALT_BYTES);
  const whole = { ...event, id, at, account, subject: subject_id, number: subject_seq };
  const opening: Opening = { salt: salt.toString("base64url"), event: whole };
  const body = Buffer.from(JSON.stringify(opening));
  const owners = ownersOf(subject_id);
  const sealFor = (owner: KeyOwner) => {
    const key = keys(owner);
    if (key) return vault.sealWith(owner, key, body, ["entry", id]);
    throw new StorageError("key_destroyed", "The key of this entry has been destroyed.");
  };
  return {
    id,
    leaf: commit(salt, opening.event),
    leaf_index: null,
    subject_id,
    subject_seq,
    subject_body: owners.subject && sealFor(owners.subject),
    operator_body: sealFor(owners.operator),
  };
}

/** Under whose keys an entry's two copies are sealed. */
export function ownersOf(subject: SubjectId | null): {
  readonly subject: KeyOwner | null;
  readonly operator: KeyOwner;
} {
  if (subject === null) return { subject: null, operator: { kind: "instance", id: "record" } };
  return {
    subject: { kind: "audit", id: subject, holder: "subject" },
    operator: { kind: "audit", id: subject, holder: "operator" },
  };
}

/**
 * [Note: lock order] Takes the turn of these subjects' entries until the transaction ends. What
 * locks a grant and then appends an entry of its subject takes the turn before the grant: one that
 * held a grant while it waited for its turn would keep a withdrawal out for as long as others
 * search. SQLite's writers take turns anyway.
 */
export async function lockSequences(tx: Tx, subjects: readonly SubjectId[]): Promise<void> {
  if (tx.kind === "sqlite" || subjects.length === 0) return;
  const ordered = [...new Set(subjects)].sort();
  await tx.write
    .insertInto("subject_sequences")
    .columns(["subject_id", "entries"])
    // Of those there are: an id from outside may be anybody's.
    .expression((query) =>
      query
        .selectFrom("subjects")
        .select((select) => ["id", select.lit(0).as("entries")])
        .where("id", "in", ordered),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await locked(
    tx,
    tx.write
      .selectFrom("subject_sequences")
      .select("subject_id")
      .where("subject_id", "in", ordered)
      .orderBy("subject_id"),
    "update",
  ).execute();
}

/**
 * Numbers a subject's entries without a gap: the rows stay locked until the transaction ends. They
 * are taken in one order, so that two transactions never wait for each other.
 */
async function takeNumbers(
  tx: Tx,
  subjects: readonly SubjectId[],
): Promise<(subject: SubjectId) => number> {
  const counts = new Map<SubjectId, number>();
  for (const subject of subjects) counts.set(subject, (counts.get(subject) ?? 0) + 1);
  const next = new Map<SubjectId, number>();
  const sorted = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  for (let from = 0; from < sorted.length; from += ROWS_MAX) {
    const part = sorted.slice(from, from + ROWS_MAX);
    const rows = await tx.write
      .insertInto("subject_sequences")
      .values(part.map(([subject_id, entries]) => ({ subject_id, entries })))
      .onConflict((conflict) =>
        conflict.column("subject_id").doUpdateSet((set) => ({
          entries: set("subject_sequences.entries", "+", set.ref("excluded.entries")),
        })),
      )
      .returning(["subject_id", "entries"])
      .execute();
    for (const { subject_id, entries } of rows) {
      next.set(subject_id, entries - (counts.get(subject_id) ?? 0) + 1);
    }
  }
  return (subject) => {
    const number = next.get(subject) ?? 1;
    next.set(subject, number + 1);
    return number;
  };
}

/** An entry that says nothing: to whoever can't open it, it looks like any other. */
export function dummy(id: EventId): EntryRow {
  return {
    id,
    leaf: randomBytes(LEAF_BYTES),
    leaf_index: null,
    subject_id: null,
    subject_seq: null,
    subject_body: null,
    operator_body: null,
  };
}

function shuffle(rows: readonly EntryRow[]): readonly EntryRow[] {
  const mixed = [...rows];
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [mixed[last], mixed[other]] = [mixed[other] as EntryRow, mixed[last] as EntryRow];
  }
  return mixed;
}

/** The event and salt in an entry's body. Throws StorageError key_destroyed, seal_broken. */
export async function openBody(
  db: Reader,
  vault: Vault,
  entry: {
    readonly id: EventId;
    readonly subject_id: SubjectId | null;
    readonly operator_body: Uint8Array;
  },
): Promise<Opening> {
  const owner = ownersOf(entry.subject_id).operator;
  const bytes = await vault.unseal(db, owner, entry.operator_body, ["entry", entry.id]);
  return JSON.parse(bytes.toString()) as Opening;
}

/**
 * Forgets what a subject's entries say: bodies, salts and keys go, and so does whose they were. The
 * leaves stay, so that the tree's root and everybody else's proofs stand.
 */
export async function eraseEntries(tx: Tx, vault: Vault, subject: SubjectId): Promise<void> {
  await tx.write
    .updateTable("entries")
    .set({ subject_id: null, subject_seq: null, subject_body: null, operator_body: null })
    .where("subject_id", "=", subject)
    .execute();
  await tx.write.deleteFrom("subject_sequences").where("subject_id", "=", subject).execute();
  await vault.destroyKey(tx, { kind: "audit", id: subject, holder: "subject" });
  await vault.destroyKey(tx, { kind: "audit", id: subject, holder: "operator" });
}
