import { z } from "zod";
import type { Principal } from "../../accounts/principal.ts";
import { reaches } from "../../accounts/principal.ts";
import type { App } from "../../app.ts";
import { unreachable } from "../../base/errors.ts";
import type { JobId } from "../../base/ids.ts";
import type { job, jobRoutes } from "../../contract/jobs.ts";
import { cancel, type JobListing, JobsError } from "../../jobs/jobs.ts";
import { collectionOfJob, pageOfJobs, readJob } from "../../jobs/listings.ts";
import { pageOf, readCursor } from "../cursors.ts";
import type { Handlers } from "../handler.ts";
import { watched } from "../streams.ts";

/** A runner writes a job's progress as often as its lease asks; no need to look more often. */
const WATCH_MS = 1000;
const jobsKey = z.object({ createdAt: z.int(), id: z.string() });

export const jobHandlers: Handlers<typeof jobRoutes> = {
  listJobs: async (app, { principal, query }) => {
    const after = readCursor(query.cursor, jobsKey);
    const targets = targetsOf(principal);
    const rows = await pageOfJobs(app.db, { targets, after, limit: query.limit + 1 });
    return pageOf(rows, query.limit, {
      key: ({ createdAt, id }) => ({ createdAt, id }),
      item: jobOf,
    });
  },
  getJob: async (app, { principal, params }) => jobOf(await jobIn(app, principal, params.job)),
  watchJob: async (app, { principal, params, signal }) => {
    await jobIn(app, principal, params.job);
    const read = async () => jobOf(await readJob(app.db, params.job));
    return watched(read, ({ state }) => !isUnderWay(state), { everyMs: WATCH_MS, signal });
  },
  cancelJob: async (app, { principal, params }) => {
    const { id, state } = await jobIn(app, principal, params.job);
    if (isUnderWay(state)) await cancel(app.db, app.clock, id);
    return jobOf(await readJob(app.db, id));
  },
};

function isUnderWay(state: JobListing["state"]): boolean {
  return state === "queued" || state === "running";
}

/** Null: every target. */
function targetsOf(principal: Principal): readonly string[] | null {
  switch (principal.kind) {
    case "account":
      return principal.collections === "all" ? null : principal.collections;
    case "key":
      return [principal.collection];
    case "subject":
    case "nobody":
      return [];
    default:
      return unreachable(principal);
  }
}

/** A job of a collection in reach. Throws JobsError job_unknown for any other. */
async function jobIn(app: App, principal: Principal, id: JobId): Promise<JobListing> {
  const found = await readJob(app.db, id);
  if (targetsOf(principal) === null) return found;
  if (reaches(principal, collectionOfJob(found))) return found;
  throw new JobsError("job_unknown", "There is no job of this id.");
}

/** A job as the contract has it. */
export function jobOf(one: JobListing): z.input<typeof job> {
  const { id, kind, target, state, attempts, createdAt } = one;
  const steps = { done: one.doneSteps, total: one.totalSteps, error: one.errorCode };
  return { id, kind, target, state, attempts, ...steps, createdAt };
}
