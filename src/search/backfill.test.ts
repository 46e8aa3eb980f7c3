import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { onEachDatabase } from "../../test/databases.ts";
import { fakePhoto } from "../../test/fake-engine.ts";
import {
  enrolPerson,
  importPhotos,
  makeCollection,
  openInstance,
  sightingsIn,
} from "../../test/instance.ts";
import type { SubjectId } from "../base/ids.ts";
import { findCollection } from "../collections/collections.ts";
import { pause, resume, withdraw } from "../rights/consent-changes.ts";
import { addWebhook } from "../webhooks/webhooks.ts";
import { countPending } from "./backfill.ts";
import { pageOfJobs } from "../jobs/listings.ts";

const people = ["anna", "bert", "cleo"];
const photos = Object.fromEntries(
  Array.from({ length: 9 }, (_, index) => [
    `${index}.jpg`,
    fakePhoto(["stranger", ...people.slice(0, index % 4), `s${index}`], `${index}`),
  ]),
);
const FACES = 9 * 2 + 0 + 1 + 2 + 3 + 0 + 1 + 2 + 3 + 0;

onEachDatabase(
  "one pass serves everyone who waits: each face is embedded once",
  async (database) => {
    await using instance = await openInstance(database);
    const { app, engine } = instance;
    const collection = await makeCollection(app);
    await importPhotos(instance, collection, photos);
    assert.equal(engine.embedded.length, 0);
    for (const person of people) await enrolPerson(app, collection, person);
    assert.equal((await pageOfJobs(app.db, { targets: null, after: null, limit: 10 })).length, 1);
    const seen: string[] = [];
    const outcome = await app.runner.drain({
      onProgress: (_, { done, total }) => seen.push(`${done}/${total}`),
    });
    assert.deepEqual(outcome, { ended: 1, failed: 0 });
    assert.equal(engine.embedded.length, people.length + FACES);
    assert.deepEqual([seen[0], seen.at(-1)], ["0/9", "9/9"]);
    const sightings = await app.db.read.selectFrom("sightings").selectAll().execute();
    assert.equal(sightings.length, 2 * (1 + 2 + 3));
  },
);

onEachDatabase("the order of enrolling and importing makes no difference", async (database) => {
  const orders: readonly (readonly string[])[] = [
    ["enrol", "import", "drain"],
    ["import", "enrol", "drain"],
    ["import", "drain", "enrol", "drain"],
    ["first", "import", "rest", "drain"],
    ["import", "first", "drain", "rest", "drain"],
    ["import", "first", "rest", "drain", "import", "drain"],
  ];
  await using instance = await openInstance(database);
  const { app } = instance;
  const results = new Map<string, string>();
  for (const [index, order] of orders.entries()) {
    const collection = await makeCollection(app, { name: `order ${index}` });
    const names = new Map<SubjectId, string>();
    const enrolAll = async (who: readonly string[]) => {
      for (const person of who) names.set(await enrolPerson(app, collection, person), person);
    };
    for (const step of order) {
      if (step === "import") await importPhotos(instance, collection, photos);
      if (step === "drain") await app.runner.drain();
      if (step === "enrol") await enrolAll(people);
      if (step === "first") await enrolAll(people.slice(0, 1));
      if (step === "rest") await enrolAll(people.slice(1));
    }
    const now = await findCollection(app.db, collection.id);
    assert.equal(await countPending(app.db, now), 0, order.join());
    results.set(order.join(), (await sightingsIn(app, collection, names)).join("\n"));
  }
  const [reference] = results.values();
  assert.equal(reference?.split("\n").length, 12);
  for (const [order, result] of results) assert.equal(result, reference, order);
});

onEachDatabase(
  "a pass that breaks off goes on where it was: no photo skipped, none twice",
  async (database) => {
    let failAt = 4;
    let embeds = 0;
    await using instance = await openInstance(database, {
      hooks: {
        before: async (step) => {
          if (step !== "embed") return;
          embeds += 1;
          if (embeds === failAt) throw new Error("the power is gone");
        },
      },
    });
    const { app, engine } = instance;
    const collection = await makeCollection(app);
    await importPhotos(instance, collection, photos);
    failAt = 1 + 4;
    await enrolPerson(app, collection, "anna");
    const before = engine.embedded.length;
    assert.deepEqual(await app.runner.drain(), { ended: 1, failed: 1 });
    failAt = Infinity;
    const [job] = await pageOfJobs(app.db, { targets: null, after: null, limit: 1 });
    assert.deepEqual([job?.state, job?.errorCode], ["queued", "bug"]);
    const left = await countPending(app.db, await findCollection(app.db, collection.id));
    assert.ok(left > 0 && left < 9, `${left} of 9 are left`);
    await enrolPerson(app, collection, "bert");
    await app.runner.drain();
    assert.equal(await countPending(app.db, await findCollection(app.db, collection.id)), 0);
    const rows = await app.db.read
      .selectFrom("sightings")
      .select(["face_id", "subject_id"])
      .execute();
    assert.equal(new Set(rows.map((row) => JSON.stringify(row))).size, 2 * (3 + 2));
    assert.ok(engine.embedded.length - before > FACES);
  },
);

