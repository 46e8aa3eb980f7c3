import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createInterface } from "node:readline";
import { type App, type Config, configFor } from "../src/app.ts";
import { inParallel } from "../src/base/parallel.ts";
import { type CanonicalState, canonicalState, complaintsOf, filesOf } from "./canonical-state.ts";
import { COMPILED } from "./command.ts";
import { onEachDatabase, onSqlite, type TestDatabase } from "./databases.ts";
import type { KillTask } from "./kill-child.ts";
import { KILLS } from "./kills.ts";
import { openForWork, type Work, type WorkName, works, writeInputs } from "./kill-works.ts";
import { drawFrom } from "./vectors.ts";

/** Kills in a row of one piece of work on PostgreSQL, each restart killed again. */
const KILLS_IN_A_ROW = 5;
/** Rounds at a time: the machine's cores are for other tests too. */
const WIDTH = 2;
/** Draws for one kill: the work may be over before the moment drawn. Moments come first. */
const DRAWS_MAX = 4;
/** Kills that hit different amounts of finished work: else they were not spread over it. */
const SPREAD_MIN = Math.min(5, Math.floor(KILLS / 4));
/** Of work with four videos, where not more can be finished. */
const VIDEO_SPREAD_MIN = 3;
/** Far beyond what any of this takes; a process that hangs is a failure with a name. */
const CHILD_MS = 240_000;

let root = "";
before(async () => {
  root = await mkdtemp(join(tmpdir(), "assent-kill-"));
  await writeInputs(inputs());
});
after(async () => rm(root, { recursive: true, force: true }));

for (const name of Object.keys(works) as WorkName[]) {
  // What is killed less often is so on one database: its files are what matters.
  const { kills }: Work = works[name];
  const onDatabases = kills === undefined ? onEachDatabase : onSqlite;
  onDatabases(`${name}, killed at random moments, ends as if undisturbed`, async (database, t) => {
    const undisturbed = await measure(name);
    const note = t.diagnostic.bind(t);
    if (database.schema === undefined) await killOften(name, kills ?? KILLS, undisturbed, note);
    else await killInARow(name, undisturbed, database, note);
  });
}

test("a job whose holder was killed is taken over at once", async () => {
  const { config } = await prepareFolder("backfill");
  const child = await runChild({ config, inputs: inputs(), work: "backfill", killAt: 200 }, null);
  assert.equal(child.end, "killed");
  await using app = await openForWork(config);
  const [held] = await app.db.read.selectFrom("jobs").selectAll().execute();
  assert.equal(held?.state, "running");
  assert.ok((held.lease_until ?? 0) > app.clock.now(), "the lease of the dead is still on");
  assert.deepEqual(await app.runner.drain(), { ended: 1, failed: 0 });
});

interface Undisturbed {
  readonly state: CanonicalState;
  readonly milliseconds: number;
  readonly steps: number;
}

/** What the work leaves when nobody interferes, how long it takes, in how many steps. */
async function measure(name: WorkName): Promise<Undisturbed> {
  const { config } = await prepareFolder(name);
  const before = await stateOf(config);
  const child = await runChild({ config, inputs: inputs(), work: name, killAt: null }, null);
  assert.equal(child.end, "ended");
  const state = await stateOf(config);
  assert.deepEqual(complaintsOf(state), []);
  assert.notDeepEqual(state, before, "the work changes something");
  assert.ok((state.tables["sightings"] ?? []).length > 0, "and somebody is seen in the end");
  assert.ok(child.steps > KILLS, "the work has enough steps to be killed at");
  return { state, milliseconds: child.milliseconds, steps: child.steps };
}

async function killOften(
  name: WorkName,
  kills: number,
  undisturbed: Undisturbed,
  note: (text: string) => void,
): Promise<void> {
  const prepared = await prepareFolder(name);
  const traces = await tracesIn(name, prepared.config);
  const found = await countTraces(prepared.config, traces);
  assert.equal(found, traces.length, "what is to go is in the files, to begin with");
  const draw = drawFrom(name.length);
  const seen = new Set<number>();
  let byMoment = 0;
  let half = 0;
  // Half at a random step, half at a random moment.
  const rounds = Array.from({ length: kills }, (_, index) => index);
  await inParallel(rounds, WIDTH, async (round) => {
    const folder = await mkdtemp(join(root, "round-"));
    const config = configIn(folder);
    const kill = await (async () => {
      for (let drawn = 0; drawn < DRAWS_MAX; drawn += 1) {
        await rm(folder, { recursive: true, force: true });
        await cp(prepared.config.folder, folder, { recursive: true });
        const byStep = round % 2 === 0 || drawn > 0;
        const killAt = byStep ? 1 + Math.floor(draw() * undisturbed.steps) : null;
        const moment = byStep ? null : draw() * undisturbed.milliseconds;
        const child = await runChild({ config, inputs: inputs(), work: name, killAt }, moment);
        if (child.end !== "killed") continue;
        byMoment += byStep ? 0 : 1;
        return child;
      }
      return assert.fail(`round ${round} was never killed in time`);
    })();
    seen.add(kill.finished.length);
    half += (await finishAndCompare(name, config, undisturbed, kill)) ? 1 : 0;
    assert.equal(await countTraces(config, traces), 0, "nothing of it is in any file");
    await rm(folder, { recursive: true, force: true });
  });
  const spread = [...seen].sort((a, b) => a - b).join(", ");
  note(`${kills} kills, ${byMoment} of them by the clock, after ${spread} finished things`);
  if (half > 0) note(`${half} of them left half a copy`);
  const isOfVideos = (works[name] as Work).kills !== undefined;
  const spreadMin = isOfVideos ? Math.min(VIDEO_SPREAD_MIN, kills / 3) : SPREAD_MIN;
  assert.ok(seen.size >= spreadMin, "kills are spread over the work");
}

