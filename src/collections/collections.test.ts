import assert from "node:assert/strict";
import { eventsOf } from "../../test/ledger.ts";
import { onEachDatabase } from "../../test/databases.ts";
import { makeCollection, openInstance } from "../../test/instance.ts";
import { currentNotice, noticeFor } from "../consent/notices.ts";
import { readRules } from "../consent/rules.ts";
import { findCollection, listCollections, NOTICE_LANGUAGE, touchGallery } from "./collections.ts";
import { pageOfJobs } from "../jobs/listings.ts";

onEachDatabase("makes a collection with its first notice and an event, once", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const made = await makeCollection(app, { name: " gala ", notice: " We look. " });
  assert.equal(made.name, "gala");
  assert.deepEqual(await findCollection(app.db, "gala"), made);
  assert.deepEqual(await findCollection(app.db, made.id), made);
  const notice = await currentNotice(app.db, made.id, NOTICE_LANGUAGE);
  assert.deepEqual([notice?.version, notice?.body], [1, "We look."]);
  await assert.rejects(makeCollection(app, { name: "gala" }), { code: "collection_exists" });
  assert.equal((await listCollections(app.db)).length, 1);
  const events = await eventsOf(app, "collection.");
  assert.deepEqual(
    events.map(({ kind, account }) => [kind, account]),
    [["collection.created", "staff"]],
  );
  await assert.rejects(findCollection(app.db, "none"), { code: "collection_unknown" });
});

onEachDatabase(
  "R37 refuses a collection without purpose, notice, contact or end",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    for (const [field, value] of [
      ["name", ""],
      ["name", "x".repeat(81)],
      ["purpose", "  "],
      ["notice", ""],
      ["contact", ""],
      ["sceneBasis", " "],
      ["retentionDays", 0],
      ["retentionDays", 1.5],
      ["retentionDays", 3 * 365 + 1],
      ["retentionDays", Number.NaN],
      ["retentionDays", Infinity],
      ["ageFloor", -1],
      ["ageFloor", 121],
      ["graceDays", -1],
      ["graceDays", 366],
      ["graceDays", Number.NaN],
      ["alternative", "x".repeat(20_001)],
    ] as const) {
      const attempt = makeCollection(app, { [field]: value });
      await assert.rejects(attempt, { code: "collection_invalid" }, `${field} ${value}`);
    }
    assert.deepEqual(await listCollections(app.db), []);
  },
);

onEachDatabase(
  "R1 keeps what those get who say no, and the notice's language",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const alternative = "look through the albums at the desk";
    const made = await makeCollection(app, { noticeLanguage: "nl", alternative, graceDays: 0 });
    const { id } = made;
    const rules = await readRules(app.db, id);
    assert.deepEqual([rules.alternative, rules.graceDays], [alternative, 0]);
    assert.equal((await noticeFor(app.db, id, "en")).language, "nl");
    const plain = await makeCollection(app, { name: "plain" });
    const { alternative: none, graceDays } = await readRules(app.db, plain.id);
    assert.deepEqual([none, graceDays], ["", 30]);
    const wrong = makeCollection(app, { name: "wrong", noticeLanguage: "Dutch" });
    await assert.rejects(wrong, { code: "language_unknown" });
    assert.equal((await listCollections(app.db)).length, 2);
  },
);

onEachDatabase(
  "counts who may be found, and asks for a backfill only where one may run",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const scene = await makeCollection(app);
    const bare = await makeCollection(app, { name: "bare", sceneBasis: null });
    const touch = async (id: typeof scene.id, change: "added" | "removed") => {
      const { galleryVersion, templateVersion } = await app.db.write(async (tx) =>
        touchGallery(tx, app.clock, id, change),
      );
      return [galleryVersion, templateVersion];
    };
    assert.deepEqual(await touch(scene.id, "removed"), [1, 0]);
    assert.deepEqual(await pageOfJobs(app.db, { targets: null, after: null, limit: 10 }), []);
    assert.deepEqual(await touch(scene.id, "added"), [2, 2]);
    assert.deepEqual(await touch(scene.id, "removed"), [3, 2]);
    assert.deepEqual(await touch(bare.id, "added"), [1, 1]);
    const jobs = await pageOfJobs(app.db, { targets: null, after: null, limit: 10 });
    assert.deepEqual(
      jobs.map(({ kind, target }) => [kind, target]),
      [["backfill", scene.id]],
    );
  },
);
