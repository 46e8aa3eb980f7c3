import { randomBytes, randomInt } from "node:crypto";
import type { Clock } from "../base/clock.ts";
import { type EventId, newId, type SubjectId } from "../base/ids.ts";
import type { Tx } from "../storage/db.ts";
import { locked } from "../storage/locks.ts";
import type { KeyOwner, Vault } from "../storage/vault.ts";
import { commit, LEAF_BYTES, type Opening, SALT_BYTES } from "../verify/commitment.ts";
import type { LedgerEvent } from "./events.ts";

export type { LedgerEvent } from "./events.ts";

/** Who does it: an account's name or role, or the program itself. */
export type Account = string;

/** What it takes to write into the record. */
export interface Recorder {
  readonly clock: Clock;
  readonly account: Account;
  readonly vault: Vault;
}

/**
 * Appends events in the change's own transaction: both are committed, or neither. Their place in
 * the tree comes after the commit ([Note: an entry] in storage/migrations/0002-trust.sql).
 */
export async function append(
  tx: Tx,
  recorder: Recorder,
  ...events: readonly LedgerEvent[]
): Promise<void> {
  const rows: EntryRow[] = [];
  for (const event of events) rows.push(await entryOf(tx, recorder, event));
  if (rows.length > 0) await tx.write.insertInto("entries").values(rows).execute();
}

/**
 * As `append`, in random order and with dummies among them up to a multiple of `multiple`: who
 * reads the leaves can't tell how many people a search returned, nor which leaf is whose.
 */
export async function appendPadded(
  tx: Tx,
  recorder: Recorder,
  multiple: number,
  ...events: readonly LedgerEvent[]
): Promise<void> {
  const rows: EntryRow[] = [];
  for (const event of events) rows.push(await entryOf(tx, recorder, event));
  while (rows.length % multiple !== 0) rows.push(dummy());
  await tx.write.insertInto("entries").values(shuffle(rows)).execute();
}

interface EntryRow {
  readonly id: EventId;
  readonly leaf: Uint8Array;
  readonly leaf_index: null;
  readonly subject_id: SubjectId | null;
  readonly subject_seq: number | null;
  readonly subject_body: Uint8Array | null;
  readonly operator_body: Uint8Array | null;
}

async function entryOf(tx: Tx, recorder: Recorder, event: LedgerEvent): Promise<EntryRow> {
  const id = newId("eve");
  const subject_id = "subject" in event ? event.subject : null;
  const subject_seq = subject_id === null ? null : await nextNumber(tx, subject_id);
  const salt = randomBytes(SALT_BYTES);
  const { clock, account } = recorder;
  const whole = {
    ...event,
    id,
    at: clock.now(),
    account,
    subject: subject_id,
    number: subject_seq,
  };
  const opening: Opening = { salt: salt.toString("base64url"), event: whole };
  const leaf = commit(salt, opening.event);
  const body = Buffer.from(JSON.stringify(opening));
  const owners = ownersOf(subject_id);
  const sealFor = async (owner: KeyOwner | null) =>
    owner === null ? null : recorder.vault.seal(tx, owner, body, ["entry", id]);
  return {
    id,
    leaf,
    leaf_index: null,
    subject_id,
    subject_seq,
    subject_body: await sealFor(owners.subject),
    operator_body: await sealFor(owners.operator),
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
    .values(ordered.map((subject_id) => ({ subject_id, entries: 0 })))
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

/** Counts a subject's entries without a gap: the row stays locked until the transaction ends. */
async function nextNumber(tx: Tx, subject: SubjectId): Promise<number> {
  const { entries } = await tx.write
    .insertInto("subject_sequences")
    .values({ subject_id: subject, entries: 1 })
    .onConflict((conflict) =>
      conflict
        .column("subject_id")
        .doUpdateSet((set) => ({ entries: set("subject_sequences.entries", "+", 1) })),
    )
    .returning("entries")
    .executeTakeFirstOrThrow();
  return entries;
}

function dummy(): EntryRow {
  return {
    id: newId("eve"),
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
  db: Pick<Tx, "read">,
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
