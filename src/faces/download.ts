import { constants, open, rm, stat } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { fetch } from "undici";
import type { Dispatcher, Response } from "undici";
import { hashOfFile } from "./model-files.ts";
import type { KnownFile } from "./model-files.ts";

/** What to fetch, and where the bytes grow until they are proven. */
export interface Download {
  readonly file: KnownFile;
  /** Addresses of the same bytes, tried in order. */
  readonly urls: readonly string[];
  /** Bytes so far; kept when the connection breaks, so that the next attempt goes on from there. */
  readonly part: string;
  readonly dispatcher: Dispatcher;
  readonly limits: DownloadLimits;
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes that the part holds, whenever that changes. */
  readonly onBytes: (bytes: number) => void;
}

/**
 * What came of it. `downloaded`: the part holds the file, hash checked, on the disk. `refused`:
 * every address that answered served other bytes, which are deleted. `unreachable`: none answered.
 */
export type DownloadResult =
  | { readonly kind: "downloaded" }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "unreachable"; readonly reason: string };

/** How patient a download is. */
export interface DownloadLimits {
  /** Without a byte for this long, the server has stalled. */
  readonly idleMs: number;
  /** One file, all addresses and attempts together. */
  readonly totalMs: number;
  /** Attempts at one address. */
  readonly attemptsMax: number;
  /** Pause before the second attempt; doubled for each further one. */
  readonly pauseMs: number;
}

/**
 * The largest file is 2.2 MB: ten minutes serve a line of 30 kbit/s. Half a minute of silence is
 * longer than any server that will still answer takes, four attempts outlast a short outage.
 */
export const DOWNLOAD_LIMITS: DownloadLimits = {
  idleMs: 30_000,
  totalMs: 600_000,
  attemptsMax: 4,
  pauseMs: 500,
};

/** What one attempt came to; `again` says whether the same address may do better next time. */
type Attempt =
  | { readonly kind: "complete" }
  | { readonly kind: "failed"; readonly reason: string; readonly again: boolean }
  | { readonly kind: "wrong"; readonly reason: string };

/**
 * Fetches one file into its part, resuming what is there, until size and sha256 are those
 * expected. Throws the caller's own abort, and DiskError when the part can't be written.
 */
export async function download(job: Download): Promise<DownloadResult> {
  const limit = AbortSignal.timeout(job.limits.totalMs);
  const signal = job.signal ? AbortSignal.any([job.signal, limit]) : limit;
  const reasons = new Set<string>();
  let refused = false;
  for (const url of job.urls) {
    const attempt = await persist({ ...job, signal }, url);
    job.signal?.throwIfAborted();
    if (attempt.kind === "complete") return { kind: "downloaded" };
    if (attempt.kind === "wrong") refused = true;
    reasons.add(`${new URL(url).host} ${attempt.reason}`);
    if (limit.aborted) break;
  }
  const reason = `${job.file.name}: ${[...reasons].join("; ")}.`;
  return { kind: refused ? "refused" : "unreachable", reason };
}

/** Tries one address until it is done, hopeless, or out of attempts. */
async function persist(job: Download, url: string): Promise<Attempt> {
  let last: Attempt = { kind: "failed", reason: "was not asked", again: false };
  let idle = 0;
  while (idle < job.limits.attemptsMax) {
    if (job.signal?.aborted) return { kind: "failed", reason: "took too long", again: false };
    const begun = await sizeOf(job.part);
    last = await once(job, url, begun);
    // A part begun elsewhere may be what was wrong: it is gone now, so begin at zero.
    const hopeful = last.kind === "failed" ? last.again : last.kind === "wrong" && begun > 0;
    if (!hopeful) return last;
    // Only attempts that brought nothing count: a line that breaks often still gets there.
    idle = (await sizeOf(job.part)) > begun ? 0 : idle + 1;
    if (idle === job.limits.attemptsMax) break;
    const pause = job.limits.pauseMs * 2 ** Math.max(0, idle - 1);
    await wait(pause, null, { signal: job.signal }).catch(() => null);
  }
  return last;
}

/** One request, from where the part ends, and the check of the whole when it is there. */
async function once(job: Download, url: string, begun: number): Promise<Attempt> {
  const { file, part } = job;
  if (begun > file.bytes) await rm(part, { force: true });
  if (begun !== file.bytes) {
    const transfer = await request(job, url, begun < file.bytes ? begun : 0);
    if (transfer.kind === "wrong") await rm(part, { force: true });
    if (transfer.kind !== "complete") return transfer;
  }
  if ((await hashOfFile(part)) === file.sha256) return { kind: "complete" };
  await rm(part, { force: true });
  job.onBytes(0);
  return { kind: "wrong", reason: "serves bytes of another hash, which were deleted" };
}

