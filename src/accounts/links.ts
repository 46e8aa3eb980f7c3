import { type Clock, later } from "../base/clock.ts";
import { type AccountId, newId, type SessionId, type SubjectId } from "../base/ids.ts";
import { append, type Recorder } from "../ledger/ledger.ts";
import type { Db, Tx } from "../storage/db.ts";
import { locked } from "../storage/locks.ts";
import { takeTurn, type Vault } from "../storage/vault.ts";
import { indexContact, readSubject } from "../subjects/subjects.ts";
import {
  type AccountRequest,
  createAccount,
  hasOwner,
  indexEmail,
  readAccount,
  readReach,
} from "./accounts.ts";
import { AccountsError } from "./errors.ts";
import { queueMail } from "./mail.ts";
import { MAIL_LANGUAGE, mailLanguageOf } from "./mail-language.ts";
import { textsIn } from "./mail-texts.ts";
import { columnsOf, type NewSession, openSession, type Owner, ownerOf } from "./sessions.ts";
import { hashToken, isToken, newToken } from "./tokens.ts";

/** Somebody who has just signed in. */
export interface SignedIn {
  readonly owner: Owner;
  readonly session: NewSession;
}

/** Time to open the mail, and no more. */
const LINK_MS = 15 * 60_000;
/** Printed where the program was started: its reader may have to find a browser first. */
const FIRST_LINK_MS = 60 * 60_000;
/** So many links an hour to one address: enough for whoever mistypes, too few to be a nuisance. */
const REQUESTS_MAX = 5;
const REQUESTS_MS = 60 * 60_000;
/** A family may share a contact; a contact of more people than this is a mistake. */
const SHARING_MAX = 10;
/** Requests answered in one go, so that no transaction is long. */
const BATCH = 20;

/** Where links lead. The token stands behind `#`, which browsers send to nobody. */
export const LINK_PATHS = {
  first_owner: "/start",
  account: "/sign-in",
  subject: "/me",
  invite: "/invite",
  contact: "/contact",
} as const;

/** The whole address of a link. `origin` is the instance's, as https://photos.club.example. */
export function linkTo(origin: string, to: keyof typeof LINK_PATHS, token: string): string {
  return `${origin}${LINK_PATHS[to]}#${token}`;
}

/**
 * Makes the one link by which the first owner's account is made, or null where there is an owner. A
 * link made before opens nothing any more.
 */
export async function firstOwnerLink(db: Db, clock: Clock): Promise<string | null> {
  const { token, hash } = newToken();
  return db.write(async (tx) => {
    await takeTurn(tx);
    if (await hasOwner(tx)) return null;
    await tx.write.deleteFrom("login_links").where("kind", "=", "first_owner").execute();
    await insertLink(tx, clock, hash, null);
    return token;
  });
}

/**
 * Makes the first owner's account with the link that was printed, and signs them in. Throws
 * AccountsError: sign_in_refused, owner_exists, account_invalid, account_exists.
 */
export async function redeemFirstOwnerLink(
  db: Db,
  recorder: Recorder,
  token: string,
  person: Pick<AccountRequest, "name" | "email">,
): Promise<SignedIn> {
  return db.write(async (tx) => {
    await takeTurn(tx);
    if (await hasOwner(tx)) {
      throw new AccountsError(
        "owner_exists",
        "The instance has an owner. Ask them for an account.",
      );
    }
    await useLink(tx, recorder.clock, token, "first_owner");
    const request = { ...person, role: "owner", collections: [] } as const;
    const id = await createAccount(tx, { ...recorder, account: "first owner" }, request);
    return signIn(tx, recorder, { kind: "account", id }, null);
  });
}

/**
 * Somebody asks for a link. It always succeeds, with the same work and the same row, whether the address
 * is known here or not; beyond a few an hour it does nothing.
 */
export async function askForLink(
  { db, vault, clock }: { readonly db: Db; readonly vault: Vault; readonly clock: Clock },
  whose: "account" | "subject",
  address: string,
): Promise<void> {
  const now = clock.now();
  const indexOf = { account: indexEmail, subject: indexContact }[whose];
  const address_index = indexOf(vault, address);
  await db.write(async (tx) => {
    const { asked } = await tx.read
      .selectFrom("link_requests")
      .select((select) => select.fn.countAll<number>().as("asked"))
      .where("address_index", "=", address_index)
      .where("asked_at", ">", later(now, -REQUESTS_MS))
      .executeTakeFirstOrThrow();
    // Those beyond don't count: whoever is pestered still gets so many an hour.
    if (asked >= REQUESTS_MAX) return;
    await tx.write
      .insertInto("link_requests")
      .values({ id: newId("lnk"), whose, address_index, asked_at: now, answered_at: null })
      .execute();
  });
}

/**
 * Turns what was asked for into links and mail, for those whom the addresses belong to. Returns how
 * many requests it looked at.
 */
export async function answerLinkRequests(deps: {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly origin: string;
}): Promise<number> {
  const { db, clock } = deps;
  const waiting = db.read.selectFrom("link_requests").select("id").where("answered_at", "is", null);
  if (!(await waiting.limit(1).executeTakeFirst())) return 0;
  return db.write(async (tx) => {
    let query = tx.write
      .selectFrom("link_requests")
      .selectAll()
      .where("answered_at", "is", null)
      .orderBy("asked_at")
      .limit(BATCH);
    if (tx.kind === "postgres") query = query.forUpdate().skipLocked();
    const requests = await query.execute();
    for (const { id, whose, address_index, asked_at } of requests) {
      // Nobody waits for the answer to what was asked while the service stood still.
      if (clock.now() - asked_at < LINK_MS) {
        if (whose === "account") await mailAccount(tx, deps, address_index);
        else await mailSubjects(tx, deps, address_index);
      }
      await tx.write
        .updateTable("link_requests")
        .set({ answered_at: clock.now() })
        .where("id", "=", id)
        .execute();
    }
    return requests.length;
  });
}

