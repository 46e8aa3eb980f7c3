import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { cast } from "../samples/cast.ts";
import { planPhotos } from "../samples/photo-plan.ts";
import { portraitOf } from "../samples/samples.ts";
import { takePhoto } from "../samples/scene.ts";
import type { Config } from "../src/app.ts";
import { bytesOf, sha256Hex } from "../src/base/bytes.ts";
import { openEngine } from "../src/faces/faces.ts";
import { poolEmbeddings } from "../src/faces/pool-faces.ts";
import { TRACK_FACES_MAX, TRACK_FACES_MIN } from "../src/faces/track.ts";
import { Canaries } from "./canary.ts";
import { onEachDatabase, openTestDb, type TestDatabase } from "./databases.ts";
import { dumpOf } from "./dump.ts";
import { vectorOf } from "./fake-engine.ts";
import { type Instance, instanceConfig, openInstance } from "./instance.ts";
import { eventsOf } from "./ledger.ts";
import { type Script, startScript } from "./script.ts";
import { makeStripes } from "./striped-video.ts";

/** People whose vectors are known here: by name, they are the same in every process. */
const KNOWN = ["bystander", "probe", "enrolled"] as const;

/**
 * A day's work in a process of its own, with everything that can go wrong on the way: what it
 * throws is printed whole, as a careless log would.
 */
const DAY = `
  import { readFileSync } from "node:fs";
  import { join } from "node:path";
  import { inspect } from "node:util";
  import { searchByVideo } from "./src/search/search-video.ts";
  import { brokenPhoto, fakePhoto } from "./test/fake-engine.ts";
  import { enrolPerson, importPhotos, makeCollection, openInstance, searchFor } from "./test/instance.ts";
  import { pause, resume, withdraw } from "./src/rights/consent-changes.ts";
  import { object } from "./src/rights/objections.ts";
  import { changePack } from "./src/search/change-pack.ts";
  import { addWebhook } from "./src/webhooks/webhooks.ts";

  let fail = false;
  const hooks = { before: async (step) => { if (fail && step === "embed") throw new Error("no power"); } };
  const instance = await openInstance(database, { config, hooks });
  const { app } = instance;
  const exact = (person) => ({ person, noise: 0 });
  const enrolment = (person) => ({ photo: { bytes: fakePhoto([exact(person)], "enrolment") } });
  const photos = (day) => Object.fromEntries(Array.from({ length: 6 }, (_, index) => [
    index + ".jpg",
    index === 5 ? brokenPhoto("corrupt") : fakePhoto([exact("bystander"), exact("enrolled"), "s" + index], day + index),
  ]));
  const probe = { photo: { bytes: fakePhoto([exact("probe"), exact("bystander"), exact("enrolled")]) } };
  const quietly = async (work) => {
    try { await work; } catch (error) { console.error(inspect(error, { depth: 9, showHidden: true })); }
  };

  const collection = await makeCollection(app);
  const endpoint = { url: "https://hook.example/", allowPrivate: false };
  await addWebhook(app.db, app.recorder, { collection: collection.id, ...endpoint });
  await enrolPerson(app, collection, "enrolled", enrolment("enrolled"));
  await importPhotos(instance, collection, photos("monday"), "monday");
  // The people of a clip: a bystander throughout, and whoever comes in later.
  const clip = readFileSync(join(config.folder, "tmp", "clip.mp4"));
  await importPhotos(instance, collection, { "clip.mp4": clip }, "clip");
  const { db, clock, galleries, engines, blobs } = app;
  const video = join(config.folder, "tmp", "clip.mp4");
  const searched = { db, clock, galleries, engines, blobs, parallel: 2 };
  const asked = { collection: collection.id, video, purpose: "a test" };
  console.log(inspect(await searchByVideo(searched, app.recorder, asked), { depth: 9 }));
  console.log(inspect(await searchFor(app, collection, [], probe), { depth: 9 }));

  // A backfill that fails, one that runs, a search that can't be recorded, an import that breaks off.
  await enrolPerson(app, collection, "later");
  fail = true;
  console.log(inspect(await app.runner.drain(), { depth: 9 }));
  fail = false;
  await enrolPerson(app, collection, "latest");
  console.log(inspect(await app.runner.drain(), { depth: 9 }));
  const settle = async (_, looked) => { throw Object.assign(new Error("no disk"), { faces: looked.faces.length }); };
  const broken = { ...app, importDeps: { ...app.importDeps, recogniser: { ...app.importDeps.recogniser, settle } } };
  await quietly(importPhotos({ ...instance, app: broken }, collection, photos("tuesday"), "tuesday"));
  await quietly(searchFor({ ...app, recorder: { clock: app.clock, get account() { throw new Error("no record"); } } }, collection, [], probe));
  await quietly(searchFor(app, collection, [], { ...probe, purpose: "" }));

  const [subject] = (await app.db.read.selectFrom("subjects").select("id").orderBy("created_at").execute()).map(({ id }) => id);
  await pause(app.db, app.recorder, subject, "all");
  await resume(app.db, app.recorder, subject, "all");
  await app.runner.drain();
  const second = await makeCollection(app, { name: "second", sceneBasis: null });
  await enrolPerson(app, second, "enrolled", enrolment("enrolled"));
  const pointed = { ...probe, pointed: { kind: "face", index: 0 } };
  console.log(inspect(await searchFor(app, second, [], pointed), { depth: 9 }));
  await changePack(app, app.recorder, collection.id, "bundled");
  await app.runner.drain();
  await withdraw(app.db, app.recorder, subject, second.id);
  const face = await app.db.read.selectFrom("faces").select("id").executeTakeFirstOrThrow();
  const target = { kind: "face", id: face.id };
  await object(app.db, app.recorder, { target, subject, reason: "not this one" });
  await withdraw(app.db, app.recorder, subject, collection.id);
  console.log(await app.ledger.checkpoint());
  console.log(inspect(app, { depth: 6 }));
  console.log("filmed " + instance.engine.embedded.filter((one) => one === "p7").length);
  console.log("embedded " + instance.engine.embedded.filter((one) => one === "bystander").length);
  console.log("the day is over");
  process.stdin.resume();
`;

