import { randomBytes } from "node:crypto";
import type { Instant } from "../base/clock.ts";
import { type CollectionId, newId, type WebhookId } from "../base/ids.ts";
import { append, type Recorder } from "../ledger/ledger.ts";
import type { Db, Reader, Tx } from "../storage/db.ts";
import type { Vault } from "../storage/vault.ts";
import { parseEndpoint } from "./address.ts";
import { WebhooksError } from "./errors.ts";

/** An endpoint that is told of what happens in one collection. */
export interface Endpoint {
  readonly id: WebhookId;
  readonly collection: CollectionId;
  readonly url: string;
  /** May lie inside the operator's own network, and speak http. */
  readonly allowPrivate: boolean;
  readonly createdAt: Instant;
}

/** A new endpoint with its secret, which is told this once. */
export interface NewEndpoint extends Endpoint {
  readonly secret: string;
}

const OWNER = { kind: "instance", id: "webhooks" } as const;
/** Standard Webhooks asks for 24 to 64 random bytes. */
const SECRET_BYTES = 32;
/** Each change in a collection writes a message for each: more than a few is a mistake. */
const ENDPOINTS_MAX = 16;

/**
 * Adds an endpoint to a collection. One that was removed comes back with a new secret. Throws
 * WebhooksError: webhook_url_refused, webhook_exists.
 */
export async function addWebhook(
  db: Db,
  recorder: Recorder,
  of: {
    readonly collection: CollectionId;
    readonly url: string;
    readonly allowPrivate: boolean;
  },
): Promise<NewEndpoint> {
  const { collection, allowPrivate } = of;
  const url = parseEndpoint(of.url, allowPrivate).href;
  const secret = `whsec_${randomBytes(SECRET_BYTES).toString("base64")}`;
  return db.write(async (tx) => {
    await refuseSuperfluous(tx, collection, url);
    const id = (await removedId(tx, collection, url)) ?? newId("web");
    const createdAt = recorder.clock.now();
    const sealed_secret = await recorder.vault.seal(tx, OWNER, Buffer.from(secret), ["secret", id]);
    const changing = {
      sealed_secret,
      allow_private: allowPrivate ? 1 : 0,
      created_at: createdAt,
      removed_at: null,
    };
    await tx.write
      .insertInto("webhooks")
      .values({ id, collection_id: collection, url, ...changing })
      .onConflict((conflict) => conflict.column("id").doUpdateSet(changing))
      .execute();
    await append(tx, recorder, { kind: "webhook.added", collection, webhook: id });
    return { id, collection, url, allowPrivate, createdAt, secret };
  });
}

/** The endpoints in use, of one collection or of all, the oldest first. */
export async function listWebhooks(
  db: Reader,
  collection: CollectionId | null = null,
): Promise<readonly Endpoint[]> {
  const rows = await db.read
    .selectFrom("webhooks")
    .select([
      "id",
      "collection_id as collection",
      "url",
      "allow_private",
      "created_at as createdAt",
    ])
    .where("removed_at", "is", null)
    .$if(collection !== null, (query) => query.where("collection_id", "=", collection))
    .orderBy("created_at")
    .orderBy("id")
    .execute();
  return rows.map(({ allow_private, ...row }) => ({ ...row, allowPrivate: allow_private === 1 }));
}

/**
 * Takes an endpoint out of use: what still waited for it is dead. Throws WebhooksError
 * webhook_unknown.
 */
export async function removeWebhook(db: Db, recorder: Recorder, id: WebhookId): Promise<void> {
  await db.write(async (tx) => {
    const row = await tx.write
      .updateTable("webhooks")
      .set({ removed_at: recorder.clock.now() })
      .where("id", "=", id)
      .where("removed_at", "is", null)
      .returning("collection_id")
      .executeTakeFirst();
    if (!row) throw new WebhooksError("webhook_unknown", "No endpoint in use has this id.");
    await tx.write
      .updateTable("webhook_messages")
      .set({ state: "dead" })
      .where("webhook_id", "=", id)
      .where("state", "=", "waiting")
      .execute();
    await append(tx, recorder, {
      kind: "webhook.removed",
      collection: row.collection_id,
      webhook: id,
    });
  });
}

/** What a message to an endpoint needs, or null for one that is not in use. */
export async function openEndpoint(
  db: Reader,
  vault: Vault,
  id: WebhookId,
): Promise<{
  readonly url: string;
  readonly allowPrivate: boolean;
  readonly secret: string;
} | null> {
  const row = await db.read
    .selectFrom("webhooks")
    .select(["url", "sealed_secret", "allow_private"])
    .where("id", "=", id)
    .where("removed_at", "is", null)
    .executeTakeFirst();
  if (!row) return null;
  const secret = await vault.unseal(db, OWNER, row.sealed_secret, ["secret", id]);
  return { url: row.url, allowPrivate: row.allow_private === 1, secret: secret.toString() };
}

async function refuseSuperfluous(tx: Tx, collection: CollectionId, url: string): Promise<void> {
  const known = await listWebhooks(tx, collection);
  if (known.some((one) => one.url === url)) {
    throw new WebhooksError("webhook_exists", "The collection has this endpoint already.");
  }
  if (known.length < ENDPOINTS_MAX) return;
  throw new WebhooksError(
    "webhook_exists",
    `A collection has at most ${ENDPOINTS_MAX} endpoints. Remove one first.`,
  );
}

async function removedId(tx: Tx, collection: CollectionId, url: string): Promise<WebhookId | null> {
  const row = await tx.read
    .selectFrom("webhooks")
    .select("id")
    .where("collection_id", "=", collection)
    .where("url", "=", url)
    .executeTakeFirst();
  return row?.id ?? null;
}
