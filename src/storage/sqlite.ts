import { DatabaseSync, type StatementSync } from "node:sqlite";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  SqliteDialect,
  SqliteDriver,
  type SqliteDatabase,
  type SqliteStatement,
} from "kysely";
import { StorageError } from "./errors.ts";

/** How long a writer waits for other processes' transactions; each of ours takes milliseconds. */
export const PATIENCE_MS = 20_000;
/** How often it looks. SQLite's own waiting looks ten times a second, and blocks the process. */
const LOOK_MS_MAX = 4;
const SQLITE_BUSY = 5;
const SQLITE_FULL = 13;
/** 64 MB of pages in memory at most: SQLite's own 2 MB hold not even the indexes of a busy hour. */
const CACHE_KIB = 64 * 1024;
/** Distinct statements kept compiled. The code has fewer; a bound in case one is built by values. */
const STATEMENTS_MAX = 500;

/**
 * Opens a SQLite file as Kysely's dialect.
 *
 * In WAL mode with `synchronous=NORMAL` a commit appends to the log and waits for no disk; `Db.write`
 * does that after it ([Note: durable] in log-sync.ts). `secure_delete` overwrites what is deleted. A
 * larger page than the default wastes less on rows of 1-2 KB, and a still larger one would have each
 * commit write more: an index takes a page for every row that is added to it.
 */
export function sqliteDialect(
  path: string,
  begin: "immediate" | "deferred" = "immediate",
): SqliteDialect {
  const database = new DatabaseSync(path, { timeout: PATIENCE_MS });
  database.exec(`
    pragma page_size = 8192;
    pragma cache_size = -${CACHE_KIB};
    pragma journal_mode = wal;
    pragma synchronous = normal;
    pragma secure_delete = on;
    pragma foreign_keys = on;
    pragma temp_store = memory;
    pragma busy_timeout = 0;
  `);
  return new PatientDialect(
    { database: adapt(database) },
    {
      begin,
      isOpen: () => database.isTransaction,
    },
  );
}

/** How a connection begins transactions, and whether one is open. */
interface Transactions {
  readonly begin: "immediate" | "deferred";
  readonly isOpen: () => boolean;
}

/** Some milliseconds, never the same: two who wait for each other don't meet again and again. */
export function aMoment(): Promise<void> {
  return sleep(1 + Math.random() * LOOK_MS_MAX);
}

/**
 * Every transaction that may write takes the write lock at its start: one that read first and wrote
 * later could find its snapshot stale and fail where it only had to wait. `deferred` is for reading.
 */
class PatientDialect extends SqliteDialect {
  readonly #database: SqliteDatabase;
  readonly #transactions: Transactions;

  constructor(config: { database: SqliteDatabase }, transactions: Transactions) {
    super(config);
    this.#database = config.database;
    this.#transactions = transactions;
  }

  override createDriver(): Driver {
    return new PatientDriver({ database: this.#database }, this.#transactions);
  }
}

class PatientDriver extends SqliteDriver {
  readonly #transactions: Transactions;

  constructor(config: { database: SqliteDatabase }, transactions: Transactions) {
    super(config);
    this.#transactions = transactions;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    return new PatientConnection(await super.acquireConnection());
  }

  /**
   * Not before the event loop has come round: SQLite works in this thread, and many transactions that
   * wait for each other would else follow one another in one step, in which nothing else is answered.
   */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await setImmediate();
    await connection.executeQuery(CompiledQuery.raw(`begin ${this.#transactions.begin}`));
  }

  /** On a full disk SQLite has rolled back by itself: what is told is that, and not a failed rollback. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#transactions.isOpen()) await super.rollbackTransaction(connection);
  }
}

/**
 * Waits while another process writes, without blocking this one. Looking often matters: a process
 * that writes without a pause leaves the lock free for moments only, and a withdrawal from another
 * one must get through.
 */
class PatientConnection implements DatabaseConnection {
  readonly #connection: DatabaseConnection;

  constructor(connection: DatabaseConnection) {
    this.#connection = connection;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    for (const until = Date.now() + PATIENCE_MS; ;) {
      try {
        return await this.#connection.executeQuery<R>(query);
      } catch (error) {
        if (!isSqliteError(error, SQLITE_BUSY)) throw error;
        if (Date.now() > until) throw databaseBusy(error);
      }
      await aMoment();
    }
  }

  streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    return this.#connection.streamQuery<R>(query);
  }
}

/** True for SQLite's word that the disk has no room left. */
export function isDiskFull(error: unknown): boolean {
  return isSqliteError(error, SQLITE_FULL);
}

function isSqliteError(error: unknown, code: number): boolean {
  // The low byte; the rest says which kind of it.
  return error instanceof Error && "errcode" in error && (Number(error.errcode) & 0xff) === code;
}

function databaseBusy(cause: unknown): StorageError {
  return new StorageError(
    "database_busy",
    "Other processes keep the database busy. Nothing was changed: try again, or stop one of them.",
    { cause },
  );
}

function adapt(database: DatabaseSync): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>();
  return {
    close: () => database.close(),
    prepare: (sql) => {
      const known = statements.get(sql);
      if (known) return known;
      const statement = adaptStatement(database.prepare(sql));
      if (statements.size >= STATEMENTS_MAX) statements.clear();
      statements.set(sql, statement);
      return statement;
    },
  };
}

type Parameter = null | number | bigint | string | NodeJS.ArrayBufferView;

function adaptStatement(statement: StatementSync): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...(parameters as Parameter[])),
    run: (parameters) => statement.run(...(parameters as Parameter[])),
    iterate: (parameters) => statement.iterate(...(parameters as Parameter[])),
  };
}
