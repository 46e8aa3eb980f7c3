import assert from "node:assert/strict";
import { onEachDatabase } from "../../test/databases.ts";
import { fakePicture } from "../../test/fake-engine.ts";
import {
  enrolPerson,
  importPhotos,
  type Instance,
  makeCollection,
  openInstance,
  returned,
  searchFor,
} from "../../test/instance.ts";
import { type Collection, findCollection } from "../collections/collections.ts";
import { pause, resume, withdraw } from "../rights/consent-changes.ts";
import { changePack } from "./change-pack.ts";
import { decide } from "./sightings.ts";
import { sightingsOf, statesOf } from "../../test/sightings.ts";

async function enrolKept({ app }: Instance, collection: Collection, person: string) {
  const photo = { bytes: await fakePicture([person]) };
  return enrolPerson(app, collection, person, { photo, keepPhoto: true });
}

const packsOf = async ({ app }: Instance) => {
  const rows = await app.db.read.selectFrom("templates").select("pack").execute();
  return rows.map(({ pack }) => pack).sort();
};

onEachDatabase(
  "moves people with a kept photo; the others are named, and decisions stay",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const collection = await makeCollection(app);
    const kept = await enrolKept(instance, collection, "p5");
    const unkept = await enrolPerson(app, collection, "p9", {
      photo: { bytes: await fakePicture(["p9"]) },
    });
    await importPhotos(instance, collection, {
      "a.png": await fakePicture(["p5", "p9", "p20"]),
      "b.png": await fakePicture(["p5", "p40"]),
      "c.png": await fakePicture(["p60", "p5"]),
    });
    const before = await sightingsOf(app.db, collection.id, kept);
    assert.equal(before.length, 3);
    await decide(app.db, app.recorder, before[0]!.id, "rejected");
    await decide(app.db, app.recorder, before[1]!.id, "confirmed");

    const change = await changePack(app, app.recorder, "gala", "bundled");
    assert.deepEqual(change, { remade: 1, again: [unkept] });
    assert.deepEqual(await packsOf(instance), ["bundled"]);
    await app.runner.drain();
    const after = await statesOf(app.db, collection.id, kept);
    const states = after.map(({ id, state }) => [id, state]);
    assert.deepEqual(states, [
      [before[0]!.id, "rejected"],
      [before[1]!.id, "confirmed"],
      [before[2]!.id, "proposed"],
    ]);
    const now = await findCollection(app.db, collection.id);
    const bytes = await fakePicture(["p5", "p9"]);
    const answer = await searchFor(app, now, [], { photo: { bytes } });
    assert.deepEqual(returned(answer), [kept, null]);
    assert.deepEqual(await changePack(app, app.recorder, "gala", "bundled"), {
      remade: 0,
      again: [],
    });
  },
);

onEachDatabase("searches find everyone while the new templates are made", async (database) => {
  let during = async (): Promise<unknown> => undefined;
  await using instance = await openInstance(database, {
    hooks: {
      before: async () => {
        const now = during;
        during = async () => undefined;
        await now();
      },
    },
  });
  const { app } = instance;
  const collection = await makeCollection(app);
  const kept = await enrolKept(instance, collection, "p5");
  const found: unknown[] = [];
  during = async () => found.push(returned(await searchFor(app, collection, ["p5"])));
  await changePack(app, app.recorder, collection.id, "bundled");
  assert.deepEqual(found, [[kept]]);
});

