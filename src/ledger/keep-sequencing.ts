import { setTimeout as sleep } from "node:timers/promises";
import type { Ledger } from "./log.ts";

/** An entry is in a signed tree after this long at most, in a process that runs on. */
export const SEQUENCE_MS = 1000;

/**
 * Sequences again and again until the signal is aborted; for processes that run on. A failure is
 * told and the next turn tries again, for nothing is lost by it. Returns after the last turn.
 */
export async function keepSequencing(
  ledger: Pick<Ledger, "sequence">,
  options: {
    readonly signal: AbortSignal;
    readonly everyMs?: number;
    readonly onError?: (error: unknown) => void;
  },
): Promise<void> {
  const { signal, everyMs = SEQUENCE_MS } = options;
  while (!signal.aborted) {
    await ledger.sequence().catch((error: unknown) => options.onError?.(error));
    await sleep(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
