import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type App, type Config, configFor } from "../src/app.ts";
import { type CanonicalState, canonicalState, complaintsOf, filesOf } from "./canonical-state.ts";
import { COMPILED } from "./command.ts";
import type { KillTask } from "./kill-child.ts";
import { HERE, INSIDE, type KillPoint, OUTSIDE, type StepCounts } from "./kill-steps.ts";
import { allWorks, type WorkName } from "./kill-video-works.ts";
import { openForWork, type Work } from "./kill-works.ts";
import { KILLS } from "./kills.ts";

/** Rounds at a time: the machine's cores are for other tests too. */
export const WIDTH = 2;
/** Far beyond what any of this takes; a process that hangs is a failure with a name. */
const CHILD_MS = 240_000;

/** Where a process is killed: at a step, or so many milliseconds after it began its work. */
export type Aim = { readonly killAt: KillPoint } | { readonly moment: number };

/** What the work leaves when nobody interferes, how long it takes, in how many steps. */
export interface Undisturbed {
  readonly state: CanonicalState;
  readonly milliseconds: number;
  readonly steps: StepCounts;
}

/** What came of a process that was to be killed. */
export interface Child {
  readonly end: "ended" | "killed";
  /** From the start of the work to its end. */
  readonly milliseconds: number;
  readonly steps: StepCounts;
  /** What it said it had finished. */
  readonly finished: readonly string[];
  /** Whether it was in the middle of looking at a video. */
  readonly isInside: boolean;
}

/** Does the work without a kill, in the instance that each round begins with a copy of. */
export async function measure(root: string, name: WorkName): Promise<Undisturbed> {
  const config = await prepareFolder(root, name);
  const before = await stateOf(config);
  const child = await runChild(root, { config, work: name }, null);
  assert.equal(child.end, "ended");
  const state = await stateOf(config);
  assert.deepEqual(complaintsOf(state), []);
  assert.notDeepEqual(state, before, "the work changes something");
  assert.ok((state.tables["sightings"] ?? []).length > 0, "and somebody is seen in the end");
  assert.ok(child.steps.any > KILLS, "the work has enough steps to be killed at");
  return { state, milliseconds: child.milliseconds, steps: child.steps };
}

/** The work, killed as aimed, in a copy of what was prepared; null where it was over before. */
export async function killOnce(
  root: string,
  prepared: Config,
  name: WorkName,
  aim: Aim,
): Promise<{ readonly config: Config; readonly kill: Child } | null> {
  const folder = await mkdtemp(join(root, "round-"));
  await cp(prepared.folder, folder, { recursive: true });
  const config = configIn(folder);
  const kill = await runChild(root, { config, work: name }, aim);
  if (kill.end === "killed") return { config, kill };
  await rm(folder, { recursive: true, force: true });
  return null;
}

/** Half at a random step, half at a random moment. What was over once is killed by step. */
export function aimAnywhere(
  { steps, milliseconds }: Undisturbed,
  draw: () => number,
  byStep: boolean,
): Aim {
  return byStep ? aimAt("any", steps, draw, "itself") : { moment: draw() * milliseconds };
}

/** At a random step of a kind. */
export function aimAt(
  kind: KillPoint["kind"],
  steps: StepCounts,
  draw: () => number,
  by: KillPoint["by"],
): Aim {
  return { killAt: { kind, by, at: 1 + Math.floor(draw() * steps[kind]) } };
}

/** The same command again, in this process; nothing acknowledged may be missing before it. */
export async function finishAndCompare(
  root: string,
  name: WorkName,
  { config, kill }: { readonly config: Config; readonly kill: Child },
  undisturbed: Undisturbed,
): Promise<void> {
  const work: Work = allWorks[name];
  {
    await using app = await openForWork(config);
    await checkKept(app, undisturbed.state);
    if (name === "import" || name === "import of videos") {
      const rows = await app.db.read.selectFrom("import_files").select("path").execute();
      const kept = new Set(rows.map(({ path }) => path));
      assert.deepEqual(
        kill.finished.filter((path) => !kept.has(path)),
        [],
        "what was acknowledged is kept",
      );
    }
    await work.run(app, inputsIn(root), () => undefined);
  }
  const state = await stateOf(config);
  assert.deepEqual(complaintsOf(state), []);
  assert.deepEqual(state, undisturbed.state);
}

/** Whatever has its name is whole. */
async function checkKept(app: App, undisturbed: CanonicalState): Promise<void> {
  const { photos, deliveries } = await filesOf({ db: app.db, folder: app.config.folder });
  const broken = photos.filter((line) => / (?:missing|changed)$/u.test(line));
  assert.deepEqual(broken, [], "no photo or video is half there");
  const whole = hashesOf(undisturbed);
  const halves = deliveries.filter(
    (line) => line !== "half a delivery" && !whole.has(line.split(" ")[0] ?? ""),
  );
  assert.deepEqual(halves, [], "no copy is half there");
}

/** The hashes of the copies that the work makes. */
export function hashesOf({ deliveries }: CanonicalState): ReadonlySet<string> {
  return new Set(deliveries.map((line) => line.split(" ")[0] ?? ""));
}

export async function prepareFolder(root: string, name: WorkName): Promise<Config> {
  const config = configIn(await mkdtemp(join(root, `${name}-`)));
  await prepareIn(root, name, config);
  return config;
}

export async function prepareIn(root: string, name: WorkName, config: Config): Promise<void> {
  await mkdir(config.folder, { recursive: true });
  await using app = await openForWork(config);
  await allWorks[name].prepare(app, inputsIn(root));
}

/** Every instance here has the same master key, so that keyed digests of names compare. */
export function configIn(folder: string): Config {
  const text = "0123456789abcdef".repeat(4);
  return { ...configFor(folder), masterKey: { kind: "text", text }, workers: 3, account: "staff" };
}

export function inputsIn(root: string): string {
  return join(root, "inputs");
}

async function stateOf(config: Config): Promise<CanonicalState> {
  await using app = await openForWork(config);
  return await canonicalState({ ...app, folder: config.folder });
}

/** Runs the work in a process of its own, and kills it as aimed. */
export async function runChild(
  root: string,
  { config, work }: Pick<KillTask, "config" | "work">,
  aim: Aim | null,
): Promise<Child> {
  const script = join(import.meta.dirname, "kill-child.ts");
  const killAt = aim && "killAt" in aim ? aim.killAt : null;
  const task: KillTask = { config, work, inputs: inputsIn(root), killAt };
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
  let steps: StepCounts = { any: 0, look: 0, packet: 0, ending: 0 };
  let [started, ended] = [0, 0];
  let isInside = false;
  for await (const line of createInterface({ input: child.stdout })) {
    const [word = "", rest = ""] = line.split(/ (.*)/u);
    if (word === "started") {
      started = performance.now();
      if (aim && "moment" in aim) setTimeout(() => child.kill("SIGKILL"), aim.moment);
    }
    if (word === HERE) child.kill("SIGKILL");
    if (word === INSIDE || word === OUTSIDE) isInside = word === INSIDE;
    if (word === "finished") finished.push(rest);
    if (word === "ended") {
      steps = JSON.parse(rest) as StepCounts;
      ended = performance.now();
    }
  }
  const how = await exited;
  clearTimeout(limit);
  assert.ok(how === 0 || how === "SIGKILL", `the child failed (${String(how)}): ${complaint}`);
  assert.ok(started > 0, "the child began its work");
  const end = how === 0 ? "ended" : "killed";
  return { end, milliseconds: ended - started, steps, finished, isInside };
}
