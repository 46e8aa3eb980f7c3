import { sql } from "kysely";
import { type Clock, type Instant, later } from "../base/clock.ts";
import { type AccountId, type InviteId, type MailId, newId, type SubjectId } from "../base/ids.ts";
import type { Db, Reader, Tx } from "../storage/db.ts";
import type { MailKind, MailState } from "../storage/service-schema.ts";
import type { KeyOwner, Vault } from "../storage/vault.ts";
import { RECORD_KEY } from "./accounts.ts";

/** A message as it goes out. Never logged. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly files?: readonly MailFile[];
  /** There is no use in sending it later than this; absent: as long as a link of its kind is good. */
  readonly goodUntil?: Instant;
}

/** A text that goes along with a message. */
export interface MailFile {
  readonly name: string;
  readonly type: string;
  readonly content: string;
}

/** What carries mail: a server, or the developer's terminal. */
export interface MailTransport {
  /** Throws MailFailure. `id` is the same at each attempt. */
  send(id: MailId, mail: Mail): Promise<void>;
}

/** A message was not taken. `code` says why, without any address. */
export class MailFailure extends Error {
  readonly code: string;
  /** No later attempt will help. */
  readonly final: boolean;

  constructor(code: string, final: boolean) {
    super(code);
    this.code = code;
    this.final = final;
  }
}

/** Whom a message is to. */
export type Recipient =
  | { readonly kind: "account_link"; readonly account: AccountId }
  | { readonly kind: "subject_link"; readonly subject: SubjectId }
  | { readonly kind: "invite"; readonly invite: InviteId };

/** A message as it is listed: never its text or its recipient's address. */
export interface MailListing {
  readonly id: MailId;
  readonly kind: MailKind;
  readonly state: MailState;
  readonly attempts: number;
  readonly nextAt: Instant;
  readonly errorCode: string | null;
  readonly createdAt: Instant;
}

/** What sending works with. */
export interface MailDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
}

/** How a round of sending went. */
export interface MailSummary {
  readonly sent: number;
  /** Not yet: they are tried again. */
  readonly failed: number;
  readonly dead: number;
}

/** A link in the mail is over soon, and so is the use of sending it. */
const LIFE_MS = {
  account_link: 15 * 60_000,
  subject_link: 15 * 60_000,
  invite: 3 * 24 * 60 * 60_000,
} as const satisfies Record<MailKind, number>;
const FIRST_WAIT_MS = 15_000;
const WAIT_MS_MAX = 60 * 60_000;
/** Longer than any server may take; whoever died with a message leaves it to others. */
const LEASE_MS = 3 * 60_000;

/** Queues a message in the change's own transaction, sealed for as long as it waits. */
export async function queueMail(
  tx: Tx,
  { vault, clock }: { readonly vault: Vault; readonly clock: Clock },
  recipient: Recipient,
  mail: Mail,
): Promise<MailId> {
  const id = newId("mai");
  const now = clock.now();
  const subject_id = recipient.kind === "subject_link" ? recipient.subject : null;
  const bytes = Buffer.from(JSON.stringify(mail));
  await tx.write
    .insertInto("outgoing_mail")
    .values({
      id,
      kind: recipient.kind,
      account_id: recipient.kind === "account_link" ? recipient.account : null,
      subject_id,
      invite_id: recipient.kind === "invite" ? recipient.invite : null,
      state: "waiting",
      sealed_message: await vault.seal(tx, keyOf(subject_id), bytes, ["mail", id]),
      next_at: now,
      error_code: null,
      created_at: now,
      ended_at: null,
    })
    .execute();
  return id;
}

/** Sends every message that is due, one after the other. Several nodes take turns. */
export async function sendDueMail(
  deps: MailDeps,
  transport: MailTransport,
  signal?: AbortSignal,
): Promise<MailSummary> {
  const summary = { sent: 0, failed: 0, dead: 0 };
  const isOver = (): boolean => signal?.aborted ?? false;
  while (!isOver() && (await anyDue(deps))) {
    const taken = await take(deps);
    if (!taken) break;
    summary[await settle(deps, taken, await trySending(deps, transport, taken))] += 1;
  }
  return summary;
}

