import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { onSqlite, openTestDb } from "../../test/databases.ts";
import { keepLogMoving } from "./log-keeper.ts";
import { writeSetting } from "./settings.ts";

onSqlite(
  "what was committed gets into the file by itself, and the thread ends",
  async (database) => {
    await using db = await openTestDb(database);
    const marker = "a-value-that-is-nowhere-else";
    const isInFile = (): boolean => readFileSync(database.address).includes(marker);
    await db.write(async (tx) => writeSetting(tx, "scrub", marker));
    assert.ok(!isInFile());
    const stopping = new AbortController();
    const kept = keepLogMoving(database.address, stopping.signal, 0);
    while (!isInFile()) await sleep(10);
    // Nobody is kept out meanwhile, and what deletes for good still cuts the log.
    await db.write(async (tx) => writeSetting(tx, "scrub", "other"));
    assert.equal(await db.truncateLog(), true);
    stopping.abort();
    await kept;
  },
);

onSqlite("one that is stopped before it began does nothing", async (database) => {
  await using db = await openTestDb(database);
  await db.keepLogMoving(AbortSignal.abort());
});
