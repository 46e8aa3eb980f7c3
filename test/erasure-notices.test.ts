import assert from "node:assert/strict";
import { fixedClock } from "../src/base/clock.ts";
import { withdraw } from "../src/rights/consent-changes.ts";
import { erase } from "../src/rights/erase.ts";
import { keySetOf } from "../src/ledger/signing.ts";
import { verifyCertificate } from "../src/verify/certificate.ts";
import { deliverDue } from "../src/webhooks/deliver.ts";
import { countMessages } from "../src/webhooks/messages.ts";
import { addWebhook } from "../src/webhooks/webhooks.ts";
import { onEachDatabase } from "./databases.ts";
import { enrolPerson, instanceConfig, makeCollection, openInstance } from "./instance.ts";
import { startReceiver } from "./receiver.ts";
import { startScript } from "./script.ts";

/** What a receiver reads of a notice. */
interface Notice {
  readonly type: string;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

onEachDatabase(
  "R13 whoever may have received a match is told of the erasure: retried, verified, acknowledged",
  async (database) => {
    const clock = fixedClock(Date.now());
    await using instance = await openInstance(database, { clock });
    const { app } = instance;
    const [here, there, elsewhere] = [
      await makeCollection(app),
      await makeCollection(app, { name: "there" }),
      await makeCollection(app, { name: "elsewhere" }),
    ];
    // The first fails twice and then accepts; the second hears of it at once; the third never.
    await using stubborn = await startReceiver((index) => (index < 2 ? 503 : 202));
    await using willing = await startReceiver();
    await using stranger = await startReceiver();
    const secrets = new Map<unknown, string>();
    for (const [collection, { url }] of [
      [here, stubborn],
      [there, willing],
      [elsewhere, stranger],
    ] as const) {
      const of = { collection: collection.id, url, allowPrivate: true };
      secrets.set(collection.id, (await addWebhook(app.db, app.recorder, of)).secret);
    }
    const anna = await enrolPerson(app, here, "anna");
    await enrolPerson(app, there, "anna");
    await enrolPerson(app, elsewhere, "bert");
    // A grant that ended before counts too: matches were received under it.
    await withdraw(app.db, app.recorder, anna, there.id);
    assert.equal((await deliverDue(app)).delivered, 1);
    assert.match(willing.arrivals[0]?.body ?? "", /grant\.withdrawn/u);

    await erase(app, app.recorder, anna);
    assert.deepEqual(await deliverDue(app), { delivered: 1, failed: 1, dead: 0 });
    clock.move(15_000);
    assert.deepEqual(await deliverDue(app), { delivered: 0, failed: 1, dead: 0 });
    clock.move(45_000);
    assert.deepEqual(await deliverDue(app), { delivered: 1, failed: 0, dead: 0 });
    assert.deepEqual(await countMessages(app.db), { waiting: 0, delivered: 3, dead: 0 });

    assert.equal(stubborn.arrivals.length, 3);
    assert.equal(new Set(stubborn.arrivals.map(({ headers }) => headers["webhook-id"])).size, 1);
    assert.equal(willing.arrivals.length, 2);
    assert.equal(stranger.arrivals.length, 0);
    for (const [receiver, collection] of [
      [stubborn, here.id],
      [willing, there.id],
    ] as const) {
      const arrival = receiver.arrivals.at(-1);
      const notice = receiver.verify(secrets.get(collection) ?? "", arrival) as Notice;
      assert.equal(notice.type, "subject.erased");
      assert.equal(notice.data["collection"], collection);
      assert.equal(notice.data["subject"], anna);
      assert.ok(Date.parse(notice.timestamp) <= clock.now());
      assert.ok(!arrival?.body.includes("anna"), "no name and no contact is in it");
      const certificate = String(notice.data["certificate"]);
      const keys = await keySetOf(app.db, "receipts");
      assert.equal((await verifyCertificate(certificate, keys)).subject, anna);
      assert.throws(() => receiver.verify(secrets.get(elsewhere.id) ?? "", arrival));
    }
  },
);

onEachDatabase("R13 an erasure that fails tells nobody", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const collection = await makeCollection(app);
  const of = { collection: collection.id, url: "https://hook.example/", allowPrivate: false };
  await addWebhook(app.db, app.recorder, of);
  const anna = await enrolPerson(app, collection, "anna");
  const broken = {
    ...app.recorder,
    get account(): string {
      throw new Error("no record");
    },
  };
  await assert.rejects(erase(app, broken, anna), /no record/u);
  assert.deepEqual(await countMessages(app.db), { waiting: 0, delivered: 0, dead: 0 });
});

onEachDatabase("R13 a process killed while it delivers loses no notice", async (database) => {
  const config = await instanceConfig(database);
  await using instance = await openInstance(database, { config });
  const { app } = instance;
  const collection = await makeCollection(app);
  // Silent until the sender is dead: it is killed between the sending and the settling.
  let silent = true;
  await using receiver = await startReceiver(() => (silent ? null : 200));
  const of = { collection: collection.id, url: receiver.url, allowPrivate: true };
  const { secret } = await addWebhook(app.db, app.recorder, of);
  const anna = await enrolPerson(app, collection, "anna");
  await erase(app, app.recorder, anna);
  const sender = startScript(
    `
      import { openApp } from "./src/app.ts";
      import { deliverDue } from "./src/webhooks/deliver.ts";
      const app = await openApp(config);
      await deliverDue(app);
      console.log("settled");
    `,
    { config },
  );
  while (receiver.arrivals.length === 0) {
    assert.equal(sender.child.exitCode, null, sender.complained());
    await new Promise((resume) => setTimeout(resume, 20));
  }
  await sender.kill();
  assert.ok(!sender.printed().includes("settled"));
  silent = false;
  assert.deepEqual(await countMessages(app.db), { waiting: 1, delivered: 0, dead: 0 });
  const later = { now: () => (Date.now() + 61_000) as ReturnType<typeof app.clock.now> };
  assert.equal((await deliverDue({ ...app, clock: later })).delivered, 1);
  const [first, second] = receiver.arrivals;
  assert.equal(first?.headers["webhook-id"], second?.headers["webhook-id"]);
  assert.equal((receiver.verify(secret, second) as Notice).type, "subject.erased");
});
