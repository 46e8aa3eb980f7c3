import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";
import { Canaries } from "../../test/canary.ts";
import { onSqlite, openTestDb } from "../../test/databases.ts";
import type { EpochId } from "../base/ids.ts";
import { type Instant, systemClock } from "../base/clock.ts";
import type { Db } from "./db.ts";
import { askForScrub, scrub } from "./scrub.ts";
import { Vault } from "./vault.ts";

/** Bytes that are nowhere else, and the same at every run; as many as fill a page with forty rows. */
function marked(row: string): Buffer {
  const parts = Array.from({ length: 7 }, (_, part) =>
    createHash("sha256").update(`${row}/${part}`).digest(),
  );
  return Buffer.concat(parts).subarray(0, 200);
}

/** Puts rows in and takes rows out, here and there, so that the rest moves between pages. */
async function churn(db: Db, seed: number): Promise<readonly Buffer[]> {
  const gone: string[] = [];
  const there: string[] = [];
  let state = seed * 7919;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  await db.write(async (tx) => {
    for (let count = 0; count < 1500; count += 1) {
      const row = createHash("md5").update(`${seed}/${count}`).digest("hex");
      const values = { id: row as EpochId, wrapped_key: marked(row), created_at: 1 as Instant };
      await tx.write.insertInto("epoch_keys").values(values).execute();
      there.push(row);
      for (let times = random(20) === 0 ? 8 : random(2); times > 0; times -= 1) {
        if (there.length <= 10) break;
        const [old = ""] = there.splice(random(there.length), 1);
        gone.push(old);
        await tx.write
          .deleteFrom("epoch_keys")
          .where("id", "=", old as EpochId)
          .execute();
      }
    }
  });
  return gone.map(marked);
}

async function keysOf(db: Db) {
  return { vault: await Vault.open(db, randomBytes(32), systemClock), clock: systemClock };
}

async function countIn(file: string, parts: readonly Buffer[]): Promise<number> {
  const canaries = new Canaries();
  for (const [index, part] of parts.entries()) {
    canaries.addBytes(`${index}`, part.subarray(20, 60));
  }
  const bytes = Buffer.concat([await readFile(file), await readFile(`${file}-wal`)]);
  return canaries.findIn(bytes).length;
}

onSqlite(
  "R14 copies of deleted rows that lie between others are gone after a scrub",
  async (database) => {
    await using db = await openTestDb(database);
    const keys = await keysOf(db);
    const gone: Buffer[] = [];
    for (let seed = 24; seed < 34 && (await countIn(database.address, gone)) === 0; seed += 1) {
      gone.push(...(await churn(db, seed)));
      assert.equal(await db.truncateLog(), true);
    }
    // That SQLite leaves some is why there is a scrub; were there none, this test would show nothing.
    assert.ok((await countIn(database.address, gone)) > 0, "SQLite leaves copies");
    await db.write(askForScrub);
    assert.equal(await scrub(db, keys), true);
    assert.equal(await countIn(database.address, gone), 0);
    assert.deepEqual(await db.read.selectFrom("settings").selectAll().execute(), []);
  },
);

onSqlite("R14 a scrub that can't be done now stays asked for", async (database) => {
  await using db = await openTestDb(database);
  const keys = await keysOf(db);
  await db.write(askForScrub);
  const reader = new DatabaseSync(database.address);
  reader.exec("begin; select * from settings;");
  // The same database with less patience: the test shall not wait 20 seconds.
  const hasty = new Proxy(db, {
    get: (target, name) => {
      if (name === "truncateLog") return async () => target.truncateLog(20);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
  assert.equal(await scrub(hasty, keys), false);
  assert.equal((await db.read.selectFrom("settings").selectAll().execute()).length, 1);
  reader.close();
  assert.equal(await scrub(db, keys), true);
  assert.deepEqual(await db.read.selectFrom("settings").selectAll().execute(), []);
});
