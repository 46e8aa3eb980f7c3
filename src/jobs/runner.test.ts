import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { withEachDatabase } from "../../test/databases.ts";
import { fixedClock } from "../base/clock.ts";
import { AppError } from "../base/errors.ts";
import { processMark } from "../base/processes.ts";
import type { Db } from "../storage/db.ts";
import { cancel, enqueue, take } from "./jobs.ts";
import { type Handler, Runner } from "./runner.ts";
import { pageOfJobs } from "./listings.ts";

const START = Date.UTC(2026, 0, 1);

class DiskError extends AppError<"disk_full"> {}

async function queue(db: Db, clock: ReturnType<typeof fixedClock>, kind: string, target: string) {
  await db.write(async (tx) => enqueue(tx, clock, kind, target));
}

withEachDatabase("runs what is due, in order, with progress", async (db) => {
  const clock = fixedClock(START);
  const ran: string[] = [];
  const handler: Handler = async ({ target }, context) => {
    context.report({ done: 1, total: 2 });
    context.report({ done: 2, total: 2 });
    ran.push(target);
  };
  const runner = new Runner(db, clock, { look: handler });
  for (const target of ["a", "b", "c"]) {
    await queue(db, clock, "look", target);
    clock.move(1);
  }
  const seen: string[] = [];
  const outcome = await runner.drain({
    onProgress: (job, { done, total }) => seen.push(`${job.target} ${done}/${total}`),
  });
  assert.deepEqual(outcome, { ended: 3, failed: 0 });
  assert.deepEqual(ran, ["a", "b", "c"]);
  assert.deepEqual(seen.slice(0, 2), ["a 1/2", "a 2/2"]);
  const listed = await pageOfJobs(db, { targets: null, after: null, limit: 10 });
  assert.deepEqual(
    listed.map(({ state, doneSteps }) => [state, doneSteps]),
    [
      ["done", 2],
      ["done", 2],
      ["done", 2],
    ],
  );
});

withEachDatabase("a failure is kept as its code alone, and the next job runs", async (db) => {
  const clock = fixedClock(START);
  const runner = new Runner(db, clock, {
    look: async ({ target }) => {
      if (target === "full") throw new DiskError("disk_full", "The disk is full.");
      if (target === "bug") throw new Error("a name that must not be kept");
    },
  });
  for (const target of ["full", "bug", "fine"]) await queue(db, clock, "look", target);
  await queue(db, clock, "other", "kind");
  assert.deepEqual(await runner.drain(), { ended: 4, failed: 3 });
  const codes = new Map(
    (await pageOfJobs(db, { targets: null, after: null, limit: 10 })).map((job) => [
      job.target,
      job.errorCode,
    ]),
  );
  assert.deepEqual(Object.fromEntries(codes), {
    full: "disk_full",
    bug: "bug",
    fine: null,
    kind: "job_unknown",
  });
});

withEachDatabase("a job cancelled while it runs ends as cancelled", async (db) => {
  const clock = fixedClock(START);
  const runner = new Runner(db, clock, {
    look: async ({ id }) => cancel(db, clock, id),
  });
  await queue(db, clock, "look", "a");
  assert.deepEqual(await runner.drain(), { ended: 1, failed: 1 });
  assert.equal(
    (await pageOfJobs(db, { targets: null, after: null, limit: 1 }))[0]?.state,
    "cancelled",
  );
});

withEachDatabase("stopped from outside, it gives the job back untouched", async (db) => {
  const clock = fixedClock(START);
  const stop = new AbortController();
  let steps = 0;
  const runner = new Runner(db, clock, {
    look: async (_, { signal }) => {
      for (;;) {
        signal.throwIfAborted();
        steps += 1;
        if (steps === 3) stop.abort();
      }
    },
  });
  await queue(db, clock, "look", "a");
  assert.deepEqual(await runner.drain({ signal: stop.signal }), { ended: 0, failed: 0 });
  const [job] = await pageOfJobs(db, { targets: null, after: null, limit: 1 });
  assert.deepEqual([job?.state, job?.attempts, job?.errorCode], ["queued", 0, null]);
});

withEachDatabase("takes over from a process of this machine that is gone, at once", async (db) => {
  const clock = fixedClock(START);
  await queue(db, clock, "look", "a");
  await queue(db, clock, "look", "b");
  const gone = spawnSync(process.execPath, ["-e", "0"]).pid;
  const holder = (pid: number) => `${processMark.replace(/-\d+-/u, `-${pid}-`)}/x`;
  const taken = await take(db, clock, holder(gone));
  await take(db, clock, holder(process.ppid));
  const ran: string[] = [];
  const runner = new Runner(db, clock, { look: async ({ target }) => void ran.push(target) });
  await runner.drain();
  assert.deepEqual(ran, [taken?.target]);
});
