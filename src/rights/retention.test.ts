import assert from "node:assert/strict";
import { utimes } from "node:fs/promises";
import { DAY_MS, fixedClock, type Instant } from "../base/clock.ts";
import { newId, type SubjectId } from "../base/ids.ts";
import { canonicalState } from "../../test/canonical-state.ts";
import { onEachDatabase } from "../../test/databases.ts";
import { fakePhoto, fakePicture } from "../../test/fake-engine.ts";
import {
  enrolPerson,
  type Instance,
  importPhotos,
  makeCollection,
  openInstance,
  returned,
  searchFor,
} from "../../test/instance.ts";
import { eventsOf } from "../../test/ledger.ts";
import { findCollection } from "../collections/collections.ts";
import type { Db } from "../storage/db.ts";
import type { GrantState } from "../storage/schema.ts";
import { closeCollection, expireOverdue, withdraw } from "./consent-changes.ts";
import { planSweep, sweep, type SweepLine } from "./retention.ts";

/** Midnight: a form is dated by its day. */
const START = Date.UTC(2027, 0, 15);
const DAYS_MS = (days: number): number => days * DAY_MS;

onEachDatabase(
  "R37 a grant is ended, emptied after its grace, and its person erased",
  async (db) => {
    const clock = fixedClock(START);
    await using instance = await openInstance(db, { clock });
    const { app } = instance;
    const collection = await makeCollection(app, { retentionDays: 60 });
    const anna = await enrolPerson(app, collection, "anna", {
      photo: { bytes: await fakePicture(["p5"]) },
      keepPhoto: true,
    });
    await importPhotos(instance, collection, { "a.png": await fakePicture(["p5", "p9"]) });
    assert.deepEqual(await rowsOf(instance), { keys: 1, photos: 1, sightings: 1 });
    clock.move(DAYS_MS(59));
    assert.deepEqual(await kindsOf(instance), []);
    clock.move(DAYS_MS(1));
    assert.deepEqual(await kindsOf(instance), ["grants_overdue 1"]);
    await sweep(app, app.recorder);
    assert.deepEqual(await stateOf(instance, anna), { grant: "expired", evidence: 1, named: true });
    // The collection's 30 days of grace, to the day.
    clock.move(DAYS_MS(29));
    assert.deepEqual(await kindsOf(instance), []);
    clock.move(DAYS_MS(1));
    assert.deepEqual(await kindsOf(instance), ["grants_over 1", "subjects_over 1", "file_lists 1"]);
    await sweep(app, app.recorder);
    assert.deepEqual(await stateOf(instance, anna), { grant: "erased", evidence: 0, named: false });
    assert.deepEqual(await rowsOf(instance), { keys: 0, photos: 0, sightings: 0 });
    assert.deepEqual(await kindsOf(instance), []);
  },
);

onEachDatabase("R37 a sweep that comes late gives nobody more time", async (db) => {
  const clock = fixedClock(START);
  await using instance = await openInstance(db, { clock });
  const { app } = instance;
  const collection = await makeCollection(app, { retentionDays: 60 });
  const anna = await enrolPerson(app, collection, "anna");
  // Of the 30 days of grace 29 are over when the first sweep comes.
  clock.move(DAYS_MS(89));
  assert.deepEqual(await kindsOf(instance), ["grants_overdue 1"]);
  await sweep(app, app.recorder);
  assert.equal((await stateOf(instance, anna)).grant, "expired");
  clock.move(DAYS_MS(1));
  await sweep(app, app.recorder);
  assert.deepEqual(await stateOf(instance, anna), { grant: "erased", evidence: 0, named: false });
});

