import assert from "node:assert/strict";
import { onEachDatabase, onPostgres } from "../../test/databases.ts";
import { fakePhoto } from "../../test/fake-engine.ts";
import {
  enrolPerson,
  importPhotos,
  makeCollection,
  openInstance,
  returned,
  searchFor,
} from "../../test/instance.ts";
import { eventsOf } from "../../test/ledger.ts";
import type { App } from "../app.ts";
import { DAY_MS, fixedClock } from "../base/clock.ts";
import { newId } from "../base/ids.ts";
import { openApp } from "../app.ts";
import { expireOverdue, pause, resume, withdraw } from "./consent-changes.ts";
import { listPhotos } from "./photos.ts";

const changesOf = async (app: App) => (await eventsOf(app, "grant.")).map(({ kind }) => kind);

onEachDatabase(
  "R3 a withdrawal is in force when it returns, in the collections it names",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const [here, there] = [await makeCollection(app), await makeCollection(app, { name: "there" })];
    const anna = await enrolPerson(app, here, "anna");
    await enrolPerson(app, there, "anna");
    const bert = await enrolPerson(app, here, "bert");
    assert.equal(await withdraw(app.db, app.recorder, anna, here.id), 1);
    assert.deepEqual(returned(await searchFor(app, here, ["anna", "bert"])), [null, bert]);
    assert.deepEqual(returned(await searchFor(app, there, ["anna"])), [anna]);
    assert.equal(await withdraw(app.db, app.recorder, anna, "all"), 1);
    assert.deepEqual(returned(await searchFor(app, there, ["anna"])), [null]);
    const again = withdraw(app.db, app.recorder, anna, "all");
    await assert.rejects(again, { code: "no_live_grant" });
    const nobody = withdraw(app.db, app.recorder, newId("sub"), "all");
    await assert.rejects(nobody, { code: "no_live_grant" });
    assert.deepEqual(await changesOf(app), [
      "grant.given",
      "grant.given",
      "grant.given",
      "grant.withdrawn",
      "grant.withdrawn",
    ]);
  },
);

onEachDatabase(
  "R12 a paused person is in no search, list or delivery, and is back after it",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const collection = await makeCollection(app);
    const anna = await enrolPerson(app, collection, "anna");
    await importPhotos(instance, collection, { "a.jpg": fakePhoto(["anna"]) });
    const list = async () =>
      listPhotos(app.db, app.recorder, { collection: "gala", subject: anna });
    assert.equal((await list()).length, 1);
    await pause(app.db, app.recorder, anna, "all");
    await assert.rejects(pause(app.db, app.recorder, anna, "all"), { code: "no_live_grant" });
    assert.deepEqual(returned(await searchFor(app, collection, ["anna"])), [null]);
    await assert.rejects(list(), { code: "no_live_grant" });
    await resume(app.db, app.recorder, anna, "all");
    await assert.rejects(resume(app.db, app.recorder, anna, "all"), { code: "no_live_grant" });
    assert.deepEqual(returned(await searchFor(app, collection, ["anna"])), [anna]);
    assert.equal((await list()).length, 1);
    // What is withdrawn out of a pause stays so.
    await pause(app.db, app.recorder, anna, "all");
    await withdraw(app.db, app.recorder, anna, "all");
    await assert.rejects(resume(app.db, app.recorder, anna, "all"), { code: "no_live_grant" });
  },
);

onEachDatabase(
  "R37 nobody past their end is found, before and after the sweep that notes it",
  async (database) => {
    const clock = fixedClock(Date.UTC(2026, 0, 10));
    await using instance = await openInstance(database, { clock });
    const { app } = instance;
    const [short, long] = [
      await makeCollection(app, { retentionDays: 10 }),
      await makeCollection(app, { name: "long", retentionDays: 100 }),
    ];
    const anna = await enrolPerson(app, short, "anna");
    await enrolPerson(app, long, "anna");
    clock.move(10 * DAY_MS - 1);
    assert.deepEqual(returned(await searchFor(app, short, ["anna"])), [anna]);
    assert.equal(await expireOverdue(app.db, app.recorder), 0);
    clock.move(1);
    assert.deepEqual(returned(await searchFor(app, short, ["anna"])), [null]);
    assert.equal(await expireOverdue(app.db, app.recorder), 1);
    assert.equal(await expireOverdue(app.db, app.recorder), 0);
    assert.deepEqual(returned(await searchFor(app, short, ["anna"])), [null]);
    assert.deepEqual(returned(await searchFor(app, long, ["anna"])), [anna]);
    const templates = await app.db.read.selectFrom("templates").select("collection_id").execute();
    assert.deepEqual(
      templates.map((row) => row.collection_id),
      [long.id],
    );
    // A new consent is possible from then on.
    assert.equal(await enrolPerson(app, short, "anna"), anna);
  },
);

onEachDatabase("R37 opening an instance ends what is overdue", async (database) => {
  const clock = fixedClock(Date.UTC(2026, 0, 10));
  await using instance = await openInstance(database, { clock });
  const { app, config, engine } = instance;
  const collection = await makeCollection(app, { retentionDays: 10 });
  await enrolPerson(app, collection, "anna");
  const later = fixedClock(clock.now() + 11 * DAY_MS);
  if (app.db.kind === "sqlite") await app[Symbol.asyncDispose]();
  await using again = await openApp(config, { clock: later, openEngine: async () => engine });
  const rows = await again.db.read.selectFrom("grants").select(["state", "ended_at"]).execute();
  assert.deepEqual(
    rows.map((row) => ({ ...row })),
    [{ state: "expired", ended_at: clock.now() + 10 * DAY_MS }],
    "it ended when its time was over, not when somebody looked",
  );
});

onEachDatabase("the record fails, and nothing has changed", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const collection = await makeCollection(app);
  const anna = await enrolPerson(app, collection, "anna");
  const broken = {
    clock: app.clock,
    vault: app.vault,
    get account(): string {
      throw new Error("no record");
    },
  };
  for (const change of [withdraw, pause]) {
    await assert.rejects(change(app.db, broken, anna, "all"), /no record/u);
    assert.deepEqual(returned(await searchFor(app, collection, ["anna"])), [anna]);
  }
});

onPostgres(
  "R7 withdraw, pause, resume and erase at once end in one of their orders",
  async (database) => {
    await using instance = await openInstance(database);
    const { app, config } = instance;
    await using other = await openInstance(database, { config });
    const collection = await makeCollection(app);
    for (let round = 0; round < 10; round += 1) {
      const anna = await enrolPerson(app, collection, `anna-${round}`);
      const outcomes = await Promise.allSettled([
        pause(app.db, app.recorder, anna, "all"),
        withdraw(other.app.db, other.app.recorder, anna, "all"),
        resume(app.db, app.recorder, anna, "all"),
        withdraw(app.db, app.recorder, anna, "all"),
      ]);
      const done = outcomes.map(({ status }) => status === "fulfilled");
      assert.equal(Number(done[1]) + Number(done[3]), 1, "one of the two withdrawals ends it");
      assert.ok(done[0] || !done[2], "nothing is resumed that was not paused");
      assert.deepEqual(returned(await searchFor(app, collection, [`anna-${round}`])), [null]);
    }
  },
);
