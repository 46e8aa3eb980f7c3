import assert from "node:assert/strict";
import { sql } from "kysely";
import type { App } from "../src/app.ts";
import { withdraw } from "../src/rights/consent-changes.ts";
import type { Db } from "../src/storage/db.ts";
import { onEachDatabase, onSqlite } from "./databases.ts";
import { faultyDb } from "./faulty-db.ts";
import {
  enrolPerson,
  instanceConfig,
  makeCollection,
  openInstance,
  returned,
  searchFor,
} from "./instance.ts";
import { eventsOf } from "./ledger.ts";
import { startScript } from "./script.ts";

/**
 * A search can't be had without its record: whatever fails between the scan and the answer, there
 * is a recorded search, or no answer.
 */

/** How much of searches is on record, whole or in parts. */
async function recordOf(app: Pick<App, "db" | "vault">) {
  const count = async (table: "searches" | "search_returns" | "entries") => {
    const query = app.db.read.selectFrom(table);
    return (await query.select((row) => row.fn.countAll<number>().as("n")).execute())[0]?.n;
  };
  const events = await eventsOf(app, "search.");
  return {
    searches: await count("searches"),
    returns: await count("search_returns"),
    leaves: await count("entries"),
    events: events.length,
  };
}

type Counts = Awaited<ReturnType<typeof recordOf>>;

/** The record with so many more searches that each returned two people. */
function withSearches(before: Counts, more: number): Counts {
  const { searches = 0, returns = 0, leaves = 0, events } = before;
  return {
    searches: searches + more,
    returns: returns + 2 * more,
    leaves: leaves + 8 * more,
    events: events + 3 * more,
  };
}

const PEOPLE = ["anna", "stranger", "bert"];

async function prepare(app: App) {
  const collection = await makeCollection(app);
  await enrolPerson(app, collection, "anna");
  await enrolPerson(app, collection, "bert");
  const searchWith = async (db: Db) => searchFor({ ...app, db }, collection, PEOPLE);
  return { collection, searchWith };
}

onEachDatabase(
  "a search that fails before or after any statement of its record gives no answer and leaves none",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const { searchWith } = await prepare(app);
    let steps = 0;
    await searchWith(faultyDb(app.db, { onStep: (step) => (steps = step) }));
    assert.ok(steps >= 20, `${steps} steps`);
    const before = await recordOf(app);
    for (let bad = 1; bad <= steps; bad += 1) {
      const onStep = (step: number): void => {
        if (step === bad) throw new Error("hit");
      };
      await assert.rejects(searchWith(faultyDb(app.db, { onStep })), /hit/u, `step ${bad}`);
      assert.deepEqual(await recordOf(app), before, `step ${bad}`);
    }
    const answer = await searchWith(app.db);
    assert.equal(returned(answer).filter((one) => one !== null).length, 2);
    assert.deepEqual(await recordOf(app), withSearches(before, 1));
    // Each knows the entry that records it.
    const recorded = await eventsOf(app, "search.recorded");
    const rows = await app.db.read.selectFrom("searches").select(["id", "entry_id"]).execute();
    assert.deepEqual(
      new Map(rows.map(({ id, entry_id }) => [entry_id, id])),
      new Map(recorded.map(({ id, event }) => [id, event["search"]])),
    );
  },
);

onEachDatabase("a record that can't be committed gives no answer", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const { searchWith } = await prepare(app);
  // A constraint that is looked at only at the commit, and that a search breaks.
  await app.db.write(async (tx) => {
    const statements =
      tx.kind === "sqlite"
        ? [
            `create table late (id text references media (id) deferrable initially deferred)`,
            `create trigger late after insert on searches begin insert into late values ('x'); end`,
          ]
        : [
            `create function late() returns trigger language plpgsql as
               $$ begin raise exception 'too late'; end $$`,
            `create constraint trigger late after insert on searches
               deferrable initially deferred for each row execute function late()`,
          ];
    for (const statement of statements) await sql.raw(statement).execute(tx.write);
  });
  const before = await recordOf(app);
  await assert.rejects(searchWith(app.db), /too late|FOREIGN KEY/iu);
  assert.deepEqual(await recordOf(app), before);
  await app.db.write(async (tx) => {
    const on = tx.kind === "sqlite" ? "" : " on searches";
    await sql.raw(`drop trigger late${on}`).execute(tx.write);
  });
  await searchWith(app.db);
  assert.deepEqual(await recordOf(app), withSearches(before, 1));
});

