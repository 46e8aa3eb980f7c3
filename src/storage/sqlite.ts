import { DatabaseSync, type StatementSync } from "node:sqlite";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import {
  CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
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
 *
 * Every transaction that may write takes the write lock at its start: one that read first and wrote
 * later could find its snapshot stale and fail where it only had to wait. `deferred` is for reading.
 */
export function sqliteDialect(
  path: string,
  begin: "immediate" | "deferred" = "immediate",
): Dialect {
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
  return new SqliteFile(database, begin);
}

/** Kysely's own words for SQLite, over one connection that is used in turns. */
class SqliteFile implements Dialect, Driver {
  readonly #database: DatabaseSync;
  readonly #begin: string;
  readonly #connection: PatientConnection;
  readonly #turns = new Turns();

  constructor(database: DatabaseSync, begin: string) {
    this.#database = database;
    this.#begin = begin;
    this.#connection = new PatientConnection(database);
  }

  createDriver(): Driver {
    return this;
  }

  createQueryCompiler(): SqliteQueryCompiler {
    return new SqliteQueryCompiler();
  }

  createAdapter(): SqliteAdapter {
    return new SqliteAdapter();
  }

  createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    return new SqliteIntrospector(db);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    await this.#turns.take();
    return this.#connection;
  }

  async releaseConnection(): Promise<void> {
    this.#turns.give();
  }

  /**
   * Not before the event loop has come round: SQLite works in this thread, and many transactions that
   * wait for each other would else follow one another in one step, in which nothing else is answered.
   */
  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await setImmediate();
    await connection.executeQuery(CompiledQuery.raw(`begin ${this.#begin}`));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("commit"));
  }

  /** On a full disk SQLite has rolled back by itself: what is told is that, and not a failed rollback. */
  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (!this.#database.isTransaction) return;
    await connection.executeQuery(CompiledQuery.raw("rollback"));
  }

  async destroy(): Promise<void> {
    this.#database.close();
  }
}

/** One after the other, in the order they came: whoever is next is woken, and nobody else. */
class Turns {
  #taken = false;
  readonly #waiting: (() => void)[] = [];

  async take(): Promise<void> {
    if (!this.#taken) {
      this.#taken = true;
      return;
    }
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  give(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#taken = false;
  }
}

/**
 * Waits while another process writes, without blocking this one. Looking often matters: a process
 * that writes without a pause leaves the lock free for moments only, and a withdrawal from another
 * one must get through.
 */
class PatientConnection implements DatabaseConnection {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, Statement>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    for (const until = Date.now() + PATIENCE_MS; ;) {
      try {
        return this.#prepare(sql)(parameters as readonly Parameter[]) as QueryResult<R>;
      } catch (error) {
        if (!isBusy(error)) throw error;
        if (Date.now() > until) throw databaseBusy(error);
      }
      await aMoment();
    }
  }

  streamQuery(): never {
    throw new Error("Rows are asked for a page at a time.");
  }

  #prepare(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = statementOf(this.#database.prepare(sql), sql);
    if (this.#statements.size >= STATEMENTS_MAX) this.#statements.clear();
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** Some milliseconds, never the same: two who wait for each other don't meet again and again. */
export function aMoment(): Promise<void> {
  return sleep(1 + Math.random() * LOOK_MS_MAX);
}

/** True for SQLite's word that another holds the lock. */
export function isBusy(error: unknown): boolean {
  return isSqliteError(error, SQLITE_BUSY);
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

type Parameter = null | number | bigint | string | NodeJS.ArrayBufferView;
type Row = Readonly<Record<string, unknown>>;

/** Runs a statement. */
type Statement = (parameters: readonly Parameter[]) => QueryResult<Row>;

function statementOf(statement: StatementSync, sql: string): Statement {
  if (statement.columns().length === 0) {
    return (parameters) => {
      const { changes } = statement.run(...parameters);
      return { rows: [], numAffectedRows: BigInt(changes) };
    };
  }
  // What `*` stands for changes with the table, which another process may migrate.
  if (sql.includes("*")) return (parameters) => ({ rows: statement.all(...parameters) });
  statement.setReturnArrays(true);
  const toRow = rowMaker(statement);
  return (parameters) => ({ rows: statement.all(...parameters).map(toRow) });
}

/**
 * Makes rows, all of one shape, of a statement's values. Node's own objects are dictionaries to the
 * engine: whatever then copied a row or took it apart took half as long again.
 */
function rowMaker(statement: StatementSync): (values: unknown) => Row {
  const names = statement.columns().map(({ name }) => name);
  const blank: Row = Object.fromEntries(names.map((name) => [name, null]));
  return (values) => {
    const row: Record<string, unknown> = { ...blank };
    names.forEach((name, index) => {
      row[name] = (values as unknown[])[index];
    });
    return row;
  };
}
