import assert from "node:assert/strict";
import { onSqlite } from "./databases.ts";
import { type Ended, runAssent } from "./command.ts";
import { fakePicture } from "./fake-engine.ts";
import {
  enrolPerson,
  importPhotos,
  instanceConfig,
  makeCollection,
  openInstance,
} from "./instance.ts";
import { startReceiver } from "./receiver.ts";

/** What a message says, after its signature was checked. */
interface Message {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

onSqlite("a command tells the endpoints at its end, and does not fail where they do", async (d) => {
  const config = await instanceConfig(d);
  const people = await (async () => {
    await using instance = await openInstance(d, { config });
    const { app } = instance;
    const collection = await makeCollection(app);
    const anna = await enrolPerson(app, collection, "p5");
    const bert = await enrolPerson(app, collection, "p9");
    await importPhotos(instance, collection, { "both.png": await fakePicture(["p5", "p9"]) });
    return { anna, bert };
  })();
  const assent = async (...args: readonly string[]): Promise<Ended> => {
    const ended = await runAssent(config.folder, args);
    assert.equal(ended.exit, 0, ended.err);
    return ended;
  };
  const refused = await runAssent(config.folder, [
    "webhook",
    "add",
    "--collection=gala",
    "--url=https://127.0.0.1/hook",
  ]);
  assert.deepEqual([refused.exit, refused.err.split(":")[0]], [1, "webhook_url_refused"]);

  let status = 200;
  await using receiver = await startReceiver(() => status);
  const place = ["--collection", "gala", "--url", receiver.url, "--allow-private"];
  const secret = /whsec_\S+/u.exec((await assent("webhook", "add", ...place)).out)?.[0] ?? "";
  assert.ok(!(await assent("webhook", "list")).out.includes("whsec_"), "it is told once");

  await assent("withdraw", "--subject", "p5@people.example");
  const told = receiver.verify(secret, receiver.arrivals[0]) as Message;
  assert.deepEqual([told.type, told.data["subject"]], ["grant.withdrawn", people.anna]);

  // The receiver is gone for good; the erasure is done all the same, and the message is kept.
  status = 410;
  await assent("erase", "--subject", "p9@people.example");
  assert.equal(receiver.arrivals.length, 2);
  assert.match((await assent("webhook", "dead")).out, /subject\.erased/u);
  assert.match((await assent("status")).out, /1 endpoint, 0 messages waiting, 1 given up/u);
  status = 200;
  assert.match((await assent("webhook", "replay")).out, /1 message sent once more, 1 delivered/u);
  const notice = receiver.verify(secret, receiver.arrivals[2]) as Message;
  assert.deepEqual([notice.type, notice.data["subject"]], ["subject.erased", people.bert]);
});

onSqlite("somebody whom nobody knows objects to a photo in hand, and staff decide", async (d) => {
  const config = await instanceConfig(d);
  const folder = await (async () => {
    await using instance = await openInstance(d, { config });
    const { app } = instance;
    const collection = await makeCollection(app);
    await enrolPerson(app, collection, "p5");
    await importPhotos(instance, collection, { "both.png": await fakePicture(["p40", "p5"]) });
    await app.runner.drain();
    return `${instance.folder}/incoming`;
  })();
  const assent = async (...args: readonly string[]) => runAssent(config.folder, args);
  const photos = async () =>
    (await assent("photos", "--collection", "gala", "--subject", "p5@people.example")).out;
  assert.match(await photos(), /^1 sighting\./u);
  const photo = ["--collection", "gala", "--photo", `${folder}/both.png`];
  const made = await assent("object", ...photo, "--face", "2", "--reason", "not like this");
  assert.match(made.out, /^The face is blurred for everybody until staff decide/u);
  assert.match(await photos(), /^0 sightings\./u);

  const listed = (await assent("objections", "list")).out;
  assert.match(listed, /not known here[^]*both\.png[^]*"not like this"/u);
  const id = /obj_\S+/u.exec(listed)?.[0] ?? "";
  assert.equal((await assent("objections", "reject", id)).exit, 0);
  assert.match(await photos(), /^1 sighting\./u);
  assert.match((await assent("objections", "list", "--all")).out, /rejected since/u);
});
