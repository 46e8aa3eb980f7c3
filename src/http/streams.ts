import { setTimeout as sleep } from "node:timers/promises";
import { Readable } from "node:stream";
import { comeBackLater } from "./errors.ts";
import { RETRY_SECONDS, STREAMS_MAX } from "./limits.ts";

/** A stream says that it lives, so that proxies in between keep it open. */
const HEARTBEAT_MS = 15_000;
/** A client that wants more asks again: streams don't last for ever. */
const STREAM_MS_MAX = 30 * 60 * 1000;

let open = 0;

/**
 * Server-sent events (HTML Standard, 9.2) from whatever yields values: one message each, as JSON.
 * Throws HttpError overloaded when as many are open as may be.
 */
export function eventStream(values: AsyncIterable<unknown>, signal: AbortSignal): Readable {
  if (open >= STREAMS_MAX) throw comeBackLater("overloaded", RETRY_SECONDS);
  open += 1;
  const stream = Readable.from(messages(values, signal), { objectMode: false });
  stream.once("close", () => (open -= 1));
  return stream;
}

async function* messages(
  values: AsyncIterable<unknown>,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const until = Date.now() + STREAM_MS_MAX;
  const iterator = values[Symbol.asyncIterator]();
  let next = iterator.next();
  try {
    while (!signal.aborted && Date.now() < until) {
      const quiet = new AbortController();
      const alive = sleep(HEARTBEAT_MS, null, { signal: quiet.signal, ref: false }).catch(
        () => null,
      );
      const result = await Promise.race([next, alive]);
      quiet.abort();
      if (result === null) yield ": alive\n\n";
      else if (result.done) return;
      else {
        yield `data: ${JSON.stringify(result.value)}\n\n`;
        next = iterator.next();
      }
    }
  } finally {
    next.catch(() => undefined);
    await iterator.return?.();
  }
}

/**
 * What `read` gives, again and again until `isOver`: the first at once, then whenever it changed.
 */
export async function* watched<Value>(
  read: () => Promise<Value>,
  isOver: (value: Value) => boolean,
  options: { readonly everyMs: number; readonly signal: AbortSignal },
): AsyncGenerator<Value> {
  const { everyMs, signal } = options;
  for (let before = ""; !signal.aborted;) {
    const value = await read();
    const text = JSON.stringify(value);
    if (text !== before) yield value;
    if (isOver(value)) return;
    before = text;
    await sleep(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
