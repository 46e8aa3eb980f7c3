import assert from "node:assert/strict";
import { onEachDatabase } from "../../test/databases.ts";
import { dumpOf } from "../../test/dump.ts";
import { makeCollection, openInstance } from "../../test/instance.ts";
import { eventsOf } from "../../test/ledger.ts";
import { addWebhook, listWebhooks, openEndpoint, removeWebhook } from "./webhooks.ts";

onEachDatabase("a secret is told once and lies sealed", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const { id: collection } = await makeCollection(app);
  const of = { collection, url: "https://hook.example/in", allowPrivate: false };
  const made = await addWebhook(app.db, app.recorder, of);
  assert.match(made.secret, /^whsec_[A-Za-z0-9+/]{43}=$/u);
  assert.ok(!(await dumpOf(app.db, database)).includes(made.secret.slice(6)));
  assert.equal((await openEndpoint(app.db, app.vault, made.id))?.secret, made.secret);
  const { secret: _secret, ...listed } = made;
  assert.deepEqual(await listWebhooks(app.db, collection), [listed]);
  const twice = addWebhook(app.db, app.recorder, of);
  await assert.rejects(twice, { code: "webhook_exists" });

  await removeWebhook(app.db, app.recorder, made.id);
  assert.deepEqual(await listWebhooks(app.db), []);
  assert.equal(await openEndpoint(app.db, app.vault, made.id), null);
  const again = await addWebhook(app.db, app.recorder, of);
  assert.notEqual(again.secret, made.secret);
  assert.equal((await openEndpoint(app.db, app.vault, again.id))?.secret, again.secret);
  assert.deepEqual(
    (await eventsOf(app, "webhook.")).map(({ kind, collection: where }) => [kind, where]),
    [
      ["webhook.added", collection],
      ["webhook.removed", collection],
      ["webhook.added", collection],
    ],
  );
});

onEachDatabase("each collection has its own endpoints, and not too many", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const [here, there] = [await makeCollection(app), await makeCollection(app, { name: "there" })];
  const add = async (collection: typeof here, path: string) => {
    const url = `https://hook.example/${path}`;
    return addWebhook(app.db, app.recorder, {
      collection: collection.id,
      url,
      allowPrivate: false,
    });
  };
  for (let index = 0; index < 16; index += 1) await add(here, String(index));
  await assert.rejects(add(here, "one more"), { code: "webhook_exists" });
  await add(there, "0");
  assert.equal((await listWebhooks(app.db, there.id)).length, 1);
  assert.equal((await listWebhooks(app.db)).length, 17);
});
