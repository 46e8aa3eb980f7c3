import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { StatementSync } from "node:sqlite";
import { after, before } from "node:test";
import pg from "pg";
import { newId } from "../src/base/ids.ts";
import { verifyConsistency } from "../src/verify/consistency.ts";
import { onEachDatabase } from "./databases.ts";
import { openLedger, type OpenLedger, record } from "./open-ledger.ts";

/**
 * A statement that fails before it reaches the database, or whose success nobody learns of: the
 * second of these is what an acknowledgement that was lost looks like.
 */
type When = "failed" | "failed but persisted";

class Fault extends Error {}

let counting = false;
let steps = 0;
let armed: { readonly at: number; readonly when: When } | null = null;
let fired = "";

type Method = (this: Holder, ...given: unknown[]) => unknown;
interface Holder {
  readonly sourceSQL?: string;
  readonly connection?: { readonly stream: Socket };
}
const undo: (() => void)[] = [];

function spoil(holder: object, name: string): void {
  const methods = holder as Record<string, Method>;
  const original = methods[name]!;
  undo.push(() => {
    methods[name] = original;
  });
  methods[name] = function spoilt(this: Holder, ...given) {
    if (!counting) return original.apply(this, given);
    steps += 1;
    const here = armed?.at === steps ? armed.when : null;
    const [text] = given;
    const statement = this.sourceSQL ?? (typeof text === "string" ? text : "");
    // SQLite's begin is a call in this process: there is no acknowledgement that could be lost.
    const local = this.sourceSQL !== undefined && statement.startsWith("begin");
    if (here !== null) fired = statement.trim();
    if (here === "failed") throw new Fault(statement);
    const result = original.apply(this, given);
    if (here === null || local) return result;
    if (!(result instanceof Promise)) throw new Fault(statement);
    return result.then(async () => {
      const stream = this.connection?.stream;
      const closed = stream && once(stream, "close");
      stream?.destroy();
      await closed;
      throw new Fault(statement);
    });
  };
}

before(() => {
  for (const name of ["all", "run"]) spoil(StatementSync.prototype, name);
  spoil(pg.Client.prototype, "query");
});
after(() => {
  for (const one of undo) one();
});

/** Whether it ended without an error, as far as the caller can tell. */
async function acknowledged(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch {
    return false;
  }
}

/** How often each number was recorded. */
async function recorded({ ledger }: OpenLedger): Promise<ReadonlyMap<number, number>> {
  const times = new Map<number, number>();
  for (const { opening } of await ledger.operatorEntries({ limit: 1000 })) {
    const number = Number(opening?.event["faces"]);
    times.set(number, (times.get(number) ?? 0) + 1);
  }
  return times;
}

onEachDatabase(
  "whichever statement fails, persisted or not, nothing acknowledged is lost or there twice",
  async (database, t) => {
    await using open = await openLedger(database);
    const { ledger } = open;
    const collection = newId("col");
    const event = (faces: number) => ({ kind: "photo.imported", collection, faces }) as const;
    const key = await ledger.verifierKey();
    const kept = new Set<number>();
    const lost = new Set<number>();
    let older = await ledger.checkpoint();
    let number = 0;
    for (const when of ["failed", "failed but persisted"] as const) {
      const statements = new Set<string>();
      for (let at = 1; ; at += 1) {
        [armed, fired, steps, counting] = [{ at, when }, "", 0, true];
        number += 1;
        const told = await acknowledged(async () => record(open, event(number)));
        (told ? kept : lost).add(number);
        await acknowledged(async () => ledger.checkpoint());
        counting = false;
        if (fired === "") break;
        statements.add(fired.split(" ").slice(0, 3).join(" "));
        const times = await recorded(open);
        for (const one of kept) assert.equal(times.get(one), 1, `${one} after ${fired}`);
        for (const one of lost) assert.ok((times.get(one) ?? 0) <= 1, `${one} after ${fired}`);
        const newer = await ledger.checkpoint();
        const sizes = [older, newer].map((note) => Number(note.split("\n")[1]));
        const { hashes } = await ledger.consistency(sizes[0]!, sizes[1]!);
        await verifyConsistency({ older, newer, hashes }, key);
        older = newer;
      }

      t.diagnostic(`${when}: ${statements.size} kinds of statements`);
      for (const some of ["commit", "update entries set", 'insert into "entries"']) {
        const met = [...statements].some((statement) => statement.startsWith(some));
        assert.ok(met, `${some} was among them`);
      }
    }
    const persisted = await recorded(open);
    assert.ok(
      [...lost].some((one) => persisted.has(one)),
      "a commit whose acknowledgement was lost is there all the same, once",
    );
    assert.ok([...lost].some((one) => !persisted.has(one)));
    assert.equal((await ledger.check(older)).entries, persisted.size);
  },
);