onEachDatabase("R37 a person with another grant stays, without what the first held", async (db) => {
  const clock = fixedClock(START);
  await using instance = await openInstance(db, { clock });
  const { app } = instance;
  const [gala, fair] = [
    await makeCollection(app),
    await makeCollection(app, { name: "fair", retentionDays: 800 }),
  ];
  const anna = await enrolPerson(app, gala, "anna");
  assert.equal(await enrolPerson(app, fair, "anna"), anna);
  await importPhotos(instance, gala, { "a.jpg": fakePhoto(["anna"]) });
  await importPhotos(instance, fair, { "b.jpg": fakePhoto(["anna"]) }, "other");
  await withdraw(app.db, app.recorder, anna, gala.id);
  clock.move(DAYS_MS(30));
  await sweep(app, app.recorder);
  const states = await app.db.read.selectFrom("grants").select("state").orderBy("state").execute();
  assert.deepEqual(
    states.map(({ state }) => state),
    ["erased", "granted"],
  );
  assert.equal((await stateOf(instance, anna)).named, true);
  assert.deepEqual(await rowsOf(instance), { keys: 1, photos: 0, sightings: 1 });
  assert.deepEqual(returned(await searchFor(app, fair, ["anna"])), [anna]);
  const erased = await eventsOf(app, "grant.erased");
  assert.deepEqual(
    erased.map(({ subject, collection }) => [subject, collection]),
    [[anna, gala.id]],
  );
});

onEachDatabase("R37 three years after the last word nothing of a person is left", async (db) => {
  const clock = fixedClock(START);
  await using instance = await openInstance(db, { clock });
  const { app } = instance;
  const collection = await makeCollection(app, { retentionDays: 3 * 365 });
  await setGrace(instance, 5000);
  const anna = await enrolPerson(app, collection, "anna");
  const bert = await enrolPerson(app, collection, "bert");
  clock.move(DAYS_MS(365));
  await withdraw(app.db, app.recorder, bert, "all");
  // A year after the end is the most that any grace lasts.
  clock.move(DAYS_MS(364));
  await sweep(app, app.recorder);
  assert.equal((await stateOf(instance, bert)).named, true);
  clock.move(DAYS_MS(1));
  await sweep(app, app.recorder);
  assert.deepEqual(await stateOf(instance, bert), { grant: "erased", evidence: 0, named: false });
  assert.equal((await stateOf(instance, anna)).grant, "granted");
  // Anna said nothing since the first day: no grace is left at the end of her consent.
  clock.move(DAYS_MS(365));
  await sweep(app, app.recorder);
  assert.deepEqual(await stateOf(instance, anna), { grant: "erased", evidence: 0, named: false });
});

onEachDatabase("R37 a closed collection finds nobody, and is empty within a year", async (db) => {
  const clock = fixedClock(START);
  await using instance = await openInstance(db, { clock });
  const { app } = instance;
  const collection = await makeCollection(app);
  await setGrace(instance, 5000);
  const anna = await enrolPerson(app, collection, "anna");
  await enrolPerson(app, collection, "bert");
  assert.deepEqual(returned(await searchFor(app, collection, ["anna"])), [anna]);
  assert.equal(await closeCollection(app.db, app.recorder, collection.id), 2);
  assert.deepEqual(returned(await searchFor(app, collection, ["anna"])), [null]);
  await assert.rejects(enrolPerson(app, collection, "carl"), { code: "collection_closed" });
  await assert.rejects(closeCollection(app.db, app.recorder, collection.id), {
    code: "collection_closed",
  });
  const closed = await findCollection(app.db, collection.id);
  assert.equal(closed.closedAt, START);
  const more = importPhotos(instance, closed, { "late.jpg": fakePhoto(["anna"]) });
  await assert.rejects(more, { code: "collection_closed" });
  clock.move(DAYS_MS(365));
  await sweep(app, app.recorder);
  const left = await app.db.read
    .selectFrom("subjects")
    .select("id")
    .where("erased_at", "is", null)
    .execute();
  assert.deepEqual(left, []);
});

