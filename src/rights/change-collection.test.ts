import assert from "node:assert/strict";
import { tagOf } from "../../client/answers.ts";
import { connect } from "../../client/assent.ts";
import { cookieSession } from "../../client/badge.ts";
import { onEachDatabase } from "../../test/databases.ts";
import {
  enrolmentOf,
  enrolPerson,
  makeCollection,
  openInstance,
  returned,
  searchFor,
} from "../../test/instance.ts";
import { eventsOf } from "../../test/ledger.ts";
import { openTestService, signInAs } from "../../test/service.ts";
import { DAY_MS, fixedClock } from "../base/clock.ts";
import { enrol } from "../collections/enrol.ts";
import { findGrant } from "../consent/consent.ts";
import { makeNotice, renderNotice } from "../consent/layered-notice.ts";
import { currentNotices, publishNotice } from "../consent/notices.ts";
import { writeOperator } from "../consent/operator.ts";
import { changeCollection } from "./change-collection.ts";
import { withdraw } from "./consent-changes.ts";

const START = Date.parse("2026-03-10T12:00:00Z");
const OPERATOR = {
  name: "The Club",
  address: "1 Long Street, Ghent",
  email: "office@club.example",
  country: "BE",
  authority: { name: "The authority" },
};
const NOTICES = [{ language: "en", own: "We sell pictures of the gala." }];

onEachDatabase("R7 what people said yes to stays: the purpose, and no longer", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const { db, recorder } = app;
  const collection = await makeCollection(app);
  const { id } = collection;
  await db.write(async (tx) => writeOperator(tx, recorder, OPERATOR));
  const anna = await enrolPerson(app, collection, "anna");
  for (const changes of [{ purpose: "sell pictures" }, { retentionDays: 366 }]) {
    const refused = changeCollection(db, recorder, id, { ...changes, notices: NOTICES });
    await assert.rejects(refused, { code: "collection_consented" });
  }
  await withdraw(db, recorder, anna, "all");
  const untold = changeCollection(db, recorder, id, { purpose: "sell pictures" });
  await assert.rejects(untold, { code: "collection_invalid" });
  const changes = { purpose: "sell pictures", retentionDays: 500, notices: NOTICES };
  const changed = await changeCollection(db, recorder, id, changes);
  assert.deepEqual([changed.purpose, changed.retentionDays], ["sell pictures", 500]);
  const [notice] = await currentNotices(db, id);
  assert.equal(notice?.version, 2);
  assert.match(
    notice?.body ?? "",
    /^We sell pictures[^]*For this and nothing else: sell pictures/u,
  );
  const [event] = await eventsOf(app, "collection.changed");
  assert.deepEqual(event?.event["changed"], ["purpose", "retentionDays"]);
});

onEachDatabase(
  "what people get who say no is said later, and stands in the notice",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const { db, recorder } = app;
    const collection = await makeCollection(app);
    const { id } = collection;
    await db.write(async (tx) => {
      await writeOperator(tx, recorder, OPERATOR);
      const made = await makeNotice(tx, id, { language: "en", own: "Say yes, or no." });
      await publishNotice(tx, recorder, {
        collection: id,
        language: "en",
        body: renderNotice(made),
      });
    });
    const anna = await enrolPerson(app, collection, "anna");
    const changed = await changeCollection(db, recorder, id, { alternative: "ask at the desk" });
    assert.equal(changed.alternative, "ask at the desk");
    const [notice] = await currentNotices(db, id);
    assert.match(notice?.body ?? "", /^Say yes, or no\.[^]*If you say no: ask at the desk\./u);
    // Nobody's yes is touched: it binds nobody who gave one.
    assert.equal((await findGrant(db, id, anna))?.state, "granted");
    const [event] = await eventsOf(app, "collection.changed");
    assert.deepEqual(event?.event["changed"], ["alternative"]);
    const emptied = await changeCollection(db, recorder, id, { alternative: " " });
    assert.equal(emptied.alternative, "");
  },
);

onEachDatabase("a form that was signed for another purpose enrols nobody", async (database) => {
  const clock = fixedClock(START);
  await using instance = await openInstance(database, { clock });
  const { app } = instance;
  const { db, recorder } = app;
  const collection = await makeCollection(app);
  await db.write(async (tx) => writeOperator(tx, recorder, OPERATOR));
  const changes = { purpose: "sell pictures", notices: NOTICES };
  const changed = await changeCollection(db, recorder, collection.id, changes);
  const signed = (signedOn: string) =>
    enrolmentOf(app, "anna", {
      evidence: { kind: "paper", form: signedOn, signedOn, witness: "Staff" },
    });
  const old = enrol(app, recorder, changed, signed("2026-03-09"));
  await assert.rejects(old, { code: "consent_too_old" });
  assert.equal((await enrol(app, recorder, changed, signed("2026-03-10"))).kind, "enrolled");
});

onEachDatabase("a shorter retention holds for those who are there, at once", async (database) => {
  const clock = fixedClock(START);
  await using instance = await openInstance(database, { clock });
  const { app } = instance;
  const { db, recorder } = app;
  const collection = await makeCollection(app);
  const { id } = collection;
  await db.write(async (tx) => {
    await writeOperator(tx, recorder, OPERATOR);
    const made = await makeNotice(tx, id, { language: "en", own: "Say yes, or no." });
    await publishNotice(tx, recorder, { collection: id, language: "en", body: renderNotice(made) });
  });
  const anna = await enrolPerson(app, collection, "anna");
  clock.move(60 * DAY_MS);
  const bert = await enrolPerson(app, collection, "bert");
  assert.deepEqual(returned(await searchFor(app, collection, ["anna", "bert"])), [anna, bert]);
  await changeCollection(db, recorder, id, { retentionDays: 30, name: "ball" });
  assert.deepEqual(returned(await searchFor(app, collection, ["anna", "bert"])), [null, bert]);
  assert.equal(await findGrant(db, id, anna), null);
  const grant = await findGrant(db, id, bert);
  const signed = Date.parse("2026-05-09");
  assert.equal(grant?.expiresAt, signed + 30 * DAY_MS);
  const kinds = (await eventsOf(app, "grant.")).map(({ kind }) => kind);
  assert.deepEqual(kinds.slice(2), ["grant.shortened", "grant.shortened", "grant.expired"]);
  const [notice] = await currentNotices(db, id);
  assert.match(notice?.body ?? "", /^Say yes, or no\.[^]* 30 days after you gave it/u);
});

onEachDatabase("a change that missed another one is refused", async (database) => {
  await using served = await openTestService(database);
  const { app } = served.instance;
  const { id: collection } = await makeCollection(app);
  await makeCollection(app, { name: "elsewhere" });
  const { cookie = "" } = await signInAs(served, "owner");
  const owner = connect({ address: served.service.origin, as: cookieSession(cookie) });
  const before = await owner.getCollection({ collection });
  const ifMatch = tagOf(before);
  assert.ok(ifMatch);
  const changed = await owner.changeCollection({ collection, name: "ball" }, { ifMatch });
  assert.deepEqual(changed, { ...before, name: "ball" });
  const late = owner.changeCollection({ collection, name: "feast" }, { ifMatch });
  await assert.rejects(late, { code: "changed_meanwhile", status: 412 });
  const taken = owner.changeCollection({ collection, name: "elsewhere" });
  await assert.rejects(taken, { code: "collection_exists" });
  await owner.closeCollection({ collection });
  const closed = owner.changeCollection({ collection, name: "feast" });
  await assert.rejects(closed, { code: "collection_closed" });
});
