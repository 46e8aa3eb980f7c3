import assert from "node:assert/strict";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { onEachDatabase, onPostgres } from "../../test/databases.ts";
import { brokenPhoto, fakePhoto } from "../../test/fake-engine.ts";
import { importPhotos, type Instance, makeCollection, openInstance } from "../../test/instance.ts";
import { FacesError } from "../faces/errors.ts";
import type { Collection } from "./collections.ts";
import { type FileResult, importFolder, type ImportProgress } from "./import.ts";

const photosOf = async ({ app }: Instance) =>
  app.db.read.selectFrom("media").selectAll().orderBy("seq").execute();

onEachDatabase(
  "imports each photo once, with its faces as places and every path it came by",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const collection = await makeCollection(app);
    const group = fakePhoto(["anna", "bert", "cleo"]);
    const summary = await importPhotos(instance, collection, {
      "a.jpg": group,
      "sub/copy of a.jpg": group,
      "b.jpg": fakePhoto([]),
      "c.txt": Buffer.from("not a photo"),
      "d.jpg": brokenPhoto("truncated"),
      "e.jpg": new Uint8Array(0),
    });
    assert.deepEqual(summary, {
      import: summary.import,
      added: 2,
      duplicate: 1,
      refused: [
        { path: "c.txt", reason: "not_a_picture" },
        { path: "d.jpg", reason: "truncated" },
        { path: "e.jpg", reason: "empty_file" },
      ],
    });
    const photos = await photosOf(instance);
    assert.deepEqual(
      photos.map(({ seq }) => seq),
      [1, 2],
    );
    const faces = await app.db.read.selectFrom("faces").selectAll().execute();
    assert.equal(faces.length, 3);
    const sources = await app.db.read.selectFrom("media_sources").select("path").execute();
    const paths = ["a.jpg", "b.jpg", "sub/copy of a.jpg"].map((one) =>
      join(instance.folder, "incoming", one),
    );
    assert.deepEqual(sources.map(({ path }) => path).sort(), paths);
    for (const { sha256 } of photos) await app.blobs.verify(sha256);
    assert.equal(instance.engine.embedded.length, 0, "nobody consented, so nobody is embedded");
  },
);

onEachDatabase("stopped in the middle, it goes on where it was", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const collection = await makeCollection(app);
  const folder = join(instance.folder, "incoming");
  await mkdir(folder);
  const names = Array.from({ length: 12 }, (_, index) => `${10 + index}.jpg`);
  for (const name of names) await writeFile(join(folder, name), fakePhoto(["anna"], name));
  await writeFile(join(folder, "bad.jpg"), brokenPhoto("corrupt"));

  const stop = new AbortController();
  const first: FileResult[] = [];
  const interrupted = importFolder(app.importDeps, app.recorder, collection, folder, {
    signal: stop.signal,
    onFile: (result) => {
      first.push(result);
      if (first.length === 4) stop.abort();
    },
  });
  await assert.rejects(interrupted, { name: "AbortError" });
  assert.ok(first.length < 13);

  const second: FileResult[] = [];
  const progress: ImportProgress[] = [];
  const summary = await importFolder(app.importDeps, app.recorder, collection, folder, {
    onFile: (result) => second.push(result),
    onProgress: (now) => progress.push(now),
  });
  assert.deepEqual([summary.added, summary.duplicate, summary.refused.length], [12, 0, 1]);
  assert.equal(first.length + second.length, 13);
  const paths = [...first, ...second].map(({ path }) => path).sort();
  assert.deepEqual(paths, [...names, "bad.jpg"].sort());
  assert.deepEqual(progress[0], { done: first.length, total: 13, known: first.length, begun: 0 });
  assert.deepEqual(progress.at(-1), { done: 13, total: 13, known: first.length, begun: 0 });
  assert.equal((await photosOf(instance)).length, 12);

  // Once more: a new import that finds everything known.
  const third = await importFolder(app.importDeps, app.recorder, collection, folder);
  assert.deepEqual([third.added, third.duplicate, third.refused.length], [0, 12, 1]);
  assert.notEqual(third.import, summary.import);
});

