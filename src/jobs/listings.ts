import { sql } from "kysely";
import type { Instant } from "../base/clock.ts";
import { type CollectionId, type JobId, newId } from "../base/ids.ts";
import type { Reader } from "../storage/db.ts";
import { type JobListing, JobsError } from "./jobs.ts";

/** A target begins with the id of its collection; ids of a kind are of one length. */
const ID_LENGTH = newId("col").length;

/** The id that a job's target begins with. */
export function collectionOfJob({ target }: Pick<JobListing, "target">): CollectionId {
  return target.slice(0, ID_LENGTH) as CollectionId;
}

/** Where a page of jobs ended. */
export interface JobsKey {
  readonly createdAt: number;
  readonly id: string;
}

/** One job. Throws JobsError job_unknown. */
export async function readJob(db: Reader, id: JobId): Promise<JobListing> {
  const row = await db.read.selectFrom("jobs").selectAll().where("id", "=", id).executeTakeFirst();
  if (row) return listingOf(row);
  throw new JobsError("job_unknown", "There is no job of this id.");
}

/** The job of a kind and target that was queued last. Throws JobsError job_unknown. */
export async function newestJob(db: Reader, kind: string, target: string): Promise<JobListing> {
  const row = await db.read
    .selectFrom("jobs")
    .selectAll()
    .where("kind", "=", kind)
    .where("target", "=", target)
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  if (row) return listingOf(row);
  throw new JobsError("job_unknown", "There is no job of this kind.");
}

/** Jobs, the newest first, from after a page's end; `targets` null: of everything. */
export async function pageOfJobs(
  db: Reader,
  page: {
    readonly targets: readonly string[] | null;
    readonly after: JobsKey | null;
    readonly limit: number;
  },
): Promise<readonly JobListing[]> {
  const { targets, after, limit } = page;
  if (targets?.length === 0) return [];
  let query = db.read
    .selectFrom("jobs")
    .selectAll()
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(limit);
  if (targets) {
    query = query.where(sql<string>`substr(target, 1, ${sql.lit(ID_LENGTH)})`, "in", targets);
  }
  if (after) {
    const at = after.createdAt as Instant;
    const id = after.id as JobId;
    query = query.where((where) =>
      where.or([
        where("created_at", "<", at),
        where.and([where("created_at", "=", at), where("id", "<", id)]),
      ]),
    );
  }
  return (await query.execute()).map(listingOf);
}

/** How many jobs of a collection wait or run. */
export async function countJobs(db: Reader, collection: CollectionId): Promise<number> {
  const { count } = await db.read
    .selectFrom("jobs")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("state", "in", ["queued", "running"])
    .where(sql<string>`substr(target, 1, ${sql.lit(ID_LENGTH)})`, "=", collection)
    .executeTakeFirstOrThrow();
  return count;
}

function listingOf(row: {
  readonly id: JobId;
  readonly kind: string;
  readonly target: string;
  readonly attempts: number;
  readonly state: JobListing["state"];
  readonly done_steps: number;
  readonly total_steps: number | null;
  readonly error_code: string | null;
  readonly created_at: Instant;
}): JobListing {
  return {
    id: row.id,
    kind: row.kind,
    target: row.target,
    attempts: row.attempts,
    state: row.state,
    doneSteps: row.done_steps,
    totalSteps: row.total_steps,
    errorCode: row.error_code,
    createdAt: row.created_at,
  };
}
