import type { CompiledQuery, KyselyPlugin } from "kysely";
import type { Db, Tx } from "../src/storage/db.ts";

/** Moments of a piece of work at which something may go wrong. */
export interface Faults {
  /**
   * Called before and after every statement of every transaction, with its number from 1, and may
   * throw or end the process there.
   */
  readonly onStep?: (step: number) => void;
  /** Called when a transaction is committed and nobody has been told yet. */
  readonly onCommitted?: () => Promise<void>;
}

/** The real database, whose transactions can be hit at any of their steps. */
export function faultyDb(db: Db, faults: Faults): Db {
  let steps = 0;
  const step = (): void => {
    steps += 1;
    faults.onStep?.(steps);
  };
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => {
      step();
      return node;
    },
    transformResult: async ({ result }) => {
      step();
      return result;
    },
  };
  const write = async <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
    const result = await db.write(async (tx) => work(withFaults(tx, plugin, step)));
    await faults.onCommitted?.();
    return result;
  };
  return new Proxy(db, {
    get: (target, key) => (key === "write" ? write : memberOf(target, key)),
  });
}

function withFaults(tx: Tx, plugin: KyselyPlugin, step: () => void): Tx {
  const query = tx.write.withPlugin(plugin);
  // A statement that was built before passes the plugin after it was run, and not before.
  const asked = new Proxy(query, {
    get: (target, key) => {
      if (key !== "executeQuery") return memberOf(target, key);
      return async (statement: CompiledQuery) => {
        step();
        return target.executeQuery(statement);
      };
    },
  });
  return new Proxy(tx, {
    get: (target, key) => (key === "read" || key === "write" ? asked : memberOf(target, key)),
  });
}

/** Private fields are found only on the object itself. */
function memberOf(target: object, key: string | symbol): unknown {
  const member: unknown = Reflect.get(target, key, target);
  return typeof member === "function" ? member.bind(target) : member;
}
