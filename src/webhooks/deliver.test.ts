import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { onEachDatabase, onPostgres, withEachDatabase } from "../../test/databases.ts";
import { makeCollection, openInstance } from "../../test/instance.ts";
import { startReceiver } from "../../test/receiver.ts";
import type { App } from "../app.ts";
import { type Clock, fixedClock } from "../base/clock.ts";
import { newId } from "../base/ids.ts";
import { ATTEMPTS_MAX, deliverDue, waitAfter } from "./deliver.ts";
import { countMessages, deadMessages, enqueueMessage, replay } from "./messages.ts";
import { addWebhook, listWebhooks, removeWebhook } from "./webhooks.ts";

const HOUR_MS = 60 * 60 * 1000;

/** Queues so many messages of their own transaction. */
async function tell(app: Pick<App, "db" | "recorder">, collection: string, times = 1) {
  const subject = newId("sub");
  const to = collection as Parameters<typeof enqueueMessage>[2];
  for (let time = 0; time < times; time += 1) {
    await app.db.write(async (tx) =>
      enqueueMessage(tx, app.recorder, to, { kind: "grant.withdrawn", subject }),
    );
  }
  return subject;
}

/** An instance with one collection and one endpoint. */
async function prepare(app: App, url: string) {
  const { id: collection } = await makeCollection(app);
  const of = { collection, url, allowPrivate: true };
  const { secret } = await addWebhook(app.db, app.recorder, of);
  return { collection, secret };
}

test("waits grow to a day, and add up to a little over three", () => {
  const waits = Array.from({ length: ATTEMPTS_MAX - 1 }, (_, index) => waitAfter(index + 1, 0.5));
  assert.deepEqual(waits.slice(0, 3), [10_000, 30_000, 90_000]);
  assert.deepEqual(waits.slice(-2), [24 * HOUR_MS, 24 * HOUR_MS]);
  const total = waits.reduce((sum, wait) => sum + wait, 0);
  assert.ok(total > 72 * HOUR_MS && total < 84 * HOUR_MS, `${total / HOUR_MS} hours`);
  assert.deepEqual([waitAfter(1, 0), waitAfter(1, 1)], [8000, 12_000]);
});

onEachDatabase(
  "a message is tried until it is taken, with one id and good signatures",
  async (d) => {
    const clock = fixedClock(Date.now());
    await using instance = await openInstance(d, { clock });
    const { app } = instance;
    await using receiver = await startReceiver((index) => (index < 2 ? 500 : 204));
    const { collection, secret } = await prepare(app, receiver.url);
    const subject = await tell(app, collection);
    assert.deepEqual(await deliverDue(app), { delivered: 0, failed: 1, dead: 0 });
    assert.deepEqual(await deliverDue(app), { delivered: 0, failed: 0, dead: 0 }, "not due yet");
    clock.move(13_000);
    assert.deepEqual(await deliverDue(app), { delivered: 0, failed: 1, dead: 0 });
    clock.move(37_000);
    assert.deepEqual(await deliverDue(app), { delivered: 1, failed: 0, dead: 0 });
    clock.move(HOUR_MS);
    assert.deepEqual(await deliverDue(app), { delivered: 0, failed: 0, dead: 0 });
    assert.equal(receiver.arrivals.length, 3);
    for (const arrival of receiver.arrivals) {
      assert.deepEqual(receiver.verify(secret, arrival), {
        type: "grant.withdrawn",
        timestamp: new Date(clock.now() - HOUR_MS - 50_000).toISOString(),
        data: { collection, subject },
      });
      assert.throws(() =>
        receiver.verify(secret, { ...arrival, body: arrival.body.replace("grant", "grand") }),
      );
    }
    assert.equal(new Set(receiver.arrivals.map(({ headers }) => headers["webhook-id"])).size, 1);
    assert.deepEqual(await countMessages(app.db), { waiting: 0, delivered: 1, dead: 0 });
  },
);

