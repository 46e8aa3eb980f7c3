import { AsyncLocalStorage } from "node:async_hooks";
import { Kysely, sql, type Transaction } from "kysely";
import { assert } from "../base/errors.ts";
import { dropDeadRows } from "./dead-rows.ts";
import { StorageError } from "./errors.ts";
import { keepLogMoving } from "./log-keeper.ts";
import { LogSync } from "./log-sync.ts";
import { migrate } from "./migrate.ts";
import type { Schema } from "./schema.ts";
import { aMoment, isDiskFull, PATIENCE_MS, sqliteDialect } from "./sqlite.ts";

export type DatabaseKind = "sqlite" | "postgres";

/** What both Db and Tx can do: ask. */
export interface Reader {
  readonly kind: DatabaseKind;
  readonly read: Pick<Kysely<Schema>, "selectFrom">;
}

/** Deadlocks and serialization failures: the work is done anew this many times, then thrown. */
const ATTEMPTS_MAX = 5;
const RETRY_CODES = new Set(["40001", "40P01"]);

/** Pages of SQLite's log (16 KB each) that a commit moves into the file itself: its own default. */
const LOG_PAGES = 1000;
/** Where a thread does that: 128 MB, which it hardly lets come about. */
const LOG_PAGES_MAX = 8192;

/** Which database the current asynchronous path holds a transaction of. */
const inTransaction = new AsyncLocalStorage<Kysely<Schema>>();

/**
 * An open transaction: the only thing that writes. Made by `Db.write` alone (the constructor takes
 * a key that does not leave this file), so a function that asks for a Tx can't be handed less.
 */
export class Tx implements Reader {
  readonly kind: DatabaseKind;
  readonly #query: Transaction<Schema>;

  constructor(key: symbol, kind: DatabaseKind, query: Transaction<Schema>) {
    assert(key === TX_KEY, "A Tx is made by Db.write.");
    this.kind = kind;
    this.#query = query;
  }

  get read(): Reader["read"] {
    return this.#query;
  }

  get write(): Transaction<Schema> {
    return this.#query;
  }
}

const TX_KEY = Symbol("made by Db.write");

/** A migrated database. */
export class Db implements Reader, AsyncDisposable {
  readonly kind: DatabaseKind;
  readonly #address: string;
  readonly #query: Kysely<Schema>;
  /** Null where commits wait for the disk by themselves. */
  readonly #log: LogSync | null;
  readonly #also: (tx: Tx) => Promise<void>;

  private constructor(
    of: { readonly kind: DatabaseKind; readonly address: string; readonly query: Kysely<Schema> },
    log: LogSync | null,
    also: (tx: Tx) => Promise<void> = async () => {},
  ) {
    this.kind = of.kind;
    this.#address = of.address;
    this.#query = of.query;
    this.#log = log;
    this.#also = also;
  }

  /**
   * Opens and migrates. `address` is a file path, or `postgres://...`; `schema` is PostgreSQL's.
   * Throws StorageError: database_unreachable, database_newer, migration_changed.
   */
  static async open(address: string, options: { schema?: string } = {}): Promise<Db> {
    const kind = isPostgres(address) ? "postgres" : "sqlite";
    const query = new Kysely<Schema>({
      dialect: await dialectOf(kind, address, options.schema ?? null),
    });
    try {
      await sql`select 1`.execute(query);
    } catch (cause) {
      await query.destroy().catch(() => undefined);
      throw unreachableDatabase(cause);
    }
    try {
      await migrate(query, kind);
    } catch (error) {
      await query.destroy();
      throw error;
    }
    return new Db({ kind, address, query }, kind === "sqlite" ? new LogSync(address) : null);
  }

