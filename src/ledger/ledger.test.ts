import assert from "node:assert/strict";
import { withEachDatabase } from "../../test/databases.ts";
import { fixedClock } from "../base/clock.ts";
import { newId } from "../base/ids.ts";
import type { Db } from "../storage/db.ts";
import { append } from "./ledger.ts";

const recorder = { clock: fixedClock(1_800_000_000_000), account: "staff" };
const eventsOf = async (db: Db) =>
  db.read.selectFrom("events").selectAll().orderBy("seq").execute();

withEachDatabase("appends in the change's own transaction: both or neither", async (db) => {
  const collection = newId("col");
  const failed = db.write(async (tx) => {
    await append(tx, recorder, { kind: "collection.created", collection });
    throw new Error("the change fails");
  });
  await assert.rejects(failed, /the change fails/u);
  assert.deepEqual(await eventsOf(db), []);
  await db.write(async (tx) => {
    await append(tx, recorder);
    await append(tx, recorder, { kind: "collection.created", collection });
  });
  assert.equal((await eventsOf(db)).length, 1);
});

withEachDatabase("keeps who, when, where and of whom; the rest is the event's body", async (db) => {
  const [collection, subject, grant] = [newId("col"), newId("sub"), newId("gra")];
  await db.write(async (tx) =>
    append(
      tx,
      recorder,
      { kind: "grant.given", collection, subject, grant, evidence: "paper", uses: ["find"] },
      { kind: "subject.erased", collection: null, subject },
      { kind: "photo.imported", collection, faces: 3 },
    ),
  );
  const rows = (await eventsOf(db)).map(({ seq: _seq, id: _id, ...row }) => row);
  const both = { at: 1_800_000_000_000, account: "staff" };
  assert.deepEqual(rows, [
    {
      ...both,
      kind: "grant.given",
      collection_id: collection,
      subject_id: subject,
      body: JSON.stringify({ grant, evidence: "paper", uses: ["find"] }),
    },
    { ...both, kind: "subject.erased", collection_id: null, subject_id: subject, body: "{}" },
    {
      ...both,
      kind: "photo.imported",
      collection_id: collection,
      subject_id: null,
      body: JSON.stringify({ faces: 3 }),
    },
  ]);
});

withEachDatabase("entries stand in the order of their appending", async (db) => {
  const collections = Array.from({ length: 20 }, () => newId("col"));
  for (const collection of collections) {
    await db.write(async (tx) => append(tx, recorder, { kind: "collection.created", collection }));
  }
  const rows = await eventsOf(db);
  assert.deepEqual(
    rows.map((row) => row.collection_id),
    collections,
  );
  assert.equal(new Set(rows.map(({ id }) => id)).size, 20);
});
