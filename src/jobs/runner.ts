import { randomUUID } from "node:crypto";
import type { Clock } from "../base/clock.ts";
import { AppError } from "../base/errors.ts";
import { hasEnded, processMark } from "../base/processes.ts";
import type { Db } from "../storage/db.ts";
import {
  finish,
  type Job,
  JobsError,
  LEASE_MS,
  release,
  renew,
  take,
  type TellEnded,
} from "./jobs.ts";

/** How much of a job is done, in its own steps (photos, rows). */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

/** What a handler may use while it works. */
export interface JobContext {
  /** Notes progress, at any rate: it is written as often as the lease asks. */
  report(progress: Progress): void;
  /** Aborted when the job is cancelled, taken over, or the runner stops. */
  readonly signal: AbortSignal;
}

/** Does a job's work. It may be called again for the same job after a crash, so it resumes. */
export type Handler = (job: Job, context: JobContext) => Promise<void>;

/** Renewed three times a lease, so that one slow commit does not lose it. */
const RENEW_MS = LEASE_MS / 3;

/** Runs jobs one after the other with the handlers it was given. */
export class Runner {
  readonly #holder = `${processMark}/${randomUUID()}`;
  readonly #db: Db;
  readonly #clock: Clock;
  readonly #handlers: Readonly<Record<string, Handler>>;
  readonly #tell: TellEnded;

  /** `tell` is called with each job that has ended, in the transaction that ends it. */
  constructor(
    db: Db,
    clock: Clock,
    handlers: Readonly<Record<string, Handler>>,
    tell: TellEnded = async () => {},
  ) {
    this.#db = db;
    this.#clock = clock;
    this.#handlers = handlers;
    this.#tell = tell;
  }

  /**
   * Runs every job that is due and returns how many ended, and how many of them failed. Stopped by
   * the signal, it gives the job under way back.
   */
  async drain(
    options: {
      readonly onProgress?: (job: Job, progress: Progress) => void;
      readonly signal?: AbortSignal;
    } = {},
  ): Promise<{ readonly ended: number; readonly failed: number }> {
    let ended = 0;
    let failed = 0;
    await release(this.#db, this.#clock, isDeadHere);
    while (!options.signal?.aborted) {
      const job = await take(this.#db, this.#clock, this.#holder);
      if (!job) break;
      const outcome = await this.#run(job, options);
      if (outcome !== "stopped") ended += 1;
      if (outcome === "failed") failed += 1;
    }
    return { ended, failed };
  }

  async #run(
    job: Job,
    options: {
      readonly onProgress?: (job: Job, progress: Progress) => void;
      readonly signal?: AbortSignal;
    },
  ): Promise<"done" | "failed" | "stopped"> {
    const stop = new AbortController();
    const signal = options.signal ? AbortSignal.any([stop.signal, options.signal]) : stop.signal;
    let progress: Progress = { done: 0, total: 0 };
    const heartbeat = setInterval(() => {
      renew(this.#db, this.#clock, job, this.#holder, progress).catch((error: unknown) =>
        stop.abort(error),
      );
    }, RENEW_MS);
    try {
      const handler = this.#handlers[job.kind];
      if (!handler) throw new JobsError("job_unknown", "This version knows no such job.");
      await handler(job, {
        signal,
        report: (now) => {
          progress = now;
          options.onProgress?.(job, now);
        },
      });
      await renew(this.#db, this.#clock, job, this.#holder, progress);
      await finish(this.#db, this.#clock, job, this.#holder, { state: "done" }, this.#tell);
      return "done";
    } catch (error) {
      const cause: unknown = stop.signal.aborted ? stop.signal.reason : error;
      const stopped = !stop.signal.aborted && options.signal?.aborted === true;
      const outcome = stopped ? ({ state: "stopped" } as const) : outcomeOf(cause);
      await finish(this.#db, this.#clock, job, this.#holder, outcome, this.#tell);
      return stopped ? "stopped" : "failed";
    } finally {
      clearInterval(heartbeat);
    }
  }
}

/** True for a holder on this machine whose process has ended: its lease need not run out. */
function isDeadHere(holder: string): boolean {
  return hasEnded(holder.split("/")[0] ?? "");
}

function outcomeOf(error: unknown) {
  if (error instanceof JobsError && error.code === "job_cancelled") {
    return { state: "cancelled" } as const;
  }
  const code = error instanceof AppError ? error.code : "bug";
  return { state: "failed", code } as const;
}
