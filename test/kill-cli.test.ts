import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { configFor, openApp } from "../src/app.ts";
import { sha256Hex } from "../src/base/bytes.ts";
import { inParallel } from "../src/base/parallel.ts";
import { type CanonicalState, canonicalState, complaintsOf } from "./canonical-state.ts";
import { ASSENT, plainEnvironment, runAssent } from "./command.ts";
import { drawPortrait, drawRow, members } from "./drawn.ts";
import { filmRows } from "./drawn-film.ts";
import { unpack } from "./unpack.ts";
import { drawFrom } from "./vectors.ts";

/** Kills of each command: a check that the command line does as the functions do (kill.test.ts). */
const ROUNDS = 3;
/** Draws for one kill, for commands that were over before the moment drawn. */
const DRAWS_MAX = 6;
/** Kills of an import and of a delivery of a film, which take longer. */
const FILM_ROUNDS = 2;
const PEOPLE = 3;
const PHOTOS = 5;
/** Seconds of the film: two looks, and frames enough to be killed among. */
const FILM_SECONDS = 1;
/** How often a folder is looked into for a file that appears. */
const WATCH_MS = 2;

let root = "";
before(async () => {
  root = await mkdtemp(join(tmpdir(), "assent-kill-cli-"));
  const [first, second, third, ...strangers] = members;
  assert.ok(first && second && third);
  for (let day = 1; day <= PHOTOS; day += 1) {
    const row = [[first, second, third][day % PEOPLE] ?? first, strangers[day] ?? third];
    await drawRow(join(root, "photos", `${day}.jpg`), row, day);
  }
  await filmRows(join(root, "films", "film.mp4"), [[[first, strangers[0] ?? third], FILM_SECONDS]]);
  const lines = ["subject,contact,photo,form,signed_on,witness"];
  for (const [index, member] of [first, second, third].entries()) {
    await drawPortrait(join(root, `${index}.jpg`), member);
    lines.push(`${member.name},${index}@people.example,${index}.jpg,${index},2026-11-01,Staff`);
  }
  await writeFile(join(root, "people.csv"), lines.join("\n"));
  await writeFile(join(root, "first.csv"), lines.slice(0, 2).join("\n"));
  await prepareInstances();
});
after(async () => rm(root, { recursive: true, force: true }));

const enrolling = ["enrol", "--collection", "gala", "--csv"];

/** The commands that are killed, with the instance that each begins with. */
const commands = [
  { name: "import", begins: "enrolled", args: () => importing() },
  { name: "enrol", begins: "imported", args: () => [...enrolling, join(root, "people.csv")] },
  { name: "jobs run", begins: "waiting", args: () => ["jobs", "run"] },
  { name: "erase", begins: "seen", args: () => ["erase", "--subject", erased] },
] as const;
let erased = "";
/** How long the film is under work once it lies in the instance. */
let filmMs = 0;

for (const { name, begins, args } of commands) {
  test(`assent ${name}, killed at random moments, ends as if undisturbed`, async (t) => {
    const undisturbed = await copyOf(begins);
    const started = performance.now();
    await succeed(undisturbed, args());
    const milliseconds = performance.now() - started;
    const expected = await stateOf(undisturbed);
    const draw = drawFrom(begins.length);
    const moments: number[] = [];
    await inParallel(Array.from({ length: ROUNDS }), 2, async () => {
      for (let drawn = 0; drawn < DRAWS_MAX; drawn += 1) {
        const data = await copyOf(begins);
        // Sooner each time: the undisturbed run may have been slowed by others.
        const moment = (draw() * milliseconds) / (1 + drawn);
        const killed = await killAfter(data, args(), moment);
        if (!killed) continue;
        moments.push(Math.round(moment));
        await succeed(data, args());
        assert.deepEqual(await stateOf(data), expected);
        return;
      }
      assert.fail("never killed in time");
    });
    t.diagnostic(`killed after ${moments.join(", ")} of ${Math.round(milliseconds)} ms`);
  });
}

