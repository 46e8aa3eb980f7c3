import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test, type TestContext } from "node:test";
import { Client } from "pg";
import { Db } from "../src/storage/db.ts";

/** The local server that tests use when it answers; ASSENT_TEST_POSTGRES names another. */
export const POSTGRES =
  process.env["ASSENT_TEST_POSTGRES"] ?? "postgres://postgres@127.0.0.1:5432/postgres";

const answers = await askPostgres();
const skip = answers ? false : "no PostgreSQL server answers (set ASSENT_TEST_POSTGRES)";

/** A schema that migrations were run in, and what stood there then. */
interface MadeSchema {
  readonly schema: string;
  readonly shape: string;
}

/** Those of this file that hold nothing now. */
const emptied: MadeSchema[] = [];
let dropsAtEnd = false;

/** Where a test's database is, for opening it once more (another connection, another process). */
export interface TestDatabase {
  readonly address: string;
  readonly schema?: string;
}

/**
 * Runs a test on SQLite in a temporary folder and on PostgreSQL in a schema of its own. Without a
 * server the second is reported as skipped, with the reason.
 */
export function onEachDatabase(name: string, body: DatabaseTest): void {
  onSqlite(name, body);
  onPostgres(name, body);
}

/** The bit of a trigger's type by which PostgreSQL says that it is asked before a truncation. */
const ON_TRUNCATE = 32;

/** Runs a test that makes the tables itself, on both. */
export function onEachNewDatabase(name: string, body: DatabaseUse): void {
  onSqlite(name, body);
  test(`${name} [postgres]`, { skip }, async () => inNewSchema(body));
}

/** What is done with a database that is handed out. */
type DatabaseUse = (database: TestDatabase) => Promise<void>;
/** What a test does with its database. */
type DatabaseTest = (database: TestDatabase, t: TestContext) => Promise<void>;

/** For what only SQLite has: files, and processes that write one of them. */
export function onSqlite(name: string, body: DatabaseTest): void {
  test(`${name} [sqlite]`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "assent-test-"));
    try {
      await body({ address: join(folder, "assent.sqlite") }, t);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

/** For what only PostgreSQL has: transactions that really run at the same time. */
export function onPostgres(name: string, body: DatabaseTest): void {
  if (!dropsAtEnd) after(dropEmptied);
  dropsAtEnd = true;
  test(`${name} [postgres]`, { skip }, async (t) => inEmptySchema(async (one) => body(one, t)));
}

/** Hands out a schema on PostgreSQL in which nothing is yet, for as long as `body` takes. */
export async function inNewSchema(body: DatabaseUse): Promise<void> {
  const schema = `assent_test_${randomBytes(8).toString("hex")}`;
  await withClient(async (client) => client.query(`create schema ${schema}`));
  try {
    await body({ address: addressOf(schema), schema });
  } finally {
    await withClient(async (client) => client.query(`drop schema ${schema} cascade`));
  }
}

/**
 * The server with a session's settings, of which the schema is one. Tests kill clients and no
 * server: a commit need not wait for the disk to be seen by whoever comes next.
 */
function addressOf(schema: string): string {
  const address = new URL(POSTGRES);
  address.searchParams.set("options", `-c search_path=${schema} -c synchronous_commit=off`);
  return address.href;
}

/**
 * Hands out a schema with the tables of all migrations and nothing in them: one that a test of
 * this file had before, if there is one, for making the tables takes longer than most tests.
 */
async function inEmptySchema(body: DatabaseUse): Promise<void> {
  const { schema, shape } = emptied.pop() ?? (await makeSchema());
  try {
    await body({ address: addressOf(schema), schema });
  } finally {
    await withClient(async (client) => {
      if ((await shapeOf(client, schema)) === shape) {
        await empty(client, schema);
        emptied.push({ schema, shape });
      } else {
        await client.query(`drop schema ${schema} cascade`);
      }
    });
  }
}

async function dropEmptied(): Promise<void> {
  if (emptied.length === 0) return;
  await withClient(async (client) => {
    for (const { schema } of emptied) await client.query(`drop schema ${schema} cascade`);
  });
}

async function makeSchema(): Promise<MadeSchema> {
  const schema = `assent_test_${randomBytes(8).toString("hex")}`;
  let shape = "";
  await withClient(async (client) => {
    await client.query(`create schema ${schema}`);
    await (await openTestDb({ address: addressOf(schema), schema }))[Symbol.asyncDispose]();
    shape = await shapeOf(client, schema);
  });
  return { schema, shape };
}

/** Takes every row out of a schema. */
async function empty(client: Client, schema: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname = $1 and tablename <> 'migrations'`,
    [schema],
  );
  const isFilled = rows.map(
    ({ name }) => `select '${name}' as name where exists (select from ${name})`,
  );
  const filled = await client.query<{ name: string }>(isFilled.join(" union all "));
  const names = filled.rows.map(({ name }) => name).join(", ");
  if (names === "") return;
  // Some tables refuse it, as the product must.
  const refusing = await client.query<{ name: string }>(
    `select distinct tgrelid::regclass::text as name from pg_trigger
     join pg_class on tgrelid = pg_class.oid
     where relnamespace = $1::regnamespace and tgtype & ${ON_TRUNCATE} > 0`,
    [schema],
  );
  const triggers = (to: "disable" | "enable") =>
    refusing.rows.map(({ name }) => `alter table ${name} ${to} trigger user`);
  const emptying = `truncate ${names} restart identity cascade`;
  await client.query([...triggers("disable"), emptying, ...triggers("enable")].join(";"));
}

/** What stands in a schema beside its rows: migrations, and counts of whatever a test may change. */
async function shapeOf(client: Client, schema: string): Promise<string> {
  const { rows } = await client.query<{ shape: string }>(
    `select (select string_agg(number || hash, ',' order by number) from ${schema}.migrations)
       || (select count(*) from pg_class where relnamespace = here.oid)
       || '/' || (select count(*) from pg_proc where pronamespace = here.oid)
       || '/' || (select count(*) from pg_constraint where connamespace = here.oid)
       || '/' || (select count(*) from pg_trigger join pg_class on tgrelid = pg_class.oid
                  where relnamespace = here.oid) as shape
     from pg_namespace as here where nspname = $1`,
    [schema],
  );
  return rows[0]?.shape ?? "";
}

/** As `onEachDatabase`, with the database opened and closed around the body. */
export function withEachDatabase(
  name: string,
  body: (db: Db, database: TestDatabase, t: TestContext) => Promise<void>,
): void {
  onEachDatabase(name, async (database, t) => {
    await using db = await openTestDb(database);
    await body(db, database, t);
  });
}

/** Opens a test's database. */
export function openTestDb(database: TestDatabase): Promise<Db> {
  return Db.open(database.address, database.schema ? { schema: database.schema } : {});
}

async function askPostgres(): Promise<boolean> {
  try {
    await withClient(async (client) => client.query("select 1"));
    return true;
  } catch {
    return false;
  }
}

async function withClient(body: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: POSTGRES, connectionTimeoutMillis: 3000 });
  await client.connect();
  try {
    await body(client);
  } finally {
    await client.end();
  }
}
