import assert from "node:assert/strict";
import { onEachDatabase } from "../../test/databases.ts";
import { vectorOf } from "../../test/fake-engine.ts";
import { enrolmentOf, enrolPerson, makeCollection, openInstance } from "../../test/instance.ts";
import { startScript } from "../../test/script.ts";
import { DAY_MS, fixedClock } from "../base/clock.ts";
import { renew } from "../collections/take-consent.ts";
import { changeCollection } from "../rights/change-collection.ts";
import { pause, resume, withdraw } from "../rights/consent-changes.ts";
import { erase } from "../rights/erase.ts";
import { changePack } from "./change-pack.ts";
import { Galleries } from "./galleries.ts";

onEachDatabase("a gallery follows every change of who may be found", async (database) => {
  const clock = fixedClock(Date.UTC(2026, 0, 10));
  await using instance = await openInstance(database, { clock });
  const { app } = instance;
  const collection = await makeCollection(app, { retentionDays: 30 });
  const found = async () => {
    const { gallery } = await app.galleries.current(collection.id);
    const subjects = gallery.search(vectorOf("anna", 256), { limit: 9 });
    return subjects.map(({ subject }) => subject);
  };
  const size = async () => (await app.galleries.current(collection.id)).gallery.size;
  assert.equal(await size(), 0);
  const anna = await enrolPerson(app, collection, "anna");
  const bert = await enrolPerson(app, collection, "bert");
  assert.deepEqual((await found())[0], anna);
  await enrolPerson(app, collection, "anna");
  assert.equal(await size(), 3);
  await pause(app.db, app.recorder, anna, "all");
  assert.deepEqual(await found(), [bert]);
  await resume(app.db, app.recorder, anna, "all");
  assert.equal(await size(), 3);
  await withdraw(app.db, app.recorder, bert, "all");
  assert.deepEqual(await found(), [anna]);
  clock.move(30 * DAY_MS);
  assert.equal(await size(), 0);
});

const NAMES = ["anna", "bert", "cora", "dirk", "emma", "finn"];

onEachDatabase("what is followed change by change is what is read at once", async (database) => {
  const clock = fixedClock(Date.UTC(2026, 0, 10));
  await using instance = await openInstance(database, { clock });
  const { app } = instance;
  const { db, recorder } = app;
  const collection = await makeCollection(app, { retentionDays: 30 });
  const { id } = collection;
  const contents = async (galleries: Galleries) => {
    const { gallery } = await galleries.current(id);
    const nearest = NAMES.map((name) => gallery.search(vectorOf(name, 256), { limit: 1 })[0]);
    return [gallery.size, ...nearest.map((found) => (found && found.score > 0.9 ? "in" : "out"))];
  };
  /** The sizes and who is in, by the galleries that follow; checked against those that just began. */
  const after = async (change: () => Promise<unknown>) => {
    await change();
    const followed = await contents(app.galleries);
    using fresh = new Galleries(db, app.vault, clock);
    assert.deepEqual(followed, await contents(fresh));
    return followed.join(" ");
  };
  const subjects = [];
  for (const name of NAMES) subjects.push(await enrolPerson(app, collection, name));
  const [anna, bert, cora, dirk, emma] = subjects;
  assert.ok(anna && bert && cora && dirk && emma);
  const again = async () => enrolPerson(app, collection, "anna");
  assert.equal(await after(again), "7 in in in in in in");
  assert.equal(await after(async () => pause(db, recorder, bert, id)), "6 in out in in in in");
  assert.equal(await after(async () => withdraw(db, recorder, cora, id)), "5 in out out in in in");
  assert.equal(await after(async () => erase(app, recorder, anna)), "3 out out out in in in");
  assert.equal(await after(async () => resume(db, recorder, bert, id)), "4 out in out in in in");
  clock.move(20 * DAY_MS);
  const { evidence } = enrolmentOf(app, "dirk");
  const renewal = { subject: dirk, evidence, keepPhoto: null };
  const prolong = async () => renew(db, recorder, collection, renewal);
  assert.equal(await after(prolong), "4 out in out in in in");
  // The end of the others passes, and nobody has written anything.
  assert.equal(await after(async () => clock.move(10 * DAY_MS)), "1 out out out in out out");
  const join = async () => enrolPerson(app, collection, "cora");
  assert.equal(await after(join), "2 out out in in out out");
  const shorten = async () => changeCollection(db, recorder, id, { retentionDays: 12 });
  assert.equal(await after(shorten), "2 out out in in out out");
  assert.equal(await after(async () => clock.move(3 * DAY_MS)), "1 out out in out out out");
});

onEachDatabase(
  "R14 erasing empties the gallery in memory without waiting for a search",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const collection = await makeCollection(app);
    const anna = await enrolPerson(app, collection, "anna");
    const { gallery } = await app.galleries.current(collection.id);
    assert.equal(gallery.size, 1);
    await erase(app, app.recorder, anna);
    assert.equal(gallery.size, 0);
  },
);

onEachDatabase(
  "many who ask at once get one gallery, with nobody in it twice",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const collection = await makeCollection(app);
    for (const person of ["a", "b", "c"]) await enrolPerson(app, collection, person);
    const all = await Promise.all(
      Array.from({ length: 20 }, async () => app.galleries.current(collection.id)),
    );
    assert.equal(new Set(all.map(({ gallery }) => gallery)).size, 1);
    assert.equal(all[0]?.gallery.size, 3);
  },
);

onEachDatabase("another pack is another gallery; the old one is wiped", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const collection = await makeCollection(app);
  await enrolPerson(app, collection, "anna");
  const before = await app.galleries.current(collection.id);
  await changePack(app, app.recorder, collection.id, "bundled");
  const after = await app.galleries.current(collection.id);
  assert.deepEqual([before.gallery.size, after.gallery.size], [0, 0]);
  assert.equal(after.gallery.templateSize, 128);
  const probe = vectorOf("anna", 256);
  assert.throws(() => before.gallery.search(probe, { limit: 1 }), /disposed/u);
});

onEachDatabase(
  "R3 a command in another process counts as much as one in this",
  async (database) => {
    await using instance = await openInstance(database);
    const { app, config } = instance;
    const collection = await makeCollection(app);
    const anna = await enrolPerson(app, collection, "anna");
    assert.equal((await app.galleries.current(collection.id)).gallery.size, 1);
    const script = startScript(
      `
    import { openApp } from "./src/app.ts";
    import { withdraw } from "./src/rights/consent-changes.ts";
    await using app = await openApp(config);
    await withdraw(app.db, app.recorder, anna, "all");
    console.log("withdrawn");
  `,
      { config, anna },
    );
    await script.line("withdrawn");
    assert.equal((await app.galleries.current(collection.id)).gallery.size, 0);
    await script.end();
  },
);

onEachDatabase("a gallery goes back with its database", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const collection = await makeCollection(app);
  const { id } = collection;
  const anna = await enrolPerson(app, collection, "anna");
  const size = async () => (await app.galleries.current(id)).gallery.size;
  const before = await app.db.read
    .selectFrom("grants")
    .select("gallery_version")
    .executeTakeFirstOrThrow();
  await pause(app.db, app.recorder, anna, id);
  assert.equal(await size(), 0);
  // What a replica has that was late when it took over.
  await app.db.write(async (tx) => {
    await tx.write.updateTable("collections").set(before).execute();
    await tx.write
      .updateTable("grants")
      .set({ state: "granted", ...before })
      .execute();
  });
  assert.equal(await size(), 1);
});