  /** Asks outside of any transaction. Inside one, ask through its Tx: SQLite has one connection. */
  get read(): Reader["read"] {
    assert(inTransaction.getStore() !== this.#query, "Inside a transaction, read through its Tx.");
    return this.#query;
  }

  /**
   * Runs `work` in one transaction: committed when it returns, rolled back when it throws. It may
   * run again after a deadlock, so it changes nothing but the database. What it returned is given
   * only when it survives a power loss.
   */
  async write<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    assert(inTransaction.getStore() !== this.#query, "Transactions don't nest.");
    for (let attempt = 1; ; attempt += 1) {
      try {
        const result = await inTransaction.run(this.#query, () =>
          this.#query.transaction().execute(async (query) => {
            const tx = new Tx(TX_KEY, this.kind, query);
            const done = await work(tx);
            await this.#also(tx);
            return done;
          }),
        );
        await this.#log?.wait();
        return result;
      } catch (error) {
        if (attempt === ATTEMPTS_MAX || !isRetryable(error)) throw error;
      }
    }
  }

  /** The same database; whatever is written through it, `also` is done in the same transaction. */
  with(also: (tx: Tx) => Promise<void>): Db {
    const of = { kind: this.kind, address: this.#address, query: this.#query };
    return new Db(of, this.#log, also);
  }

  /**
   * Runs `work` with a reader that sees the database as it was at one moment, however long it takes
   * and whatever others write meanwhile. Nobody waits for it.
   */
  async snapshot<T>(work: (reader: Reader) => Promise<T>): Promise<T> {
    if (this.kind === "postgres") {
      return this.#query
        .transaction()
        .setIsolationLevel("repeatable read")
        .setAccessMode("read only")
        .execute(async (query) => work({ kind: this.kind, read: query }));
    }
    // SQLite has one connection, and that is for writing.
    const query = new Kysely<Schema>({ dialect: sqliteDialect(this.#address, "deferred") });
    try {
      return await query.transaction().execute(async (tx) => work({ kind: this.kind, read: tx }));
    } finally {
      await query.destroy();
    }
  }

  /**
   * Moves the write-ahead log into the database file and cuts it to zero bytes, so that nothing
   * deleted before stays readable in it. False when other processes read from it all the while.
   * PostgreSQL's log is its own; what lies there is sealed under keys that are gone.
   */
  async truncateLog(patienceMs: number = PATIENCE_MS): Promise<boolean> {
    if (this.kind !== "sqlite") return true;
    const cut = sql<{ busy: number }>`pragma wal_checkpoint(truncate)`;
    for (const until = Date.now() + patienceMs; ;) {
      const { rows } = await cut.execute(this.#query);
      if (rows[0]?.busy === 0) return true;
      if (Date.now() > until) return false;
      await aMoment();
    }
  }

  /**
   * Takes what was deleted out of the database's files. SQLite's is written anew from the rows there
   * are, which takes as long as copying it, and as much room once more. False when there is no room,
   * or when others read what was deleted all the while. See [Note: scrub].
   */
  async rewrite(patienceMs: number = PATIENCE_MS): Promise<boolean> {
    if (this.kind === "postgres") return dropDeadRows(this.#query, patienceMs);
    try {
      await sql`vacuum`.execute(this.#query);
      return true;
    } catch (error) {
      if (isDiskFull(error)) return false;
      throw error;
    }
  }

  /**
   * Has a thread move SQLite's log until the signal is aborted ([Note: moving the log] in
   * storage/log-keeper.ts). For processes that run on; PostgreSQL does it by itself.
   */
  async keepLogMoving(signal: AbortSignal): Promise<void> {
    if (this.kind !== "sqlite") return;
    await sql`pragma wal_autocheckpoint = ${sql.lit(LOG_PAGES_MAX)}`.execute(this.#query);
    try {
      await keepLogMoving(this.#address, signal);
    } finally {
      await sql`pragma wal_autocheckpoint = ${sql.lit(LOG_PAGES)}`.execute(this.#query);
    }
  }

  /** What the database says is wrong with its own file, or null. PostgreSQL answers or it does not. */
  async complaint(): Promise<string | null> {
    if (this.kind !== "sqlite") {
      await sql`select 1`.execute(this.#query);
      return null;
    }
    const { rows } = await sql<{ quick_check: string }>`pragma quick_check(1)`.execute(this.#query);
    const said = rows[0]?.quick_check ?? "no answer";
    return said === "ok" ? null : said;
  }

  /** How far the database's clock is ahead of this machine's, in milliseconds. */
  async clockSkew(): Promise<number> {
    if (this.kind === "sqlite") return 0;
    const asked = Date.now();
    const now = sql<{ ms: string }>`select extract(epoch from clock_timestamp()) * 1000 as ms`;
    const { rows } = await now.execute(this.#query);
    return Number(rows[0]?.ms) - (asked + Date.now()) / 2;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#log?.[Symbol.asyncDispose]();
    await this.#query.destroy();
  }
}

/** True for an address of a PostgreSQL server, false for a file path. */
export function isPostgres(address: string): boolean {
  return /^postgres(ql)?:\/\//u.test(address);
}

async function dialectOf(kind: DatabaseKind, address: string, schema: string | null) {
  if (kind === "postgres") {
    // Loaded where it is used: every command starts with what stands at the top of files.
    const { postgresDialect } = await import("./postgres.ts");
    return postgresDialect(address, schema);
  }
  try {
    return sqliteDialect(address);
  } catch (cause) {
    throw unreachableDatabase(cause);
  }
}

function unreachableDatabase(cause: unknown): StorageError {
  return new StorageError(
    "database_unreachable",
    "The database can't be opened. Check the path or address given with --database or --data, and " +
      "that what lies there may be written by whoever runs this.",
    { cause },
  );
}

function isRetryable(error: unknown): boolean {
  return error instanceof Error && "code" in error && RETRY_CODES.has(String(error.code));
}