/** Makes a link for an account, for whoever hands it over themselves. Throws account_unknown. */
export async function makeAccountLink(tx: Tx, clock: Clock, id: AccountId): Promise<string> {
  const { token, hash } = newToken();
  await insertLink(tx, clock, hash, { kind: "account", id });
  return token;
}

/**
 * Signs in with a link, which opens nothing afterwards; of two who come at once, one. The session
 * before, if any, ends. Throws AccountsError sign_in_refused, which never says why.
 */
export async function finishLogin(
  db: Db,
  recorder: Recorder,
  token: string,
  replacing: SessionId | null = null,
): Promise<SignedIn> {
  return db.write(async (tx) => {
    const owner = await useLink(tx, recorder.clock, token, "person");
    if (!owner) throw refused();
    return signIn(tx, recorder, owner, replacing);
  });
}

/**
 * Begins a session and records who signed in. Throws sign_in_refused where the account may not.
 */
export async function signIn(
  tx: Tx,
  recorder: Recorder,
  owner: Owner,
  replacing: SessionId | null,
): Promise<SignedIn> {
  if (!(await maySignIn(tx, owner))) throw refused();
  const session = await openSession(tx, recorder.clock, owner, replacing);
  const self = { ...recorder, account: owner.id };
  await append(
    tx,
    self,
    owner.kind === "account"
      ? { kind: "account.signed_in", collection: null, changed: owner.id }
      : { kind: "subject.signed_in", collection: null, subject: owner.id },
  );
  return { owner, session };
}

async function maySignIn(tx: Tx, owner: Owner): Promise<boolean> {
  if (owner.kind === "account") return (await readReach(tx, owner.id)) !== null;
  // Locked, so that an erasure waits for the session's row, and deletes it.
  const query = tx.write.selectFrom("subjects").select("erased_at").where("id", "=", owner.id);
  const row = await locked(tx, query, "share").executeTakeFirst();
  return row?.erased_at === null;
}

/** Uses a link up. The owner of a person's link; null for the first owner's. */
async function useLink(
  tx: Tx,
  clock: Clock,
  token: string,
  kind: "first_owner" | "person",
): Promise<Owner | null> {
  if (!isToken(token)) throw refused();
  const now = clock.now();
  const row = await tx.write
    .updateTable("login_links")
    .set({ used_at: now })
    .where("token_hash", "=", hashToken(token))
    .where("kind", kind === "person" ? "<>" : "=", "first_owner")
    .where("used_at", "is", null)
    .where("expires_at", ">", now)
    .returning(["account_id", "subject_id"])
    .executeTakeFirst();
  if (!row) throw refused();
  return ownerOf(row);
}

async function mailAccount(tx: Tx, deps: LinkDeps, index: string): Promise<void> {
  const row = await tx.read
    .selectFrom("accounts")
    .select("id")
    .where("email_index", "=", index)
    .where("state", "=", "active")
    .executeTakeFirst();
  if (!row) return;
  const { name, email } = await readAccount(tx, deps.vault, row.id);
  const link = linkTo(deps.origin, "account", await makeAccountLink(tx, deps.clock, row.id));
  const mail = { to: email, ...textsIn(MAIL_LANGUAGE).signIn({ name, link }) };
  await queueMail(tx, deps, { kind: "account_link", account: row.id }, mail);
}

/** Each person of a shared address gets a link of their own. */
async function mailSubjects(tx: Tx, deps: LinkDeps, index: string): Promise<void> {
  for (const id of await subjectsOf(tx, index)) {
    const { name, contact } = await readSubject(tx, deps.vault, id);
    const { token, hash } = newToken();
    await insertLink(tx, deps.clock, hash, { kind: "subject", id });
    const texts = textsIn(await mailLanguageOf(tx, id));
    const link = linkTo(deps.origin, "subject", token);
    const mail = { to: contact, ...texts.record({ name, link }) };
    await queueMail(tx, deps, { kind: "subject_link", subject: id }, mail);
  }
}

interface LinkDeps {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly origin: string;
}

async function subjectsOf(tx: Tx, index: string): Promise<readonly SubjectId[]> {
  const query = tx.write
    .selectFrom("subjects")
    .select("id")
    .where("contact_index", "=", index)
    .where("erased_at", "is", null)
    .orderBy("id")
    .limit(SHARING_MAX);
  return (await locked(tx, query, "share").execute()).map(({ id }) => id);
}

async function insertLink(tx: Tx, clock: Clock, hash: string, owner: Owner | null): Promise<void> {
  const now = clock.now();
  await tx.write
    .insertInto("login_links")
    .values({
      token_hash: hash,
      kind: owner?.kind ?? "first_owner",
      ...(owner ? columnsOf(owner) : { account_id: null, subject_id: null }),
      created_at: now,
      expires_at: later(now, owner ? LINK_MS : FIRST_LINK_MS),
      used_at: null,
    })
    .execute();
}

function refused(): AccountsError {
  return new AccountsError(
    "sign_in_refused",
    "This link opens nothing (any more). Ask for another.",
  );
}
