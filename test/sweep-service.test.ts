import assert from "node:assert/strict";
import { createAccount, findAccount } from "../src/accounts/accounts.ts";
import { answerLinkRequests, askForLink } from "../src/accounts/links.ts";
import { startPasskeyLogin } from "../src/accounts/passkeys.ts";
import { openSession } from "../src/accounts/sessions.ts";
import type { App } from "../src/app.ts";
import { fixedClock } from "../src/base/clock.ts";
import { personOf } from "../src/consent/people.ts";
import { once } from "../src/http/idempotency.ts";
import { backgroundWork } from "../src/http/loops.ts";
import { sweep } from "../src/rights/retention.ts";
import { onEachDatabase } from "./databases.ts";
import { enrolPerson, makeCollection, openInstance } from "./instance.ts";
import { makeAlert } from "./watched.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** What is over by itself, and how long it stays at most. */
const STAYS = {
  passkey_challenges: 5 * MINUTE_MS,
  link_requests: HOUR_MS,
  search_turns: HOUR_MS,
  sessions: 12 * HOUR_MS,
  login_links: 15 * MINUTE_MS + DAY_MS,
  idempotency: DAY_MS,
  outgoing_mail: 30 * DAY_MS,
  // With the search that it is about.
  alerts: 3 * 365 * DAY_MS,
} as const;
type Table = keyof typeof STAYS;

onEachDatabase(
  "R37 the sweep takes what is over by itself, and nothing before",
  async (database) => {
    const start = Date.UTC(2027, 0, 15);
    const clock = fixedClock(start);
    await using instance = await openInstance(database, { clock });
    const { app } = instance;
    await fill(app);
    const times = [...new Set(Object.values(STAYS))].toSorted((a, b) => a - b);
    for (const stays of times) {
      const tables = (Object.keys(STAYS) as Table[]).filter((table) => STAYS[table] === stays);
      clock.move(start + stays - MINUTE_MS - clock.now());
      await sweep(app, app.recorder);
      for (const table of tables)
        assert.equal(await count(app, table), 1, `${table} went too early`);
      clock.move(MINUTE_MS);
      await sweep(app, app.recorder);
      for (const table of tables)
        assert.equal(await count(app, table), 0, `${table} is there still`);
    }
  },
);

onEachDatabase(
  "R7 a template stays a minute at most when its consent is over",
  async (database) => {
    const clock = fixedClock(Date.UTC(2027, 0, 15));
    await using instance = await openInstance(database, { clock });
    const { app } = instance;
    const collection = await makeCollection(app, { retentionDays: 60 });
    const anna = await enrolPerson(app, collection, "anna");
    const everyMinute = backgroundWork({ app, origin: "http://localhost", mail: null }).filter(
      ({ everyMs }) => everyMs <= MINUTE_MS,
    );
    const work = async (): Promise<void> => {
      const { signal } = new AbortController();
      for (const { work: one } of everyMinute) await one(signal);
    };
    const held = async () => {
      const { state } = await personOf(app.db, collection.id, anna);
      return { state, templates: await count(app, "templates") };
    };
    clock.move(59 * DAY_MS);
    await work();
    assert.deepEqual(await held(), { state: "granted", templates: 1 });
    clock.move(DAY_MS);
    await work();
    assert.deepEqual(await held(), { state: "expired", templates: 0 });
  },
);

/** One row in each table, made as it is made in earnest. */
async function fill(app: App): Promise<void> {
  const { db, vault, clock, recorder } = app;
  const { id: collection } = await makeCollection(app);
  const email = "anna@club.example";
  const request = { name: "Anna", email, role: "owner", collections: [] } as const;
  await db.write(async (tx) => createAccount(tx, recorder, request));
  const account = await findAccount(db, vault, email);
  await db.write(async (tx) => openSession(tx, clock, { kind: "account", id: account }, null));
  const origin = "https://photos.club.example";
  const site = { host: "photos.club.example", origin, name: "The Club" };
  await startPasskeyLogin({ db, clock, site });
  // The request, the link that answers it, and the mail that carries the link.
  await askForLink(app, "account", email);
  await answerLinkRequests({ db, vault, clock, origin });
  const write = { principal: account, key: "one", hash: "x", forget: false };
  await once(app, write, async () => ({ status: 200, body: "{}" }));
  await makeAlert(app, collection);
  await db.write(async (tx) =>
    tx.write
      .insertInto("search_turns")
      .values({ collection_id: collection, account, taken_at: clock.now() })
      .execute(),
  );
}

async function count({ db }: App, table: Table | "templates"): Promise<number> {
  const row = await db.read
    .selectFrom(table)
    .select((select) => select.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return row.count;
}
