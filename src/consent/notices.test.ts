import assert from "node:assert/strict";
import { onEachDatabase } from "../../test/databases.ts";
import { enrolPerson, makeCollection, openInstance } from "../../test/instance.ts";
import { sha256Hex } from "../base/bytes.ts";
import { currentNotice, publishNotice } from "./notices.ts";

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