test("assent import of a video, killed while it is looked at, ends as if undisturbed", async (t) => {
  const expected = await stateOf(await copyOf("filmed"));
  const staged = { folder: "photos/staged", name: /\.part$/u };
  const draw = drawFrom(11);
  const shares: number[] = [];
  for (let drawn = 0; drawn < DRAWS_MAX && shares.length < FILM_ROUNDS; drawn += 1) {
    const data = await copyOf("enrolled");
    // It lies there staged from before it is looked at until its faces are known.
    const share = (0.9 * draw()) / (1 + drawn / DRAWS_MAX);
    const killed = await killAtFile(data, filming(), staged, share * filmMs);
    if (!killed || !(await isThere(data, staged))) continue;
    shares.push(share);
    await succeed(data, filming());
    assert.deepEqual(await stateOf(data), expected);
    assert.ok(!(await isThere(data, staged)), "nothing half-done is left");
  }
  assert.equal(shares.length, FILM_ROUNDS, "killed in time");
  t.diagnostic(`killed at ${shares.map((share) => share.toFixed(2)).join(", ")} of ${filmMs} ms`);
});

test("assent deliver of a video, killed at random moments, hands over a whole one or none", async (t) => {
  const undisturbed = await copyOf("filmed");
  const started = performance.now();
  await succeed(undisturbed, handing(undisturbed));
  const milliseconds = performance.now() - started;
  const expected = await handedIn(undisturbed);
  assert.equal(expected?.length, 1, "one video is in the archive");
  const encoded = { folder: "handed", name: /\.part\..+\.part$/u };
  const draw = drawFrom(12);
  let rounds = 0;
  let halves = 0;
  for (let drawn = 0; drawn < DRAWS_MAX && rounds < FILM_ROUNDS; drawn += 1) {
    const data = await copyOf("filmed");
    // The first while it is encoded, the second at any moment.
    const killed =
      rounds === 0
        ? await killAtFile(data, handing(data), encoded, 0)
        : await killAfter(data, handing(data), (draw() * milliseconds) / (1 + drawn));
    const isHalf = await isThere(data, encoded);
    if (!killed || (rounds === 0 && !isHalf)) continue;
    rounds += 1;
    halves += isHalf ? 1 : 0;
    const left = await handedIn(data);
    if (left) assert.deepEqual(left, expected, "what has its name is whole");
    await succeed(data, handing(data));
    assert.deepEqual(await handedIn(data), expected);
    assert.deepEqual(await readdir(join(data, "handed")), ["film.zip"], "and nothing beside it");
    await stateOf(data);
  }
  assert.equal(rounds, FILM_ROUNDS, "killed in time");
  t.diagnostic(`${rounds} kills, ${halves} of them left half a copy`);
});

test("Ctrl-C stops an import after the photos under way, and the same command goes on", async () => {
  let data = "";
  let exit: number | NodeJS.Signals | null = 0;
  // Where this process waits for its turn for long, the import may be over before the signal.
  for (let drawn = 0; drawn < DRAWS_MAX && exit === 0; drawn += 1) {
    data = await copyOf("enrolled");
    const child = start(data, importing());
    const said = text(child.stderr);
    while (!(await hasPhotos(data)) && child.exitCode === null) await sleep(5);
    child.kill("SIGINT");
    exit = await ended(child);
    if (exit !== 0) assert.match(await said, /Stopped\. The same command goes on from here\./u);
  }
  assert.equal(exit, 130);
  await succeed(data, importing());
  const undisturbed = await copyOf("imported");
  assert.deepEqual(await stateOf(data), await stateOf(undisturbed));
});

/** Every instance that a command begins with, each made from the one before. */
async function prepareInstances(): Promise<void> {
  const data = join(root, "now");
  await succeed(data, ["init", "--pack", "bundled"]);
  const rules =
    "--purpose pictures --notice consent --scene-basis tickets --contact office@club.example";
  await succeed(data, ["collection", "create", "--name", "gala", ...rules.split(" ")]);
  const keep = async (name: string) => cp(data, join(root, name), { recursive: true });
  await succeed(data, [...enrolling, join(root, "first.csv")]);
  await keep("enrolled");
  await filmInstance();
  await succeed(data, importing());
  await keep("imported");
  await succeed(data, [...enrolling, join(root, "people.csv"), "--later"]);
  await keep("waiting");
  await succeed(data, ["jobs", "run"]);
  await keep("seen");
  await using app = await openApp(configFor(data));
  const grants = await app.db.read
    .selectFrom("sightings")
    .select("subject_id")
    .distinct()
    .orderBy("subject_id")
    .execute();
  assert.equal(grants.length, PEOPLE, "everybody is seen");
  erased = grants[0]?.subject_id ?? "";
}

