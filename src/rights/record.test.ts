import assert from "node:assert/strict";
import fc from "fast-check";
import { onEachDatabase } from "../../test/databases.ts";
import { fakePicture } from "../../test/fake-engine.ts";
import {
  enrolPerson,
  importPhotos,
  makeCollection,
  openInstance,
  searchFor,
} from "../../test/instance.ts";
import { eventsOf } from "../../test/ledger.ts";
import { DAY_MS, fixedClock, later } from "../base/clock.ts";
import { renderHtml } from "../print/html.ts";
import { decide } from "../search/sightings.ts";
import { addWebhook } from "../webhooks/webhooks.ts";
import { verifyEntry } from "../verify/entry.ts";
import { pause, withdraw } from "./consent-changes.ts";
import { erase } from "./erase.ts";
import { object } from "./objections.ts";
import { listPhotos } from "./photos.ts";
import { proveSearch } from "./prove.ts";
import { readRecord } from "./record.ts";
import { recordDocument } from "./record-document.ts";
import { sightingsOf } from "../../test/sightings.ts";

const PEOPLE = ["anna", "bert", "cora"] as const;
const COLLECTIONS = ["gala", "match", "fair"] as const;

/** Anna is in gala and match, Bert in gala and fair, Cora in fair. */
const MEMBERS: Readonly<Record<(typeof COLLECTIONS)[number], readonly string[]>> = {
  gala: ["anna", "bert"],
  match: ["anna"],
  fair: ["bert", "cora"],
};

const searches = fc.array(
  fc.record({
    where: fc.constantFrom(...COLLECTIONS),
    whom: fc.uniqueArray(fc.constantFrom(...PEOPLE), { minLength: 1 }),
    account: fc.constantFrom("staff", "owner"),
    purpose: fc.constantFrom("find the winner", "give out photos"),
  }),
  { minLength: 1, maxLength: 12 },
);

onEachDatabase(
  "R10 a person reads every search of their collections, marked where it returned them",
  async (database) => {
    const clock = fixedClock(1_800_000_000_000);
    await using instance = await openInstance(database, { clock });
    const { app } = instance;
    const collections = new Map<string, Awaited<ReturnType<typeof makeCollection>>>();
    for (const name of COLLECTIONS) collections.set(name, await makeCollection(app, { name }));
    const ids = new Map<string, Awaited<ReturnType<typeof enrolPerson>>>();
    for (const name of COLLECTIONS) {
      const collection = collections.get(name);
      assert.ok(collection);
      for (const person of MEMBERS[name]) {
        ids.set(person, await enrolPerson(app, collection, person));
      }
    }
    const made: unknown[] = [];
    const whomOf = new Map<string, number>();
    const check = async (history: typeof searches extends fc.Arbitrary<infer T> ? T : never) => {
      for (const { where, whom, account, purpose } of history) {
        clock.move(60_000);
        const collection = collections.get(where);
        assert.ok(collection);
        const recorder = { ...app.recorder, account };
        const { id } = await searchFor({ ...app, recorder }, collection, whom, { purpose });
        made.unshift({ id, where, whom, account, purpose, at: clock.now() });
        whomOf.set(id, whom.filter((person) => MEMBERS[where].includes(person)).length);
      }
      for (const person of PEOPLE) {
        const subject = ids.get(person);
        assert.ok(subject);
        const record = await readRecord(app, app.recorder, subject);
        const told = record.searches.rows.map((row) => ({
          id: row.id,
          where: row.collection.name,
          account: row.account,
          purpose: row.purpose,
          at: Date.parse(row.startedAt),
          returned: row.returned,
        }));
        const expected = (made as { where: string; whom: string[]; [more: string]: unknown }[])
          .filter(({ where }) => MEMBERS[where as "gala"].includes(person))
          .map(({ whom, ...row }) => ({
            ...row,
            returned: whom.includes(person) ? "match" : null,
          }));
        assert.deepEqual(told, expected);
        assert.ok(record.searches.complete);
      }
    };
    await fc.assert(fc.asyncProperty(searches, check), { numRuns: 4, endOnFailure: true });

    const key = await app.ledger.verifierKey();
    for (const subject of ids.values()) {
      const { entries, searches: known, proofs } = await readRecord(app, app.recorder, subject);
      // Each row of the list is proved to be in the ledger as it is told.
      assert.equal(proofs.searches.length, known.rows.length);
      for (const [index, row] of known.rows.entries()) {
        const search = proofs.searches[index];
        assert.ok(search);
        const { opening, leafIndex, proof } = search;
        const { event } = opening;
        assert.deepEqual(
          [event["kind"], event["search"], event["account"], event["purpose"], event["startedAt"]],
          ["search.recorded", row.id, row.account, row.purpose, Date.parse(row.startedAt)],
        );
        assert.equal(event["returned"], whomOf.get(row.id));
        assert.deepEqual(row.recordedAs, { id: search.id, leafIndex });
        await verifyEntry({ opening, leafIndex, proof, checkpoint: proofs.checkpoint }, proofs.key);
      }
      const openings = await app.ledger.entriesOf(subject, "subject");
      const checkpoint = await app.ledger.checkpoint();
      // Each search that returned them is an entry of theirs, and no other is.
      for (const { id, returned, entry } of known.rows) {
        const named = openings.find(({ opening }) => opening.event["search"] === id);
        assert.equal(entry, named?.number ?? null);
        assert.equal(named?.opening.event["verdict"] ?? null, returned);
      }
      assert.deepEqual(
        entries.map(({ number }) => number),
        entries.map((_, index) => index + 1),
      );
      for (const [index, { id, leafIndex }] of entries.entries()) {
        const opening = openings[index]?.opening;
        assert.ok(opening);
        const proof = await app.ledger.inclusion(id);
        await verifyEntry({ opening, leafIndex, proof, checkpoint }, key);
      }
    }
  },
);

