import { type Kysely, sql } from "kysely";
import { columns } from "./columns.ts";
import type { Schema } from "./schema.ts";
import { aMoment } from "./sqlite.ts";

/**
 * Written anew: what their dead rows hold can be guessed at (digests of names), or opens with the
 * master key alone. Both are small. What dead rows of other tables hold is sealed under keys that
 * the roll of the epoch has destroyed, or is pseudonymous; vacuum gives their room back for reuse.
 */
const WRITTEN_ANEW = ["epoch_keys", "subjects"] as const satisfies readonly (keyof Schema)[];

/**
 * Takes the row versions that were deleted or replaced out of PostgreSQL's tables. False when
 * another transaction still sees them after `patienceMs`.
 */
export async function dropDeadRows(query: Kysely<Schema>, patienceMs: number): Promise<boolean> {
  const now = await sql<{ xid: string }>`
    select pg_current_xact_id()::xid::text as xid`.execute(query);
  const mark = now.rows[0]?.xid ?? "";
  for (const until = Date.now() + patienceMs; await areSeen(query, mark); await aMoment()) {
    if (Date.now() > until) return false;
  }
  for (const table of tables()) {
    const full = WRITTEN_ANEW.some((name) => name === table);
    await sql`vacuum ${full ? sql`full` : sql``} ${sql.table(table)}`.execute(query);
  }
  return true;
}

/** Whether a transaction that began before this one may still read what was deleted before it. */
async function areSeen(query: Kysely<Schema>, mark: string): Promise<boolean> {
  const older = await sql<{ count: number }>`
    select count(*)::int as count from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and backend_xmin is not null
      and age(backend_xmin) > age(${mark}::xid)`.execute(query);
  return older.rows[0]?.count !== 0;
}

/** Every table from which an erasure deletes, or in which it changes something. */
function tables(): readonly string[] {
  const touched = Object.entries(columns).filter(([, notes]) =>
    Object.values(notes).some(({ erasure }) => erasure !== "stays"),
  );
  return [...new Set([...WRITTEN_ANEW, ...touched.map(([table]) => table)])];
}
