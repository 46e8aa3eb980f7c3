import assert from "node:assert/strict";
import { sql } from "kysely";
import { onEachDatabase } from "../../test/databases.ts";
import { vectorOf } from "../../test/fake-engine.ts";
import { enrolPerson, makeCollection, openInstance } from "../../test/instance.ts";
import { DAY_MS, fixedClock } from "../base/clock.ts";
import { newId } from "../base/ids.ts";
import { permit } from "../consent/consent.ts";
import { expireOverdue, pause, withdraw } from "../rights/consent-changes.ts";
import { erase } from "../rights/erase.ts";
import { liveTemplates, openTemplates, writeTemplate } from "./templates.ts";

onEachDatabase("R7 the database refuses a template without a live grant", async (database) => {
  const clock = fixedClock(Date.UTC(2026, 0, 10));
  await using instance = await openInstance(database, { clock });
  const { app } = instance;
  const collection = await makeCollection(app, { retentionDays: 9 });
  const insert = async (state: "granted" | "paused" | "withdrawn") => {
    const grant = await app.db.read.selectFrom("grants").select("id").executeTakeFirstOrThrow();
    const row = {
      id: newId("tem"),
      collection_id: collection.id,
      grant_id: grant.id,
      grant_state: state,
      pack: "recommended",
      photo_index: newId("tem"),
      sealed_vector: new Uint8Array(1),
      created_at: clock.now(),
    };
    await app.db.write(async (tx) => tx.write.insertInto("templates").values(row).execute());
  };
  for (const end of ["withdraw", "expire", "erase"] as const) {
    const anna = await enrolPerson(app, collection, `anna ${end}`.replace(" ", "-"));
    await insert("granted");
    if (end === "withdraw") await withdraw(app.db, app.recorder, anna, "all");
    else if (end === "erase") await erase(app, app.recorder, anna);
    else {
      clock.move(10 * DAY_MS);
      assert.equal(await expireOverdue(app.db, app.recorder), 1);
    }
    for (const state of ["granted", "paused", "withdrawn"] as const) {
      await assert.rejects(insert(state), /foreign key|check/iu, `${end}, ${state}`);
    }
    assert.deepEqual(await app.db.read.selectFrom("templates").selectAll().execute(), []);
    await app.db.write(async (tx) => {
      // Room for the next round: the bare rows of an ended grant are not what is tested here.
      if (end !== "erase") await sql`delete from grant_keys`.execute(tx.write);
      await sql`delete from consents`.execute(tx.write);
      await sql`delete from grants`.execute(tx.write);
    });
  }
});

onEachDatabase(
  "R7 the database refuses the end of a grant that has a template still",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    await enrolPerson(app, await makeCollection(app), "anna");
    for (const state of ["withdrawn", "expired", "erased"] as const) {
      const end = app.db.write(async (tx) =>
        tx.write.updateTable("grants").set({ state, ended_at: app.clock.now() }).execute(),
      );
      await assert.rejects(end, /check/iu, state);
    }
    const key = app.db.write(async (tx) => tx.write.deleteFrom("grant_keys").execute());
    await assert.rejects(key, /foreign key/iu);
    // A pause keeps the template, and it follows.
    await app.db.write(async (tx) =>
      tx.write.updateTable("grants").set({ state: "paused" }).execute(),
    );
    const row = await app.db.read.selectFrom("templates").selectAll().executeTakeFirstOrThrow();
    assert.equal(row.grant_state, "paused");
  },
);

onEachDatabase("R19 a template opens as itself alone", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const collection = await makeCollection(app);
  const people = ["anna", "bert"];
  for (const person of people) await enrolPerson(app, collection, person);
  const rows = await app.db.read.selectFrom("templates").select("id").execute();
  const ids = rows.map(({ id }) => id);
  const opened = await openTemplates(app.db, app.vault, ids);
  const cosines = people.map((person) => {
    const own = vectorOf(person, 256);
    return opened.map(({ vector }) => vector.reduce((sum, v, i) => sum + v * (own[i] ?? 0), 0));
  });
  for (const row of cosines) assert.equal(row.filter((cosine) => cosine > 0.9).length, 1);

  // The sealed bytes of one moved to the row of the other, and one moved to another pack.
  const sealed = await app.db.read.selectFrom("templates").selectAll().orderBy("id").execute();
  const [first, second] = sealed;
  assert.ok(first && second);
  const forge = async (change: { readonly sealed_vector?: Uint8Array; readonly pack?: string }) =>
    app.db.write(async (tx) =>
      tx.write.updateTable("templates").set(change).where("id", "=", first.id).execute(),
    );
  await forge({ sealed_vector: second.sealed_vector });
  await assert.rejects(openTemplates(app.db, app.vault, [first.id]), { code: "seal_broken" });
  await forge({ sealed_vector: first.sealed_vector, pack: "bundled" });
  await assert.rejects(openTemplates(app.db, app.vault, [first.id]), { code: "seal_broken" });
  await forge({ pack: "recommended" });
  assert.equal((await openTemplates(app.db, app.vault, [first.id])).length, 1);
});

onEachDatabase(
  "the gallery is given templates of live grants of its own collection and pack",
  async (database) => {
    const clock = fixedClock(Date.UTC(2026, 0, 10));
    await using instance = await openInstance(database, { clock });
    const { app } = instance;
    const collection = await makeCollection(app, { retentionDays: 9 });
    const other = await makeCollection(app, { name: "other" });
    const [anna, bert] = [
      await enrolPerson(app, collection, "anna"),
      await enrolPerson(app, collection, "bert"),
    ];
    await enrolPerson(app, collection, "anna");
    await enrolPerson(app, other, "anna");
    const count = async (of: { readonly id: typeof collection.id; readonly pack: string }) => {
      const grants = app.db.read.selectFrom("grants").select("id");
      const rows = await grants.where("collection_id", "=", of.id).execute();
      const ids = rows.map(({ id }) => id);
      return (await liveTemplates(app.db, clock, of.pack, ids)).length;
    };
    assert.equal(await count(collection), 3);
    assert.equal(await count(other), 1);
    assert.equal(await count({ ...collection, pack: "bundled" }), 0);
    await pause(app.db, app.recorder, bert, collection.id);
    assert.equal(await count(collection), 2);
    await withdraw(app.db, app.recorder, anna, collection.id);
    assert.equal(await count(collection), 0);
    assert.equal(await count(other), 1);
    clock.move(400 * DAY_MS);
    assert.equal(await count(other), 0);
  },
);

onEachDatabase("one photo makes one template of a pack", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const collection = await makeCollection(app);
  const anna = await enrolPerson(app, collection, "anna");
  const write = async (pack: string) =>
    app.db.write(async (tx) => {
      const of = { collection: collection.id, subject: anna };
      const proof = await permit(tx, app.clock, "enrol", of);
      const template = { pack, embedding: vectorOf("anna", 256), photoIndex: "the same" };
      return writeTemplate(tx, app.vault, app.recorder, proof, template);
    });
  assert.deepEqual([await write("recommended"), await write("recommended")], [true, false]);
  assert.equal(await write("bundled"), true);
});
