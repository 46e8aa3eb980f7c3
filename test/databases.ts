import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

/**
 * The schemas of one run of the suite, which its files hand on to each other: making the tables
 * takes longer than most tests. `scripts/test.ts` names the run and drops them in the end; a file
 * that is run alone does so itself.
 */
const RUN = process.env["ASSENT_TEST_RUN"] ?? randomBytes(4).toString("hex");
/** What a schema is called while a test has it, and while it is empty and nobody's. */
const HELD = `assent_test_${RUN}_`;
const FREE = `assent_free_${RUN}_`;
let dropsAtEnd = process.env["ASSENT_TEST_RUN"] !== undefined;

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

/** Runs a test that makes the tables itself, on both. */
export function onEachNewDatabase(name: string, body: DatabaseUse): void {
  test(`${name} [sqlite]`, async () =>
    inFolder(async (folder) => body({ address: join(folder, "assent.sqlite") })));
  test(`${name} [postgres]`, { skip }, async () => inNewSchema(body));
}

/** What is done with a database that is handed out. */
type DatabaseUse = (database: TestDatabase) => Promise<void>;
/** What a test does with its database. */
type DatabaseTest = (database: TestDatabase, t: TestContext) => Promise<void>;

/** For what only SQLite has: files, and processes that write one of them. */
export function onSqlite(name: string, body: DatabaseTest): void {
  test(`${name} [sqlite]`, async (t) =>
    inFolder(async (folder) => {
      const address = join(folder, "assent.sqlite");
      emptyFile ??= await makeEmptyFile();
      writeFileSync(address, emptyFile);
      await body({ address }, t);
    }));
}

/** A database file with the tables of all migrations and nothing in them. */
let emptyFile: Uint8Array | null = null;

async function makeEmptyFile(): Promise<Uint8Array> {
  return inFolder(async (folder) => {
    const address = join(folder, "assent.sqlite");
    await (await openTestDb({ address }))[Symbol.asyncDispose]();
    return readFileSync(address);
  });
}

async function inFolder<Result>(body: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "assent-test-"));
  try {
    return await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** For what only PostgreSQL has: transactions that really run at the same time. */
export function onPostgres(name: string, body: DatabaseTest): void {
  if (!dropsAtEnd) after(async () => dropSchemas(RUN));
  dropsAtEnd = true;
  test(`${name} [postgres]`, { skip }, async (t) => inEmptySchema(async (one) => body(one, t)));
}

/** Drops what a run of the suite has left on PostgreSQL. */
export async function dropSchemas(run: string): Promise<void> {
  await withClient(async (client) => {
    const { rows } = await client.query<{ name: string }>(
      "select nspname as name from pg_namespace where nspname ~ $1",
      [`^assent_(test|free)_${run}_`],
    );
    for (const { name } of rows) await client.query(`drop schema ${name} cascade`);
  });
}

/** Hands out a schema on PostgreSQL in which nothing is yet, for as long as `body` takes. */
export async function inNewSchema(body: DatabaseUse): Promise<void> {
  const schema = newName();
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

/** Hands out a schema with the tables of all migrations and nothing in them. */
async function inEmptySchema(body: DatabaseUse): Promise<void> {
  let schema = newName();
  let shape = "";
  await withClient(async (client) => {
    schema = (await takeFree(client)) ?? (await makeSchema(client));
    shape = await shapeOf(client, schema);
  });
  try {
    await body({ address: addressOf(schema), schema });
  } finally {
    await withClient(async (client) => {
      if ((await shapeOf(client, schema)) === shape) {
        await empty(client, schema);
        await client.query(`alter schema ${schema} rename to ${schema.replace(HELD, FREE)}`);
      } else {
        await client.query(`drop schema ${schema} cascade`);
      }
    });
  }
}

function newName(): string {
  return `${HELD}${randomBytes(8).toString("hex")}`;
}

/** Takes a schema that a test has left empty; whose name it bears, has it. */
async function takeFree(client: Client): Promise<string | null> {
  await client.query("begin");
  await client.query("select pg_advisory_xact_lock(hashtext($1))", [FREE]);
  const { rows } = await client.query<{ name: string }>(
    "select nspname as name from pg_namespace where starts_with(nspname, $1) limit 1",
    [FREE],
  );
  const [free] = rows;
  const held = free?.name.replace(FREE, HELD) ?? null;
  if (free) await client.query(`alter schema ${free.name} rename to ${held}`);
  await client.query("commit");
  return held;
}

async function makeSchema(client: Client): Promise<string> {
  const schema = newName();
  await client.query(`create schema ${schema}`);
  await (await openTestDb({ address: addressOf(schema), schema }))[Symbol.asyncDispose]();
  return schema;
}

/**
 * Takes every row out of a schema. In one statement, after which all keys are looked at, for then
 * the order is no matter; truncating would make new files for every table and index.
 */
async function empty(client: Client, schema: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname = $1 and tablename <> 'migrations'`,
    [schema],
  );
  const names = rows.map(({ name }) => name);
  const isFilled = names.map(
    (name) => `select '${name}' as name where exists (select from ${name})`,
  );
  const filled = await client.query<{ name: string }>(isFilled.join(" union all "));
  if (filled.rows.length > 0) {
    // Some tables refuse it, as the product must.
    const refusing = await client.query<{ name: string }>(
      `select distinct tgrelid::regclass::text as name from pg_trigger
       join pg_class on tgrelid = pg_class.oid
       where relnamespace = $1::regnamespace and not tgisinternal`,
      [schema],
    );
    const triggers = (to: "disable" | "enable") =>
      refusing.rows.map(({ name }) => `alter table ${name} ${to} trigger user`);
    const deletions = filled.rows.map(({ name }, index) => `d${index} as (delete from ${name})`);
    const emptying = `with ${deletions.join(", ")} select`;
    await client.query([...triggers("disable"), emptying, ...triggers("enable")].join(";"));
  }
  await client.query(
    "select setval(oid::regclass, 1, false) from pg_class where relkind = 'S' and relnamespace = $1::regnamespace",
    [schema],
  );
}

/** What stands in a schema beside its rows: migrations, and counts of whatever a test may change. */
async function shapeOf(client: Client, schema: string): Promise<string> {
  const { rows } = await client.query<{ shape: string }>(
    `select (select string_agg(number || hash, ',' order by number) from ${schema}.migrations)
       || (select count(*) from pg_class where relnamespace = here.oid)
       || '/' || (select count(*) from pg_proc where pronamespace = here.oid)
       || '/' || (select count(*) from pg_constraint where connamespace = here.oid)
       || '/' || (select count(*) from pg_trigger join pg_class on tgrelid = pg_class.oid
                  where relnamespace = here.oid and tgenabled <> 'D') as shape
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