onEachDatabase(
  "R7 whoever withdraws or pauses meanwhile gets no new template, and stops nobody",
  async (database) => {
    const queue: (() => Promise<unknown>)[] = [];
    await using instance = await openInstance(database, {
      hooks: { before: async () => void (await queue.shift()?.()) },
    });
    const { app } = instance;
    const collection = await makeCollection(app);
    const people = ["p5", "p9", "p13"];
    const [gone, paused, stays] = [
      await enrolKept(instance, collection, "p5"),
      await enrolKept(instance, collection, "p9"),
      await enrolKept(instance, collection, "p13"),
    ];
    queue.push(async () => {
      await withdraw(app.db, app.recorder, gone, "all");
      await pause(app.db, app.recorder, paused, "all");
    });
    const change = await changePack(app, app.recorder, collection.id, "bundled");
    assert.deepEqual(
      change.again.filter((id) => id !== paused),
      [],
    );
    const bytes = await fakePicture(people);
    const now = await findCollection(app.db, collection.id);
    const answer = await searchFor(app, now, [], { photo: { bytes } });
    assert.deepEqual(returned(answer), [null, null, stays]);
    await resume(app.db, app.recorder, paused, "all");
  },
);

onEachDatabase(
  "whoever enrols while the collection changes over is carried along",
  async (database) => {
    let during = async (): Promise<unknown> => undefined;
    await using instance = await openInstance(database, {
      hooks: {
        before: async () => {
          const now = during;
          during = async () => undefined;
          await now();
        },
      },
    });
    const { app } = instance;
    const collection = await makeCollection(app);
    await enrolKept(instance, collection, "p5");
    during = async () => enrolKept(instance, collection, "p9");
    const change = await changePack(app, app.recorder, collection.id, "bundled");
    assert.deepEqual(change, { remade: 2, again: [] });
    assert.deepEqual(await packsOf(instance), ["bundled", "bundled"]);
  },
);

onEachDatabase(
  "broken off half-way the old pack serves; called again it goes on",
  async (database) => {
    let fail = false;
    await using instance = await openInstance(database, {
      hooks: {
        before: async (step) => {
          if (fail && step === "embed") throw new Error("the power is gone");
        },
      },
    });
    const { app } = instance;
    const collection = await makeCollection(app);
    const kept = await enrolKept(instance, collection, "p5");
    fail = true;
    await assert.rejects(changePack(app, app.recorder, collection.id, "bundled"), /power/u);
    fail = false;
    assert.deepEqual(returned(await searchFor(app, collection, ["p5"])), [kept]);
    const change = await changePack(app, app.recorder, collection.id, "bundled");
    assert.deepEqual(change, { remade: 1, again: [] });
  },
);

onEachDatabase(
  "a gallery that saw neither the move nor the one back holds nobody who must enrol again",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const collection = await makeCollection(app);
    await enrolKept(instance, collection, "p5");
    await enrolPerson(app, collection, "anna");
    const size = async () => (await app.galleries.current(collection.id)).gallery.size;
    assert.equal(await size(), 2);
    await changePack(app, app.recorder, collection.id, "bundled");
    await changePack(app, app.recorder, collection.id, "recommended");
    assert.deepEqual(await packsOf(instance), ["recommended"]);
    assert.equal(await size(), 1);
  },
);

onEachDatabase(
  "who is remade by the slower of two moves is found, and at once",
  async (database) => {
    let overtake = async (): Promise<unknown> => undefined;
    await using instance = await openInstance(database, {
      hooks: {
        before: async () => {
          const now = overtake;
          overtake = async () => undefined;
          await now();
        },
      },
    });
    const { app } = instance;
    const { db, recorder } = app;
    const collection = await makeCollection(app);
    const { id } = collection;
    const away = await enrolKept(instance, collection, "p5");
    const size = async () => (await app.galleries.current(id)).gallery.size;
    overtake = async () => {
      await pause(db, recorder, away, id);
      await changePack(app, recorder, id, "bundled");
      await resume(db, recorder, away, id);
      assert.equal(await size(), 0);
    };
    const { signal } = new AbortController();
    const report = ({ done }: { readonly done: number }) => {
      if (done === 1) throw new Error("the power is gone");
    };
    // Called again it would have nothing to do: the collection is where it was to go.
    await assert.rejects(changePack(app, recorder, id, "bundled", { signal, report }), /power/u);
    assert.deepEqual(await packsOf(instance), ["bundled"]);
    assert.equal(await size(), 1);
  },
);
