import type { Compilable, CompiledQuery, InferResult, Kysely } from "kysely";
import type { DatabaseKind, Reader } from "./db.ts";
import type { Schema } from "./schema.ts";

/** Stands in a statement for a value that is given each time it is run. */
class Placeholder {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  [Symbol.toPrimitive](): never {
    throw new Error("A statement that is built once can't depend on a value.");
  }
}

/** Answers to every name with its placeholder. */
const PLACES = new Proxy({}, { get: (_, name) => new Placeholder(String(name)) });

/**
 * A question whose words are always the same, where many are asked in a second: to build one anew takes
 * half as long as SQLite takes to answer it, so it is built once, with placeholders for what is given.
 * `build` passes each given value on to the question and does nothing else with it: it sees its place,
 * and no value.
 */
export function prepared<Given extends object, Query extends Compilable>(
  build: (read: Reader["read"], given: Given) => Query,
): (reader: Reader, given: Given) => Promise<InferResult<Query>> {
  const built = new Map<DatabaseKind, CompiledQuery>();
  return async (reader, given) => {
    const { kind } = reader;
    // A reader has no way to run a finished statement, which might write. This one asks.
    const query = reader.read as Kysely<Schema>;
    // What is kept is for every reader: it is built without what one alone has plugged in.
    const statement = built.get(kind) ?? build(query.withoutPlugins(), PLACES as Given).compile();
    built.set(kind, statement);
    const parameters = statement.parameters.map((value) =>
      value instanceof Placeholder ? given[value.name as keyof Given] : value,
    );
    const { rows } = await query.executeQuery({ ...statement, parameters });
    return rows as InferResult<Query>;
  };
}
