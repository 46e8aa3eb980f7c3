import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import { sql } from "kysely";
import { onSqlite, openTestDb, withEachDatabase } from "../../test/databases.ts";
import { Db, Tx } from "./db.ts";
import { readSetting, writeSetting } from "./settings.ts";

withEachDatabase("commits when the work returns, rolls back when it throws", async (db) => {
  assert.equal(await db.write(async (tx) => (await writeSetting(tx, "pack", "one"), 7)), 7);
  const failed = db.write(async (tx) => {
    await writeSetting(tx, "pack", "two");
    assert.equal(await readSetting(tx, "pack"), "two");
    throw new Error("stop");
  });
  await assert.rejects(failed, /stop/u);
  assert.equal(await readSetting(db, "pack"), "one");
});

onSqlite(
  "a transaction that SQLite itself took back fails with what ended it",
  async (database) => {
    await using db = await openTestDb(database);
    await db.write(async (tx) => writeSetting(tx, "pack", "one"));
    // As on a full disk: SQLite rolls back, and there is no transaction left to roll back.
    const twice = sql`insert or rollback into settings (name, value) values ('pack', 'two')`;
    await assert.rejects(
      db.write(async (tx) => twice.execute(tx.write)),
      /UNIQUE/u,
    );
    await db.write(async (tx) => writeSetting(tx, "pack", "three"));
    assert.equal(await readSetting(db, "pack"), "three");
  },
);

onSqlite("a table that another process has changed is read as it is now", async (database) => {
  await using db = await openTestDb(database);
  await db.write(async (tx) => writeSetting(tx, "pack", "one"));
  const all = async () => (await db.read.selectFrom("settings").selectAll().execute())[0];
  const named = async () => (await db.read.selectFrom("settings").select(["value"]).execute())[0];
  assert.deepEqual({ ...(await all()) }, { name: "pack", value: "one" });
  assert.deepEqual(await named(), { value: "one" });
  using other = new DatabaseSync(database.address);
  other.exec(`
    create table changed (value text not null, name text primary key, added text);
    insert into changed select value, name, 'new' from settings;
    drop table settings;
    alter table changed rename to settings;
  `);
  assert.deepEqual({ ...(await all()) }, { name: "pack", value: "one", added: "new" });
  assert.deepEqual(await named(), { value: "one" });
});

