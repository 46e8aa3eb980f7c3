import type { Instant } from "../base/clock.ts";
import { type AccountId, type CollectionId, newId } from "../base/ids.ts";
import { append, type Recorder } from "../ledger/ledger.ts";
import type { Reader, Tx } from "../storage/db.ts";
import { askForKeyFiles } from "../storage/key-places.ts";
import { locked } from "../storage/locks.ts";
import type { AccountState, Role } from "../storage/service-schema.ts";
import type { Vault } from "../storage/vault.ts";
import { AccountsError } from "./errors.ts";
import { endSessionsOf } from "./sessions.ts";

/** Somebody who works for the operator, opened. Never logged. */
export interface Account {
  readonly id: AccountId;
  readonly role: Role;
  readonly state: Exclude<AccountState, "removed">;
  readonly name: string;
  readonly email: string;
  /** Of staff; owners and auditors see all. */
  readonly collections: readonly CollectionId[];
  readonly createdAt: Instant;
}

/** What it takes to make an account. */
export interface AccountRequest {
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly collections: readonly CollectionId[];
}

/** What an account may see. */
export interface Reach {
  readonly role: Role;
  readonly collections: "all" | readonly CollectionId[];
}

/** The key that names and addresses of accounts, and mail to nobody known, are sealed under. */
export const RECORD_KEY = { kind: "instance", id: "record" } as const;

const NAME_LENGTH_MAX = 200;
const EMAIL_LENGTH_MAX = 320;

/** Makes an account. Throws AccountsError: account_invalid, account_exists. */
export async function createAccount(
  tx: Tx,
  recorder: Recorder,
  request: AccountRequest,
): Promise<AccountId> {
  const { clock, vault } = recorder;
  const name = parseName(request.name);
  const email = parseEmail(request.email);
  const id = newId("acc");
  const made = await tx.write
    .insertInto("accounts")
    .values({
      id,
      role: request.role,
      state: "active",
      email_index: indexEmail(vault, email),
      sealed_email: await vault.seal(tx, RECORD_KEY, Buffer.from(email), ["account/email", id]),
      sealed_name: await vault.seal(tx, RECORD_KEY, Buffer.from(name), ["account/name", id]),
      created_at: clock.now(),
      ended_at: null,
    })
    .onConflict((conflict) => conflict.column("email_index").doNothing())
    .returning("id")
    .executeTakeFirst();
  if (!made) throw new AccountsError("account_exists", "There is an account of this address.");
  const collections = await writeCollections(tx, id, request.collections);
  const told = { changed: id, role: request.role, collections };
  await append(tx, recorder, { kind: "account.created", collection: null, ...told });
  return id;
}

/**
 * Gives an account another role, other collections, or both. It holds from the next request on.
 * Throws AccountsError: account_unknown, owner_needed.
 */
export async function changeAccount(
  tx: Tx,
  recorder: Recorder,
  id: AccountId,
  change: { readonly role?: Role; readonly collections?: readonly CollectionId[] },
): Promise<void> {
  await lockOwners(tx);
  const { role } = await requireAccount(tx, id);
  const next = change.role ?? role;
  await tx.write.updateTable("accounts").set({ role: next }).where("id", "=", id).execute();
  if (role === "owner") await refuseOwnerless(tx);
  const collections = change.collections
    ? await writeCollections(tx, id, change.collections)
    : await collectionsOf(tx, id);
  const told = { changed: id, role: next, collections };
  await append(tx, recorder, { kind: "account.changed", collection: null, ...told });
  await askForKeyFiles(tx);
}

/**
 * Keeps an account from signing in, and ends its sessions; or lets it in again. Throws
 * AccountsError: account_unknown, owner_needed.
 */
export async function setActive(
  tx: Tx,
  recorder: Recorder,
  id: AccountId,
  active: boolean,
): Promise<void> {
  await lockOwners(tx);
  const { role } = await requireAccount(tx, id);
  await tx.write
    .updateTable("accounts")
    .set({ state: active ? "active" : "disabled", ended_at: active ? null : recorder.clock.now() })
    .where("id", "=", id)
    .execute();
  if (role === "owner") await refuseOwnerless(tx);
  if (!active) await endSignIns(tx, id);
  const kind = active ? "account.enabled" : "account.disabled";
  await append(tx, recorder, { kind, collection: null, changed: id });
  await askForKeyFiles(tx);
}

/**
 * Takes an account's name, address and passkeys away for good. Its id stays: the record names it.
 * Throws AccountsError: account_unknown, owner_needed.
 */
export async function removeAccount(tx: Tx, recorder: Recorder, id: AccountId): Promise<void> {
  await lockOwners(tx);
  const { role } = await requireAccount(tx, id);
  await tx.write
    .updateTable("accounts")
    .set({
      state: "removed",
      email_index: null,
      sealed_email: null,
      sealed_name: null,
      ended_at: recorder.clock.now(),
    })
    .where("id", "=", id)
    .execute();
  if (role === "owner") await refuseOwnerless(tx);
  await endSignIns(tx, id);
  await tx.write.deleteFrom("passkeys").where("account_id", "=", id).execute();
  await tx.write.deleteFrom("outgoing_mail").where("account_id", "=", id).execute();
  await tx.write.deleteFrom("account_collections").where("account_id", "=", id).execute();
  await append(tx, recorder, { kind: "account.removed", collection: null, changed: id });
  await askForKeyFiles(tx);
}

