import { type Clock, DAY_MS, type Instant, later } from "../base/clock.ts";
import { type CollectionId, type InviteId, newId } from "../base/ids.ts";
import { append, type Recorder } from "../ledger/ledger.ts";
import type { Db, Reader, Tx } from "../storage/db.ts";
import { askForKeyFiles } from "../storage/key-places.ts";
import { locked } from "../storage/locks.ts";
import type { Vault } from "../storage/vault.ts";
import { indexContact } from "../subjects/subjects.ts";
import { RECORD_KEY } from "./accounts.ts";
import { AccountsError } from "./errors.ts";
import { leftOf, madeInADay } from "./invite-cap.ts";
import { mailInvite, type Sender } from "./invite-mail.ts";
import { hashToken, isToken, newToken } from "./tokens.ts";

/** An invite as it is listed: whom it is for is told to nobody but the person themselves. */
export interface Invite {
  readonly id: InviteId;
  readonly collection: CollectionId;
  readonly language: string;
  readonly state: "open" | "used" | "expired" | "ended";
  readonly hasContact: boolean;
  readonly createdBy: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
}

/** An invite just made: its token goes into a link or a QR code. */
export interface NewInvite {
  readonly id: InviteId;
  readonly token: string;
  readonly expiresAt: Instant;
}

/** What an invite opens: the notice of a collection, in a language. */
export interface OpenInvite {
  readonly id: InviteId;
  readonly collection: CollectionId;
  readonly language: string;
  /** The address it was sent to; null for one that was handed over. */
  readonly contact: string | null;
  readonly expiresAt: Instant;
}

/** What it takes to invite people. */
export interface InviteRequest {
  readonly collection: CollectionId;
  /** BCP 47. */
  readonly language: string;
  /** One each; null for an invite that is handed over. */
  readonly contacts: readonly (string | null)[];
  readonly days: number;
}

/** What may be asked for in one request; lists come in several. */
const INVITES_MAX = 500;
/** An invite that lies about for longer is not what somebody waits for. */
export const INVITE_DAYS_MAX = 90;
/** The first and a few reminders. */
const MAILS_MAX = 4;
const CONTACT = /^[^\s@,;<>"]{1,256}@[^\s@,;<>"]{1,256}$/u;
const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/u;

/**
 * Invites people to a collection, each with a link of their own, and queues mail to those whose
 * address is given where there is a sender. Throws AccountsError: invite_invalid, invites_spent (the
 * collection's daily cap).
 */
export async function createInvites(
  db: Db,
  recorder: Recorder,
  request: InviteRequest,
  sender: Sender | null,
): Promise<readonly NewInvite[]> {
  const contacts = parseRequest(request);
  const { collection } = request;
  return db.write(async (tx) => {
    await checkCap(tx, recorder.clock, collection, contacts.length);
    const made: NewInvite[] = [];
    for (const contact of contacts) {
      const invite = await insertInvite(tx, recorder, request, contact);
      if (contact !== null && sender) {
        await mailInvite(tx, recorder, sender, { ...request, ...invite, contact });
      }
      made.push(invite);
    }
    await append(tx, recorder, { kind: "invites.made", collection, invites: made.length });
    return made;
  });
}

/**
 * Mails an open invite once more, with a new link; the one before opens nothing. Throws
 * AccountsError: invite_unknown, invite_over, invite_invalid (it has no address), invites_spent.
 */
export async function resendInvite(
  db: Db,
  recorder: Recorder,
  id: InviteId,
  sender: Sender,
): Promise<void> {
  await db.write(async (tx) => {
    const row = await lockInvite(tx, id);
    if (stateOf(row, recorder.clock.now()) !== "open") throw over();
    if (!row.sealed_contact) throw invalid("This invite was handed over: there is no address.");
    const mails = await tx.read
      .selectFrom("outgoing_mail")
      .select((select) => select.fn.countAll<number>().as("count"))
      .where("invite_id", "=", id)
      .executeTakeFirstOrThrow();
    if (mails.count >= MAILS_MAX) throw spent(`An invite is mailed at most ${MAILS_MAX} times.`);
    const { token, hash } = newToken();
    await tx.write.updateTable("invites").set({ token_hash: hash }).where("id", "=", id).execute();
    const contact = await openContact(tx, recorder.vault, id, row.sealed_contact);
    const { collection_id: collection, language, expires_at: expiresAt } = row;
    await mailInvite(tx, recorder, sender, { id, token, collection, language, expiresAt, contact });
    await append(tx, recorder, { kind: "invite.sent_again", collection, invite: id });
  });
}

/** Ends an invite early. No harm if it is over. Throws AccountsError invite_unknown. */
export async function endInvite(db: Db, recorder: Recorder, id: InviteId): Promise<void> {
  await db.write(async (tx) => {
    const row = await lockInvite(tx, id);
    const now = recorder.clock.now();
    if (stateOf(row, now) !== "open") return;
    await tx.write
      .updateTable("invites")
      .set({ ended_at: now, contact_index: null, sealed_contact: null })
      .where("id", "=", id)
      .execute();
    await tx.write
      .updateTable("outgoing_mail")
      .set({ state: "dead", error_code: "invite_ended", sealed_message: null, ended_at: now })
      .where("invite_id", "=", id)
      .where("state", "=", "waiting")
      .execute();
    const { collection_id: collection } = row;
    await append(tx, recorder, { kind: "invite.ended", collection, invite: id });
    await askForKeyFiles(tx);
  });
}