onEachDatabase("R6 with nobody left to find, no stranger is embedded", async (database) => {
  await using instance = await openInstance(database);
  const { app, engine } = instance;
  const collection = await makeCollection(app);
  await importPhotos(instance, collection, photos);
  const anna = await enrolPerson(app, collection, "anna");
  await withdraw(app.db, app.recorder, anna, "all");
  await app.runner.drain();
  await importPhotos(instance, collection, { "late.jpg": fakePhoto(["anna", "late"]) }, "later");
  await app.runner.drain();
  assert.deepEqual(engine.embedded, ["anna"]);
  assert.equal(await countPending(app.db, await findCollection(app.db, collection.id)), 0);
  // And nothing was passed over: once she is back, all of it is compared.
  await enrolPerson(app, collection, "anna");
  await app.runner.drain();
  const sightings = await app.db.read.selectFrom("sightings").selectAll().execute();
  assert.equal(sightings.length, 7);
});

onEachDatabase("R12 photos that came in a pause are compared after it", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const collection = await makeCollection(app);
  const anna = await enrolPerson(app, collection, "anna");
  await enrolPerson(app, collection, "bert");
  await pause(app.db, app.recorder, anna, "all");
  await importPhotos(instance, collection, photos);
  await app.runner.drain();
  const count = async () =>
    (
      await app.db.read
        .selectFrom("sightings")
        .select("id")
        .where("subject_id", "=", anna)
        .execute()
    ).length;
  assert.equal(await count(), 0);
  await resume(app.db, app.recorder, anna, "all");
  await app.runner.drain();
  assert.equal(await count(), 6);
});

onEachDatabase(
  "a stored photo that can't be read is noted, and the others go on",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const collection = await makeCollection(app);
    await importPhotos(instance, collection, photos);
    const all = await app.db.read.selectFrom("media").selectAll().orderBy("seq").execute();
    const lost = all[0];
    assert.ok(lost);
    await rm(app.blobs.pathOf(lost.sha256));
    await enrolPerson(app, collection, "anna");
    assert.deepEqual(await app.runner.drain(), { ended: 1, failed: 0 });
    const after = await app.db.read.selectFrom("media").selectAll().orderBy("seq").execute();
    assert.deepEqual(
      after.filter(({ problem }) => problem !== null).map(({ id }) => id),
      [lost.id],
    );
    assert.ok(after[0]?.problem);
    // It is tried again with the next pass, and the note goes when it is there again.
    const [name] = Object.entries(photos).find(([, bytes]) => bytes.length === lost.bytes) ?? [""];
    assert.ok(name);
    for (const bytes of Object.values(photos)) await app.blobs.put(bytes);
    await enrolPerson(app, collection, "bert");
    await app.runner.drain();
    const mended = await app.db.read.selectFrom("media").select("problem").execute();
    assert.ok(mended.every(({ problem }) => problem === null));
  },
);

onEachDatabase("cancelled, it stops at a photo and leaves the rest waiting", async (database) => {
  const stop = new AbortController();
  let embeds = 0;
  await using instance = await openInstance(database, {
    hooks: {
      before: async (step) => {
        if (step === "embed") embeds += 1;
        if (embeds === 4) stop.abort();
      },
    },
  });
  const { app } = instance;
  const collection = await makeCollection(app);
  await importPhotos(instance, collection, photos);
  await enrolPerson(app, collection, "anna");
  await app.runner.drain({ signal: stop.signal });
  const left = await countPending(app.db, await findCollection(app.db, collection.id));
  assert.ok(left > 0 && left < 9, `${left} of 9 are left`);
  await app.runner.drain();
  assert.equal(await countPending(app.db, await findCollection(app.db, collection.id)), 0);
});

onEachDatabase("the end of a job is told once, with how much of it was done", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const collection = await makeCollection(app);
  const of = { collection: collection.id, url: "https://hook.example/", allowPrivate: false };
  await addWebhook(app.db, app.recorder, of);
  await importPhotos(instance, collection, photos);
  await app.runner.drain();
  for (const person of people) await enrolPerson(app, collection, person);
  await app.runner.drain();
  const told = await app.db.read.selectFrom("webhook_messages").select(["kind", "body"]).execute();
  const dataOf = ({ body }: { readonly body: string }) =>
    (JSON.parse(body) as { readonly data: Readonly<Record<string, string>> }).data;
  // Nine photos, but it was not sent yet; PostgreSQL's transactions don't see each other's.
  const notices = told.filter(({ kind }) => kind === "sighting.proposed");
  assert.ok(notices.length >= 1 && notices.length <= (app.db.kind === "sqlite" ? 1 : 8));
  for (const notice of notices) {
    assert.deepEqual(Object.keys(dataOf(notice)), ["collection", "sighting"]);
  }
  const [end, ...more] = told.filter((message) => !notices.includes(message));
  assert.ok(end && more.length === 0);
  const { job = "", ...ended } = dataOf(end);
  assert.equal(end.kind, "job.finished");
  assert.match(job, /^job_/u);
  assert.deepEqual(ended, { collection: collection.id, work: "backfill", state: "done", done: 9 });
});
