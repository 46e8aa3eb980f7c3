import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { Client } from "pg";
import { Db } from "../src/storage/db.ts";

/** The local server that tests use when it answers; ASSENT_TEST_POSTGRES names another. */
export const POSTGRES =
  process.env["ASSENT_TEST_POSTGRES"] ?? "postgres://postgres@127.0.0.1:5432/postgres";

const answers = await askPostgres();

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
  const skip = answers ? false : "no PostgreSQL server answers (set ASSENT_TEST_POSTGRES)";
  test(`${name} [postgres]`, { skip }, async (t) => inNewSchema(async (one) => body(one, t)));
}

/** Hands out an empty database on PostgreSQL, for as long as `body` takes. */
export async function inNewSchema(body: (database: TestDatabase) => Promise<void>): Promise<void> {
  const schema = `assent_test_${randomBytes(8).toString("hex")}`;
  await run(`create schema ${schema}`);
  try {
    await body({ address: POSTGRES, schema });
  } finally {
    await run(`drop schema ${schema} cascade`);
  }
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
    await run("select 1");
    return true;
  } catch {
    return false;
  }
}

async function run(statement: string): Promise<void> {
  const client = new Client({ connectionString: POSTGRES, connectionTimeoutMillis: 3000 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
