import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { sql } from "kysely";
import type { Tx } from "../storage/db.ts";
import { type Row, rowOf } from "../storage/row-text.ts";
import type { Schema } from "../storage/schema.ts";

/** Values that one statement takes, below the bounds of both databases. */
const VALUES_MAX = 20_000;
/** Rows held at a time. */
const ROWS_MAX = 500;
/** Tables whose rows are counted by the database itself. */
const COUNTED = ["entries", "events"] as const;

/** The rows of a file of a dump. Throws StorageError row_invalid. */
export async function* readRows(path: string): AsyncGenerator<Row> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity });
  for await (const line of lines) yield rowOf(line);
}

/** Puts rows into a table, some at a time. Returns how many. */
export async function insertRows(
  tx: Tx,
  table: keyof Schema,
  rows: AsyncIterable<Row> | Iterable<Row>,
): Promise<number> {
  let batch: Row[] = [];
  let count = 0;
  const flush = async (): Promise<void> => {
    await insertBatch(tx, table, batch);
    count += batch.length;
    batch = [];
  };
  for await (const row of rows) {
    batch.push(row);
    const width = Object.keys(row).length;
    if (batch.length >= ROWS_MAX || batch.length * width >= VALUES_MAX) await flush();
  }
  await flush();
  return count;
}

async function insertBatch(tx: Tx, table: keyof Schema, rows: readonly Row[]): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const columns = Object.keys(first);
  const values = rows.map(
    (row) => sql`(${sql.join(columns.map((column) => row[column] ?? null))})`,
  );
  const counted = tx.kind === "postgres" && COUNTED.some((name) => name === table);
  await sql`
    insert into ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))})
    ${counted ? sql`overriding system value` : sql``}
    values ${sql.join(values)}
  `.execute(tx.write);
}

/** Lets the database count on from the largest number that was put in. */
export async function countOn(tx: Tx): Promise<void> {
  // SQLite does so by itself.
  if (tx.kind === "sqlite") return;
  for (const table of COUNTED) {
    await sql`
      select setval(pg_get_serial_sequence(${table}, 'seq'), coalesce(max(seq), 0) + 1, false)
      from ${sql.table(table)}`.execute(tx.write);
  }
}