withEachDatabase("a write inside a write, and a read past its Tx, are bugs", async (db) => {
  const nested = db.write(async () => db.write(async () => undefined));
  await assert.rejects(nested, /don't nest/u);
  const deep = db.write(async () => readSetting(db, "pack"));
  await assert.rejects(deep, /through its Tx/u);
  // The database is as usable as before, and beside a transaction others may read and write.
  const others = db.write(async (tx) => writeSetting(tx, "pack", "one"));
  await Promise.all([others, readSetting(db, "pack"), db.write(async () => undefined)]);
  assert.equal(await readSetting(db, "pack"), "one");
});

withEachDatabase("does the work anew after a conflict, a few times", async (db) => {
  const conflict = Object.assign(new Error("conflict"), { code: "40001" });
  let attempts = 0;
  await db.write(async (tx) => {
    attempts += 1;
    await writeSetting(tx, "pack", `attempt ${attempts}`);
    if (attempts < 3) throw conflict;
  });
  assert.equal(await readSetting(db, "pack"), "attempt 3");
  attempts = 0;
  const hopeless = db.write(async () => {
    attempts += 1;
    throw conflict;
  });
  await assert.rejects(hopeless, conflict);
  assert.equal(attempts, 5);
  const other = Object.assign(new Error("other"), { code: "23505" });
  attempts = 0;
  await assert.rejects(
    db.write(async () => {
      attempts += 1;
      throw other;
    }),
    other,
  );
  assert.equal(attempts, 1);
});

withEachDatabase("two writers that wait for each other both get through", async (db, database) => {
  await using second = await openTestDb(database);
  await db.write(async (tx) => {
    for (const [name, value] of [
      ["a", "0"],
      ["b", "0"],
    ] as const) {
      await tx.write.insertInto("settings").values({ name, value }).execute();
    }
  });
  const bump = async (one: Db, names: readonly string[]) =>
    one.write(async (tx) => {
      for (const name of names) {
        await tx.write
          .updateTable("settings")
          .set({ value: sql`cast(cast(value as integer) + 1 as text)` })
          .where("name", "=", name)
          .execute();
        // On SQLite the two share no process's time: whoever begins first ends first.
        if (tx.kind === "postgres") await sql`select pg_sleep(0.1)`.execute(tx.write);
      }
    });
  if (db.kind === "postgres") await Promise.all([bump(db, ["a", "b"]), bump(second, ["b", "a"])]);
  else
    for (const names of [
      ["a", "b"],
      ["b", "a"],
    ])
      await bump(second, names);
  const rows = await db.read.selectFrom("settings").selectAll().orderBy("name").execute();
  assert.deepEqual(
    rows.map(({ value }) => value),
    ["2", "2"],
  );
});

withEachDatabase(
  "cuts the log to nothing, and says when somebody reads it still",
  async (db, database) => {
    await db.write(async (tx) => writeSetting(tx, "pack", "one"));
    assert.equal(await db.truncateLog(), true);
    if (db.kind === "postgres") return;
    const reader = new DatabaseSync(database.address);
    reader.exec("begin; select * from settings;");
    await db.write(async (tx) => writeSetting(tx, "pack", "two"));
    assert.equal(await db.truncateLog(20), false);
    reader.exec("commit");
    assert.equal(await db.truncateLog(), true);
    reader.close();
  },
);

onSqlite("waits for another process that writes, without blocking this one", async (database) => {
  await using db = await openTestDb(database);
  const other = new DatabaseSync(database.address);
  other.exec("begin immediate");
  const seen = { turns: 0, over: false };
  const timer = setInterval(() => (seen.turns += 1), 1);
  const write = db.write(async (tx) => writeSetting(tx, "pack", "one"));
  void write.then(
    () => (seen.over = true),
    () => (seen.over = true),
  );
  while (seen.turns <= 5 && !seen.over) await sleep(1);
  assert.ok(!seen.over, "this process goes on meanwhile");
  other.exec("commit");
  await write;
  clearInterval(timer);
  other.close();
  assert.equal(await readSetting(db, "pack"), "one");
});

withEachDatabase("holds foreign keys, also to rows that would be left behind", async (db) => {
  const orphan = db.write(async (tx) =>
    tx.write
      .insertInto("media_sources")
      .values({ media_id: "med_none" as never, path: "x" })
      .execute(),
  );
  await assert.rejects(orphan, /foreign key/iu);
});

test("SQLite appends to its log and leaves the disk to log-sync, overwrites what is deleted, and writes ahead", async (t) => {
  const { mkdtemp, rm } = await import("node:fs/promises");
  const { tmpdir } = await import("node:os");
  const folder = await mkdtemp(`${tmpdir()}/assent-test-`);
  t.after(async () => rm(folder, { recursive: true, force: true }));
  await using db = await Db.open(`${folder}/assent.sqlite`);
  const pragma = async (name: string) => {
    const rows = await db.write(async (tx) => sql.raw(`pragma ${name}`).execute(tx.write));
    return Object.values(rows.rows[0] as object)[0] as unknown;
  };
  assert.equal(await pragma("journal_mode"), "wal");
  assert.equal(await pragma("synchronous"), 1);
  assert.equal(await pragma("secure_delete"), 1);
  assert.equal(await pragma("foreign_keys"), 1);
  assert.equal(await pragma("temp_store"), 2);
});

onSqlite(
  "what else is due comes between transactions that wait for each other",
  async (database) => {
    await using db = await openTestDb(database);
    let rounds = 0;
    let going = true;
    const round = (): void => {
      rounds += 1;
      if (going) setImmediate(round);
    };
    round();
    const seen: number[] = [];
    const work = async (): Promise<void> => db.write(async () => void seen.push(rounds));
    await Promise.all(Array.from({ length: 20 }, work));
    going = false;
    assert.equal(new Set(seen).size, 20, `rounds of the event loop: ${seen.join(" ")}`);
  },
);

test("a database that can't be opened is said to be so", async () => {
  const code = "database_unreachable";
  await assert.rejects(Db.open("/nowhere/at/all/assent.sqlite"), { code });
  // Whoever made the instance as another user reads what is the matter.
  await assert.rejects(Db.open("/nowhere/at/all/assent.sqlite"), /may be written/u);
  await assert.rejects(Db.open("postgres://nobody@127.0.0.1:1/none"), { code });
});

test("a Tx is made by Db.write alone", () => {
  assert.throws(() => new Tx(Symbol("made by Db.write"), "sqlite", null as never), /made by Db/u);
});
