import type { SelectQueryBuilder } from "kysely";
import type { Tx } from "./db.ts";

/**
 * Locks the rows a query finds until the transaction ends: `update` against everybody who locks
 * them so or so, `share` against those who would change them. Neither is in the way of new rows
 * that point at them. SQLite's writers take turns anyway and need no row locks.
 */
export function locked<DB, TB extends keyof DB, O>(
  tx: Tx,
  query: SelectQueryBuilder<DB, TB, O>,
  mode: "update" | "share",
): SelectQueryBuilder<DB, TB, O> {
  if (tx.kind === "sqlite") return query;
  return mode === "update" ? query.forNoKeyUpdate() : query.forShare();
}
