import assert from "node:assert/strict";
import { onPostgres } from "../../test/databases.ts";
import {
  enrolmentOf,
  enrolPerson,
  makeCollection,
  openInstance,
  returned,
  searchFor,
} from "../../test/instance.ts";
import { findGrant } from "../consent/consent.ts";
import { withdraw } from "../rights/consent-changes.ts";
import { erase } from "../rights/erase.ts";
import { enrol } from "./enrol.ts";

onPostgres(
  "R7 withdraw races with enrolling: after both, no template is without a live grant",
  async (database) => {
    await using instance = await openInstance(database);
    const { app, config } = instance;
    await using other = await openInstance(database, { config });
    const collection = await makeCollection(app);
    for (let round = 0; round < 12; round += 1) {
      const person = `anna-${round}`;
      const first = enrolmentOf(app, person);
      const anna = await enrolPerson(app, collection, person, first);
      const race = await Promise.allSettled([
        enrol(app, app.recorder, collection, {
          ...enrolmentOf(app, person),
          evidence: first.evidence,
        }),
        withdraw(other.app.db, other.app.recorder, anna, "all"),
        enrol(app, app.recorder, collection, {
          ...enrolmentOf(app, person),
          evidence: first.evidence,
        }),
      ]);
      assert.equal(race[1].status, "fulfilled");
      assert.equal(await findGrant(app.db, collection.id, anna), null, "withdrawn stays withdrawn");
      assert.deepEqual(returned(await searchFor(app, collection, [person])), [null]);
    }
    assert.deepEqual(await app.db.read.selectFrom("templates").selectAll().execute(), []);
  },
);

onPostgres(
  "R14 erase races with enrolling elsewhere: nobody is both erased and enrolled",
  async (database) => {
    await using instance = await openInstance(database);
    const { app, config } = instance;
    await using other = await openInstance(database, { config });
    const [here, there] = [await makeCollection(app), await makeCollection(app, { name: "there" })];
    for (let round = 0; round < 12; round += 1) {
      const person = `anna-${round}`;
      const anna = await enrolPerson(app, here, person);
      const [enrolled] = await Promise.allSettled([
        enrolPerson(app, there, person),
        erase(other.app, other.app.recorder, anna),
      ]);
      assert.equal(enrolled.status, "fulfilled");
      const rows = await app.db.read
        .selectFrom("grants")
        .innerJoin("subjects", "subjects.id", "grants.subject_id")
        .select(["grants.state", "erased_at"])
        .where("grants.subject_id", "=", anna)
        .execute();
      assert.deepEqual(new Set(rows.map(({ state }) => state)), new Set(["erased"]));
    }
  },
);
