import type { Clock, Instant } from "../base/clock.ts";
import {
  type CollectionId,
  type MessageId,
  newId,
  type SearchId,
  type SubjectId,
  type WebhookId,
} from "../base/ids.ts";
import type { Db, Reader, Tx } from "../storage/db.ts";
import { WebhooksError } from "./errors.ts";
import { listWebhooks } from "./webhooks.ts";

/**
 * What endpoints are told, as a closed union. Messages are thin and pseudonymous: ids, from which a
 * receiver asks for more under its own rights, never a name, a place or a score. None tells of a
 * hit: what a comparison proposes is for a person to look at, and sets nothing off (R17).
 */
export type WebhookEvent =
  | { readonly kind: "grant.withdrawn"; readonly subject: SubjectId }
  | {
      readonly kind: "subject.erased";
      readonly subject: SubjectId;
      /** JWS of type assent-erasure-certificate. */
      readonly certificate: string | null;
    }
  /** Photos imported before somebody was added have been compared with them: so many. */
  | { readonly kind: "job.finished"; readonly job: "backfill"; readonly photos: number }
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
  const now = clock.now();
  const { kind, ...data } = event;
  const timestamp = new Date(now).toISOString();
  const body = JSON.stringify({ type: kind, timestamp, data: { collection, ...data } });
  const rows = (await listWebhooks(tx, collection)).map((endpoint) => ({
    id: newId("msg"),
    webhook_id: endpoint.id,
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
  after: { readonly createdAt: number; readonly id: string } | null = null,
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