async function startDay(database: TestDatabase, config: Config): Promise<Script> {
  const temporary = join(config.folder, "tmp");
  await mkdir(temporary);
  makeStripes(join(temporary, "clip.mp4"));
  return startScript(DAY, { database, config }, { TMPDIR: temporary });
}

onEachDatabase(
  "R8 canary: no vector of a bystander, a probe or a template is in any byte written",
  async (database) => {
    const config = await instanceConfig(database);
    await using script = await startDay(database, config);
    const { folder } = config;
    const canaries = new Canaries();
    for (const name of KNOWN) {
      for (const size of [256, 128]) canaries.addVector(`${name} ${size}`, vectorOf(name, size));
    }
    for (const size of [256, 128]) {
      canaries.addVector(`filmed ${size}`, vectorOf("p7", size));
      for (let faces = TRACK_FACES_MIN; faces <= TRACK_FACES_MAX; faces += 1) {
        const copies = Array.from({ length: faces }, () => vectorOf("p7", size));
        const { embedding } = poolEmbeddings(copies);
        if (embedding) canaries.addVector(`track of ${faces} ${size}`, embedding);
      }
    }
    const look = async (when: string) => {
      const printed = Buffer.from(script.printed() + script.complained());
      assert.deepEqual(canaries.findIn(printed), [], `printed, ${when}`);
      assert.deepEqual(await canaries.findBelow(folder), [], `files, ${when}`);
      await using db = await openTestDb(database);
      assert.deepEqual(canaries.findIn(await dumpOf(db, database)), [], `rows, ${when}`);
    };
    const lookInside = async ({ app }: Instance) => {
      // These are the rows that the dump above held.
      for (const table of ["entries", "tree_tiles", "checkpoints", "webhook_messages"] as const) {
        const rows = await app.db.read.selectFrom(table).selectAll().execute();
        assert.ok(rows.length > 0, `${table} was written to`);
      }
      const events = Buffer.from(JSON.stringify(await eventsOf(app)));
      assert.deepEqual(canaries.findIn(events), [], "entries, opened");
    };
    await script.line("the day is over");
    const embedded = Number((await script.line("embedded ")).slice("embedded ".length));
    assert.ok(embedded >= 15, `the bystander was embedded ${embedded} times`);
    const filmed = Number((await script.line("filmed ")).slice("filmed ".length));
    assert.ok(filmed >= 8, `the bystander of the clip was embedded ${filmed} times`);
    assert.match(script.complained(), /no disk/u);
    assert.match(script.complained(), /no record/u);

    // While the process runs, with its log unmerged; after a kill; and after the next start.
    await look("while it runs");
    await script.kill();
    await look("after a kill");
    await using instance = await openInstance(database, { config });
    await look("opened again");
    assert.equal(instance.engine.embedded.length, 0);
    await lookInside(instance);
  },
);

