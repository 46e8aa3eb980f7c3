import { type Clock, DAY_MS, type Instant, later } from "../base/clock.ts";
import { type ApiKeyId, type CollectionId, newId } from "../base/ids.ts";
import { append, type Recorder } from "../ledger/ledger.ts";
import type { Db, Reader } from "../storage/db.ts";
import { askForKeyFiles, updateKeyFiles } from "../storage/key-places.ts";
import { AccountsError } from "./errors.ts";
import { hashToken, isSameHash, newToken } from "./tokens.ts";

/** What a key may do in its collection: search, import photos, enrol and end people, only read. */
export const SCOPES = ["search", "import", "people", "read"] as const;
export type Scope = (typeof SCOPES)[number];

/** A key as it is listed: without its secret, which nobody has but its bearer. */
export interface ApiKey {
  readonly id: ApiKeyId;
  readonly collection: CollectionId;
  readonly label: string;
  readonly scopes: readonly Scope[];
  readonly createdBy: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  /** To the minute. */
  readonly lastUsedAt: Instant | null;
  readonly revokedAt: Instant | null;
}

/** What it takes to make a key. */
export interface ApiKeyRequest {
  readonly collection: CollectionId;
  readonly label: string;
  readonly scopes: readonly string[];
  readonly days: number;
}

/** A key that outlives the memory of why it was made is a key nobody watches. */
export const DAYS_MAX = 366;
const LABEL_LENGTH_MAX = 80;
/** More than a few a program each is a mistake. */
const KEYS_MAX = 100;
const USED_MS = 60_000;
/** Both parts have a fixed length, so that a `_` inside one is no question. */
const TEXT = /^assent_(aky_[\w-]{16})_([\w-]{43})$/u;

/**
 * Makes a key for one collection. Its text `assent_<id>_<secret>` is told this once; SHA-256 of the
 * secret is kept. Throws AccountsError api_key_invalid.
 */
export async function createApiKey(
  db: Db,
  recorder: Recorder,
  request: ApiKeyRequest,
): Promise<ApiKey & { readonly text: string }> {
  const { label, scopes, days } = parseRequest(request);
  const { collection } = request;
  const id = newId("aky");
  const { token, hash } = newToken();
  const createdAt = recorder.clock.now();
  const expiresAt = later(createdAt, days * DAY_MS);
  await db.write(async (tx) => {
    const known = (await listApiKeys(tx, collection)).filter(({ revokedAt }) => revokedAt === null);
    if (known.length >= KEYS_MAX) throw invalid("This collection has keys enough. Revoke some.");
    await tx.write
      .insertInto("api_keys")
      .values({
        id,
        collection_id: collection,
        label,
        scopes: JSON.stringify(scopes),
        secret_hash: hash,
        created_by: recorder.account,
        created_at: createdAt,
        expires_at: expiresAt,
        last_used_at: null,
        revoked_at: null,
      })
      .execute();
    await append(tx, recorder, { kind: "key.created", collection, key: id, scopes, expiresAt });
  });
  const used = { lastUsedAt: null, revokedAt: null };
  const createdBy = recorder.account;
  const text = `assent_${id}_${token}`;
  return { id, collection, label, scopes, createdBy, createdAt, expiresAt, ...used, text };
}

/** The keys of a collection, or of all, the newest first; revoked and expired ones too. */
export async function listApiKeys(
  db: Reader,
  collection: CollectionId | null = null,
): Promise<readonly ApiKey[]> {
  const rows = await db.read
    .selectFrom("api_keys")
    .selectAll()
    .$if(collection !== null, (query) => query.where("collection_id", "=", collection))
    .orderBy("created_at", "desc")
    .orderBy("id")
    .execute();
  return rows.map((row) => ({
    id: row.id,
    collection: row.collection_id,
    label: row.label,
    scopes: JSON.parse(row.scopes) as readonly Scope[],
    createdBy: row.created_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
  }));
}

/**
 * Ends a key at once, for a restored backup too. No harm if it has ended. Throws AccountsError
 * api_key_unknown; StorageError key_file_due, when it has ended and backups do not know.
 */
export async function revokeApiKey(db: Db, recorder: Recorder, id: ApiKeyId): Promise<void> {
  await db.write(async (tx) => {
    const row = await tx.write
      .updateTable("api_keys")
      .set({ revoked_at: recorder.clock.now() })
      .where("id", "=", id)
      .where("revoked_at", "is", null)
      .returning("collection_id")
      .executeTakeFirst();
    if (row) {
      const { collection_id: collection } = row;
      await append(tx, recorder, { kind: "key.revoked", collection, key: id });
      return askForKeyFiles(tx);
    }
    const known = await tx.read
      .selectFrom("api_keys")
      .select("id")
      .where("id", "=", id)
      .executeTakeFirst();
    if (!known) throw new AccountsError("api_key_unknown", "No API key has this id.");
  });
  await updateKeyFiles(db, recorder.vault, recorder.clock);
}

/** What the bearer of a key may do, or null where its text opens nothing. */
export async function useApiKey(
  db: Db,
  clock: Clock,
  text: string,
): Promise<Pick<ApiKey, "id" | "collection" | "scopes"> | null> {
  const [, id, secret] = TEXT.exec(text) ?? [];
  if (id === undefined || secret === undefined) return null;
  const row = await db.read
    .selectFrom("api_keys")
    .selectAll()
    .where("id", "=", id as ApiKeyId)
    .executeTakeFirst();
  // An unknown id takes the time of a known one.
  const same = isSameHash(row?.secret_hash ?? hashToken(id), hashToken(secret));
  const now = clock.now();
  if (!row || !same || row.revoked_at !== null || now >= row.expires_at) return null;
  if (row.last_used_at === null || now - row.last_used_at >= USED_MS) {
    await db.write(async (tx) =>
      tx.write
        .updateTable("api_keys")
        .set({ last_used_at: now })
        .where("id", "=", row.id)
        .execute(),
    );
  }
  const scopes = JSON.parse(row.scopes) as readonly Scope[];
  return { id: row.id, collection: row.collection_id, scopes };
}

function parseRequest(request: ApiKeyRequest): {
  readonly label: string;
  readonly scopes: readonly Scope[];
  readonly days: number;
} {
  const label = request.label.trim();
  if (label === "" || label.length > LABEL_LENGTH_MAX) {
    throw invalid(`Say what the key is for, in at most ${LABEL_LENGTH_MAX} characters.`);
  }
  const scopes = SCOPES.filter((scope) => request.scopes.includes(scope));
  if (scopes.length === 0 || scopes.length !== new Set(request.scopes).size) {
    throw invalid(`A key has one or more of the scopes ${SCOPES.join(", ")}.`);
  }
  const { days } = request;
  if (Number.isInteger(days) && days >= 1 && days <= DAYS_MAX) return { label, scopes, days };
  throw invalid(`A key lasts a whole number of days from 1 to ${DAYS_MAX}.`);
}

function invalid(message: string): AccountsError {
  return new AccountsError("api_key_invalid", message);
}
