import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type Config, configFor, openDatabase } from "../src/app.ts";
import { backup } from "../src/backup/backup.ts";
import { readManifest } from "../src/backup/manifest.ts";
import { restore } from "../src/backup/restore.ts";
import { PLANS } from "../src/backup/tables.ts";
import { systemClock } from "../src/base/clock.ts";
import type { SubjectId } from "../src/base/ids.ts";
import { inParallel } from "../src/base/parallel.ts";
import { openTemplates } from "../src/collections/templates.ts";
import { keySetOf } from "../src/ledger/signing.ts";
import { withdraw } from "../src/rights/consent-changes.ts";
import { erase } from "../src/rights/erase.ts";
import { Blobs } from "../src/storage/blobs.ts";
import { openKeyFile } from "../src/storage/key-file.ts";
import { readMasterKey } from "../src/storage/master-key.ts";
import { lineOf } from "../src/storage/row-text.ts";
import type { Schema } from "../src/storage/schema.ts";
import { inNewSchema, onPostgres, onSqlite, type TestDatabase } from "./databases.ts";
import { fakePhoto } from "./fake-engine.ts";
import {
  enrolPerson,
  importPhotos,
  type Instance,
  makeCollection,
  openInstance,
} from "./instance.ts";
import type { BackupTask } from "./kill-backup-child.ts";
import { KILLS } from "./kills.ts";
import { drawFrom } from "./vectors.ts";

/** On PostgreSQL, where each round makes a schema. */
const KILLS_POSTGRES = 4;
/** Rounds at a time: the machine's cores are for other tests too. */
const WIDTH = 2;
/** Draws for one kill: the work may be over before the moment drawn. Moments come first. */
const DRAWS_MAX = 4;
/** Far beyond what any of this takes; a process that hangs is a failure with a name. */
const CHILD_MS = 120_000;

interface Child {
  readonly end: "ended" | "killed";
  readonly steps: number;
  readonly milliseconds: number;
  /** The dump it said it had made. */
  readonly finished: string | null;
}

async function runChild(task: BackupTask, moment: number | null = null): Promise<Child> {
  const script = join(import.meta.dirname, "kill-backup-child.ts");
  const child = spawn(process.execPath, [script, JSON.stringify(task)], {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: CHILD_MS,
    killSignal: "SIGTERM",
  });
  const exit = new Promise<NodeJS.Signals | number | null>((resolve) => {
    child.on("close", (code, signal) => resolve(signal ?? code));
  });
  let started = 0;
  let ended = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    if (chunk.includes("started")) {
      started = performance.now();
      if (moment !== null) setTimeout(() => child.kill("SIGKILL"), moment);
    }
    if (chunk.includes("ended ")) ended = performance.now();
  });
  const [said, complaint] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const how = await exit;
  assert.ok(how === 0 || how === "SIGKILL", `the child failed (${String(how)}): ${complaint}`);
  return {
    end: how === 0 ? "ended" : "killed",
    steps: Number(/^ended (\d+)/mu.exec(said)?.[1] ?? 0),
    milliseconds: ended - started,
    finished: /^finished (.+)/mu.exec(said)?.[1] ?? null,
  };
}

/** Runs `task` until it is killed in time, at the step or moment drawn. */
async function killOnce(
  task: BackupTask,
  undisturbed: Child,
  byStep: boolean,
  draw: () => number,
): Promise<Child> {
  for (let drawn = 0; drawn < DRAWS_MAX; drawn += 1) {
    const step = byStep || drawn > 0;
    const killAt = step ? 1 + Math.floor(draw() * undisturbed.steps) : null;
    const moment = step ? null : draw() * undisturbed.milliseconds;
    const child = await runChild({ ...task, killAt }, moment);
    if (child.end === "killed") return child;
  }
  return assert.fail("it was never killed in time");
}

