import { z } from "zod";
import { defineRoute, READERS, STAFF } from "./contract.ts";
import { instant, jobId, page, pageQuery, text } from "./fields.ts";

const JOB_TARGET_LENGTH_MAX = 200;

export const job = z
  .object({
    id: jobId,
    kind: z.string().meta({ description: "What it does: backfill, for one." }),
    target: text(JOB_TARGET_LENGTH_MAX).meta({ description: "What it works on, by its id." }),
    state: z.enum(["queued", "running", "done", "failed", "cancelled"]),
    attempts: z.int(),
    done: z.int().meta({ description: "Steps done: photos, seconds of videos, rows." }),
    total: z.int().nullable().meta({ description: "Steps in all; null until it is known." }),
    error: z.string().nullable().meta({ description: "The code of the last failure." }),
    createdAt: instant,
  })
  .meta({ id: "Job" });

export const jobRoutes = {
  listJobs: defineRoute({
    method: "GET",
    path: "/api/v1/jobs",
    summary: "Jobs of the collections in reach, the newest first.",
    access: { who: READERS, scope: "read" },
    query: z.object(pageQuery),
    response: page(job),
    status: 200,
    errors: ["cursor_invalid"],
    example: { as: "owner", keeps: { job: "items.0.id" } },
  }),
  getJob: defineRoute({
    method: "GET",
    path: "/api/v1/jobs/:job",
    summary: "One job and how far it is.",
    access: { who: READERS, scope: "read" },
    response: job,
    status: 200,
    errors: ["job_unknown"],
    example: { as: "owner" },
  }),
  watchJob: defineRoute({
    method: "GET",
    path: "/api/v1/jobs/:job/events",
    summary: "A job's progress as server-sent events, until it is over.",
    access: { who: READERS, scope: "read" },
    response: job,
    produces: "text/event-stream",
    status: 200,
    errors: ["job_unknown"],
    example: { as: "owner" },
  }),
  cancelJob: defineRoute({
    method: "POST",
    path: "/api/v1/jobs/:job/cancel",
    summary:
      "Ask a job to stop: at once while it waits, soon while it runs. One that is over stays.",
    access: { who: STAFF, scope: "import" },
    response: job,
    status: 202,
    errors: ["job_unknown"],
    example: { as: "owner" },
  }),
};
