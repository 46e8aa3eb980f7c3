import assert from "node:assert/strict";
import { onEachDatabase } from "../../test/databases.ts";
import { fakePhoto } from "../../test/fake-engine.ts";
import { enrolPerson, importPhotos, makeCollection, openInstance } from "../../test/instance.ts";
import { DAY_MS, fixedClock } from "../base/clock.ts";
import { newId } from "../base/ids.ts";
import { pause } from "../rights/consent-changes.ts";
import { object } from "../rights/objections.ts";
import { deliverDue } from "../webhooks/deliver.ts";
import { enqueueMessage } from "../webhooks/messages.ts";
import { addWebhook } from "../webhooks/webhooks.ts";
import { readStatus } from "./status.ts";

onEachDatabase(
  "an instance tells what it holds and what waits, and names nobody",
  async (database) => {
    const clock = fixedClock(Date.UTC(2026, 0, 10));
    await using instance = await openInstance(database, { clock });
    const { app } = instance;
    const empty = await readStatus(app);
    assert.deepEqual(
      [empty.collections, empty.operator, empty.ledger.witness.state],
      [[], null, "UNWITNESSED"],
    );
    assert.deepEqual(empty.webhooks, { endpoints: 0, waiting: 0, dead: 0 });

    const short = await makeCollection(app, { retentionDays: 40 });
    const long = await makeCollection(app, { name: "long", retentionDays: 400, sceneBasis: null });
    for (const name of ["anna", "bert", "carl"]) await enrolPerson(app, short, name);
    await pause(app.db, app.recorder, await enrolPerson(app, long, "anna"), long.id);
    await enrolPerson(app, long, "bert");
    await importPhotos(instance, short, {
      "a.jpg": fakePhoto(["anna", "dora"]),
      "b.jpg": fakePhoto(["bert"]),
    });
    await app.runner.drain();
    // Who is added now waits for a backfill.
    await enrolPerson(app, short, "dora");
    const { id } = await app.db.read.selectFrom("media").select("id").executeTakeFirstOrThrow();
    const target = { kind: "photo", id } as const;
    await object(app.db, app.recorder, { target, subject: null, reason: "Name of anna" });
    const of = { collection: short.id, url: "https://192.0.2.1.example/", allowPrivate: false };
    await addWebhook(app.db, app.recorder, of);
    await app.db.write(async (tx) => {
      const event = { kind: "grant.withdrawn", subject: newId("sub") } as const;
      await enqueueMessage(tx, app.recorder, short.id, event);
    });

    const soon = await readStatus(app);
    assert.deepEqual(soon.collections, [
      { name: "gala", photos: 2, waiting: 2, people: 4, paused: 0, ending: 0 },
      { name: "long", photos: 0, waiting: 0, people: 1, paused: 1, ending: 0 },
    ]);
    assert.deepEqual(soon.jobs, { queued: 1, running: 0, failed: 0 });
    assert.equal(soon.openObjections, 1);
    assert.deepEqual(soon.webhooks, { endpoints: 1, waiting: 1, dead: 0 });
    assert.ok(soon.ledger.entries > 10);
    assert.equal(soon.database, app.db.kind);
    assert.equal(soon.epochs.count, 1);
    const texts = ["Name of", "people.example", "anna"];
    for (const text of texts) assert.ok(!JSON.stringify(soon).includes(text));

    await app.ledger.sequence();
    const { ledger } = await readStatus(app);
    assert.deepEqual([ledger.waiting, ledger.checkpoint?.size], [0, ledger.entries]);

    clock.move(20 * DAY_MS);
    await app.runner.drain();
    const refused = async () => [{ address: "127.0.0.1" }];
    await deliverDue(app, { resolve: refused });
    const later = await readStatus(app);
    assert.deepEqual(
      later.collections.map(({ waiting, ending }) => [waiting, ending]),
      [
        [0, 4],
        [0, 0],
      ],
    );
    clock.move(21 * DAY_MS);
    const over = await readStatus(app);
    assert.deepEqual([over.collections[0]?.people, over.collections[0]?.ending], [0, 0]);
    const overdue = over.retention.find(({ kind }) => kind === "grants_overdue");
    assert.equal(overdue?.count, 4);
  },
);
