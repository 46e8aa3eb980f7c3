import assert from "node:assert/strict";
import { onEachDatabase } from "../../test/databases.ts";
import { enrolPerson, makeCollection, openInstance } from "../../test/instance.ts";
import { sha256Hex } from "../base/bytes.ts";
import { currentNotice, noticeFor, noticeShown, publishNotice } from "./notices.ts";

onEachDatabase(
  "R9 a new notice is the next version; a grant keeps the one it was given under",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const collection = await makeCollection(app, { notice: "We look for your face." });
    await enrolPerson(app, collection, "anna");
    const publish = async (language: string, body: string) =>
      app.db.write(async (tx) =>
        publishNotice(tx, app.recorder, { collection: collection.id, language, body }),
      );
    const second = await publish("en", "We look for your face, and say so.");
    const german = await publish("de", "Wir suchen Ihr Gesicht.");
    await enrolPerson(app, collection, "bert");

    const current = await currentNotice(app.db, collection.id, "en");
    assert.deepEqual([current?.id, current?.version], [second, 2]);
    assert.equal(current?.hash, sha256Hex("We look for your face, and say so."));
    const other = await currentNotice(app.db, collection.id, "de");
    assert.deepEqual([other?.id, other?.version], [german, 1]);
    assert.equal(await currentNotice(app.db, collection.id, "fr"), null);

    const grants = await app.db.read
      .selectFrom("grants")
      .innerJoin("notices", "notices.id", "grants.notice_id")
      .select("version")
      .orderBy("version")
      .execute();
    assert.deepEqual(
      grants.map(({ version }) => version),
      [1, 2],
    );
  },
);

onEachDatabase(
  "R9 a person is told in their language, or in the collection's first",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const { id: collection } = await makeCollection(app, { notice: "In English." });
    const publish = async (language: string, body: string) =>
      app.db.write(async (tx) => publishNotice(tx, app.recorder, { collection, language, body }));
    await publish("nl", "In het Nederlands.");
    await publish("nl-BE", "In het Vlaams.");
    await publish("en", "In better English.");
    const told = async (language: string | null) =>
      (await noticeFor(app.db, collection, language)).body;
    assert.equal(await told("nl"), "In het Nederlands.");
    assert.equal(await told("nl-BE"), "In het Vlaams.");
    assert.equal(await told("nl-SR"), "In het Nederlands.");
    assert.equal(await told("en"), "In better English.");
    assert.equal(await told("fr"), "In better English.");
    assert.equal(await told(null), "In better English.");
    for (const [language, body, code] of [
      ["English", "Text.", "language_unknown"],
      ["", "Text.", "language_unknown"],
      ["en", " ", "notice_invalid"],
      ["en", "x".repeat(100_001), "notice_invalid"],
    ] as const) {
      await assert.rejects(publish(language, body), { code });
    }
    const shown = sha256Hex("In better English.");
    assert.equal((await noticeShown(app.db, collection, shown)).version, 2);
    const outdated = noticeShown(app.db, collection, sha256Hex("In English."));
    await assert.rejects(outdated, { code: "notice_outdated" });
    const other = await makeCollection(app, { name: "other" });
    await assert.rejects(noticeShown(app.db, other.id, shown), { code: "notice_unknown" });
  },
);
