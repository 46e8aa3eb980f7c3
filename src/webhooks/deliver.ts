import { sql } from "kysely";
import { type Clock, later } from "../base/clock.ts";
import type { MessageId, WebhookId } from "../base/ids.ts";
import type { Db } from "../storage/db.ts";
import type { Vault } from "../storage/vault.ts";
import { send, SEND_MS_MAX, type SendOptions } from "./send.ts";
import { openEndpoint } from "./webhooks.ts";

/** Waits of 10 s, 30 s, 90 s and so on, a day at most, add up to a little over three days. */
const FIRST_WAIT_MS = 10_000;
const WAIT_FACTOR = 3;
const WAIT_MS_MAX = 24 * 60 * 60 * 1000;
export const ATTEMPTS_MAX = 12;
/** Waits differ by up to this share, so that a receiver is not met by all at once. */
const JITTER = 0.2;
/** Whoever took a message has sent it by then, or is dead: it is anybody's again. */
const LEASE_MS = 4 * SEND_MS_MAX;
/** Messages under way at once: one receiver that hangs does not hold up the others. */
const PARALLEL = 4;
/** The receiver says that the endpoint is gone for good (Standard Webhooks, "Delivery"). */
const GONE = 410;

/** What delivering works with. */
export interface DeliverDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
}

/** How a round of delivering went. */
export interface DeliverySummary {
  readonly delivered: number;
  /** Not yet: they are tried again. */
  readonly failed: number;
  readonly dead: number;
}

interface Taken {
  readonly id: MessageId;
  readonly webhook: WebhookId;
  readonly body: string;
  /** With this one. It tells who holds the message: nobody else has taken it at this number. */
  readonly attempts: number;
}

/**
 * Sends every message that is due. A message is taken in one transaction, sent outside of any, and
 * settled in another: whoever dies in between leaves it to be sent again after its lease, so that it
 * arrives at least once. Several nodes take turns. No order is promised.
 */
export async function deliverDue(
  deps: DeliverDeps,
  options: SendOptions = {},
): Promise<DeliverySummary> {
  const summary = { delivered: 0, failed: 0, dead: 0 };
  const work = async (): Promise<void> => {
    while (!options.signal?.aborted) {
      const message = await take(deps);
      if (!message) return;
      const status = await sendTo(deps, message, options);
      summary[await settle(deps, message, status)] += 1;
    }
  };
  if (await anyDue(deps)) await Promise.all(Array.from({ length: PARALLEL }, work));
  return summary;
}

/** How long to wait after so many attempts; `chance` is from 0 to 1. */
export function waitAfter(attempts: number, chance: number): number {
  const wait = Math.min(WAIT_MS_MAX, FIRST_WAIT_MS * WAIT_FACTOR ** (attempts - 1));
  return Math.round(wait * (1 + JITTER * (2 * chance - 1)));
}

/** A look without a write: most rounds find nothing. */
async function anyDue({ db, clock }: DeliverDeps): Promise<boolean> {
  const row = await db.read
    .selectFrom("webhook_messages")
    .select("id")
    .where(WAITING)
    .where("next_at", "<=", clock.now())
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Written out: SQLite finds the partial index only by the words it was made with. */
const WAITING = sql<boolean>`state = 'waiting'`;

async function take({ db, clock }: DeliverDeps): Promise<Taken | null> {
  return db.write(async (tx) => {
    const now = clock.now();
    let due = tx.write
      .selectFrom("webhook_messages")
      .select(["id", "webhook_id as webhook", "body", "attempts"])
      .where(WAITING)
      .where("next_at", "<=", now)
      .orderBy("next_at")
      .limit(1);
    if (tx.kind === "postgres") due = due.forUpdate().skipLocked();
    const message = await due.executeTakeFirst();
    if (!message) return null;
    const attempts = message.attempts + 1;
    await tx.write
      .updateTable("webhook_messages")
      .set({ attempts, next_at: later(now, LEASE_MS) })
      .where("id", "=", message.id)
      .execute();
    return { ...message, attempts };
  });
}

async function sendTo(
  { db, vault, clock }: DeliverDeps,
  { id, webhook, body }: Taken,
  options: SendOptions,
): Promise<number | null> {
  const endpoint = await openEndpoint(db, vault, webhook);
  return endpoint ? send({ id, body, ...endpoint }, clock.now(), options) : null;
}

/** Notes how it went, unless somebody else has taken the message meanwhile. */
async function settle(
  { db, clock }: DeliverDeps,
  { id, attempts }: Taken,
  status: number | null,
): Promise<keyof DeliverySummary> {
  const now = clock.now();
  const outcome = outcomeOf(status, attempts);
  const state = outcome === "failed" ? "waiting" : outcome;
  await db.write(async (tx) =>
    tx.write
      .updateTable("webhook_messages")
      .set({
        state,
        last_status: status,
        next_at: later(now, state === "waiting" ? waitAfter(attempts, Math.random()) : 0),
        delivered_at: state === "delivered" ? now : null,
      })
      .where("id", "=", id)
      .where("attempts", "=", attempts)
      .where(WAITING)
      .execute(),
  );
  return outcome;
}

function outcomeOf(status: number | null, attempts: number): keyof DeliverySummary {
  if (status !== null && status >= 200 && status < 300) return "delivered";
  return status === GONE || attempts >= ATTEMPTS_MAX ? "dead" : "failed";
}
