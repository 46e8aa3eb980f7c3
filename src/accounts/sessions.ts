import { type Clock, type Instant, later } from "../base/clock.ts";
import { type AccountId, newId, type SessionId, type SubjectId } from "../base/ids.ts";
import type { Db, Reader, Tx } from "../storage/db.ts";
import { hashToken, isToken, newToken } from "./tokens.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Staff sign in once a working day, and again after lunch if they left the screen. */
const ACCOUNT_MS = { whole: 12 * HOUR_MS, idle: 2 * HOUR_MS };
/** A person comes for a matter or two; the machine may be a library's. */
const SUBJECT_MS = { whole: 12 * HOUR_MS, idle: HOUR_MS };
/** A token that was copied somewhere is worth this much time. */
const ROTATE_MS = HOUR_MS / 2;
/** Requests that were under way with the token before the rotation are let through. */
const GRACE_MS = MINUTE_MS;
/** When a session was last seen is noted no more often: a read is not to become a write. */
const SEEN_MS = MINUTE_MS;
/** More than anybody tells apart. */
const SESSIONS_LISTED_MAX = 100;

/** Whose session it is. */
export type Owner =
  | { readonly kind: "account"; readonly id: AccountId }
  | { readonly kind: "subject"; readonly id: SubjectId };

/** A session just begun: the token goes into the cookie and nowhere else. */
export interface NewSession {
  readonly id: SessionId;
  readonly token: string;
  readonly expiresAt: Instant;
}

/** A session that a token opens. */
export interface UsedSession {
  readonly id: SessionId;
  readonly owner: Owner;
  readonly expiresAt: Instant;
  /** The token that takes the place of the one that was shown, where it was time for it. */
  readonly rotated: string | null;
}

/** Begins a session with a token of its own; the one before, if any, ends. */
export async function openSession(
  tx: Tx,
  clock: Clock,
  owner: Owner,
  replacing: SessionId | null,
): Promise<NewSession> {
  if (replacing !== null)
    await tx.write.deleteFrom("sessions").where("id", "=", replacing).execute();
  const id = newId("ses");
  const { token, hash } = newToken();
  const now = clock.now();
  const expiresAt = later(now, limitsOf(owner).whole);
  await tx.write
    .insertInto("sessions")
    .values({
      id,
      token_hash: hash,
      previous_hash: null,
      ...columnsOf(owner),
      created_at: now,
      rotated_at: now,
      seen_at: now,
      expires_at: expiresAt,
    })
    .execute();
  return { id, token, expiresAt };
}

/**
 * The session of a token, or null where there is none, or none any more. A token that was rotated
 * away and is shown after its grace was copied by somebody: the session ends.
 */
export async function useSession(db: Db, clock: Clock, token: string): Promise<UsedSession | null> {
  if (!isToken(token)) return null;
  const hash = hashToken(token);
  const row = await db.read
    .selectFrom("sessions")
    .selectAll()
    .where((where) => where.or([where("token_hash", "=", hash), where("previous_hash", "=", hash)]))
    .executeTakeFirst();
  const owner = row && ownerOf(row);
  if (!owner) return null;
  const now = clock.now();
  const idle = now - row.seen_at >= limitsOf(owner).idle;
  const current = row.token_hash === hash;
  const copied = !current && now - row.rotated_at >= GRACE_MS;
  if (idle || copied || now >= row.expires_at) {
    await endSession(db, row.id);
    return null;
  }
  const used = { id: row.id, owner, expiresAt: row.expires_at, rotated: null };
  if (current && now - row.rotated_at >= ROTATE_MS) {
    return { ...used, rotated: await rotate(db, row.id, hash, now) };
  }
  if (now - row.seen_at >= SEEN_MS) await noteSeen(db, row.id, now);
  return used;
}

/** Signs out: the session's tokens open nothing any more. */
export async function endSession(db: Db, id: SessionId): Promise<void> {
  await db.write(async (tx) => tx.write.deleteFrom("sessions").where("id", "=", id).execute());
}

/** A session as its owner sees it. */
export interface SessionListing {
  readonly id: SessionId;
  readonly createdAt: Instant;
  readonly seenAt: Instant;
  readonly expiresAt: Instant;
}

/** Where somebody is signed in, the newest first; what is over and not yet removed is left out. */
export async function listSessions(
  db: Reader,
  clock: Clock,
  owner: Owner,
): Promise<readonly SessionListing[]> {
  const now = clock.now();
  const { account_id, subject_id } = columnsOf(owner);
  return db.read
    .selectFrom("sessions")
    .select(["id", "created_at as createdAt", "seen_at as seenAt", "expires_at as expiresAt"])
    .where("account_id", "is not distinct from", account_id)
    .where("subject_id", "is not distinct from", subject_id)
    .where("expires_at", ">", now)
    .where("seen_at", ">", later(now, -limitsOf(owner).idle))
    .orderBy("created_at", "desc")
    .orderBy("id")
    .limit(SESSIONS_LISTED_MAX)
    .execute();
}

/** Signs out everywhere else. Returns how many sessions that ends. */
export async function endOtherSessions(
  tx: Tx,
  owner: Owner,
  kept: SessionId | null,
): Promise<number> {
  const { account_id, subject_id } = columnsOf(owner);
  const ended = await tx.write
    .deleteFrom("sessions")
    .where("account_id", "is not distinct from", account_id)
    .where("subject_id", "is not distinct from", subject_id)
    .$if(kept !== null, (query) => query.where("id", "!=", kept))
    .returning("id")
    .execute();
  return ended.length;
}

/** Signs out everywhere. Returns how many sessions that ends. */
export async function endSessionsOf(tx: Tx, owner: Owner): Promise<number> {
  const ended = await tx.write
    .deleteFrom("sessions")
    .$if(owner.kind === "account", (query) => query.where("account_id", "=", owner.id as AccountId))
    .$if(owner.kind === "subject", (query) => query.where("subject_id", "=", owner.id as SubjectId))
    .returning("id")
    .execute();
  return ended.length;
}

/** The two columns that say whose a row is, of which one is null. */
export function columnsOf(owner: Owner): {
  readonly account_id: AccountId | null;
  readonly subject_id: SubjectId | null;
} {
  return owner.kind === "account"
    ? { account_id: owner.id, subject_id: null }
    : { account_id: null, subject_id: owner.id };
}

/** The reverse of `columnsOf`; null where both are. */
export function ownerOf(row: {
  readonly account_id: AccountId | null;
  readonly subject_id: SubjectId | null;
}): Owner | null {
  if (row.account_id !== null) return { kind: "account", id: row.account_id };
  return row.subject_id === null ? null : { kind: "subject", id: row.subject_id };
}

/** Of two requests that come at once, one gets the new token; the other one's is in its grace. */
async function rotate(
  db: Db,
  id: SessionId,
  previous: string,
  now: Instant,
): Promise<string | null> {
  const { token, hash } = newToken();
  const row = await db.write(async (tx) =>
    tx.write
      .updateTable("sessions")
      .set({ token_hash: hash, previous_hash: previous, rotated_at: now, seen_at: now })
      .where("id", "=", id)
      .where("token_hash", "=", previous)
      .returning("id")
      .executeTakeFirst(),
  );
  return row ? token : null;
}

async function noteSeen(db: Db, id: SessionId, now: Instant): Promise<void> {
  await db.write(async (tx) =>
    tx.write.updateTable("sessions").set({ seen_at: now }).where("id", "=", id).execute(),
  );
}

function limitsOf(owner: Owner): { readonly whole: number; readonly idle: number } {
  return owner.kind === "account" ? ACCOUNT_MS : SUBJECT_MS;
}
