import assert from "node:assert/strict";
import { eventsOf } from "../../test/ledger.ts";
import { onEachDatabase, onPostgres } from "../../test/databases.ts";
import { fakePhoto } from "../../test/fake-engine.ts";
import { enrolPerson, importPhotos, makeCollection, openInstance } from "../../test/instance.ts";
import type { App } from "../app.ts";
import type { SightingId } from "../base/ids.ts";
import { withdraw } from "../rights/consent-changes.ts";
import { SearchError } from "./errors.ts";
import { decide } from "./sightings.ts";
import { sightingsOf, statesOf } from "../../test/sightings.ts";

/** Compares every photo anew: somebody else joins. */
async function rescan(app: App, collection: Parameters<typeof enrolPerson>[1], who: string) {
  await enrolPerson(app, collection, who);
  await app.runner.drain();
}

onEachDatabase(
  '"not me" is remembered through every later scan; so is "that is me"',
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const collection = await makeCollection(app);
    const anna = await enrolPerson(app, collection, "anna");
    await importPhotos(instance, collection, {
      "a.jpg": fakePhoto(["anna"], "a"),
      "b.jpg": fakePhoto(["anna"], "b"),
      "c.jpg": fakePhoto(["anna"], "c"),
    });
    const [first, second, third] = await statesOf(app.db, collection.id, anna);
    assert.ok(first && second && third);
    await decide(app.db, app.recorder, first.id, "rejected");
    await decide(app.db, app.recorder, second.id, "confirmed");
    const decided = [
      { id: first.id, state: "rejected" },
      { id: second.id, state: "confirmed" },
      { id: third.id, state: "proposed" },
    ];
    assert.deepEqual(await statesOf(app.db, collection.id, anna), decided);
    await rescan(app, collection, "bert");
    assert.deepEqual(await statesOf(app.db, collection.id, anna), decided);
    const shown = await sightingsOf(app.db, collection.id, anna);
    assert.deepEqual(
      shown.map(({ id }) => id),
      [second.id, third.id],
    );
    // A person may change their mind.
    await decide(app.db, app.recorder, first.id, "confirmed");
    assert.equal((await statesOf(app.db, collection.id, anna))[0]?.state, "confirmed");
    const kinds = await eventsOf(app, "sighting.");
    assert.deepEqual(
      kinds.map(({ kind }) => kind),
      ["sighting.rejected", "sighting.confirmed", "sighting.confirmed"],
    );
  },
);

onEachDatabase("a face that somebody confirmed is proposed to nobody else", async (database) => {
  // Two people whom the model can't tell apart.
  await using instance = await openInstance(database, {
    hooks: { vectorOf: () => Float32Array.from({ length: 256 }, (_, i) => (i === 0 ? 1 : 0)) },
  });
  const { app } = instance;
  const collection = await makeCollection(app);
  const anna = await enrolPerson(app, collection, "anna");
  await importPhotos(instance, collection, {
    "a.jpg": fakePhoto(["x"]),
    "b.jpg": fakePhoto(["y"]),
  });
  const [first, second] = await statesOf(app.db, collection.id, anna);
  assert.ok(first && second);
  await decide(app.db, app.recorder, first.id, "confirmed");
  await decide(app.db, app.recorder, second.id, "rejected");
  const bert = await enrolPerson(app, collection, "bert");
  await app.runner.drain();
  const faces = await sightingsOf(app.db, collection.id, bert);
  assert.equal(faces.length, 1, "only the face that is not hers may be his");
});

onEachDatabase(
  "a person who has gone keeps no new sighting, and others' stay",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const collection = await makeCollection(app);
    const anna = await enrolPerson(app, collection, "anna");
    const bert = await enrolPerson(app, collection, "bert");
    await withdraw(app.db, app.recorder, anna, "all");
    await importPhotos(instance, collection, { "a.jpg": fakePhoto(["anna", "bert"]) });
    await app.runner.drain();
    assert.deepEqual(await statesOf(app.db, collection.id, anna), []);
    assert.equal((await statesOf(app.db, collection.id, bert)).length, 1);
  },
);

onEachDatabase("a sighting that is none can't be decided", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const nothing = decide(app.db, app.recorder, "sig_none" as SightingId, "confirmed");
  await assert.rejects(nothing, { code: "sighting_unknown" });
});

onPostgres(
  "a decision that was taken while the photo is compared again is never lost",
  async (database) => {
    // At first only anna resembles the face; bert, who comes later, is the one it shows.
    const along = (cosine: number) =>
      Float32Array.from({ length: 256 }, (_, i) => [cosine, Math.sqrt(1 - cosine ** 2)][i] ?? 0);
    const vectorOf = (person: string) => along(person === "anna" ? 0.8 : 1);
    let meanwhile = async (): Promise<unknown> => undefined;
    await using instance = await openInstance(database, { hooks: { vectorOf } });
    const { app, config } = instance;
    await using other = await openInstance(database, {
      config,
      hooks: { vectorOf, before: async () => void (await meanwhile()) },
    });
    const collection = await makeCollection(app);
    const anna = await enrolPerson(app, collection, "anna");
    const faces = [{ person: "bert", noise: 0 }];
    const photos = Array.from({ length: 40 }, (_, i) => [`${i}.jpg`, fakePhoto(faces, `${i}`)]);
    await importPhotos(instance, collection, Object.fromEntries(photos));
    const waiting = [...(await statesOf(app.db, collection.id, anna))];
    assert.equal(waiting.length, 40);
    await enrolPerson(app, collection, "bert");
    const taken: SightingId[] = [];
    const decisions: Promise<void>[] = [];
    const decideNext = async (id: SightingId, wait: number) => {
      await new Promise((done) => setTimeout(done, wait));
      try {
        await decide(app.db, app.recorder, id, "confirmed");
        taken.push(id);
      } catch (error) {
        // The comparison was first: there is nothing left to decide on.
        assert.ok(error instanceof SearchError && error.code === "sighting_unknown");
      }
    };
    meanwhile = async () => {
      const next = waiting.shift();
      if (next) decisions.push(decideNext(next.id, waiting.length % 12));
    };
    await other.app.runner.drain();
    await Promise.all(decisions);
    const after = await statesOf(app.db, collection.id, anna);
    const confirmed = after.filter(({ state }) => state === "confirmed").map(({ id }) => id);
    assert.deepEqual(confirmed.sort(), taken.sort());
  },
);