/** The same with the nets: drawn people, the bundled pack, and workers as an operator has them. */
const DRAWN_DAY = `
  import { readFileSync } from "node:fs";
  import { openApp } from "./src/app.ts";
  import { sha256Hex, bytesOf } from "./src/base/bytes.ts";
  import { openEngine } from "./src/faces/faces.ts";
  import { enrolPerson, importPhotos, makeCollection, searchFor, today } from "./test/instance.ts";

  const note = (embeddings) => {
    for (const one of embeddings) if (one) console.log("seen " + sha256Hex(bytesOf(one)));
    return embeddings;
  };
  const spying = async () => {
    const engine = await openEngine({ pack: "bundled", folder: config.models, workers: 1 });
    return {
      pack: engine.pack,
      templateSize: engine.templateSize,
      analyse: async (...given) => {
        const analysis = await engine.analyse(...given);
        note(analysis.faces.map(({ embedding }) => embedding));
        return analysis;
      },
      embed: async (...given) => note(await engine.embed(...given)),
      [Symbol.asyncDispose]: async () => engine[Symbol.asyncDispose](),
    };
  };
  await using app = await openApp(config, { openEngine: spying });
  const collection = await makeCollection(app, { pack: "bundled" });
  const bytes = (name) => readFileSync(photos + "/" + name);
  const person = { name: "Drawn Person", contact: "drawn@people.example", photo: { bytes: bytes("portrait") } };
  await importPhotos({ app, folder: config.folder }, collection, { "group.jpg": bytes("group") });
  await enrolPerson(app, collection, "drawn", person);
  await app.runner.drain();
  await importPhotos({ app, folder: config.folder }, collection, { "stranger.jpg": bytes("stranger") }, "later");
  const answer = await searchFor(app, collection, [], { photo: { bytes: bytes("group") } });
  console.log("answer " + answer.faces.map(({ kind }) => kind).join());
  console.log("the day is over");
  process.stdin.resume();
  await new Promise(() => undefined);
`;

test("R8 canary, bundled pack: no vector of a drawn bystander, probe or template is in any byte written", async (t) => {
  const members = cast();
  const scene = planPhotos(members).find(
    ({ figures, turn, darkness, sideways }) =>
      turn === 0 && darkness === 0 && !sideways && figures.length === 4,
  );
  const mixed = scene?.figures.map(({ id }) => members.find((one) => one.id === id));
  const [enrolled, stranger] = [true, false].map((yes) =>
    mixed?.find((one) => one?.consents === yes),
  );
  assert.ok(scene && enrolled && stranger, "a photo of both");
  const photos = {
    group: (await takePhoto(scene)).jpeg,
    portrait: (await takePhoto(portraitOf(enrolled))).jpeg,
    stranger: (await takePhoto(portraitOf(stranger))).jpeg,
  };

  const folder = await mkdtemp(join(tmpdir(), "assent-test-"));
  t.after(async () => rm(folder, { recursive: true, force: true }));
  const database = { address: join(folder, "assent.sqlite") };
  const config = await instanceConfig(database);
  const temporary = join(folder, "tmp");
  await mkdir(temporary);
  const inputs = join(folder, "inputs");
  await mkdir(inputs);
  for (const [name, bytes] of Object.entries(photos)) await writeFile(join(inputs, name), bytes);
  const values = { config, photos: inputs };
  await using script = startScript(DRAWN_DAY, values, { TMPDIR: temporary });

  // The vectors are the very ones that the other process has: it prints their digests.
  const canaries = new Canaries();
  const known = new Set<string>();
  await using engine = await openEngine({ pack: "bundled", folder: config.models, workers: 0 });
  for (const [name, bytes] of Object.entries(photos)) {
    for (const use of ["scan", "probe", "enrol"] as const) {
      const analysis = await engine.analyse({ bytes }, { embed: { kind: "all" }, use });
      const embedded = await engine.embed({ bytes }, analysis.faces);
      for (const vector of [...analysis.faces.map(({ embedding }) => embedding), ...embedded]) {
        if (!vector || known.has(sha256Hex(bytesOf(vector)))) continue;
        known.add(sha256Hex(bytesOf(vector)));
        canaries.addVector(`${name} ${known.size}`, vector);
      }
    }
  }
  await script.line("the day is over");
  const lines = script.printed().split("\n");
  const seen = new Set(
    lines.filter((line) => line.startsWith("seen ")).map((line) => line.slice(5)),
  );
  assert.ok(seen.size >= 6, `${seen.size} vectors were made`);
  for (const digest of seen) assert.ok(known.has(digest), "each of them is looked for");
  assert.match(await script.line("answer "), /match/u);

  const look = async (when: string) => {
    const printed = Buffer.from(script.printed() + script.complained());
    assert.deepEqual(canaries.findIn(printed), [], `printed, ${when}`);
    assert.deepEqual(await canaries.findBelow(folder), [], `files, ${when}`);
  };
  await look("while it runs");
  await script.kill();
  await look("after a kill");
});