async function inFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "assent-kill-"));
  try {
    return await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function populate(instance: Instance): Promise<readonly SubjectId[]> {
  const { app } = instance;
  const collection = await makeCollection(app);
  const subjects: SubjectId[] = [];
  for (const person of ["p0", "p1", "p2", "p3"]) {
    subjects.push(await enrolPerson(app, collection, person));
  }
  await importPhotos(instance, collection, {
    "a.jpg": fakePhoto(["p0", "p1"], "a"),
    "b.jpg": fakePhoto(["p2", "p3"], "b"),
  });
  await app.runner.drain();
  return subjects;
}

/** Everything that looks like a dump is whole, and the key file is at least as new. */
async function requireWhole(instance: Instance, folder: string, keys: string): Promise<string[]> {
  const keySet = await keySetOf(instance.app.db, "receipts");
  const master = await readMasterKey(instance.config.masterKey);
  const dumps = (await readdir(folder).catch(() => []))
    .filter((name) => name !== "photos" && !name.endsWith(".part"))
    .map((name) => join(folder, name));
  for (const dump of dumps) {
    const manifest = await readManifest(dump, keySet);
    assert.equal(manifest.photosMissing, 0);
    assert.ok(openKeyFile(master, await readFile(keys)).madeAt >= manifest.madeAt);
  }
  return dumps;
}

async function killBackups(instance: Instance, root: string, kills: number): Promise<number> {
  const { app, config } = instance;
  await populate(instance);
  const taskIn = (lane: string): BackupTask => {
    const work = {
      kind: "backup",
      folder: join(root, lane),
      keys: join(root, `${lane}.keys`),
    } as const;
    return { config, work, killAt: null };
  };
  const undisturbed = await runChild(taskIn("undisturbed"));
  assert.ok(undisturbed.steps > 100, "the work has enough steps to be killed at");
  // Half at a random step, half at a random moment.
  const draw = drawFrom(11);
  let killed = 0;
  await inParallel(
    Array.from({ length: kills }, (_, round) => round),
    WIDTH,
    async (round) => {
      const task = taskIn(`lane ${round % 10}`);
      assert.ok(task.work.kind === "backup");
      const { folder, keys } = task.work;
      const before = await requireWhole(instance, folder, keys);
      const child = await killOnce(task, undisturbed, round % 2 === 0, draw);
      killed += 1;
      const after = await requireWhole(instance, folder, keys);
      assert.deepEqual(after.slice(0, before.length), before, "earlier backups stay");
      if (child.finished !== null) assert.ok(after.includes(child.finished), "acknowledged");
      const made = await backup(app, app.recorder, { folder, keys });
      assert.ok((await requireWhole(instance, folder, keys)).includes(made.dump));
      const left = (await readdir(folder)).filter((name) => name.endsWith(".part"));
      assert.deepEqual(left, [], "what the dead left is gone");
    },
  );
  return killed;
}

onSqlite(
  "T5 a backup killed at random moments leaves no half, and the next is whole",
  (database, t) =>
    inFolder(async (root) => {
      await using instance = await openInstance(database);
      t.diagnostic(`${await killBackups(instance, root, KILLS)} kills`);
    }),
);

onPostgres(
  "T5 a backup killed at random moments leaves no half, and the next is whole",
  (database) =>
    inFolder(async (root) => {
      await using instance = await openInstance(database);
      await killBackups(instance, root, KILLS_POSTGRES);
    }),
);

/** What two restores of one backup leave alike: all but what is sealed or wrapped anew. */
async function stateOf(config: Config): Promise<readonly string[]> {
  await using db = await openDatabase(config);
  const lines: string[] = [];
  for (const table of Object.keys(PLANS) as (keyof Schema)[]) {
    const rows = await db.read.selectFrom(table).selectAll().execute();
    if (["settings", "entries", "migrations"].includes(table))
      lines.push(`${table} ${rows.length}`);
    else if (table !== "epoch_keys") {
      lines.push(...rows.map((row) => `${table} ${lineOf(withoutWraps(row))}`));
    }
  }
  return lines.toSorted();
}

function withoutWraps(row: object): Record<string, unknown> {
  const kept = Object.entries(row).filter(
    ([column]) =>
      !["epoch_id", "wrapped_key", "gallery_version", "ended_at", "erased_at"].includes(column),
  );
  return Object.fromEntries(kept) as Record<string, unknown>;
}

function emptyConfig(folder: string, of: Config, database: TestDatabase | null): Config {
  return {
    ...configFor(folder),
    masterKey: of.masterKey,
    workers: 1,
    account: "staff",
    database: database?.address ?? null,
    schema: database?.schema ?? null,
  };
}

/** Makes a backup, has people leave, and says how to restore it. */
async function prepare(instance: Instance, root: string) {
  const { app } = instance;
  const [p0, p1] = await populate(instance);
  assert.ok(p0 && p1);
  const request = { folder: join(root, "kept"), keys: join(root, "kept.keys") };
  const made = await backup(app, app.recorder, request);
  await erase(app, app.recorder, p0);
  await withdraw(app.db, app.recorder, p1, "all");
  return { work: { kind: "restore", from: made.dump, keys: made.keys } as const, p0, p1 };
}

/** The killed restore is not open for anything; the same command again ends it. */
async function finish(
  config: Config,
  { work, p0, p1 }: Awaited<ReturnType<typeof prepare>>,
  expected: readonly string[] | null,
): Promise<readonly string[]> {
  {
    await using db = await openDatabase(config);
    const there = await db.read.selectFrom("subjects").select(["id", "erased_at"]).execute();
    const of = there.find(({ id }) => id === p0);
    if (of) assert.notEqual(of.erased_at, null, "the erased are never there again");
    const setting = await db.read.selectFrom("settings").select("name").execute();
    const over = setting.some(({ name }) => name === "restored");
    const begun = setting.some(({ name }) => name === "restore");
    assert.equal(there.length > 0, over || begun);
    if (!over) {
      const master = await readMasterKey(config.masterKey);
      const blobs = new Blobs(join(config.folder, "photos"));
      const deps = { db, master, blobs, clock: systemClock, account: "staff" };
      await restore(deps, { ...work, erasures: [] });
    }
  }
  const state = await stateOf(config);
  if (expected) assert.deepEqual(state, expected);
  await using again = await openInstance({ address: "" }, { config });
  const { db, vault } = again.app;
  const templates = await db.read
    .selectFrom("templates")
    .innerJoin("grant_keys", "grant_keys.grant_id", "templates.grant_id")
    .select("templates.id")
    .execute();
  const opened = await openTemplates(
    db,
    vault,
    templates.map(({ id }) => id),
  );
  assert.equal(opened.length, 2, "all others open, each under its key");
  assert.ok(opened.every(({ subject }) => subject !== p0 && subject !== p1));
  return state;
}

onSqlite(
  "T5 a restore killed at random moments lets nobody back, and ends as if undisturbed",
  (database, t) =>
    inFolder(async (root) => {
      await using instance = await openInstance(database);
      const prepared = await prepare(instance, root);
      const whole = emptyConfig(join(root, "whole"), instance.config, null);
      await mkdir(whole.folder);
      const undisturbed = await runChild({ config: whole, work: prepared.work, killAt: null });
      const expected = await finish(whole, prepared, null);
      assert.ok(undisturbed.steps > 100, "the work has enough steps to be killed at");
      const draw = drawFrom(12);
      const rounds = Array.from({ length: KILLS }, (_, round) => round);
      await inParallel(rounds, WIDTH, async (round) => {
        const config = emptyConfig(join(root, `round ${round}`), instance.config, null);
        await mkdir(config.folder);
        const task = { config, work: prepared.work, killAt: null };
        let killed = false;
        for (let drawn = 0; drawn < DRAWS_MAX && !killed; drawn += 1) {
          await rm(config.folder, { recursive: true });
          await mkdir(config.folder);
          const step = round % 2 === 0 || drawn > 0;
          const killAt = step ? 1 + Math.floor(draw() * undisturbed.steps) : null;
          const moment = step ? null : draw() * undisturbed.milliseconds;
          killed = (await runChild({ ...task, killAt }, moment)).end === "killed";
        }
        assert.ok(killed, "it was killed in time");
        await finish(config, prepared, expected);
        await rm(config.folder, { recursive: true });
      });
      t.diagnostic(`${KILLS} kills`);
    }),
);

onPostgres(
  "T5 a restore killed at random moments lets nobody back, and ends as if undisturbed",
  (database) =>
    inFolder(async (root) => {
      await using instance = await openInstance(database);
      const prepared = await prepare(instance, root);
      const draw = drawFrom(13);
      for (let round = 0; round < KILLS_POSTGRES; round += 1) {
        await inNewSchema(async (other) => {
          const config = emptyConfig(join(root, `round ${round}`), instance.config, other);
          await mkdir(config.folder);
          const killAt = 20 + Math.floor(draw() * 100);
          const child = await runChild({ config, work: prepared.work, killAt });
          assert.equal(child.end, "killed");
          await finish(config, prepared, null);
        });
      }
    }),
);
