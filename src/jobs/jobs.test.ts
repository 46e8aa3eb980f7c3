import assert from "node:assert/strict";
import { onEachDatabase, onPostgres, openTestDb, withEachDatabase } from "../../test/databases.ts";
import { fixedClock } from "../base/clock.ts";
import type { Db } from "../storage/db.ts";
import {
  ATTEMPTS_MAX,
  cancel,
  enqueue,
  finish,
  type Job,
  LEASE_MS,
  release,
  renew,
  take,
} from "./jobs.ts";
import { pageOfJobs } from "./listings.ts";

const START = Date.UTC(2026, 0, 1);

async function queue(db: Db, clock: ReturnType<typeof fixedClock>, ...targets: readonly string[]) {
  await db.write(async (tx) => {
    for (const target of targets) await enqueue(tx, clock, "backfill", target);
  });
}

async function taken(db: Db, clock: ReturnType<typeof fixedClock>, holder: string): Promise<Job> {
  const job = await take(db, clock, holder);
  assert.ok(job, "a job is due");
  return job;
}

withEachDatabase(
  "one job of a kind waits for a target; a running one does not count",
  async (db) => {
    const clock = fixedClock(START);
    await queue(db, clock, "a", "a", "b");
    assert.equal((await pageOfJobs(db, { targets: null, after: null, limit: 10 })).length, 2);
    const job = await taken(db, clock, "one");
    await queue(db, clock, "a", "b");
    const states = (await pageOfJobs(db, { targets: null, after: null, limit: 10 }))
      .map(({ target, state }) => `${target} ${state}`)
      .sort();
    assert.deepEqual(states, ["a queued", "b queued", `${job.target} running`].sort());
  },
);

withEachDatabase("a job is held by one, until it is done", async (db) => {
  const clock = fixedClock(START);
  await queue(db, clock, "a");
  const job = await taken(db, clock, "one");
  assert.equal(await take(db, clock, "two"), null);
  clock.move(LEASE_MS - 1);
  await renew(db, clock, job, "one", { done: 3, total: 9 });
  clock.move(LEASE_MS - 1);
  assert.equal(await take(db, clock, "two"), null);
  await finish(db, clock, job, "one", { state: "done" });
  const [listed] = await pageOfJobs(db, { targets: null, after: null, limit: 10 });
  assert.deepEqual([listed?.state, listed?.doneSteps, listed?.totalSteps], ["done", 3, 9]);
  assert.equal(await take(db, clock, "two"), null);
});

withEachDatabase("a dead holder's job is taken over, and the dead one can't end it", async (db) => {
  const clock = fixedClock(START);
  await queue(db, clock, "a");
  const first = await taken(db, clock, "one");
  clock.move(LEASE_MS + 1);
  const second = await taken(db, clock, "two");
  assert.deepEqual([second.id, second.attempts], [first.id, 2]);
  const lost = renew(db, clock, first, "one", { done: 1, total: 1 });
  await assert.rejects(lost, { code: "lease_lost" });
  await finish(db, clock, first, "one", { state: "done" });
  assert.equal(
    (await pageOfJobs(db, { targets: null, after: null, limit: 10 }))[0]?.state,
    "running",
  );
  await renew(db, clock, second, "two", { done: 1, total: 1 });
});

withEachDatabase("the leases of holders known to be dead end at once", async (db) => {
  const clock = fixedClock(START);
  await queue(db, clock, "a", "b");
  const [dead, alive] = [await taken(db, clock, "dead"), await taken(db, clock, "alive")];
  await release(db, clock, (holder) => holder === "dead");
  assert.equal((await taken(db, clock, "new")).id, dead.id);
  assert.equal(await take(db, clock, "new"), null);
  await renew(db, clock, alive, "alive", { done: 0, total: 1 });
});

withEachDatabase(
  "a failed job is tried again, later each time, and then listed as failed",
  async (db) => {
    const clock = fixedClock(START);
    await queue(db, clock, "a");
    let wait = 1000;
    for (let attempt = 1; attempt < ATTEMPTS_MAX; attempt += 1) {
      const job = await taken(db, clock, "one");
      assert.equal(job.attempts, attempt);
      await finish(db, clock, job, "one", { state: "failed", code: "disk_full" });
      clock.move(wait - 1);
      assert.equal(await take(db, clock, "one"), null);
      clock.move(1);
      wait *= 2;
    }
    await finish(db, clock, await taken(db, clock, "one"), "one", { state: "failed", code: "bug" });
    clock.move(24 * 60 * 60 * 1000);
    assert.equal(await take(db, clock, "one"), null);
    const [listed] = await pageOfJobs(db, { targets: null, after: null, limit: 10 });
    assert.deepEqual([listed?.state, listed?.errorCode], ["failed", "bug"]);
  },
);