onEachDatabase("an answer that is lost after the commit is on record", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const { searchWith } = await prepare(app);
  const before = await recordOf(app);
  const onCommitted = async () => Promise.reject(new Error("the line is cut"));
  await assert.rejects(searchWith(faultyDb(app.db, { onCommitted })), /the line is cut/u);
  assert.deepEqual(await recordOf(app), withSearches(before, 1));
});

onSqlite("on a full disk there is neither record nor answer", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const { searchWith } = await prepare(app);
  const pagesMax = async (pages: number) =>
    app.db.write(async (tx) => sql.raw(`pragma max_page_count = ${pages}`).execute(tx.write));
  const before = await recordOf(app);
  // Not a page more than there are: what the last ones have left takes a few searches.
  await pagesMax(1);
  let answers = 0;
  const fill = async (): Promise<never> => {
    for (;;) {
      await searchWith(app.db);
      answers += 1;
      assert.ok(answers < 100, "the disk was never full");
    }
  };
  await assert.rejects(fill(), /full/u);
  assert.deepEqual(await recordOf(app), withSearches(before, answers));
  await pagesMax(1_000_000);
  await searchWith(app.db);
  assert.deepEqual(await recordOf(app), withSearches(before, answers + 1));
});

/** Steps at which the process is killed, as shares of all there are: 1 is after the commit. */
const KILLED_AT = [0, 0.3, 0.6, 0.9, 1];

onEachDatabase(
  "a process killed at a step of its search leaves a whole record, or none",
  async (database) => {
    const config = await instanceConfig(database);
    await using instance = await openInstance(database, { config });
    const { app } = instance;
    const { collection, searchWith } = await prepare(app);
    let steps = 0;
    await searchWith(faultyDb(app.db, { onStep: (step) => (steps = step) }));
    let before = await recordOf(app);
    for (const share of KILLED_AT) {
      const killed = 1 + Math.round(share * steps);
      await using script = startScript(
        `
        import { openInstance, searchFor } from "./test/instance.ts";
        import { faultyDb } from "./test/faulty-db.ts";
        const { app } = await openInstance(database, { config });
        const die = () => process.kill(process.pid, "SIGKILL");
        const db = faultyDb(app.db, {
          onStep: (step) => step === killed && die(),
          onCommitted: async () => die(),
        });
        const answer = await searchFor({ ...app, db }, collection, people);
        console.log("answer " + answer.id);
      `,
        { database, config, killed, collection, people: PEOPLE },
      );
      await assert.rejects(script.line("answer "), /ended without/u);
      assert.equal(script.child.signalCode, "SIGKILL", script.complained());
      const after = await recordOf(app);
      assert.deepEqual(after, withSearches(before, killed > steps ? 1 : 0), `step ${killed}`);
      before = after;
    }
    await searchWith(app.db);
    assert.deepEqual(await recordOf(app), withSearches(before, 1));
  },
);

onEachDatabase(
  "R7 who withdraws between the record and the answer is not in the answer",
  async (database) => {
    await using instance = await openInstance(database);
    await using other =
      instance.app.db.kind === "postgres"
        ? await openInstance(database, { config: instance.config })
        : null;
    const { app } = instance;
    const withdrawing = other?.app ?? app;
    const collection = await makeCollection(app);
    const anna = await enrolPerson(app, collection, "anna");
    const bert = await enrolPerson(app, collection, "bert");
    const onCommitted = async () => {
      await withdraw(withdrawing.db, withdrawing.recorder, anna, "all");
    };
    const answer = await searchFor(
      { ...app, db: faultyDb(app.db, { onCommitted }) },
      collection,
      PEOPLE,
    );
    assert.deepEqual(returned(answer), [null, null, bert]);
    // The record says more than was told, never less.
    const rows = await app.db.read.selectFrom("search_returns").select("subject_id").execute();
    assert.deepEqual(new Set(rows.map(({ subject_id }) => subject_id)), new Set([anna, bert]));
  },
);
