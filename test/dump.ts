import { readFile } from "node:fs/promises";
import { sql } from "kysely";
import type { Db } from "../src/storage/db.ts";
import type { TestDatabase } from "./databases.ts";

/**
 * Everything a database holds, as bytes to look through: the SQLite file with its log and index,
 * or every row of every table of the PostgreSQL schema as text (a server's own files, which keep
 * dead rows until they are reused, can't be read from here).
 */
export async function dumpOf(db: Db, database: TestDatabase): Promise<Buffer> {
  if (db.kind === "sqlite") {
    const files = ["", "-wal", "-shm", "-journal"].map(async (suffix) =>
      readFile(database.address + suffix).catch(() => Buffer.alloc(0)),
    );
    return Buffer.concat(await Promise.all(files));
  }
  return db.write(async (tx) => {
    const tables = await sql<{ tablename: string }>`
      select tablename from pg_tables where schemaname = current_schema()`.execute(tx.write);
    const parts: string[] = [];
    for (const { tablename } of tables.rows) {
      const rows = await sql<{ row: string }>`
        select row_to_json(t)::text as row from ${sql.table(tablename)} t`.execute(tx.write);
      parts.push(tablename, ...rows.rows.map(({ row }) => row));
    }
    return Buffer.from(parts.join("\n"));
  });
}