/** The instance in which the film is, and how long it took from when it lay there to the end. */
async function filmInstance(): Promise<void> {
  const data = join(root, "filmed");
  await cp(join(root, "now"), data, { recursive: true });
  const child = start(data, filming());
  child.stderr.resume();
  await appears(child, data, { folder: "photos/staged", name: /\.part$/u });
  const started = performance.now();
  assert.equal(await ended(child), 0);
  filmMs = Math.round(performance.now() - started);
}

function filming(): readonly string[] {
  return ["import", join(root, "films"), "--collection", "gala"];
}

function handing(data: string): readonly string[] {
  const to = join(data, "handed", "film.zip");
  return ["deliver", "--collection", "gala", "--subject", "0@people.example", "--to", to];
}

/** What an archive that has its name holds; null where there is none. */
async function handedIn(data: string): Promise<readonly string[] | null> {
  const bytes = await readFile(join(data, "handed", "film.zip")).catch(() => null);
  if (!bytes) return null;
  return [...(await unpack(bytes))].map(([name, content]) => `${name} ${sha256Hex(content)}`);
}

function importing(): readonly string[] {
  return ["import", join(root, "photos"), "--collection", "gala"];
}

async function copyOf(name: string): Promise<string> {
  const data = await mkdtemp(join(root, "round-"));
  await cp(join(root, name), data, { recursive: true });
  return data;
}

async function succeed(data: string, args: readonly string[]): Promise<void> {
  await mkdir(data, { recursive: true });
  const { exit, err } = await runAssent(data, args);
  assert.equal(exit, 0, err);
}

async function stateOf(data: string): Promise<CanonicalState> {
  await using app = await openApp(configFor(data));
  const state = await canonicalState({ ...app, folder: data });
  assert.deepEqual(complaintsOf(state), []);
  return state;
}

/** True when the command was under way still. */
async function killAfter(data: string, args: readonly string[], moment: number): Promise<boolean> {
  const child = start(data, args);
  child.stderr.resume();
  const timer = setTimeout(() => child.kill("SIGKILL"), moment);
  const how = await ended(child);
  clearTimeout(timer);
  assert.ok(how === "SIGKILL" || how === 0, `it failed: ${String(how)}`);
  return how === "SIGKILL";
}

/** A file of an instance, by its folder. */
interface FileOf {
  readonly folder: string;
  readonly name: RegExp;
}

/** As `killAfter`, so long after a file has appeared. */
async function killAtFile(
  data: string,
  args: readonly string[],
  file: FileOf,
  delay: number,
): Promise<boolean> {
  const child = start(data, args);
  child.stderr.resume();
  await appears(child, data, file);
  if (delay > 0) await sleep(delay);
  child.kill("SIGKILL");
  const how = await ended(child);
  assert.ok(how === "SIGKILL" || how === 0, `it failed: ${String(how)}`);
  return how === "SIGKILL";
}

/** Waits for a file, or the command's end. */
async function appears(child: Command, data: string, file: FileOf): Promise<void> {
  while (child.exitCode === null && !(await isThere(data, file))) await sleep(WATCH_MS);
}

async function isThere(data: string, { folder, name }: FileOf): Promise<boolean> {
  return (await readdir(join(data, folder)).catch(() => [])).some((one) => name.test(one));
}

type Command = ReturnType<typeof start>;

function start(data: string, args: readonly string[]) {
  return spawn(ASSENT, args, {
    env: plainEnvironment({ ASSENT_DATA: data }),
    stdio: ["ignore", "ignore", "pipe"],
  });
}

async function ended(child: Command): Promise<number | NodeJS.Signals | null> {
  const already = child.exitCode ?? child.signalCode;
  if (already !== null) return already;
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(signal ?? code));
  });
}

async function hasPhotos(data: string): Promise<boolean> {
  const names = await readdir(join(data, "photos"), { recursive: true }).catch(() => []);
  return names.some((name) => !name.endsWith(".part") && name.includes("/"));
}
