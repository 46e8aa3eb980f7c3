import type { Clock, Instant } from "../base/clock.ts";
import {
  type CollectionId,
  type JobId,
  type MessageId,
  newId,
  type SearchId,
  type SightingId,
  type SubjectId,
  type WebhookId,
} from "../base/ids.ts";
import type { Db, Reader, Tx } from "../storage/db.ts";
import { WebhooksError } from "./errors.ts";
import { listWebhooks } from "./webhooks.ts";

/**
 * What endpoints are told, as a closed union. Messages are thin and pseudonymous: ids, from which a
 * receiver asks for more under its own rights, never a name, a place or a score. None says whom a
 * comparison has found: that is for a person to look at and decide, and sets nothing off (R17).
 */
export type WebhookEvent =
  /** There are proposals to look at; this is one of them. */
  | { readonly kind: "sighting.proposed"; readonly sighting: SightingId }
  | { readonly kind: "grant.withdrawn"; readonly subject: SubjectId }
  | {
      readonly kind: "subject.erased";
      readonly subject: SubjectId;
      /** JWS of type assent-erasure-certificate. */
      readonly certificate: string | null;
    }
  /** A job of the collection has ended: an import, a backfill, a delivery, a change of packs. */
  | {
      readonly kind: "job.finished";
      readonly job: JobId;
      readonly work: string;
      readonly state: "done" | "failed" | "cancelled";
      /** In its own steps: photos, files, people. */
      readonly done: number;
    }
  /** An account has searched for the same person so often that the owner is to look. */
  | { readonly kind: "search.alert"; readonly search: SearchId; readonly searches: number };

/** A message as it is listed. */
export interface MessageListing {
  readonly id: MessageId;
  readonly webhook: WebhookId;
  readonly url: string;
  readonly kind: string;
  readonly attempts: number;
  readonly lastStatus: number | null;
  readonly createdAt: Instant;
}

/** Where a page of messages ended. */
export interface MessagesKey {
  readonly createdAt: number;
  readonly id: string;
}

/**
 * Queues a message to every endpoint of a collection, in the change's own transaction: it is sent if
 * and only if the change happens. Each endpoint's has an id of its own, the same at each attempt.
 */
export async function enqueueMessage(
  tx: Tx,
  { clock }: { readonly clock: Clock },
  collection: CollectionId,
  event: WebhookEvent,
): Promise<void> {
  const endpoints = (await listWebhooks(tx, collection)).map(({ id }) => id);
  await insertMessages(tx, clock, { collection, endpoints }, event);
}

/**
 * As `enqueueMessage`, for what says only that there is something to look at: an endpoint that has
 * not been sent the last such message yet needs no other, however many photos are compared.
 */
export async function enqueueNotice(
  tx: Tx,
  { clock }: { readonly clock: Clock },
  collection: CollectionId,
  event: Extract<WebhookEvent, { readonly kind: "sighting.proposed" }>,
): Promise<void> {
  const waiting = await tx.read
    .selectFrom("webhook_messages")
    .innerJoin("webhooks", "webhooks.id", "webhook_messages.webhook_id")
    .select("webhooks.id")
    .where("webhooks.collection_id", "=", collection)
    .where("webhook_messages.kind", "=", event.kind)
    .where("webhook_messages.state", "=", "waiting")
    .where("webhook_messages.attempts", "=", 0)
    .execute();
  const told = new Set(waiting.map(({ id }) => id));
  const endpoints = (await listWebhooks(tx, collection)).map(({ id }) => id);
  const others = endpoints.filter((id) => !told.has(id));
  await insertMessages(tx, clock, { collection, endpoints: others }, event);
}

async function insertMessages(
  tx: Tx,
  clock: Clock,
  to: { readonly collection: CollectionId; readonly endpoints: readonly WebhookId[] },
  { kind, ...data }: WebhookEvent,
): Promise<void> {
  const now = clock.now();
  const { collection, endpoints } = to;
  const timestamp = new Date(now).toISOString();
  const body = JSON.stringify({ type: kind, timestamp, data: { collection, ...data } });
  const rows = endpoints.map((webhook_id) => ({
    id: newId("msg"),
    webhook_id,
    kind,
    body,
    state: "waiting" as const,
    next_at: now,
    last_status: null,
    created_at: now,
    delivered_at: null,
  }));
  if (rows.length > 0) await tx.write.insertInto("webhook_messages").values(rows).execute();
}