/** The newest messages, at most `limit`: how an operator without a mail server sees that one is needed. */
export async function listMail(db: Reader, limit: number): Promise<readonly MailListing[]> {
  return db.read
    .selectFrom("outgoing_mail")
    .select([
      "id",
      "kind",
      "state",
      "attempts",
      "next_at as nextAt",
      "error_code as errorCode",
      "created_at as createdAt",
    ])
    .orderBy("created_at", "desc")
    .orderBy("id")
    .limit(limit)
    .execute();
}

interface Taken {
  readonly id: MailId;
  readonly kind: MailKind;
  readonly subject: SubjectId | null;
  readonly sealed: Uint8Array;
  readonly createdAt: Instant;
  /** With this one; nobody else has taken the message at this number. */
  readonly attempts: number;
}

type Outcome = { readonly code: string | null; readonly final: boolean };

/** Written out: SQLite finds the partial index only by the words it was made with. */
const WAITING = sql<boolean>`state = 'waiting'`;

/** A look without a write: most rounds find nothing. */
async function anyDue({ db, clock }: MailDeps): Promise<boolean> {
  const row = await db.read
    .selectFrom("outgoing_mail")
    .select("id")
    .where(WAITING)
    .where("next_at", "<=", clock.now())
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

async function take({ db, clock }: MailDeps): Promise<Taken | null> {
  return db.write(async (tx) => {
    const now = clock.now();
    let due = tx.write
      .selectFrom("outgoing_mail")
      .select(["id", "kind", "subject_id", "sealed_message", "created_at", "attempts"])
      .where(WAITING)
      .where("next_at", "<=", now)
      .orderBy("next_at")
      .limit(1);
    if (tx.kind === "postgres") due = due.forUpdate().skipLocked();
    const row = await due.executeTakeFirst();
    if (!row?.sealed_message) return null;
    const attempts = row.attempts + 1;
    await tx.write
      .updateTable("outgoing_mail")
      .set({ attempts, next_at: later(now, LEASE_MS) })
      .where("id", "=", row.id)
      .execute();
    const { id, kind, subject_id: subject, sealed_message: sealed, created_at: createdAt } = row;
    return { id, kind, subject, sealed, createdAt, attempts };
  });
}

async function trySending(
  { db, vault, clock }: MailDeps,
  transport: MailTransport,
  { id, kind, subject, sealed, createdAt }: Taken,
): Promise<Outcome> {
  const bytes = await vault.unseal(db, keyOf(subject), sealed, ["mail", id]);
  try {
    const mail = JSON.parse(bytes.toString()) as Mail;
    const goodUntil = mail.goodUntil ?? later(createdAt, LIFE_MS[kind]);
    if (clock.now() >= goodUntil) return { code: "too_late", final: true };
    await transport.send(id, mail);
    return { code: null, final: true };
  } catch (error) {
    if (!(error instanceof MailFailure)) throw error;
    return error;
  } finally {
    bytes.fill(0);
  }
}

/** Notes how it went, unless somebody else has taken the message meanwhile. */
async function settle(
  { db, clock }: MailDeps,
  { id, attempts }: Taken,
  { code, final }: Outcome,
): Promise<keyof MailSummary> {
  const now = clock.now();
  const ended = code === null ? "sent" : "dead";
  const wait = Math.min(WAIT_MS_MAX, FIRST_WAIT_MS * 2 ** attempts);
  await db.write(async (tx) =>
    tx.write
      .updateTable("outgoing_mail")
      .set({ error_code: code, next_at: later(now, final ? 0 : wait) })
      .$if(final, (query) => query.set({ state: ended, sealed_message: null, ended_at: now }))
      .where("id", "=", id)
      .where("attempts", "=", attempts)
      .where(WAITING)
      .execute(),
  );
  return final ? ended : "failed";
}

/** What is written to a person is theirs: erasing them destroys it. */
function keyOf(subject: SubjectId | null): KeyOwner {
  return subject === null ? RECORD_KEY : { kind: "subject", id: subject };
}
