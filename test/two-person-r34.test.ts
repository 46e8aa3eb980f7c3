import assert from "node:assert/strict";
import type { SightingId, SubjectId } from "../src/base/ids.ts";
import { decide } from "../src/search/sightings.ts";
import { outcomesOf } from "./accounts.ts";
import { onEachDatabase, type TestDatabase } from "./databases.ts";
import { fakePhoto } from "./fake-engine.ts";
import { enrolPerson, importPhotos, makeCollection, openInstance } from "./instance.ts";
import { eventsOf } from "./ledger.ts";
import { sightingsOf, statesOf } from "./sightings.ts";

/** A collection with one sighting of anna, where two people must confirm. */
async function oneSighting(database: TestDatabase, twoPerson = 1) {
  const instance = await openInstance(database);
  const { app } = instance;
  const collection = await makeCollection(app);
  const anna = await enrolPerson(app, collection, "anna");
  await importPhotos(instance, collection, { "a.jpg": fakePhoto(["anna"], "a") });
  await app.db.write(async (tx) =>
    tx.write.updateTable("collections").set({ two_person: twoPerson }).execute(),
  );
  const read = async () => (await statesOf(app.db, collection.id, anna))[0];
  const sighting = await read();
  assert.ok(sighting);
  const decideAs = async (account: string, decision: "confirmed" | "rejected") =>
    decide(app.db, { ...app.recorder, account }, sighting.id, decision);
  return { instance, app, collection, anna, id: sighting.id, read, decideAs };
}

onEachDatabase(
  "R34 two people must confirm: the same account twice is refused",
  async (database) => {
    const { instance, app, decideAs, read } = await oneSighting(database);
    await using _ = instance;
    assert.equal(await decideAs("acc_one", "confirmed"), "proposed");
    assert.equal((await read())?.state, "proposed");
    await assert.rejects(decideAs("acc_one", "confirmed"), { code: "second_person_needed" });
    assert.equal((await read())?.state, "proposed");
    assert.equal(await decideAs("acc_two", "confirmed"), "confirmed");
    assert.equal((await read())?.state, "confirmed");
    const said = (await eventsOf(app, "sighting.")).map(({ kind, account }) => [kind, account]);
    assert.deepEqual(said, [
      ["sighting.confirmed_once", "acc_one"],
      ["sighting.confirmed", "acc_two"],
    ]);
  },
);

onEachDatabase(
  "R34 the same account at once, many times, is one person still",
  async (database) => {
    const { instance, decideAs, read } = await oneSighting(database);
    await using _ = instance;
    const same = Array.from({ length: 6 }, async () => decideAs("acc_one", "confirmed"));
    const { done, codes } = await outcomesOf(same);
    assert.equal(done, 1);
    assert.deepEqual(new Set(codes), new Set(["second_person_needed"]));
    assert.equal((await read())?.state, "proposed");
  },
);

onEachDatabase("R34 one is enough for a no, after which two begin anew", async (database) => {
  const { instance, decideAs, read } = await oneSighting(database);
  await using _ = instance;
  assert.equal(await decideAs("acc_one", "confirmed"), "proposed");
  assert.equal(await decideAs("acc_two", "rejected"), "rejected");
  assert.equal(await decideAs("acc_two", "confirmed"), "rejected");
  assert.equal((await read())?.state, "rejected");
  assert.equal(await decideAs("acc_one", "confirmed"), "confirmed");
});

onEachDatabase(
  "R34 the person pictured says so alone; elsewhere one is enough",
  async (database) => {
    const { instance, app, anna, decideAs } = await oneSighting(database);
    await using _ = instance;
    assert.equal(await decideAs(anna, "confirmed"), "confirmed");
    const other = await makeCollection(app, { name: "fair" });
    const bert: SubjectId = await enrolPerson(app, other, "bert");
    await importPhotos(instance, other, { "b.jpg": fakePhoto(["bert"], "b") }, "more");
    const [sighting] = await sightingsOf(app.db, other.id, bert);
    const id = sighting?.id as SightingId;
    assert.equal(
      await decide(app.db, { ...app.recorder, account: "acc_one" }, id, "confirmed"),
      "confirmed",
    );
  },
);

onEachDatabase(
  "R34 a first yes goes with a sighting that is proposed no more",
  async (database) => {
    const { instance, app, collection, anna, decideAs } = await oneSighting(database);
    await using _ = instance;
    await decideAs("acc_one", "confirmed");
    await app.db.write(async (tx) =>
      tx.write.deleteFrom("sightings").where("subject_id", "=", anna).execute(),
    );
    const left = await app.db.read.selectFrom("sighting_confirmations").selectAll().execute();
    assert.deepEqual(left, []);
    assert.ok(collection.id);
  },
);