async function killInARow(
  name: WorkName,
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
  await prepareIn(name, config);
  const draw = drawFrom(name.length);
  let kills = 0;
  let last: Child | null = null;
  while (kills < KILLS_IN_A_ROW && last?.end !== "ended") {
    // The first by step, so that one comes in time at least.
    const share = draw() / KILLS_IN_A_ROW;
    const byStep = kills % 2 === 0;
    const killAt = byStep ? 1 + Math.floor(share * undisturbed.steps) : null;
    const moment = byStep ? null : share * undisturbed.milliseconds;
    last = await runChild({ config, inputs: inputs(), work: name, killAt }, moment);
    if (last.end === "killed") kills += 1;
  }
  note(`${kills} kills in a row`);
  assert.ok(last && kills > 0, "at least one kill came in time");
  await finishAndCompare(name, config, undisturbed, last);
}

/**
 * The same command again, in this process; nothing acknowledged may be missing before it. True where
 * a copy lay there half-written.
 */
async function finishAndCompare(
  name: WorkName,
  config: Config,
  undisturbed: Undisturbed,
  kill: Child,
): Promise<boolean> {
  const work: Work = works[name];
  let half = false;
  {
    await using app = await openForWork(config);
    half = await checkServed(app, undisturbed.state);
    if (name === "import" || name === "import of videos") {
      const rows = await app.db.read.selectFrom("import_files").select("path").execute();
      const kept = new Set(rows.map(({ path }) => path));
      assert.deepEqual(
        kill.finished.filter((path) => !kept.has(path)),
        [],
        "what was acknowledged is kept",
      );
    }
    await work.run(app, inputs(), () => undefined);
  }
  const state = await stateOf(config);
  assert.deepEqual(complaintsOf(state), []);
  assert.deepEqual(state, undisturbed.state);
  return half;
}

/** Whatever has its name is whole. True where a copy has none yet. */
async function checkServed(app: App, undisturbed: CanonicalState): Promise<boolean> {
  const { photos, deliveries } = await filesOf({ db: app.db, folder: app.config.folder });
  const broken = photos.filter((line) => / (?:missing|changed)$/u.test(line));
  assert.deepEqual(broken, [], "no photo or video is half there");
  const whole = new Set(undisturbed.deliveries.map((line) => line.split(" ")[0]));
  const named = deliveries.filter((line) => line !== "half a delivery");
  assert.deepEqual(
    named.filter((line) => !whole.has(line.split(" ")[0])),
    [],
    "no copy is half there",
  );
  return named.length < deliveries.length;
}

async function prepareFolder(name: WorkName): Promise<{ readonly config: Config }> {
  const config = configIn(await mkdtemp(join(root, `${name}-`)));
  await prepareIn(name, config);
  return { config };
}

async function prepareIn(name: WorkName, config: Config): Promise<void> {
  const work: Work = works[name];
  await mkdir(config.folder, { recursive: true });
  await using app = await openForWork(config);
  await work.prepare(app, inputs());
}

/** Every instance here has the same master key, so that keyed digests of names compare. */
function configIn(folder: string): Config {
  const text = "0123456789abcdef".repeat(4);
  return { ...configFor(folder), masterKey: { kind: "text", text }, workers: 3, account: "staff" };
}

function inputs(): string {
  return join(root, "inputs");
}

async function stateOf(config: Config): Promise<CanonicalState> {
  await using app = await openForWork(config);
  return await canonicalState({ ...app, folder: config.folder });
}

async function tracesIn(name: WorkName, config: Config): Promise<readonly Uint8Array[]> {
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

interface Child {
  readonly end: "ended" | "killed";
  /** From the start of the work to its end. */
  readonly milliseconds: number;
  readonly steps: number;
  /** What it said it had finished. */
  readonly finished: readonly string[];
}

/** Runs the work in a process of its own, and kills it `moment` milliseconds after it started. */
async function runChild(task: KillTask, moment: number | null): Promise<Child> {
  const script = join(import.meta.dirname, "kill-child.ts");
  const child = spawn(process.execPath, [script, JSON.stringify(task)], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { NODE_COMPILE_CACHE: COMPILED, ...process.env },
  });
  const limit = setTimeout(() => child.kill("SIGKILL"), CHILD_MS);
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const exited = new Promise<NodeJS.Signals | number | null>((resolve) => {
    child.on("close", (code, signal) => resolve(signal ?? code));
  });
  const finished: string[] = [];
  let steps = 0;
  let started = 0;
  let ended = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const [word = "", rest = ""] = line.split(/ (.*)/u);
    if (word === "started") {
      started = performance.now();
      if (moment !== null) setTimeout(() => child.kill("SIGKILL"), moment);
    }
    if (word === "finished") finished.push(rest);
    if (word === "ended") {
      steps = Number(rest);
      ended = performance.now();
    }
  }
  const how = await exited;
  clearTimeout(limit);
  assert.ok(how === 0 || how === "SIGKILL", `the child failed (${String(how)}): ${complaint}`);
  assert.ok(started > 0, "the child began its work");
  const over = how === 0;
  return { end: over ? "ended" : "killed", milliseconds: ended - started, steps, finished };
}