/** Messages that were given up, the newest first, from after a page's end, at most `limit`. */
export async function deadMessages(
  db: Reader,
  limit: number,
  after: MessagesKey | null = null,
): Promise<readonly MessageListing[]> {
  let query = db.read
    .selectFrom("webhook_messages")
    .innerJoin("webhooks", "webhooks.id", "webhook_messages.webhook_id")
    .select([
      "webhook_messages.id",
      "webhook_id as webhook",
      "url",
      "kind",
      "attempts",
      "last_status as lastStatus",
      "webhook_messages.created_at as createdAt",
    ])
    .where("state", "=", "dead")
    .orderBy("webhook_messages.created_at", "desc")
    .orderBy("webhook_messages.id")
    .limit(limit);
  if (after) {
    const at = after.createdAt as Instant;
    const id = after.id as MessageId;
    query = query.where((where) =>
      where.or([
        where("webhook_messages.created_at", "<", at),
        where.and([
          where("webhook_messages.created_at", "=", at),
          where("webhook_messages.id", ">", id),
        ]),
      ]),
    );
  }
  return query.execute();
}

/** A message of one endpoint, and how it stands. */
export interface MessageStanding {
  readonly id: MessageId;
  readonly kind: string;
  readonly state: "waiting" | "delivered" | "dead";
  readonly attempts: number;
  readonly lastStatus: number | null;
  readonly createdAt: Instant;
  readonly nextAt: Instant;
  readonly deliveredAt: Instant | null;
}

/** Messages to one endpoint, the newest first, from after a page's end, at most `limit`. */
export async function pageOfMessages(
  db: Reader,
  webhook: WebhookId,
  page: { readonly after: MessagesKey | null; readonly limit: number },
): Promise<readonly MessageStanding[]> {
  let query = db.read
    .selectFrom("webhook_messages")
    .select([
      "id",
      "kind",
      "state",
      "attempts",
      "last_status as lastStatus",
      "created_at as createdAt",
      "next_at as nextAt",
      "delivered_at as deliveredAt",
    ])
    .where("webhook_id", "=", webhook)
    .orderBy("created_at", "desc")
    .orderBy("id")
    .limit(page.limit);
  if (page.after) {
    const at = page.after.createdAt as Instant;
    const id = page.after.id as MessageId;
    query = query.where((where) =>
      where.or([
        where("created_at", "<", at),
        where.and([where("created_at", "=", at), where("id", ">", id)]),
      ]),
    );
  }
  return query.execute();
}

/** How many messages are in which state. */
export async function countMessages(
  db: Reader,
): Promise<{ readonly waiting: number; readonly delivered: number; readonly dead: number }> {
  const rows = await db.read
    .selectFrom("webhook_messages")
    .select((select) => ["state", select.fn.countAll<number>().as("count")])
    .groupBy("state")
    .execute();
  const of = (state: string) => rows.find((row) => row.state === state)?.count ?? 0;
  return { waiting: of("waiting"), delivered: of("delivered"), dead: of("dead") };
}

/**
 * Sends dead messages once more, all or the one named, with all their attempts again. Their ids stay:
 * a receiver that had one already knows it. Throws WebhooksError message_unknown.
 */
export async function replay(db: Db, clock: Clock, which: MessageId | "all"): Promise<number> {
  return db.write(async (tx) => {
    const used = tx.read.selectFrom("webhooks").select("id").where("removed_at", "is", null);
    const rows = await tx.write
      .updateTable("webhook_messages")
      .set({ state: "waiting", attempts: 0, next_at: clock.now() })
      .where("state", "=", "dead")
      .where("webhook_id", "in", used)
      .$if(which !== "all", (query) => query.where("id", "=", which as MessageId))
      .returning("id")
      .execute();
    if (rows.length > 0 || which === "all") return rows.length;
    throw new WebhooksError(
      "message_unknown",
      "No dead message to an endpoint in use has this id.",
    );
  });
}