async function request(job: Download, url: string, from: number): Promise<Attempt> {
  // Compressed, neither the size nor the offset of a resumed download would mean anything.
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (from > 0) headers["range"] = `bytes=${from}-`;
  const idle = new Idle(job.limits.idleMs, job.signal);
  try {
    const response = await fetch(url, {
      headers,
      dispatcher: job.dispatcher,
      signal: idle.signal,
    });
    return await receive(job, { response, from, idle });
  } catch (error) {
    if (error instanceof DiskError) throw error;
    const code = codeOf(error);
    return { kind: "failed", reason: reasonOf(code, idle), again: !NO_CONNECTION.has(code) };
  } finally {
    idle.stop();
  }
}

async function receive(
  job: Download,
  answer: { readonly response: Response; readonly from: number; readonly idle: Idle },
): Promise<Attempt> {
  const { response, idle } = answer;
  if (response.status === 416) return { kind: "wrong", reason: "refuses to resume" };
  if (response.status !== 200 && response.status !== 206) {
    await response.body?.cancel();
    const again = response.status >= 500 || response.status === 408 || response.status === 429;
    return { kind: "failed", reason: `answers ${response.status}`, again };
  }
  // A server may ignore the range and send everything: then begin anew.
  const range = response.headers.get("content-range");
  const resumed = response.status === 206 && range?.startsWith(`bytes ${answer.from}-`) === true;
  if (response.status === 206 && !resumed) {
    await response.body?.cancel();
    return { kind: "wrong", reason: "answers with another part of the file" };
  }
  const start = resumed ? answer.from : 0;
  const length = response.headers.get("content-length");
  if (length !== null && start + Number(length) !== job.file.bytes) {
    await response.body?.cancel();
    return { kind: "wrong", reason: "serves a file of another size" };
  }
  return writeBody(job, { body: response.body, start, idle });
}

async function writeBody(
  job: Download,
  answer: { readonly body: Response["body"]; readonly start: number; readonly idle: Idle },
): Promise<Attempt> {
  // Not truncated: a server that sends all again, and is cut again, must not undo what is there.
  const handle = await onDisk(open(job.part, constants.O_RDWR | constants.O_CREAT));
  let at = answer.start;
  try {
    for await (const chunk of answer.body ?? []) {
      if (!(chunk instanceof Uint8Array)) continue;
      answer.idle.reset();
      if (at + chunk.length > job.file.bytes) {
        return { kind: "wrong", reason: "serves a longer file" };
      }
      await onDisk(writeAll(handle, chunk, at));
      at += chunk.length;
      job.onBytes(at);
    }
  } finally {
    await handle.close();
  }
  if (at < job.file.bytes) return { kind: "failed", reason: "ended too early", again: true };
  return { kind: "complete" };
}

async function writeAll(handle: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < chunk.length) {
    const written = await handle.write(chunk, done, chunk.length - done, position + done);
    done += written.bytesWritten;
  }
}

/** The part can't be written: no reason to ask another server. */
export class DiskError extends Error {}

async function onDisk<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw new DiskError("The part can't be written", { cause: error });
  });
}

/** Aborts when nothing has arrived for a while, or when the caller does. */
class Idle {
  readonly #silence = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly signal: AbortSignal;

  constructor(idleMs: number, outer: AbortSignal | undefined) {
    this.#timer = setTimeout(() => this.#silence.abort(), idleMs);
    this.signal = outer ? AbortSignal.any([outer, this.#silence.signal]) : this.#silence.signal;
  }

  get silent(): boolean {
    return this.#silence.signal.aborted;
  }

  reset(): void {
    this.#timer.refresh();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

/**
 * No network, no such name, nobody there, a firewall that swallows: seconds later that is still
 * so, and a set-up without network should not have to wait for it to be tried again.
 */
const NO_CONNECTION: ReadonlySet<string> = new Set([
  "EAI_AGAIN",
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "ETIMEDOUT",
  "UND_ERR_CONNECT_TIMEOUT",
  // undici's code when a proxy answers CONNECT with a refusal; no signal of ours has this code.
  "UND_ERR_ABORTED",
]);

/** The code of the innermost cause, which is the one that knows what happened. */
function codeOf(error: unknown): string {
  let code = "";
  for (let at = error; at instanceof Error; at = at.cause) {
    if ("code" in at && typeof at.code === "string") code = at.code;
  }
  return code;
}

function reasonOf(code: string, idle: Idle): string {
  if (idle.silent) return "sends nothing any more";
  if (idle.signal.aborted) return "took too long";
  if (code === "UND_ERR_ABORTED") return "is refused by the proxy";
  if (NO_CONNECTION.has(code)) return `can't be reached (${code})`;
  return code === "" ? "breaks off the connection" : `breaks off the connection (${code})`;
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => null);
  return found?.size ?? 0;
}
