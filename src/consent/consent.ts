import type { Clock, Instant } from "../base/clock.ts";
import { assert } from "../base/errors.ts";
import type { CollectionId, GrantId, SubjectId } from "../base/ids.ts";
import { append, lockSequences, type LedgerEvent, type Recorder } from "../ledger/ledger.ts";
import type { Reader, Tx } from "../storage/db.ts";
import { locked } from "../storage/locks.ts";
import type { GrantState } from "../storage/schema.ts";
import type { Vault } from "../storage/vault.ts";
import { ConsentError } from "./errors.ts";
import { mint, type Permit, type PermittedUse } from "./permit.ts";
import { type GrantAction, isLive, step } from "./states.ts";
import { touchGrant } from "./touched-grants.ts";

/** What a person may agree to: being found at all, and the enrolment photo being kept. */
export type GrantUse = "find" | "keep_photo";

/** A grant as it stands. */
export interface Grant {
  readonly id: GrantId;
  readonly collection: CollectionId;
  readonly subject: SubjectId;
  readonly state: GrantState;
  readonly uses: readonly GrantUse[];
  readonly expiresAt: Instant;
}

/** The subject's grant in a collection that is granted or paused (it may be past its end), or null. */
export async function findGrant(
  db: Reader,
  collection: CollectionId,
  subject: SubjectId,
): Promise<Grant | null> {
  const row = await grantQuery(db)
    .where("collection_id", "=", collection)
    .where("subject_id", "=", subject)
    .where("state", "in", ["granted", "paused"])
    .executeTakeFirst();
  return row ? toGrant(row) : null;
}

/** All of a subject's grants that are granted or paused. */
export async function aliveGrants(db: Reader, subject: SubjectId): Promise<readonly Grant[]> {
  const rows = await grantQuery(db)
    .where("subject_id", "=", subject)
    .where("state", "in", ["granted", "paused"])
    .execute();
  return rows.map(toGrant);
}

/**
 * Locks the subject's grant and mints the proof that it is live. Throws ConsentError no_live_grant
 * when there is none, or it is paused or past its end.
 */
export async function permit<Use extends PermittedUse>(
  tx: Tx,
  clock: Clock,
  use: Use,
  of: { readonly collection: CollectionId; readonly subject: SubjectId },
): Promise<Permit<Use>> {
  await lockSequences(tx, [of.subject]);
  const row = await locked(
    tx,
    tx.write
      .selectFrom("grants")
      .selectAll()
      .where("collection_id", "=", of.collection)
      .where("subject_id", "=", of.subject)
      .where("state", "=", "granted"),
    use === "enrol" ? "update" : "share",
  ).executeTakeFirst();
  const grant = row ? toGrant(row) : null;
  if (grant && isLive(grant, clock.now())) return mint(use, { ...of, grant: grant.id });
  throw new ConsentError(
    "no_live_grant",
    "This person has no consent in force for this collection.",
  );
}

/**
 * Of these grants, the ones that are live now, locked against change until the transaction ends: a
 * withdrawal either came before (its grant is not in the answer) or waits for this commit.
 */
export async function stillLive(
  tx: Tx,
  clock: Clock,
  grants: readonly GrantId[],
): Promise<ReadonlySet<GrantId>> {
  if (grants.length === 0) return new Set();
  const rows = await locked(
    tx,
    tx.write
      .selectFrom("grants")
      .select("id")
      .where("id", "in", grants)
      .where("state", "=", "granted")
      .where("expires_at", ">", clock.now())
      .orderBy("id"),
    "share",
  ).execute();
  return new Set(rows.map(({ id }) => id));
}

/** Locks a grant for a change of state. */
export async function lockGrant(
  tx: Tx,
  { id, subject }: { readonly id: GrantId; readonly subject: SubjectId },
): Promise<Grant> {
  await lockSequences(tx, [subject]);
  const query = tx.write.selectFrom("grants").selectAll().where("id", "=", id);
  return toGrant(await locked(tx, query, "update").executeTakeFirstOrThrow());
}

const EVENT_OF = {
  pause: "grant.paused",
  resume: "grant.resumed",
  withdraw: "grant.withdrawn",
  expire: "grant.expired",
} as const satisfies Partial<Record<GrantAction, LedgerEvent["kind"]>>;

/**
 * Takes a locked grant one step of its life further. An end needs the grant's templates gone
 * before ([Note: a template needs a live grant]). False when the step is not allowed from where
 * the grant stands.
 */
export async function changeGrant(
  tx: Tx,
  recorder: Recorder,
  grant: Grant,
  action: keyof typeof EVENT_OF,
): Promise<boolean> {
  const state = step(grant.state, action);
  if (!state) return false;
  const { id, collection, subject } = grant;
  await setState(tx, recorder.clock, id, state);
  await append(tx, recorder, { kind: EVENT_OF[action], collection, subject, grant: id });
  return true;
}

/** Erases a locked grant: evidence and key are gone, the bare row stays. Templates go before. */
export async function eraseGrant(tx: Tx, vault: Vault, clock: Clock, grant: Grant): Promise<void> {
  assert(step(grant.state, "erase") !== null, "An erased grant is not erased again.");
  await vault.destroyKey(tx, { kind: "grant", id: grant.id });
  await setState(tx, clock, grant.id, "erased");
  await tx.write
    .updateTable("consents")
    .set({ sealed_evidence: null, sealed_receipt: null })
    .where("grant_id", "=", grant.id)
    .execute();
}

/** Every grant of a subject that is not erased yet, locked. */
export async function lockGrantsOf(tx: Tx, subject: SubjectId): Promise<readonly Grant[]> {
  await lockSequences(tx, [subject]);
  const query = tx.write
    .selectFrom("grants")
    .selectAll()
    .where("subject_id", "=", subject)
    .where("state", "<>", "erased")
    .orderBy("id");
  return (await locked(tx, query, "update").execute()).map(toGrant);
}

/** Grants past their end that still count as granted or paused. */
export async function overdueGrants(db: Reader, clock: Clock): Promise<readonly Grant[]> {
  const rows = await grantQuery(db)
    .where("state", "in", ["granted", "paused"])
    .where("expires_at", "<=", clock.now())
    .execute();
  return rows.map(toGrant);
}

/** What is past its time when it expires ended then, however long after that somebody looked. */
async function setState(tx: Tx, clock: Clock, id: GrantId, state: GrantState): Promise<void> {
  const alive = state === "granted" || state === "paused";
  await tx.write
    .updateTable("grants")
    .set((set) => {
      const now = set.val(clock.now());
      const over = state === "expired" ? set("expires_at", "<", now) : set.lit(false);
      const end = set.case().when(over).then(set.ref("expires_at")).else(now).end();
      return { state, ended_at: alive ? null : set.fn.coalesce("ended_at", end) };
    })
    .where("id", "=", id)
    .execute();
  await touchGrant(tx, id);
}

function grantQuery(db: Reader) {
  return db.read.selectFrom("grants").selectAll();
}

function toGrant(row: {
  readonly id: GrantId;
  readonly collection_id: CollectionId;
  readonly subject_id: SubjectId;
  readonly state: GrantState;
  readonly uses: string;
  readonly expires_at: Instant;
}): Grant {
  return {
    id: row.id,
    collection: row.collection_id,
    subject: row.subject_id,
    state: row.state,
    uses: JSON.parse(row.uses) as readonly GrantUse[],
    expiresAt: row.expires_at,
  };
}
