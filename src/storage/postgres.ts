import { Pool, TypeOverrides, types as parsers } from "pg";
import { PostgresDialect } from "kysely";

/** Connections a node holds: enough for its handful of parallel requests and jobs. */
const CONNECTIONS_MAX = 10;
const CONNECT_TIMEOUT_MS = 10_000;
/** No statement of ours runs this long; one that does is stuck. */
const STATEMENT_TIMEOUT_MS = 60_000;

/**
 * Opens a PostgreSQL server as Kysely's dialect. `schema` puts every table into that schema, which
 * must exist. 64-bit integers are read as numbers: ours are times and counts far below 2^53.
 */
export function postgresDialect(address: string, schema: string | null): PostgresDialect {
  const types = new TypeOverrides();
  types.setTypeParser(parsers.builtins.INT8, Number);
  const pool = new Pool({
    connectionString: address,
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    types,
    ...(schema === null ? {} : { options: `-c search_path=${schema}` }),
  });
  // A connection that breaks while idle is replaced by the pool; without a listener Node would end
  // the process.
  pool.on("error", () => undefined);
  // So it would for one that breaks between two statements of a transaction; the next one fails.
  pool.on("connect", (client) => client.on("error", () => undefined));
  return new PostgresDialect({ pool });
}
