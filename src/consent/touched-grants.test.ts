import assert from "node:assert/strict";
import { onEachDatabase } from "../../test/databases.ts";
import { enrolPerson, makeCollection, openInstance } from "../../test/instance.ts";
import { touchGallery } from "../collections/collections.ts";
import { touchedGrants, touchGrant } from "./touched-grants.ts";

onEachDatabase(
  "grants come in pages, each once, those touched last at the end",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const collection = await makeCollection(app);
    const other = await makeCollection(app, { name: "other" });
    for (const person of ["a", "b", "c", "d", "e"]) await enrolPerson(app, collection, person);
    await enrolPerson(app, other, "a");
    const pages = async (after: number) => {
      const all = [];
      for await (const page of touchedGrants(app.db, collection.id, { after, limit: 2 })) {
        all.push([...page]);
      }
      return all;
    };
    const rows = await app.db.read
      .selectFrom("grants")
      .select(["id", "gallery_version"])
      .where("collection_id", "=", collection.id)
      .orderBy("gallery_version")
      .execute();
    const [a, b, c, d, e] = rows.map(({ id }) => id);
    assert.ok(a && b && c && d && e);
    assert.deepEqual(await pages(-1), [[a, b], [c, d], [e]]);
    const version = await app.db.write(async (tx) => {
      const { galleryVersion } = await touchGallery(tx, app.clock, collection.id, "removed");
      for (const grant of [b, d]) await touchGrant(tx, grant);
      return galleryVersion;
    });
    assert.deepEqual(await pages(version - 1), [[b, d].sort()]);
    assert.deepEqual(await pages(version), []);
    const ids = (await pages(-1)).flat();
    assert.deepEqual([...ids].sort(), [a, b, c, d, e].sort());
    assert.deepEqual(ids.slice(-2), [b, d].sort());
  },
);