onEachDatabase("the same photo in two collections is two photos and one blob", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const photo = { "a.jpg": fakePhoto(["anna"]) };
  await importPhotos(instance, await makeCollection(app), photo);
  const summary = await importPhotos(instance, await makeCollection(app, { name: "b" }), photo);
  assert.equal(summary.added, 1);
  assert.deepEqual(
    (await photosOf(instance)).map(({ seq }) => seq),
    [1, 1],
  );
  const blobs = await readdir(join(instance.folder, "photos"), { recursive: true });
  assert.equal(blobs.filter((name) => name.length > 60).length, 1);
});

onEachDatabase(
  "many copies of one photo, imported side by side, are one photo",
  async (database) => {
    await using instance = await openInstance(database);
    const collection = await makeCollection(instance.app);
    const copies = Array.from({ length: 20 }, (_, index) => [`${index}.jpg`, fakePhoto(["anna"])]);
    const deps = { ...instance.app.importDeps, parallel: 8 };
    const wide = { ...instance, app: { ...instance.app, importDeps: deps } };
    const summary = await importPhotos(wide, collection, Object.fromEntries(copies));
    assert.deepEqual([summary.added, summary.duplicate], [1, 19]);
  },
);

onPostgres(
  "two nodes may import one folder at once: nothing is lost or doubled",
  async (database) => {
    await using instance = await openInstance(database);
    const { app, config, folder } = instance;
    await using other = await openInstance(database, { config });
    const collection = await makeCollection(app);
    await mkdir(join(folder, "incoming"));
    for (let index = 0; index < 30; index += 1) {
      const name = `${index}.jpg`;
      const bytes = index % 5 === 0 ? brokenPhoto("corrupt") : fakePhoto(["anna"], name);
      await writeFile(join(folder, "incoming", name), bytes);
    }
    const run = async (one: typeof app, into: Collection) =>
      importFolder(one.importDeps, one.recorder, into, join(folder, "incoming"));
    const [a, b] = await Promise.all([run(app, collection), run(other.app, collection)]);
    assert.equal(a.import, b.import);
    assert.deepEqual([a.added + a.duplicate, a.refused.length], [24, 6]);
    const photos = await photosOf(instance);
    assert.deepEqual(
      photos.map(({ seq }) => seq),
      Array.from({ length: 24 }, (_, i) => i + 1),
    );
  },
);

onEachDatabase("models that can't be had stop the import and refuse no file", async (database) => {
  let installed = false;
  const absent = new FacesError("model_missing", "Run assent models install recommended.");
  await using ready = await openInstance(database);
  await using instance = await openInstance(database, {
    config: ready.config,
    openEngine: async () => {
      if (installed) return ready.engine;
      throw absent;
    },
  });
  const collection = await makeCollection(instance.app);
  const photos = { "a.jpg": fakePhoto(["anna"]) };
  await assert.rejects(importPhotos(instance, collection, photos), absent);
  installed = true;
  const summary = await importPhotos(instance, collection, photos);
  assert.deepEqual([summary.added, summary.refused], [1, []]);
});

onEachDatabase(
  "a photo that can't be recorded leaves no photo, and the next run takes it",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const collection = await makeCollection(app);
    const failure = new Error("the disk is full");
    const failing = {
      ...app.importDeps,
      recogniser: {
        ...app.importDeps.recogniser,
        settle: async () => {
          throw failure;
        },
      },
    };
    const broken = { ...instance, app: { ...app, importDeps: failing } };
    const photos = { "a.jpg": fakePhoto(["anna"]) };
    await assert.rejects(importPhotos(broken, collection, photos), failure);
    assert.deepEqual(await photosOf(instance), []);
    assert.equal((await importPhotos(instance, collection, photos)).added, 1);
  },
);