onEachDatabase(
  "R10 searches count from a person's consent to its end, in force or paused",
  async (database) => {
    const clock = fixedClock(1_800_000_000_000);
    await using instance = await openInstance(database, { clock });
    const { app } = instance;
    const gala = await makeCollection(app);
    const bert = await enrolPerson(app, gala, "bert");
    const search = async () => {
      clock.move(2 * DAY_MS);
      const { id } = await searchFor(app, gala, ["anna", "bert"]);
      clock.move(2 * DAY_MS);
      return id;
    };
    const before = await search();
    const anna = await enrolPerson(app, gala, "anna");
    const live = await search();
    await pause(app.db, app.recorder, anna, "all");
    const paused = await search();
    await withdraw(app.db, app.recorder, anna, "all");
    const after = await search();
    await enrolPerson(app, gala, "anna");
    const again = await search();
    const listed = async (subject: typeof anna) => {
      const { searches: known, proofs } = await readRecord(app, app.recorder, subject);
      const rows = known.rows.map(({ id, returned }) => [id, returned]);
      assert.deepEqual(
        proofs.searches.map(({ search: id }) => id),
        rows.map(([id]) => id),
      );
      return rows;
    };
    assert.deepEqual(await listed(anna), [
      [again, "match"],
      [paused, null],
      [live, "match"],
    ]);
    const all = [again, after, paused, live, before];
    assert.deepEqual(
      await listed(bert),
      all.map((id) => [id, "match"]),
    );
    const own = await proveSearch(app, anna, paused);
    await verifyEntry(own, own.key);
    assert.equal(own.opening.event["search"], paused);
    for (const other of [before, after, "sea_unknown"]) {
      await assert.rejects(proveSearch(app, anna, other), { code: "search_unknown" });
    }
    // The time of a consent may be over before anything has ended it.
    clock.move(400 * DAY_MS);
    assert.equal((await listed(anna)).length, 3);
    // Whom a search returned reads of it, also where a node's clock was ahead of all others.
    await app.db.write(async (tx) => {
      const ahead = { recorded_at: later(clock.now(), 1000 * DAY_MS) };
      await tx.write.updateTable("searches").set(ahead).where("id", "=", live).execute();
    });
    assert.deepEqual((await listed(anna))[0], [live, "match"]);
    assert.equal((await listed(anna)).length, 3);
  },
);