onEachDatabase("R37 a search under way at the closing returns nobody", async (db) => {
  let close: (() => Promise<unknown>) | null = null;
  await using instance = await openInstance(db, {
    hooks: { before: async () => void (await close?.()) },
  });
  const { app } = instance;
  const collection = await makeCollection(app);
  await enrolPerson(app, collection, "anna");
  close = async () => {
    close = null;
    return closeCollection(app.db, app.recorder, collection.id);
  };
  assert.deepEqual(returned(await searchFor(app, collection, ["anna"])), [null]);
});

onEachDatabase(
  "R37 records go at their time: searches, reasons, lists, messages, jobs",
  async (db) => {
    const clock = fixedClock(START);
    await using instance = await openInstance(db, { clock });
    const { app } = instance;
    const collection = await makeCollection(app, { retentionDays: 3 * 365 });
    await enrolPerson(app, collection, "anna");
    await importPhotos(instance, collection, { "a.jpg": fakePhoto(["anna"]) });
    await searchFor(app, collection, ["anna"]);
    await app.runner.drain();
    await addRecords(instance);
    const schedule = [
      [30, ["jobs 1"]],
      [90, ["file_lists 1", "messages 1"]],
      [365, ["messages 1"]],
      [
        3 * 365,
        ["grants_overdue 1", "grants_over 1", "subjects_over 1", "searches 1", "objections 1"],
      ],
    ] as const;
    let day = 0;
    for (const [days, due] of schedule) {
      clock.move(DAYS_MS(days - day) - 1);
      assert.deepEqual(await kindsOf(instance), [], `a moment before ${days} days`);
      clock.move(1);
      assert.deepEqual(await kindsOf(instance), due);
      await sweep(app, app.recorder);
      day = days;
      if (days === 30) await addWaiting(instance);
    }
    const counts = await countsOf(instance);
    assert.deepEqual(counts, {
      searches: 0,
      search_returns: 0,
      imports: 0,
      import_files: 0,
      media: 1,
      objections: 1,
      // The one that waits, and the notice of Anna's erasure.
      webhook_messages: 2,
    });
    const swept = await eventsOf(app, "retention.swept");
    assert.deepEqual(
      swept.map(({ event }) => event["counts"]),
      [
        { jobs: 1 },
        { file_lists: 1 },
        { messages: 1 },
        { messages: 1 },
        { searches: 1 },
        { objections: 1 },
      ],
    );
  },
);

onEachDatabase("R37 a plan changes nothing, and a second sweep neither", async (db) => {
  const clock = fixedClock(START);
  await using instance = await openInstance(db, { clock });
  const { app } = instance;
  const collection = await makeCollection(app, { retentionDays: 10 });
  await enrolPerson(app, collection, "anna");
  await importPhotos(instance, collection, { "a.jpg": fakePhoto(["anna"]) });
  await straysIn(instance, START);
  clock.move(DAYS_MS(10));
  await expireOverdue(app.db, app.recorder);
  clock.move(DAYS_MS(400));
  const before = await everythingOf(instance);
  const plan = await planSweep(app, clock);
  assert.deepEqual(await everythingOf(instance), before);
  assert.ok(plan.filter(({ count }) => count > 0).length >= 4);
  const done = await sweep(app, app.recorder);
  assert.deepEqual(done, plan, "it does what it showed");
  const after = await everythingOf(instance);
  assert.notDeepEqual(after, before);
  assert.ok((await sweep(app, app.recorder)).every(({ count }) => count === 0));
  assert.deepEqual(await everythingOf(instance), after);
});