withEachDatabase("a failed job makes way for one that waits for the same target", async (db) => {
  const clock = fixedClock(START);
  await queue(db, clock, "a");
  const job = await taken(db, clock, "one");
  await queue(db, clock, "a");
  await finish(db, clock, job, "one", { state: "failed", code: "bug" });
  const states = (await pageOfJobs(db, { targets: null, after: null, limit: 10 }))
    .map(({ state }) => state)
    .sort();
  assert.deepEqual(states, ["failed", "queued"]);
});

withEachDatabase("a stopped job waits again, and has lost no attempt", async (db) => {
  const clock = fixedClock(START);
  await queue(db, clock, "a");
  for (let round = 0; round < ATTEMPTS_MAX + 2; round += 1) {
    const job = await taken(db, clock, "one");
    assert.equal(job.attempts, 1);
    await finish(db, clock, job, "one", { state: "stopped" });
  }
  assert.equal(
    (await pageOfJobs(db, { targets: null, after: null, limit: 10 }))[0]?.state,
    "queued",
  );
});

withEachDatabase("cancels what waits at once, and what runs at its next step", async (db) => {
  const clock = fixedClock(START);
  await queue(db, clock, "a");
  const [waiting] = await pageOfJobs(db, { targets: null, after: null, limit: 10 });
  assert.ok(waiting);
  await cancel(db, clock, waiting.id);
  assert.equal(await take(db, clock, "one"), null);
  await assert.rejects(cancel(db, clock, waiting.id), { code: "job_unknown" });
  await queue(db, clock, "b");
  const job = await taken(db, clock, "one");
  await cancel(db, clock, job.id);
  const step = renew(db, clock, job, "one", { done: 1, total: 2 });
  await assert.rejects(step, { code: "job_cancelled" });
  await finish(db, clock, job, "one", { state: "cancelled" });
  const states = (await pageOfJobs(db, { targets: null, after: null, limit: 10 })).map(
    ({ state }) => state,
  );
  assert.deepEqual(states, ["cancelled", "cancelled"]);
});

onEachDatabase("connections that take jobs at once never get the same one", async (database) => {
  await using first = await openTestDb(database);
  await using second = await openTestDb(database);
  const clock = fixedClock(START);
  const targets = Array.from({ length: 40 }, (_, index) => `target ${index}`);
  await queue(first, clock, ...targets);
  // SQLite's two connections in one process can't wait for each other: there they take turns.
  const lanes = first.kind === "postgres" ? [first, second, first, second] : [first, first];
  // Each gets one before any takes what is left: else the first to connect may take them all.
  const firsts = await Promise.all(
    lanes.map(async (db, lane) => (await taken(db, clock, `${lane}`)).target),
  );
  const others = await Promise.all(
    lanes.map(async (db, lane) => {
      const mine: string[] = [];
      for (
        let job = await take(db, clock, `${lane}`);
        job;
        job = await take(db, clock, `${lane}`)
      ) {
        mine.push(job.target);
      }
      return mine;
    }),
  );
  assert.deepEqual([...firsts, ...others.flat()].sort(), targets.sort());
});

onPostgres("a job asked for again while it begins is not lost", async (database) => {
  await using first = await openTestDb(database);
  await using second = await openTestDb(database);
  const clock = fixedClock(START);
  await queue(first, clock, "a");
  // The change that asks is not committed yet. A worker that took the job now would not see it.
  await first.write(async (tx) => {
    await enqueue(tx, clock, "backfill", "a");
    assert.equal(await take(second, clock, "worker"), null);
  });
  assert.equal((await taken(second, clock, "worker")).target, "a");
  // The other order: the job has begun, uncommitted, when the change asks. It gets one of its own.
  await queue(first, clock, "a");
  assert.equal((await taken(second, clock, "worker")).target, "a");
});
