import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { sql } from "kysely";
import { onEachNewDatabase, openTestDb, withEachDatabase } from "../../test/databases.ts";
import { runScript } from "../../test/script.ts";
import { systemClock } from "../base/clock.ts";
import { newId } from "../base/ids.ts";
import { translate } from "./migrate.ts";

onEachNewDatabase("migrates once; opening again changes nothing", async (database) => {
  const migrations = async () => {
    await using db = await openTestDb(database);
    return await db.read.selectFrom("migrations").selectAll().orderBy("number").execute();
  };
  const first = await migrations();
  assert.equal(first.length, readdirSync(new URL("migrations", import.meta.url)).length);
  assert.deepEqual(await migrations(), first);
});

onEachNewDatabase(
  "processes that open a new database at once all find it whole",
  async (database) => {
    const open = `
    import { openTestDb } from "./test/databases.ts";
    await using db = await openTestDb(database);
    const rows = await db.read.selectFrom("collections").selectAll().execute();
    console.log(rows.length);
  `;
    const outputs = await Promise.all([1, 2, 3].map(async () => runScript(open, { database })));
    assert.deepEqual(outputs, ["0\n", "0\n", "0\n"]);
  },
);

onEachNewDatabase("refuses a database made with another text of a migration", async (database) => {
  {
    await using db = await openTestDb(database);
    await db.write(async (tx) => tx.write.updateTable("migrations").set({ hash: "0" }).execute());
  }
  await assert.rejects(openTestDb(database), { code: "migration_changed" });
});

onEachNewDatabase("refuses a database of a newer version", async (database) => {
  {
    await using db = await openTestDb(database);
    const row = { number: 9999, name: "9999-later.sql", hash: "0", applied_at: systemClock.now() };
    await db.write(async (tx) => tx.write.insertInto("migrations").values(row).execute());
  }
  await assert.rejects(openTestDb(database), { code: "database_newer" });
});

withEachDatabase("R33 an entry can't be taken out, nor changed but for its place", async (db) => {
  const entry = {
    id: newId("eve"),
    leaf: Buffer.alloc(32, 1),
    leaf_index: null,
    subject_id: null,
    subject_seq: null,
    subject_body: null,
    operator_body: Buffer.from("sealed"),
  };
  await db.write(async (tx) => {
    await tx.write.insertInto("entries").values(entry).execute();
    await tx.write.updateTable("entries").set({ leaf_index: 0 }).execute();
  });
  for (const change of [
    { leaf: Buffer.alloc(32, 2) },
    { leaf_index: 1 },
    { leaf_index: null },
    { operator_body: Buffer.from("another") },
    { id: newId("eve") },
  ]) {
    const attempt = db.write(async (tx) => tx.write.updateTable("entries").set(change).execute());
    await assert.rejects(attempt, /append-only/u, Object.keys(change).join());
  }
  for (const statement of [
    "delete from entries",
    ...(db.kind === "postgres" ? ["truncate entries"] : []),
  ]) {
    const attempt = db.write(async (tx) => sql.raw(statement).execute(tx.write));
    await assert.rejects(attempt, /append-only/u, statement);
  }
  const rows = await db.read.selectFrom("entries").selectAll().execute();
  assert.equal(rows.length, 1);
  assert.equal(rows[0]?.leaf_index, 0);
  assert.deepEqual(Buffer.from(rows[0].leaf), entry.leaf);
});

test("every table is STRICT for SQLite, and no PostgreSQL type name is left", () => {
  const folder = new URL("migrations/", import.meta.url);
  for (const file of readdirSync(folder)) {
    const text = readFileSync(new URL(file, folder), "utf8");
    const lite = translate(text, "sqlite");
    assert.doesNotMatch(lite, /\b(bigint|bytea|double precision|generated|plpgsql)\b/u, file);
    const tables = lite.match(/^create table/gmu) ?? [];
    assert.equal((lite.match(/^\) strict;$/gmu) ?? []).length, tables.length, file);
    assert.doesNotMatch(translate(text, "postgres"), /raise\(abort/u, file);
  }
});