onEachDatabase("a photo file that no photo is goes after a day; others stay", async (db) => {
  const clock = fixedClock(START);
  await using instance = await openInstance(db, { clock });
  const { app } = instance;
  const collection = await makeCollection(app);
  const old = fakePhoto(["anna"], "known");
  await importPhotos(instance, collection, { "a.jpg": old });
  const { stray, known } = await straysIn(instance, START - DAYS_MS(1), old);
  const young = await app.blobs.put(Buffer.from("young"));
  await dateFile(instance, young, START - DAYS_MS(1) + 1000);
  const again = await app.blobs.put(Buffer.from("put again"));
  await dateFile(instance, again, START - DAYS_MS(2));
  assert.deepEqual(await kindsOf(instance), ["stray_files 2"]);
  // Somebody imports it between the plan and the sweep: the clock of files is the machine's.
  await app.blobs.put(Buffer.from("put again"));
  await dateFile(instance, again, START);
  assert.equal(await app.blobs.removeOlder(again, START - DAYS_MS(1)), false);
  await sweep(app, app.recorder);
  await assert.rejects(app.blobs.get(stray), { code: "blob_missing" });
  for (const hash of [known, young, again]) await app.blobs.verify(hash);
});

onEachDatabase("R37 a sweep that dies anywhere is finished by the next", async (db) => {
  const clock = fixedClock(START);
  await using instance = await openInstance(db, { clock });
  const { app } = instance;
  const collection = await makeCollection(app, { retentionDays: 10 });
  for (const person of ["anna", "bert"]) await enrolPerson(app, collection, person);
  await importPhotos(instance, collection, { "a.jpg": fakePhoto(["anna", "bert"]) });
  await straysIn(instance, START);
  clock.move(DAYS_MS(10));
  await expireOverdue(app.db, app.recorder);
  clock.move(DAYS_MS(375));
  const carl = await enrolPerson(app, collection, "carl");
  clock.move(DAYS_MS(25));
  let deaths = 0;
  // Each round gets further before it dies, or has less left to do.
  for (let step = 0; step < 40; step += 1) {
    const dying = dyingAt(app.db, Math.floor(step / 2), step % 2 === 0);
    const death = await sweep({ ...app, db: dying }, app.recorder).then(
      () => null,
      (error: Error) => error.message,
    );
    if (death === null) break;
    assert.equal(death, "dies here");
    deaths += 1;
  }
  assert.ok(deaths >= 4 && deaths < 40, `died ${deaths} times`);
  assert.deepEqual(await kindsOf(instance), []);
  const named = await app.db.read
    .selectFrom("subjects")
    .select("id")
    .where("sealed_name", "is not", null)
    .execute();
  // Carl's grace begins with the end of his grant.
  assert.deepEqual(
    named.map(({ id }) => id),
    [carl],
  );
  assert.equal((await stateOf(instance, carl)).grant, "expired");
  const kinds = (await eventsOf(app)).map(({ kind }) => kind);
  assert.equal(kinds.filter((kind) => kind === "subject.erased").length, 2, "each once");
});

