import assert from "node:assert/strict";
import { onEachDatabase, onPostgres } from "../../test/databases.ts";
import {
  enrolmentOf,
  enrolPerson,
  makeCollection,
  openInstance,
  today,
} from "../../test/instance.ts";
import type { App } from "../app.ts";
import { DAY_MS, fixedClock } from "../base/clock.ts";
import type { CollectionId, GrantId, SubjectId } from "../base/ids.ts";
import { enrol } from "../collections/enrol.ts";
import { pause, resume, withdraw } from "../rights/consent-changes.ts";
import { findGrant, permit, stillLive } from "./consent.ts";

const START = Date.UTC(2026, 0, 10, 12);

async function grantOf(app: App, collection: CollectionId, subject: SubjectId): Promise<GrantId> {
  const grant = await findGrant(app.db, collection, subject);
  assert.ok(grant, "the person has a grant");
  return grant.id;
}

async function mayEnrol(app: App, collection: CollectionId, subject: SubjectId): Promise<boolean> {
  return app.db.write(async (tx) =>
    permit(tx, app.clock, "enrol", { collection, subject }).then(
      ({ use }) => use === "enrol",
      (error: { readonly code?: string }) => {
        assert.equal(error.code, "no_live_grant");
        return false;
      },
    ),
  );
}

async function liveNow(app: App, grant: GrantId): Promise<boolean> {
  return app.db.write(async (tx) => (await stillLive(tx, app.clock, [grant])).has(grant));
}

onEachDatabase(
  "R7 a permit is minted from a live grant and from nothing else",
  async (database) => {
    const clock = fixedClock(START);
    await using instance = await openInstance(database, { clock });
    const { app } = instance;
    const { id: collection } = await makeCollection(app, { retentionDays: 30 });
    const other = await makeCollection(app, { name: "other" });
    const anna = await enrolPerson(app, await makeCollection(app, { name: "third" }), "anna");
    assert.equal(await mayEnrol(app, collection, anna), false);

    await enrolPerson(app, { ...other, id: collection }, "anna");
    const grant = await grantOf(app, collection, anna);
    assert.equal(await mayEnrol(app, collection, anna), true);
    assert.equal(await mayEnrol(app, other.id, anna), false);
    assert.equal(await liveNow(app, grant), true);

    await pause(app.db, app.recorder, anna, collection);
    assert.equal(await mayEnrol(app, collection, anna), false);
    assert.equal(await liveNow(app, grant), false);
    await resume(app.db, app.recorder, anna, collection);
    assert.equal(await mayEnrol(app, collection, anna), true);

    // Thirty days from the midnight on which the form was signed.
    clock.move(30 * DAY_MS - 12 * 60 * 60 * 1000 - 1);
    assert.equal(await liveNow(app, grant), true);
    clock.move(1);
    assert.equal(await mayEnrol(app, collection, anna), false);
    assert.equal(await liveNow(app, grant), false);
  },
);

onEachDatabase(
  "R37 no grant outlives the collection's rule, nor is given past it",
  async (database) => {
    const clock = fixedClock(START);
    await using instance = await openInstance(database, { clock });
    const { app } = instance;
    const collection = await makeCollection(app, { retentionDays: 30 });
    const signed = (day: string) => ({
      evidence: { kind: "paper", form: `of ${day}`, signedOn: day, witness: "Staff" } as const,
    });
    const late = enrolPerson(app, collection, "anna", signed("2025-12-11"));
    await assert.rejects(late, { code: "consent_too_old" });
    const anna = await enrolPerson(app, collection, "anna", signed("2025-12-12"));
    const grant = await findGrant(app.db, collection.id, anna);
    assert.equal(grant?.expiresAt, Date.UTC(2026, 0, 11));
  },
);

onEachDatabase("R3 what was signed before a withdrawal gives no new grant", async (database) => {
  const clock = fixedClock(START);
  await using instance = await openInstance(database, { clock });
  const { app } = instance;
  const collection = await makeCollection(app);
  const list = enrolmentOf(app, "anna");
  await enrol(app, app.recorder, collection, list);
  const anna = await enrolPerson(app, collection, "anna", { evidence: list.evidence });
  clock.move(DAY_MS);
  await withdraw(app.db, app.recorder, anna, collection.id);

  // The same list once more, and a form of the day before that nobody had entered.
  const refused = { code: "consent_withdrawn" };
  await assert.rejects(enrol(app, app.recorder, collection, list), refused);
  const older = { ...list.evidence, form: "found in a drawer" };
  await assert.rejects(enrolPerson(app, collection, "anna", { evidence: older }), refused);
  assert.equal(await findGrant(app.db, collection.id, anna), null);

  // A new form of the same day is a new yes; so is one of a later day.
  const again = { ...list.evidence, form: "a new form", signedOn: today(app) };
  assert.equal(await enrolPerson(app, collection, "anna", { evidence: again }), anna);
  await withdraw(app.db, app.recorder, anna, collection.id);
  const repeated = enrolPerson(app, collection, "anna", { evidence: again });
  await assert.rejects(repeated, refused);
  clock.move(DAY_MS);
  const tomorrow = { ...again, signedOn: today(app) };
  await enrolPerson(app, collection, "anna", { evidence: tomorrow });

  // The withdrawal was of this collection: the old form still speaks for the other.
  const other = await makeCollection(app, { name: "other" });
  await enrolPerson(app, other, "anna", { evidence: list.evidence });
});

onEachDatabase("R19 evidence is readable under the subject's key alone", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const collection = await makeCollection(app);
  const evidence = {
    kind: "paper",
    form: "binder 3",
    signedOn: today(app),
    witness: "Vera Witness",
  } as const;
  const anna = await enrolPerson(app, collection, "anna", { evidence });
  const row = await app.db.read.selectFrom("consents").selectAll().executeTakeFirstOrThrow();
  assert.ok(row.sealed_evidence);
  assert.ok(!Buffer.from(row.sealed_evidence).includes("Vera"));
  const owner = { kind: "subject", id: anna } as const;
  const context = ["evidence", row.id];
  const opened = await app.vault.unseal(app.db, owner, row.sealed_evidence, context);
  assert.deepEqual(JSON.parse(opened.toString()), evidence);
});

onPostgres(
  "R7 a withdrawal waits for whoever holds a proof that the grant is live",
  async (database) => {
    await using instance = await openInstance(database);
    const { app, config } = instance;
    await using other = await openInstance(database, { config });
    const collection = await makeCollection(app);
    const anna = await enrolPerson(app, collection, "anna");
    const grant = await grantOf(app, collection.id, anna);
    const order: string[] = [];
    let withdrawal: Promise<unknown> = Promise.resolve();
    await app.db.write(async (tx) => {
      assert.equal((await stillLive(tx, app.clock, [grant])).size, 1);
      withdrawal = (async () => {
        await withdraw(other.app.db, other.app.recorder, anna, "all");
        order.push("withdrawn");
      })();
      await new Promise((done) => setTimeout(done, 150));
      // Still live for this transaction, however often it asks.
      assert.equal((await stillLive(tx, app.clock, [grant])).size, 1);
      order.push("recorded");
    });
    await withdrawal;
    assert.deepEqual(order, ["recorded", "withdrawn"]);
    assert.equal(await liveNow(app, grant), false);
  },
);

onEachDatabase("an id of nobody is nobody with a live grant, and no failure", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const { id: collection } = await makeCollection(app);
  assert.equal(await mayEnrol(app, collection, "sub_AAAAAAAAAAAAAAAA" as SubjectId), false);
});