/**
 * What the bearer of an invite's link is shown; the invite stays open. Throws AccountsError
 * invite_over for whatever opens nothing, and never says why.
 */
export async function openInvite(
  db: Reader,
  recorder: Pick<Recorder, "clock" | "vault">,
  token: string,
): Promise<OpenInvite> {
  const row = isToken(token)
    ? await db.read
        .selectFrom("invites")
        .selectAll()
        .where("token_hash", "=", hashToken(token))
        .executeTakeFirst()
    : undefined;
  if (!row || stateOf(row, recorder.clock.now()) !== "open") throw over();
  const { id, collection_id: collection, language, sealed_contact } = row;
  const expiresAt = row.expires_at;
  const contact = sealed_contact && (await openContact(db, recorder.vault, id, sealed_contact));
  return { id, collection, language, contact, expiresAt };
}

/**
 * Uses an invite up, in the transaction that records the person's consent: both happen or neither,
 * and of two who come at once, one. Its address goes; the subject has their own. Throws AccountsError
 * invite_over.
 */
export async function redeemInvite(tx: Tx, recorder: Recorder, token: string): Promise<OpenInvite> {
  const invite = await openInvite(tx, recorder, token);
  const now = recorder.clock.now();
  const used = await tx.write
    .updateTable("invites")
    .set({ used_at: now, contact_index: null, sealed_contact: null })
    .where("token_hash", "=", hashToken(token))
    .where("used_at", "is", null)
    .where("ended_at", "is", null)
    .where("expires_at", ">", now)
    .returning("id")
    .executeTakeFirst();
  if (!used) throw over();
  const { id, collection } = invite;
  await append(tx, recorder, { kind: "invite.used", collection, invite: id });
  await askForKeyFiles(tx);
  return invite;
}

/** What tells how an invite stands, and what it opens. */
export interface InviteRow {
  readonly collection_id: CollectionId;
  readonly language: string;
  readonly sealed_contact: Uint8Array | null;
  readonly expires_at: Instant;
  readonly used_at: Instant | null;
  readonly ended_at: Instant | null;
}

/** How an invite stands. */
export function stateOf(row: InviteRow, now: Instant): Invite["state"] {
  if (row.used_at !== null) return "used";
  if (row.ended_at !== null) return "ended";
  return now >= row.expires_at ? "expired" : "open";
}

async function insertInvite(
  tx: Tx,
  { vault, clock, account }: Recorder,
  { collection, language, days }: InviteRequest,
  contact: string | null,
): Promise<NewInvite> {
  const id = newId("inv");
  const { token, hash } = newToken();
  const now = clock.now();
  const expiresAt = later(now, days * DAY_MS);
  const sealed_contact =
    contact === null
      ? null
      : await vault.seal(tx, RECORD_KEY, Buffer.from(contact), ["invite", id]);
  await tx.write
    .insertInto("invites")
    .values({
      id,
      collection_id: collection,
      language,
      contact_index: contact === null ? null : indexContact(vault, contact),
      sealed_contact,
      token_hash: hash,
      created_by: account,
      created_at: now,
      expires_at: expiresAt,
      used_at: null,
      ended_at: null,
    })
    .execute();
  return { id, token, expiresAt };
}

/** The collection's row is locked while its invites of a day are counted. */
async function checkCap(
  tx: Tx,
  clock: Clock,
  collection: CollectionId,
  wanted: number,
): Promise<void> {
  const query = tx.write
    .selectFrom("collections")
    .select("daily_invites")
    .where("id", "=", collection);
  const row = await locked(tx, query, "update").executeTakeFirst();
  if (!row) throw invalid("No collection has this id.");
  const made = await madeInADay(tx, clock, collection);
  if (made + wanted <= row.daily_invites) return;
  const left = leftOf(row.daily_invites, made);
  throw spent(`This collection may invite ${row.daily_invites} people a day: ${left} are left.`);
}

async function lockInvite(tx: Tx, id: InviteId): Promise<InviteRow> {
  const query = tx.write.selectFrom("invites").selectAll().where("id", "=", id);
  const row = await locked(tx, query, "update").executeTakeFirst();
  if (row) return row;
  throw new AccountsError("invite_unknown", "No invite has this id.");
}

async function openContact(
  db: Reader,
  vault: Vault,
  id: InviteId,
  sealed: Uint8Array,
): Promise<string> {
  return (await vault.unseal(db, RECORD_KEY, sealed, ["invite", id])).toString();
}

function parseRequest(request: InviteRequest): readonly (string | null)[] {
  const { contacts, days, language } = request;
  if (contacts.length === 0 || contacts.length > INVITES_MAX) {
    throw invalid(`Invite 1 to ${INVITES_MAX} people at a time.`);
  }
  if (!Number.isInteger(days) || days < 1 || days > INVITE_DAYS_MAX) {
    throw invalid(`An invite is open for a whole number of days from 1 to ${INVITE_DAYS_MAX}.`);
  }
  if (!LANGUAGE.test(language)) throw invalid("Give the language as a tag like en or nl-BE.");
  return contacts.map((contact, index) => {
    const trimmed = contact?.trim() ?? null;
    if (trimmed === null || CONTACT.test(trimmed)) return trimmed;
    throw invalid(`Contact ${index + 1} is no e-mail address. Nobody was invited.`);
  });
}

function over(): AccountsError {
  return new AccountsError("invite_over", "This invite is not open (any more). Ask for another.");
}

function spent(message: string): AccountsError {
  return new AccountsError("invites_spent", message);
}

function invalid(message: string): AccountsError {
  return new AccountsError("invite_invalid", message);
}
