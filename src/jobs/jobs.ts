import { sql } from "kysely";
import { type Clock, type Instant, later } from "../base/clock.ts";
import { AppError } from "../base/errors.ts";
import { type JobId, newId } from "../base/ids.ts";
import type { Db, Tx } from "../storage/db.ts";
import type { JobState } from "../storage/schema.ts";

export type JobsCode = "job_unknown" | "job_cancelled" | "lease_lost";

/** A job can't go on. */
export class JobsError extends AppError<JobsCode> {}

/** A job whose holder has not renewed for this long belongs to nobody: the holder is dead. */
export const LEASE_MS = 30_000;
/** A job that failed this often is listed as failed rather than tried for ever. */
export const ATTEMPTS_MAX = 5;
/** Wait before the second attempt; doubled for each one after. */
const RETRY_MS = 1000;

/** A job as its handler sees it. */
export interface Job {
  readonly id: JobId;
  readonly kind: string;
  readonly target: string;
  readonly attempts: number;
}

/** A job as it is listed. */
export interface JobListing extends Job {
  readonly state: JobState;
  readonly doneSteps: number;
  readonly totalSteps: number | null;
  readonly errorCode: string | null;
  readonly createdAt: Instant;
}

/**
 * Queues a job in the change's own transaction. One that waits for the same target already is
 * enough: it is locked until the change is committed, so it begins after that and sees it. A target
 * begins with the id of its collection; what it is about in there may follow after a slash.
 */