onEachDatabase(
  "after the last attempt it is dead, listed, and may be sent once more",
  async (d) => {
    const clock = fixedClock(Date.now());
    await using instance = await openInstance(d, { clock });
    const { app } = instance;
    let status = 503;
    await using receiver = await startReceiver(() => status);
    const { collection } = await prepare(app, receiver.url);
    await tell(app, collection);
    for (let attempt = 1; attempt < ATTEMPTS_MAX; attempt += 1) {
      assert.equal((await deliverDue(app)).failed, 1);
      clock.move(waitAfter(attempt, 1));
    }
    assert.deepEqual(await deliverDue(app), { delivered: 0, failed: 0, dead: 1 });
    clock.move(1000 * HOUR_MS);
    assert.deepEqual(await deliverDue(app), { delivered: 0, failed: 0, dead: 0 });
    const [dead] = await deadMessages(app.db, 10);
    assert.deepEqual(
      [dead?.kind, dead?.attempts, dead?.lastStatus, dead?.url],
      ["grant.withdrawn", ATTEMPTS_MAX, 503, receiver.url],
    );
    status = 200;
    const unknown = replay(app.db, clock, newId("msg"));
    await assert.rejects(unknown, { code: "message_unknown" });
    assert.ok(dead);
    assert.equal(await replay(app.db, clock, dead.id), 1);
    assert.deepEqual(await deliverDue(app), { delivered: 1, failed: 0, dead: 0 });
    assert.equal(receiver.arrivals.at(-1)?.headers["webhook-id"], dead.id);
    assert.equal(await replay(app.db, clock, "all"), 0);
  },
);

onEachDatabase("an endpoint that is gone, that redirects, that is removed", async (d) => {
  await using instance = await openInstance(d);
  const { app } = instance;
  await using target = await startReceiver();
  let status = 410;
  await using receiver = await startReceiver(() => status, { location: target.url });
  const { collection } = await prepare(app, receiver.url);
  await tell(app, collection);
  assert.deepEqual(await deliverDue(app), { delivered: 0, failed: 0, dead: 1 });
  status = 307;
  await tell(app, collection);
  assert.deepEqual(await deliverDue(app), { delivered: 0, failed: 1, dead: 0 });
  assert.equal(target.arrivals.length, 0, "a redirect is not followed");
  const [endpoint] = await listWebhooks(app.db, collection);
  assert.ok(endpoint);
  await removeWebhook(app.db, app.recorder, endpoint.id);
  const again = removeWebhook(app.db, app.recorder, endpoint.id);
  await assert.rejects(again, { code: "webhook_unknown" });
  assert.deepEqual(await countMessages(app.db), { waiting: 0, delivered: 0, dead: 2 });
  assert.equal(await replay(app.db, app.clock, "all"), 0, "nothing goes to a removed one");
  await tell(app, collection);
  assert.deepEqual(await countMessages(app.db), { waiting: 0, delivered: 0, dead: 2 });
});

onEachDatabase("a name that turns private after it was added is not connected to", async (d) => {
  await using instance = await openInstance(d);
  const { app } = instance;
  await using receiver = await startReceiver();
  const { id: collection } = await makeCollection(app);
  const url = `https://hook.example:${receiver.port}/`;
  await addWebhook(app.db, app.recorder, { collection, url, allowPrivate: false });
  await tell(app, collection);
  const asked: string[] = [];
  const resolve = async (host: string) => {
    asked.push(host);
    return [{ address: "127.0.0.1" }];
  };
  assert.deepEqual(await deliverDue(app, { resolve }), { delivered: 0, failed: 1, dead: 0 });
  assert.deepEqual(asked, ["hook.example"]);
  assert.equal(receiver.connections(), 0, "there was no connection at all");
  const { last_status } = await app.db.read
    .selectFrom("webhook_messages")
    .select("last_status")
    .executeTakeFirstOrThrow();
  assert.equal(last_status, null);
});

