import { readdirSync, readFileSync } from "node:fs";
import { type Kysely, sql, type Transaction } from "kysely";
import { sha256Hex } from "../base/bytes.ts";
import { systemClock } from "../base/clock.ts";
import { assert } from "../base/errors.ts";
import type { DatabaseKind } from "./db.ts";
import { StorageError } from "./errors.ts";
import type { Schema } from "./schema.ts";

const FOLDER = new URL("./migrations/", import.meta.url);
/** Any number: two processes that migrate the same PostgreSQL schema take turns by it and its name. */
const MIGRATION_LOCK = 4_072_018;

interface Migration {
  readonly number: number;
  readonly name: string;
  readonly text: string;
  readonly hash: string;
}

/**
 * Brings the database to the newest migration, each in its own transaction. A released migration
 * whose text has changed, or a database from a newer version, is refused.
 */
export async function migrate(query: Kysely<Schema>, kind: DatabaseKind): Promise<void> {
  const migrations = readMigrations();
  const applied = await hashesApplied(query);
  for (const migration of migrations) {
    // Nearly always: who opens a database that is up to date waits for nobody's turn.
    if (applied.get(migration.number) === migration.hash) continue;
    await query.transaction().execute(async (tx) => {
      await prepare(tx, kind);
      await applyOnce(tx, kind, migration);
    });
  }
  const newest = await query
    .selectFrom("migrations")
    .select((select) => select.fn.max("number").as("number"))
    .executeTakeFirstOrThrow();
  if (newest.number > (migrations.at(-1)?.number ?? 0)) {
    throw new StorageError(
      "database_newer",
      "This database was written by a newer version of Assent. Install that version or newer.",
    );
  }
}

/** The hash of every migration that is applied; none where there is no table of them yet. */
async function hashesApplied(query: Kysely<Schema>): Promise<ReadonlyMap<number, string>> {
  try {
    const rows = await query.selectFrom("migrations").select(["number", "hash"]).execute();
    return new Map(rows.map(({ number, hash }) => [number, hash]));
  } catch {
    // Whatever else it was, the first migration meets it too.
    return new Map();
  }
}

async function prepare(tx: Transaction<Schema>, kind: DatabaseKind): Promise<void> {
  if (kind === "postgres") {
    const turn = sql`pg_advisory_xact_lock(${MIGRATION_LOCK}, hashtext(current_schema()))`;
    await sql`select ${turn}`.execute(tx);
  }
  await sql
    .raw(
      translate(
        `create table if not exists migrations (
          number bigint primary key, name text not null, hash text not null,
          applied_at bigint not null
        );`,
        kind,
      ),
    )
    .execute(tx);
}

async function applyOnce(
  tx: Transaction<Schema>,
  kind: DatabaseKind,
  migration: Migration,
): Promise<void> {
  const done = await tx
    .selectFrom("migrations")
    .select("hash")
    .where("number", "=", migration.number)
    .executeTakeFirst();
  if (done) {
    if (done.hash === migration.hash) return;
    throw new StorageError(
      "migration_changed",
      `Migration ${migration.name} differs from the one this database was made with. ` +
        "Restore the released file; changes go into a new migration.",
    );
  }
  const text = translate(migration.text, kind);
  // PostgreSQL takes all of it at once: each way there and back costs more than most statements.
  const statements = kind === "postgres" ? [text] : statementsOf(text);
  for (const statement of statements) await sql.raw(statement).execute(tx);
  await tx
    .insertInto("migrations")
    .values({
      number: migration.number,
      name: migration.name,
      hash: migration.hash,
      applied_at: systemClock.now(),
    })
    .execute();
}

function readMigrations(): readonly Migration[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith(".sql"));
  const migrations = files.sort().map((file) => {
    const text = readFileSync(new URL(file, FOLDER), "utf8");
    return { number: Number(file.slice(0, 4)), name: file, text, hash: sha256Hex(text) };
  });
  assert(new Set(migrations.map(({ number }) => number)).size === files.length, "Two of a number.");
  return migrations;
}

/** Migrations are PostgreSQL's text; SQLite gets its own type names, strict tables, own parts. */
export function translate(text: string, kind: DatabaseKind): string {
  const kept = text
    .replaceAll(/^-- @sqlite\n([\s\S]*?)^-- @postgres\n([\s\S]*?)^-- @end$/gmu, (_, lite, full) =>
      String(kind === "sqlite" ? lite : full),
    )
    .replaceAll(/--.*$/gmu, "");
  if (kind === "postgres") return kept;
  return kept
    .replaceAll(
      "bigint generated always as identity primary key",
      "integer primary key autoincrement",
    )
    .replaceAll(/\bbigint\b/gu, "integer")
    .replaceAll(/\bbytea\b/gu, "blob")
    .replaceAll("double precision", "real")
    .replaceAll(/(create table [\s\S]*?)\);/gu, "$1) strict;");
}

/** Splits at semicolons that end a line, except inside trigger bodies (begin ... end;). */
function statementsOf(text: string): readonly string[] {
  const statements: string[] = [];
  let current = "";
  for (const line of text.split("\n")) {
    current += `${line}\n`;
    const inBody = /\bbegin\b/u.test(current) && !/\bend(;|\s*\$\$)/u.test(current);
    if (/;\s*$/u.test(line) && !inBody) {
      statements.push(current.trim());
      current = "";
    }
  }
  assert(current.trim() === "", "A migration must end with a semicolon.");
  return statements.filter((statement) => statement !== "");
}
