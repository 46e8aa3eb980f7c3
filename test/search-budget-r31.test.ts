import assert from "node:assert/strict";
import type { App } from "../src/app.ts";
import { listAlerts, noteAlertSeen } from "../src/accounts/alerts.ts";
import { readAllowance, watchSearches } from "../src/accounts/search-watch.ts";
import { DAY_MS, fixedClock } from "../src/base/clock.ts";
import type { Collection } from "../src/collections/collections.ts";
import { erase } from "../src/rights/erase.ts";
import { sweep } from "../src/rights/retention.ts";
import { searchByPhoto } from "../src/search/search.ts";
import { HOUR_MS, outcomesOf } from "./accounts.ts";
import { onEachDatabase, onPostgres } from "./databases.ts";
import { fakePhoto } from "./fake-engine.ts";
import { enrolPerson, makeCollection, openInstance, returned } from "./instance.ts";
import { eventsOf } from "./ledger.ts";

/** Searches as an account whose searches are counted. */
async function searchAs(
  app: App,
  collection: Collection,
  account: string,
  people: readonly string[],
) {
  const recorder = { ...app.recorder, account };
  return searchByPhoto(app, recorder, {
    collection: collection.id,
    photo: { bytes: fakePhoto(people, "probe") },
    purpose: "a test",
    pointed: null,
    watch: watchSearches(recorder),
  });
}

async function setLimits(
  app: App,
  limits: { readonly search_budget?: number; readonly probes_max?: number },
): Promise<void> {
  await app.db.write(async (tx) => tx.write.updateTable("collections").set(limits).execute());
}

async function countSearches(app: App): Promise<number> {
  return (await app.db.read.selectFrom("searches").select("id").execute()).length;
}

const START = Date.UTC(2026, 0, 5, 9);

onEachDatabase(
  "R31 searches at once never exceed the budget, in one process or two",
  async (database) => {
    await using one = await openInstance(database);
    await using two = await openInstance(database, { config: one.config });
    const collection = await makeCollection(one.app);
    await enrolPerson(one.app, collection, "anna");
    await setLimits(one.app, { search_budget: 7 });
    const work = Array.from({ length: 20 }, async (_, index) =>
      searchAs(index % 2 === 0 ? one.app : two.app, collection, "acc_one", ["anna"]),
    );
    const { done, codes } = await outcomesOf(work);
    assert.equal(done, 7);
    assert.deepEqual(new Set(codes), new Set(["search_budget_spent"]));
    assert.equal(await countSearches(one.app), 7);
    assert.equal((await eventsOf(one.app, "search.recorded")).length, 7);
    // Somebody else's budget is their own; the operator at the machine has none.
    await searchAs(one.app, collection, "acc_two", ["anna"]);
    assert.equal(await countSearches(one.app), 8);
  },
);

onEachDatabase(
  "R31 in no hour are there more than the budget, wherever it begins",
  async (database) => {
    const clock = fixedClock(START);
    await using instance = await openInstance(database, { clock });
    const { app } = instance;
    const collection = await makeCollection(app);
    await setLimits(app, { search_budget: 5 });
    const times: number[] = [];
    for (let step = 0; step < 40; step += 1) {
      const answer = await outcomesOf([searchAs(app, collection, "acc_one", ["nobody"])]);
      if (answer.done === 1) times.push(clock.now());
      clock.move(7 * 60_000);
    }
    for (const time of times) {
      const within = times.filter((other) => other > time - HOUR_MS && other <= time);
      assert.ok(within.length <= 5);
    }
    // The first leaves the hour after nine steps: five of every nine, and none is lost.
    assert.equal(times.length, 4 * 5 + 4);
  },
);

onEachDatabase("R31 a spent budget costs nothing: the photo is not looked at", async (database) => {
  await using instance = await openInstance(database);
  const { app, engine } = instance;
  const collection = await makeCollection(app);
  await setLimits(app, { search_budget: 1 });
  const asked = { collection: collection.id, account: "acc_one", now: app.clock.now() };
  assert.deepEqual(await readAllowance(app.db, asked), { budget: 1, used: 0, nextAt: null });
  await searchAs(app, collection, "acc_one", ["anna"]);
  const left = await readAllowance(app.db, { ...asked, now: app.clock.now() });
  assert.ok(left.used === 1 && left.nextAt !== null && left.nextAt >= asked.now + HOUR_MS);
  const { analysed } = engine;
  await assert.rejects(searchAs(app, collection, "acc_one", ["anna"]), {
    code: "search_budget_spent",
  });
  assert.equal(engine.analysed, analysed);
});