export async function enqueue(tx: Tx, clock: Clock, kind: string, target: string): Promise<JobId> {
  const now = clock.now();
  const { id } = await tx.write
    .insertInto("jobs")
    .values({
      id: newId("job"),
      kind,
      target,
      state: "queued",
      run_at: now,
      lease_until: null,
      lease_holder: null,
      total_steps: null,
      error_code: null,
      created_at: now,
      finished_at: null,
    })
    .onConflict((conflict) =>
      conflict
        .columns(["kind", "target"])
        // Written out: SQLite finds the partial index only by the words it was made with.
        .where(sql<boolean>`state = 'queued'`)
        .doUpdateSet({ run_at: now }),
    )
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/**
 * Takes the oldest due job, or one whose holder died, and leases it to `holder`. Null when nothing
 * is due. Two nodes never get the same job: PostgreSQL skips locked rows, SQLite writes in turns.
 */
export async function take(db: Db, clock: Clock, holder: string): Promise<Job | null> {
  return db.write(async (tx) => {
    const now = clock.now();
    let due = tx.write
      .selectFrom("jobs")
      .select(["id", "kind", "target", "attempts"])
      .where((where) =>
        where.or([
          where.and([where("state", "=", "queued"), where("run_at", "<=", now)]),
          where.and([where("state", "=", "running"), where("lease_until", "<", now)]),
        ]),
      )
      .orderBy("run_at")
      .limit(1);
    if (tx.kind === "postgres") due = due.forUpdate().skipLocked();
    const job = await due.executeTakeFirst();
    if (!job) return null;
    const attempts = job.attempts + 1;
    await tx.write
      .updateTable("jobs")
      .set({
        state: "running",
        attempts,
        lease_until: later(now, LEASE_MS),
        lease_holder: holder,
      })
      .where("id", "=", job.id)
      .execute();
    return { ...job, attempts };
  });
}

/** Ends the leases of holders that `isDead` says are gone, so that their jobs can be taken at once. */
export async function release(
  db: Db,
  clock: Clock,
  isDead: (holder: string) => boolean,
): Promise<void> {
  const running = await db.read
    .selectFrom("jobs")
    .select(["id", "lease_holder"])
    .where("state", "=", "running")
    .execute();
  for (const { id, lease_holder } of running) {
    if (lease_holder === null || !isDead(lease_holder)) continue;
    await db.write(async (tx) =>
      tx.write
        .updateTable("jobs")
        .set({ lease_until: later(clock.now(), -1) })
        .where("id", "=", id)
        .where("lease_holder", "=", lease_holder)
        .execute(),
    );
  }
}

/**
 * Renews the lease and notes progress. Throws JobsError: job_cancelled when somebody asked for
 * that, lease_lost when another holder has taken over.
 */
export async function renew(
  db: Db,
  clock: Clock,
  job: Job,
  holder: string,
  progress: { readonly done: number; readonly total: number },
): Promise<void> {
  const held = await db.write(async (tx) =>
    tx.write
      .updateTable("jobs")
      .set({
        lease_until: later(clock.now(), LEASE_MS),
        done_steps: progress.done,
        total_steps: progress.total,
      })
      .where("id", "=", job.id)
      .where("state", "=", "running")
      .where("lease_holder", "=", holder)
      .returning("cancel_asked")
      .executeTakeFirst(),
  );
  if (!held) throw new JobsError("lease_lost", "Another worker has taken this job over.");
  if (held.cancel_asked === 1) throw new JobsError("job_cancelled", "The job was cancelled.");
}

/** A job that has ended for good, and how many of its steps were done. */
export interface EndedJob extends Job {
  readonly state: "done" | "failed" | "cancelled";
  readonly doneSteps: number;
}

/** Told of a job's end in the transaction that ends it. */
export type TellEnded = (tx: Tx, job: EndedJob) => Promise<void>;

/**
 * Ends a job that `holder` still holds. A failed one is queued anew until it has no attempts left;
 * a `stopped` one (its runner ends, the job is in order) at once, and without counting an attempt.
 */
export async function finish(
  db: Db,
  clock: Clock,
  job: Job,
  holder: string,
  outcome:
    | { readonly state: "done" | "cancelled" | "stopped" }
    | { readonly state: "failed"; readonly code: string },
  tell: TellEnded = async () => {},
): Promise<void> {
  const now = clock.now();
  const { state } = outcome;
  await db.write(async (tx) => {
    const again = state === "stopped" || (state === "failed" && job.attempts < ATTEMPTS_MAX);
    const queue = again && !(await isWaiting(tx, job));
    const ended = await tx.write
      .updateTable("jobs")
      .set({
        state: queue ? "queued" : state === "stopped" ? "cancelled" : state,
        attempts: state === "stopped" ? job.attempts - 1 : job.attempts,
        run_at: state === "failed" ? later(now, RETRY_MS * 2 ** (job.attempts - 1)) : now,
        lease_until: null,
        lease_holder: null,
        error_code: state === "failed" ? outcome.code : null,
        finished_at: queue ? null : now,
      })
      .where("id", "=", job.id)
      .where("state", "=", "running")
      .where("lease_holder", "=", holder)
      .returning("done_steps")
      .executeTakeFirst();
    // A stopped one that gives way has another of its kind waiting, which will be told of.
    if (!ended || queue || state === "stopped") return;
    await tell(tx, { ...job, state, doneSteps: ended.done_steps });
  });
}

/** Asks a job to stop: at once when it waits, at its next step when it runs. */
export async function cancel(db: Db, clock: Clock, id: JobId): Promise<void> {
  await db.write(async (tx) => {
    const now = clock.now();
    const waiting = await tx.write
      .updateTable("jobs")
      .set({ state: "cancelled", finished_at: now })
      .where("id", "=", id)
      .where("state", "=", "queued")
      .returning("id")
      .executeTakeFirst();
    if (waiting) return;
    const running = await tx.write
      .updateTable("jobs")
      .set({ cancel_asked: 1 })
      .where("id", "=", id)
      .where("state", "=", "running")
      .returning("id")
      .executeTakeFirst();
    if (!running) throw new JobsError("job_unknown", "No waiting or running job has this id.");
  });
}

async function isWaiting(tx: Tx, job: Job): Promise<boolean> {
  const row = await tx.read
    .selectFrom("jobs")
    .select("id")
    .where("kind", "=", job.kind)
    .where("target", "=", job.target)
    .where("state", "=", "queued")
    .executeTakeFirst();
  return row !== undefined;
}