/** Every account that was not removed, opened, the oldest first. */
export async function listAccounts(db: Reader, vault: Vault): Promise<readonly Account[]> {
  const rows = await db.read
    .selectFrom("accounts")
    .select("id")
    .where("state", "<>", "removed")
    .orderBy("created_at")
    .orderBy("id")
    .execute();
  const accounts: Account[] = [];
  for (const { id } of rows) accounts.push(await readAccount(db, vault, id));
  return accounts;
}

/** An account, opened. Throws AccountsError account_unknown. */
export async function readAccount(db: Reader, vault: Vault, id: AccountId): Promise<Account> {
  const row = await db.read
    .selectFrom("accounts")
    .selectAll()
    .where("id", "=", id)
    .executeTakeFirst();
  if (!row || row.state === "removed" || !row.sealed_name || !row.sealed_email) throw unknown();
  const open = async (sealed: Uint8Array, what: string) =>
    (await vault.unseal(db, RECORD_KEY, sealed, [what, id])).toString();
  return {
    id,
    role: row.role,
    state: row.state,
    name: await open(row.sealed_name, "account/name"),
    email: await open(row.sealed_email, "account/email"),
    collections: await collectionsOf(db, id),
    createdAt: row.created_at,
  };
}

/** The account of an address or id, which may be disabled. Throws AccountsError account_unknown. */
export async function findAccount(db: Reader, vault: Vault, text: string): Promise<AccountId> {
  const row = await db.read
    .selectFrom("accounts")
    .select("id")
    .where((where) =>
      where.or([
        where("id", "=", text as AccountId),
        where("email_index", "=", indexEmail(vault, text)),
      ]),
    )
    .where("state", "<>", "removed")
    .executeTakeFirst();
  if (row) return row.id;
  throw unknown();
}

/** What an account may see now, or null when it may not sign in. */
export async function readReach(db: Reader, id: AccountId): Promise<Reach | null> {
  const row = await db.read
    .selectFrom("accounts")
    .select("role")
    .where("id", "=", id)
    .where("state", "=", "active")
    .executeTakeFirst();
  if (!row) return null;
  const limited = row.role === "staff";
  return { role: row.role, collections: limited ? await collectionsOf(db, id) : "all" };
}

/** Whether anybody can sign in as owner; where nobody can, the first link makes one. */
export async function hasOwner(db: Reader): Promise<boolean> {
  const row = await db.read
    .selectFrom("accounts")
    .select("id")
    .where("role", "=", "owner")
    .where("state", "=", "active")
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The keyed digest under which an account's address is found. */
export function indexEmail(vault: Vault, email: string): string {
  return vault.index("account/email", email.trim().toLowerCase());
}

/** Ends what somebody could go on with: sessions, links and challenges. */
async function endSignIns(tx: Tx, id: AccountId): Promise<void> {
  await endSessionsOf(tx, { kind: "account", id });
  await tx.write.deleteFrom("login_links").where("account_id", "=", id).execute();
  await tx.write.deleteFrom("passkey_challenges").where("account_id", "=", id).execute();
}

async function writeCollections(
  tx: Tx,
  id: AccountId,
  collections: readonly CollectionId[],
): Promise<readonly CollectionId[]> {
  const wanted = [...new Set(collections)].sort();
  const known =
    wanted.length === 0
      ? []
      : await tx.read.selectFrom("collections").select("id").where("id", "in", wanted).execute();
  if (known.length !== wanted.length) throw invalid("A collection of this account does not exist.");
  await tx.write.deleteFrom("account_collections").where("account_id", "=", id).execute();
  const rows = wanted.map((collection_id) => ({ account_id: id, collection_id }));
  if (rows.length > 0) await tx.write.insertInto("account_collections").values(rows).execute();
  return wanted;
}

async function collectionsOf(db: Reader, id: AccountId): Promise<readonly CollectionId[]> {
  const rows = await db.read
    .selectFrom("account_collections")
    .select("collection_id")
    .where("account_id", "=", id)
    .orderBy("collection_id")
    .execute();
  return rows.map(({ collection_id }) => collection_id);
}

async function requireAccount(tx: Tx, id: AccountId): Promise<{ readonly role: Role }> {
  const query = tx.write
    .selectFrom("accounts")
    .select("role")
    .where("id", "=", id)
    .where("state", "<>", "removed");
  const row = await locked(tx, query, "update").executeTakeFirst();
  if (row) return row;
  throw unknown();
}

/** Two owners who demote each other at once take turns, so that the second is refused. */
export async function lockOwners(tx: Tx): Promise<void> {
  const query = tx.write
    .selectFrom("accounts")
    .select("id")
    .where("role", "=", "owner")
    .orderBy("id");
  await locked(tx, query, "update").execute();
}

async function refuseOwnerless(tx: Tx): Promise<void> {
  if (await hasOwner(tx)) return;
  throw new AccountsError("owner_needed", "Somebody must be left who owns the instance.");
}

function parseName(text: string): string {
  const name = text.trim().normalize("NFC");
  if (name !== "" && name.length <= NAME_LENGTH_MAX) return name;
  throw invalid(`A name is needed, of at most ${NAME_LENGTH_MAX} characters.`);
}

function parseEmail(text: string): string {
  const email = text.trim();
  if (email.length <= EMAIL_LENGTH_MAX && /^[^\s@,;<>"]+@[^\s@,;<>"]+$/u.test(email)) return email;
  throw invalid("An account needs an e-mail address: its sign-in links go there.");
}

function unknown(): AccountsError {
  return new AccountsError("account_unknown", "No account has this address or id.");
}

function invalid(message: string): AccountsError {
  return new AccountsError("account_invalid", message);
}