onEachDatabase("an allowed private name is resolved once, and connected to there", async (d) => {
  await using instance = await openInstance(d);
  const { app } = instance;
  await using receiver = await startReceiver();
  const { collection } = await prepare(app, `http://hook.internal.example:${receiver.port}/x?y=1`);
  await tell(app, collection);
  let asked = 0;
  const resolve = async () => {
    asked += 1;
    return [{ address: asked === 1 ? "127.0.0.1" : "127.0.0.9" }];
  };
  assert.deepEqual(await deliverDue(app, { resolve }), { delivered: 1, failed: 0, dead: 0 });
  assert.equal(asked, 1);
  assert.equal(receiver.arrivals[0]?.headers.host, `hook.internal.example:${receiver.port}`);
  assert.equal(receiver.arrivals[0]?.path, "/x?y=1");
});

onEachDatabase("of an answer only the status is used, however long it is", async (d) => {
  await using instance = await openInstance(d);
  const { app } = instance;
  let written = 0;
  const closed = Promise.withResolvers<void>();
  const server = createServer((_, response) => {
    response.writeHead(200);
    const chunk = Buffer.alloc(65_536);
    const more = (): void => {
      while (!response.destroyed && response.write(chunk)) written += chunk.length;
    };
    response.on("drain", more).on("close", closed.resolve);
    more();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const { collection } = await prepare(app, `http://127.0.0.1:${port}/`);
  await tell(app, collection);
  assert.deepEqual(await deliverDue(app), { delivered: 1, failed: 0, dead: 0 });
  await closed.promise;
  assert.ok(written < 50_000_000, `${written} bytes`);
  server.close();
});

withEachDatabase("a message is queued with its change: both or neither", async (db, database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const { collection } = await prepare(app, "https://8.8.8.8/hook");
  const event = { kind: "grant.withdrawn", subject: newId("sub") } as const;
  const failed = app.db.write(async (tx) => {
    await enqueueMessage(tx, app.recorder, collection, event);
    throw new Error("the change fails");
  });
  await assert.rejects(failed, /the change fails/u);
  assert.deepEqual(await countMessages(db), { waiting: 0, delivered: 0, dead: 0 });
});

onEachDatabase("whoever dies between taking and settling loses nothing", async (d) => {
  const clock = fixedClock(Date.now());
  await using instance = await openInstance(d, { clock });
  const { app } = instance;
  const gone = new AbortController();
  await using receiver = await startReceiver();
  const { collection } = await prepare(app, receiver.url);
  await tell(app, collection);
  // It has posted, and dies before it can note so: its clock is its last breath.
  let asked = 0;
  const dying: Clock = {
    now: () => {
      if (receiver.arrivals.length > 0) throw new Error("dead");
      asked += 1;
      return clock.now();
    },
  };
  await assert.rejects(deliverDue({ ...app, clock: dying }, { signal: gone.signal }), /dead/u);
  assert.ok(asked > 0);
  assert.equal(receiver.arrivals.length, 1);
  assert.deepEqual(await deliverDue(app), { delivered: 0, failed: 0, dead: 0 }, "leased still");
  clock.move(61_000);
  assert.deepEqual(await deliverDue(app), { delivered: 1, failed: 0, dead: 0 });
  const ids = receiver.arrivals.map(({ headers }) => headers["webhook-id"]);
  assert.equal(ids.length, 2, "at least once");
  assert.equal(new Set(ids).size, 1, "and known by its id");
});

onPostgres("nodes take turns: each message is sent once", async (d) => {
  await using instance = await openInstance(d);
  const { app, config } = instance;
  await using other = await openInstance(d, { config });
  await using receiver = await startReceiver();
  const { collection } = await prepare(app, receiver.url);
  await tell(app, collection, 40);
  const rounds = await Promise.all([deliverDue(app), deliverDue(other.app), deliverDue(app)]);
  assert.equal(
    rounds.reduce((sum, { delivered }) => sum + delivered, 0),
    40,
  );
  assert.equal(receiver.arrivals.length, 40);
  assert.equal(new Set(receiver.arrivals.map(({ headers }) => headers["webhook-id"])).size, 40);
});
