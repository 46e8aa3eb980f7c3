import type { Agent } from "undici";
import { Webhook } from "standardwebhooks";
import type { Instant } from "../base/clock.ts";
import type { MessageId } from "../base/ids.ts";
import { guardedLookup, literalOf, mayConnect, parseEndpoint, type Resolve } from "./address.ts";

/** Standard Webhooks asks receivers to answer at once and to work later. */
export const SEND_MS_MAX = 15_000;
/** Nothing of an answer is used but its status: what is larger is not a receiver's answer. */
const ANSWER_BYTES_MAX = 64 * 1024;

/** A message on its way to one endpoint. */
export interface Letter {
  readonly id: MessageId;
  readonly url: string;
  readonly allowPrivate: boolean;
  /** `whsec_...` */
  readonly secret: string;
  readonly body: string;
}

/** Parts that tests replace. */
export interface SendOptions {
  readonly resolve?: Resolve;
  readonly signal?: AbortSignal;
}

/**
 * Posts a signed message once (Standard Webhooks 1.0.0) and tells the receiver's status, or null
 * where there was none: no connection, no answer in time, an address that is refused. Redirects
 * are not followed, for they would lead past the check of the address.
 */
export async function send(
  letter: Letter,
  at: Instant,
  options: SendOptions = {},
): Promise<number | null> {
  const timeout = AbortSignal.timeout(SEND_MS_MAX);
  const signal = options.signal ? AbortSignal.any([timeout, options.signal]) : timeout;
  try {
    const url = parseEndpoint(letter.url, letter.allowPrivate);
    const literal = literalOf(url);
    if (literal !== null && !mayConnect(literal, letter.allowPrivate)) return null;
    // Most processes send nothing, and need not load what does.
    const undici = await import("undici");
    await using agent = openAgent(undici.Agent, letter.allowPrivate, options.resolve);
    const { statusCode, body } = await undici.request(url, {
      method: "POST",
      dispatcher: agent.dispatcher,
      headers: headersOf(letter, at),
      body: letter.body,
      signal,
    });
    await body.dump({ limit: ANSWER_BYTES_MAX, signal }).catch(() => undefined);
    return statusCode;
  } catch {
    return null;
  }
}

function headersOf({ id, secret, body }: Letter, at: Instant): Record<string, string> {
  return {
    "content-type": "application/json",
    "user-agent": "assent-webhooks",
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at / 1000)),
    "webhook-signature": new Webhook(secret).sign(id, new Date(at), body),
  };
}

/** One connection for one message: none is kept that was checked under another endpoint's rules. */
function openAgent(make: typeof Agent, allowPrivate: boolean, resolve: Resolve | undefined) {
  const dispatcher = new make({
    connections: 1,
    connect: { lookup: guardedLookup(allowPrivate, resolve), timeout: SEND_MS_MAX },
    headersTimeout: SEND_MS_MAX,
    bodyTimeout: SEND_MS_MAX,
    maxResponseSize: ANSWER_BYTES_MAX,
  });
  return { dispatcher, [Symbol.asyncDispose]: async () => dispatcher.destroy() };
}
