import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Config } from "../src/app.ts";
import { inParallel } from "../src/base/parallel.ts";
import { onEachDatabase, type TestDatabase } from "./databases.ts";
import {
  aimAnywhere,
  type Child,
  configIn,
  finishAndCompare,
  inputsIn,
  killOnce,
  measure,
  prepareFolder,
  prepareIn,
  runChild,
  type Undisturbed,
  WIDTH,
} from "./kill-rounds.ts";
import { openForWork, type Work, works, writeInputs } from "./kill-works.ts";
import { KILLS } from "./kills.ts";
import { drawFrom } from "./vectors.ts";

/** Kills in a row of one piece of work on PostgreSQL, each restart killed again. */
const KILLS_IN_A_ROW = 5;
/** Draws for one kill: the work may be over before the moment drawn. Moments come first. */
const DRAWS_MAX = 4;
/** Kills that hit different amounts of finished work: else they were not spread over it. */
const SPREAD_MIN = Math.min(5, Math.floor(KILLS / 4));

type Name = keyof typeof works;

let root = "";
before(async () => {
  root = await mkdtemp(join(tmpdir(), "assent-kill-"));
  await writeInputs(inputsIn(root));
});
after(async () => rm(root, { recursive: true, force: true }));

for (const name of Object.keys(works) as Name[]) {
  onEachDatabase(
    `${name}, killed at random moments, ends as if undisturbed`,
    async (database, t) => {
      const undisturbed = await measure(root, name);
      const note = t.diagnostic.bind(t);
      if (database.schema === undefined) await killOften(name, undisturbed, note);
      else await killInARow(name, undisturbed, database, note);
    },
  );
}

test("a job whose holder was killed is taken over at once", async () => {
  const config = await prepareFolder(root, "backfill");
  const killAt = { kind: "any", at: 200, by: "itself" } as const;
  const child = await runChild(root, { config, work: "backfill" }, { killAt });
  assert.equal(child.end, "killed");
  await using app = await openForWork(config);
  const [held] = await app.db.read.selectFrom("jobs").selectAll().execute();
  assert.equal(held?.state, "running");
  assert.ok((held.lease_until ?? 0) > app.clock.now(), "the lease of the dead is still on");
  assert.deepEqual(await app.runner.drain(), { ended: 1, failed: 0 });
});

async function killOften(
  name: Name,
  undisturbed: Undisturbed,
  note: (text: string) => void,
): Promise<void> {
  const prepared = await prepareFolder(root, name);
  const traces = await tracesIn(name, prepared);
  assert.equal(
    await countTraces(prepared, traces),
    traces.length,
    "what is to go is in the files, to begin with",
  );
  const draw = drawFrom(name.length);
  const seen = new Set<number>();
  let byMoment = 0;
  const rounds = Array.from({ length: KILLS }, (_, index) => index);
  await inParallel(rounds, WIDTH, async (round) => {
    let killed = null;
    for (let drawn = 0; drawn < DRAWS_MAX && !killed; drawn += 1) {
      const byStep = round % 2 === 0 || drawn > 0;
      killed = await killOnce(root, prepared, name, aimAnywhere(undisturbed, draw, byStep));
      if (killed && !byStep) byMoment += 1;
    }
    assert.ok(killed, `round ${round} was never killed in time`);
    seen.add(killed.kill.finished.length);
    await finishAndCompare(root, name, killed, undisturbed);
    assert.equal(await countTraces(killed.config, traces), 0, "nothing of it is in any file");
    await rm(killed.config.folder, { recursive: true, force: true });
  });
  const spread = [...seen].sort((a, b) => a - b).join(", ");
  note(`${KILLS} kills, ${byMoment} of them by the clock, after ${spread} finished things`);
  assert.ok(seen.size >= SPREAD_MIN, "kills are spread over the work");
}

async function killInARow(
  name: Name,
  undisturbed: Undisturbed,
  database: TestDatabase,
  note: (text: string) => void,
): Promise<void> {
  const folder = await mkdtemp(join(root, "postgres-"));
  const config = {
    ...configIn(folder),
    database: database.address,
    schema: database.schema ?? null,
  };
  await prepareIn(root, name, config);
  const draw = drawFrom(name.length);
  let kills = 0;
  let last: Child | null = null;
  while (kills < KILLS_IN_A_ROW && last?.end !== "ended") {
    const early = () => draw() / KILLS_IN_A_ROW;
    // The first by step, so that one comes in time at least.
    const aim = aimAnywhere(undisturbed, early, kills % 2 === 0);
    last = await runChild(root, { config, work: name }, aim);
    if (last.end === "killed") kills += 1;
  }
  note(`${kills} kills in a row`);
  assert.ok(last && kills > 0, "at least one kill came in time");
  await finishAndCompare(root, name, { config, kill: last }, undisturbed);
}

async function tracesIn(name: Name, config: Config): Promise<readonly Uint8Array[]> {
  const work: Work = works[name];
  await using app = await openForWork(config);
  return (await work.traces?.(app)) ?? [];
}

/** How many of these byte strings are somewhere in the instance's files. */
async function countTraces(config: Config, traces: readonly Uint8Array[]): Promise<number> {
  if (traces.length === 0) return 0;
  const names = await readdir(config.folder, { recursive: true, withFileTypes: true });
  const files = await Promise.all(
    names
      .filter((entry) => entry.isFile())
      .map(async (entry) => readFile(join(entry.parentPath, entry.name))),
  );
  return traces.filter((trace) => files.some((file) => file.includes(Buffer.from(trace)))).length;
}
