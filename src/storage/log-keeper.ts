import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";

/**
 * A process that has just begun has written little, and many end before they write more. Where the
 * thread has died (on a full disk, say), the next one is begun after as long.
 */
const START_MS = 2000;

/**
 * [Note: moving the log] SQLite moves its write-ahead log into the file every thousand pages, in
 * whichever commit comes then: everything in the process waits until megabytes are on the disk. A
 * service has a thread with a connection of its own do it, again and again; commits then only append.
 * Nothing hangs on the thread: where it can't keep up, or dies, the commits move the log themselves,
 * later than usual (LOG_PAGES_MAX).
 */
export async function keepLogMoving(
  path: string,
  signal: AbortSignal,
  startMs = START_MS,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(startMs, undefined, { signal, ref: false }).catch(() => undefined);
    if (!signal.aborted) await moveUntilEnd(path, signal);
  }
}

async function moveUntilEnd(path: string, signal: AbortSignal): Promise<void> {
  const worker = new Worker(new URL("log-worker.ts", import.meta.url), { workerData: path });
  const ended = once(worker, "exit").catch(() => undefined);
  const stop = (): void => worker.postMessage("stop", []);
  signal.addEventListener("abort", stop, { once: true });
  await ended;
  signal.removeEventListener("abort", stop);
}