onEachDatabase("R10 a record tells everything that is held", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const gala = await makeCollection(app);
  await makeCollection(app, { name: "not theirs" });
  const anna = await enrolPerson(app, gala, "p5", {
    keepPhoto: true,
    photo: { bytes: await fakePicture(["p5"]) },
  });
  const bert = await enrolPerson(app, gala, "p9");
  await importPhotos(instance, gala, {
    "1.png": await fakePicture(["p5"]),
    "2.png": await fakePicture(["p9", "p5"]),
  });
  await app.runner.drain();
  const [first, second] = await sightingsOf(app.db, gala.id, anna);
  assert.ok(first && second);
  await decide(app.db, app.recorder, first.id, "rejected");
  await listPhotos(app.db, app.recorder, { collection: gala.id, subject: anna });
  const target = { kind: "photo", id: second.media } as const;
  await object(app.db, app.recorder, { target, subject: anna, reason: "not a good day" });
  await searchFor(app, gala, ["p9"]);

  const record = await readRecord(app, app.recorder, anna);
  assert.equal(record.subject.name, "Name of p5");
  assert.equal(record.subject.contact, "p5@people.example");
  const [grant, ...others] = record.grants;
  assert.deepEqual(others, []);
  assert.equal(grant?.state, "granted");
  assert.deepEqual(grant?.uses, ["find", "keep_photo"]);
  assert.equal(grant?.consents[0]?.evidence?.kind, "paper");
  assert.equal(grant?.consents[0]?.receipt?.split(".").length, 3);
  assert.deepEqual(
    record.templates.map(({ pack, collection }) => [pack, collection.name]),
    [["recommended", "gala"]],
  );
  assert.equal(record.enrolmentPhotos.length, 1);
  const states = new Map(record.sightings.rows.map(({ id, state }) => [id, state]));
  assert.deepEqual(
    states,
    new Map([
      [first.id, "rejected"],
      [second.id, "proposed"],
    ]),
  );
  assert.deepEqual(
    record.searches.rows.map(({ returned }) => returned),
    [null],
  );
  assert.deepEqual(
    record.handedOut.map(({ kind, account, photos }) => [kind, account, photos]),
    [["photos.listed", "staff", 1]],
  );
  assert.deepEqual(
    record.objections.map(({ photo, state, reason }) => [photo, state, reason]),
    [[second.media, "open", "not a good day"]],
  );
  const own = (await eventsOf(app)).filter(({ subject }) => subject === anna);
  assert.deepEqual(
    record.entries.map(({ id }) => id),
    own.map(({ id }) => id),
  );
  assert.equal(record.entries.at(-1)?.kind, "record.read", "the reading is on record before it");

  const json = JSON.stringify(record);
  assert.ok(!json.includes(bert) && !json.includes("Name of p9"), "nothing of anybody else");
  assert.doesNotMatch(json, /"(?:score|vector)"/u, "neither scores nor vectors");
  const page = renderHtml(recordDocument(record));
  for (const said of [
    "Name of p5",
    "form ",
    "may be found",
    "not a good day",
    "gala",
    "record read",
  ]) {
    assert.ok(page.includes(said), said);
  }
  assert.doesNotMatch(page, /<script/u);
});

onEachDatabase(
  "R10 who paused or withdrew is told as much; who is erased, nothing",
  async (database) => {
    const clock = fixedClock(1_800_000_000_000);
    await using instance = await openInstance(database, { clock });
    const { app } = instance;
    const gala = await makeCollection(app);
    const anna = await enrolPerson(app, gala, "anna");
    const url = "https://receiver.example/hook";
    await addWebhook(app.db, app.recorder, { collection: gala.id, url, allowPrivate: false });
    await searchFor(app, gala, ["anna"]);
    const state = async () => {
      const { grants, searches: known, templates } = await readRecord(app, app.recorder, anna);
      return [grants[0]?.state, known.rows[0]?.returned, templates.length];
    };
    await pause(app.db, app.recorder, anna, "all");
    assert.deepEqual(await state(), ["paused", "match", 1]);
    clock.move(DAY_MS);
    await withdraw(app.db, app.recorder, anna, "all");
    assert.deepEqual(await state(), ["withdrawn", "match", 0]);
    const { messages } = await readRecord(app, app.recorder, anna);
    const told = messages.rows.map(({ kind, to, state: sent }) => [kind, to, sent]);
    assert.deepEqual(told, [["grant.withdrawn", "receiver.example", "waiting"]]);
    await erase(app, app.recorder, anna);
    await assert.rejects(readRecord(app, app.recorder, anna), { code: "subject_erased" });
  },
);