/** A database whose user dies at a transaction: before it begins, or after it is committed. */
function dyingAt(db: Db, step: number, before: boolean): Db {
  let writes = 0;
  const write: Db["write"] = async (work) => {
    const here = writes === step;
    writes += 1;
    if (here && before) throw new Error("dies here");
    const result = await db.write(work);
    if (here) throw new Error("dies here");
    return result;
  };
  return new Proxy(db, {
    get: (target, name) => {
      if (name === "write") return write;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** What a sweep would do now, in words; nothing where it would do nothing. */
async function kindsOf({ app }: Instance): Promise<readonly string[]> {
  const plan: readonly SweepLine[] = await planSweep(app, app.clock);
  return plan.filter(({ count }) => count > 0).map(({ kind, count }) => `${kind} ${count}`);
}

async function stateOf(
  { app }: Instance,
  subject: SubjectId,
): Promise<{ grant: GrantState; evidence: number; named: boolean }> {
  const grant = await app.db.read
    .selectFrom("grants")
    .innerJoin("consents", "consents.grant_id", "grants.id")
    .innerJoin("subjects", "subjects.id", "grants.subject_id")
    .select(["state", "sealed_evidence", "sealed_name"])
    .where("subject_id", "=", subject)
    .executeTakeFirstOrThrow();
  const { state, sealed_evidence, sealed_name } = grant;
  return { grant: state, evidence: sealed_evidence ? 1 : 0, named: sealed_name !== null };
}

async function rowsOf({ app }: Instance) {
  const { read } = app.db;
  return {
    keys: (await read.selectFrom("grant_keys").selectAll().execute()).length,
    photos: (await read.selectFrom("enrolment_photos").selectAll().execute()).length,
    sightings: (await read.selectFrom("sightings").selectAll().execute()).length,
  };
}

async function countsOf({ app }: Instance): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const table of [
    "searches",
    "search_returns",
    "imports",
    "import_files",
    "media",
    "objections",
    "webhook_messages",
  ] as const) {
    counts[table] = (await app.db.read.selectFrom(table).selectAll().execute()).length;
  }
  return counts;
}

async function setGrace({ app }: Instance, days: number): Promise<void> {
  await app.db.write(async (tx) =>
    tx.write.updateTable("collections").set({ grace_days: days }).execute(),
  );
}

/** An objection by somebody unknown, and messages that were delivered and given up. */
async function addRecords({ app }: Instance): Promise<void> {
  const now = app.clock.now();
  const media = await app.db.read.selectFrom("media").select(["id", "collection_id"]).execute();
  const [photo] = media;
  assert.ok(photo);
  const webhook = newId("web");
  await app.db.write(async (tx) => {
    await tx.write
      .insertInto("objections")
      .values({
        id: newId("obj"),
        collection_id: photo.collection_id,
        media_id: photo.id,
        face_id: null,
        subject_id: null,
        state: "open",
        sealed_reason: Buffer.from("sealed"),
        asked_at: now,
        decided_at: null,
      })
      .execute();
    await tx.write
      .insertInto("webhooks")
      .values({
        id: webhook,
        collection_id: photo.collection_id,
        url: "https://hooks.x.example",
        sealed_secret: Buffer.from("sealed"),
        created_at: now,
        removed_at: null,
      })
      .execute();
  });
  for (const state of ["delivered", "dead"] as const) await addMessage(app, webhook, state, now);
}

async function addMessage(
  app: Instance["app"],
  webhook_id: ReturnType<typeof newId<"web">>,
  state: "waiting" | "delivered" | "dead",
  now: Instant,
): Promise<void> {
  await app.db.write(async (tx) =>
    tx.write
      .insertInto("webhook_messages")
      .values({
        id: newId("msg"),
        webhook_id,
        kind: "job.finished",
        body: "{}",
        state,
        next_at: now,
        last_status: null,
        created_at: now,
        delivered_at: state === "delivered" ? now : null,
      })
      .execute(),
  );
}

/** A message that waits is never swept, however old. */
async function addWaiting({ app }: Instance): Promise<void> {
  const { id } = await app.db.read.selectFrom("webhooks").select("id").executeTakeFirstOrThrow();
  await addMessage(app, id, "waiting", START as Instant);
}

async function straysIn(
  instance: Instance,
  at: number,
  known = fakePhoto(["anna"]),
): Promise<{ readonly stray: string; readonly known: string }> {
  const stray = await instance.app.blobs.put(Buffer.from("stray"));
  const hash = await instance.app.blobs.put(known);
  for (const one of [stray, hash]) await dateFile(instance, one, at);
  return { stray, known: hash };
}

async function dateFile({ app }: Instance, hash: string, at: number): Promise<void> {
  await utimes(app.blobs.pathOf(hash), at / 1000, at / 1000);
}

async function everythingOf(instance: Instance) {
  const rows: Record<string, unknown> = {};
  for (const table of ["grants", "subjects", "entries", "imports", "settings"] as const) {
    rows[table] = await instance.app.db.read.selectFrom(table).selectAll().execute();
  }
  const { app, folder } = instance;
  return { rows, state: await canonicalState({ db: app.db, vault: app.vault, folder }) };
}