onEachDatabase(
  "R31 searching one person again and again raises one alert an hour",
  async (database) => {
    const clock = fixedClock(START);
    await using instance = await openInstance(database, { clock });
    const { app } = instance;
    const { db } = app;
    const collection = await makeCollection(app);
    const anna = await enrolPerson(app, collection, "anna");
    await enrolPerson(app, collection, "bert");
    await setLimits(app, { probes_max: 3 });
    const look = async (account: string, people: readonly string[], times: number) => {
      for (let one = 0; one < times; one += 1) {
        const answer = await searchAs(app, collection, account, people);
        assert.equal(returned(answer).length, people.length);
      }
    };
    await look("acc_one", ["anna"], 3);
    await look("acc_two", ["anna"], 3);
    await look("acc_one", ["bert"], 3);
    assert.deepEqual(await listAlerts(db, { limit: 10 }), []);
    await look("acc_one", ["anna"], 3);
    const alerts = await listAlerts(db, { limit: 10, unseen: true });
    assert.deepEqual(
      alerts.map(({ account, subject, searches }) => ({ account, subject, searches })),
      [{ account: "acc_one", subject: anna, searches: 4 }],
    );
    // The person can read it, and it does not show in the number of leaves.
    const [event] = await eventsOf(app, "search.alerted");
    assert.equal(event?.subject, anna);
    const leaves = await db.read.selectFrom("entries").select("id").execute();
    const others = (await eventsOf(app)).filter(({ kind }) => !kind.startsWith("search."));
    assert.equal((leaves.length - others.length) % 8, 0);
    clock.move(HOUR_MS);
    await look("acc_one", ["anna"], 4);
    assert.equal((await listAlerts(db, { limit: 10 })).length, 2);
  },
);

onEachDatabase(
  "R31 an alert is seen by somebody else, and outlives the person's name",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const { db } = app;
    const collection = await makeCollection(app);
    const anna = await enrolPerson(app, collection, "anna");
    await setLimits(app, { probes_max: 1 });
    await searchAs(app, collection, "acc_one", ["anna"]);
    await searchAs(app, collection, "acc_one", ["anna"]);
    const [alert] = await listAlerts(db, { limit: 10 });
    assert.ok(alert);
    const seeAs = async (account: string) =>
      noteAlertSeen(db, { ...app.recorder, account }, alert.id);
    await assert.rejects(seeAs("acc_one"), { code: "alert_unknown" });
    await seeAs("acc_owner");
    await seeAs("acc_owner");
    assert.deepEqual(await listAlerts(db, { limit: 10, unseen: true }), []);
    assert.equal((await eventsOf(app, "alert.seen")).length, 1);
    await erase(app, app.recorder, anna);
    const [left] = await listAlerts(db, { limit: 10 });
    assert.deepEqual([left?.subject, left?.account, left?.searches], [null, "acc_one", 2]);
  },
);

onEachDatabase(
  "R37 an alert goes with the record of its search, after three years",
  async (database) => {
    const clock = fixedClock(START);
    await using instance = await openInstance(database, { clock });
    const { app } = instance;
    const collection = await makeCollection(app);
    await enrolPerson(app, collection, "anna");
    await setLimits(app, { probes_max: 1 });
    await searchAs(app, collection, "acc_one", ["anna"]);
    await searchAs(app, collection, "acc_one", ["anna"]);
    clock.move((3 * 365 - 1) * DAY_MS);
    await sweep(app, app.recorder);
    assert.equal((await listAlerts(app.db, { limit: 10 })).length, 1);
    clock.move(2 * DAY_MS);
    await sweep(app, app.recorder);
    assert.equal(await countSearches(app), 0);
    assert.deepEqual(await listAlerts(app.db, { limit: 10 }), []);
  },
);

onPostgres("R31 searches of two accounts for the same people don't deadlock", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const collection = await makeCollection(app);
  for (const person of ["anna", "bert"]) await enrolPerson(app, collection, person);
  const work = Array.from({ length: 16 }, async (_, index) =>
    searchAs(
      app,
      collection,
      `acc_${index % 4}`,
      index % 2 === 0 ? ["anna", "bert"] : ["bert", "anna"],
    ),
  );
  assert.deepEqual(await outcomesOf(work), { done: 16, codes: [] });
  assert.equal(await countSearches(app), 16);
});
