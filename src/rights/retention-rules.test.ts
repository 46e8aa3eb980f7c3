import assert from "node:assert/strict";
import { fixedClock, type Instant } from "../base/clock.ts";
import { newId } from "../base/ids.ts";
import { onEachDatabase } from "../../test/databases.ts";
import { enrolPerson, makeCollection, openInstance } from "../../test/instance.ts";
import { dueSubjectsOver } from "./retention-rules.ts";

const START = Date.UTC(2027, 0, 15);
/** More than are looked at in one query. */
const PEOPLE = 4500;

onEachDatabase("R37 people without a grant are found among thousands", async (db) => {
  const clock = fixedClock(START);
  await using instance = await openInstance(db, { clock });
  const { app } = instance;
  const collection = await makeCollection(app);
  const staying = await enrolPerson(app, collection, "anna");
  const nobody = { name_index: null, contact_index: null, sealed_contact: null, erased_at: null };
  const rows = Array.from({ length: PEOPLE }, (_, index) => ({
    id: newId("sub"),
    ...nobody,
    sealed_name: new Uint8Array(),
    created_at: (START - PEOPLE + index) as Instant,
  }));
  await app.db.write(async (tx) => {
    for (let from = 0; from < PEOPLE; from += 500)
      await tx.write
        .insertInto("subjects")
        .values(rows.slice(from, from + 500))
        .execute();
  });
  const due = await dueSubjectsOver(app.db, clock.now(), PEOPLE * 2);
  assert.deepEqual(
    due.map(({ id }) => id),
    rows.map(({ id }) => id),
    "each once, oldest first",
  );
  assert.ok(!due.some(({ id }) => id === staying));
  assert.equal((await dueSubjectsOver(app.db, clock.now(), 100)).length, 100);
  assert.equal((await dueSubjectsOver(app.db, (START - 4000) as Instant, PEOPLE)).length, 501);
});
