import type { ProblemCode } from "../src/contract/problems.ts";
import { ConnectionError, ProblemError } from "./errors.ts";

/** How long a call goes on after attempts that failed in passing. */
export interface Patience {
  /** The waiting between attempts, all together, in ms. */
  readonly totalMs: number;
  /** The first wait; each next one is twice as long. */
  readonly firstMs: number;
  /** The longest wait between two attempts. */
  readonly longestMs: number;
}

/** A restart of the service takes seconds; whoever waits for an answer waits no longer than this. */
export const PATIENCE: Patience = { totalMs: 30_000, firstMs: 250, longestMs: 8000 };

/**
 * A service that was killed keeps a write's key reserved for this long, as it can't know that
 * nobody works on it any more; it answers idempotency_busy until then.
 */
const BUSY_MS_MAX = 180_000;

/** What is over by itself soon. */
const PASSING: ReadonlySet<ProblemCode | "unknown"> = new Set<ProblemCode | "unknown">([
  "too_many_requests",
  "overloaded",
  "stopping",
  "idempotency_busy",
  "database_busy",
  "database_unreachable",
  "lease_lost",
]);
/** Said by a proxy in between while the service starts. */
const PROXY_STATUSES: ReadonlySet<number> = new Set([502, 503, 504]);

/** The waits of one call. */
export class Waiting {
  readonly #patience: Patience;
  readonly #signal: AbortSignal | undefined;
  #spentMs = 0;
  #failures = 0;

  constructor(patience: Patience, signal: AbortSignal | undefined) {
    this.#patience = patience;
    this.#signal = signal;
  }

  /** Waits until the next attempt; throws `error` where there is to be none. */
  async after(error: unknown): Promise<void> {
    if (!isPassing(error)) throw error;
    const ms = this.#next(error);
    const busy = error instanceof ProblemError && error.code === "idempotency_busy";
    const totalMs = busy ? Math.max(BUSY_MS_MAX, this.#patience.totalMs) : this.#patience.totalMs;
    if (this.#spentMs + ms > totalMs) throw error;
    this.#spentMs += ms;
    this.#failures += 1;
    await sleep(ms, this.#signal);
  }

  /** Something was achieved: the next failure is a first one. */
  restart(): void {
    this.#spentMs = 0;
    this.#failures = 0;
  }

  #next(error: unknown): number {
    const told = error instanceof ProblemError ? (error.retryAfterMs ?? 0) : 0;
    const { firstMs, longestMs } = this.#patience;
    const ms = Math.min(longestMs, firstMs * 2 ** this.#failures);
    // Clients that were sent away together shall not come back together.
    // Nor at once, whatever they are told: what costs no patience would never end.
    return Math.max(told, ms * (0.5 + Math.random() / 2));
  }
}

/** True for a failure that the same request may not meet again. */
export function isPassing(error: unknown): boolean {
  if (error instanceof ConnectionError) {
    return error.code === "unreachable" || error.code === "too_slow";
  }
  if (!(error instanceof ProblemError)) return false;
  return PASSING.has(error.code) || (error.code === "unknown" && PROXY_STATUSES.has(error.status));
}

/** Resolves after so many ms; rejects with the signal's reason. */
export async function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const stop = (): void => reject(signal?.reason);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}
