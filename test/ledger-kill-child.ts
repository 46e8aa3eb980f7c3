import { writeSync } from "node:fs";
import { StatementSync } from "node:sqlite";
import pg from "pg";
import { newId } from "../src/base/ids.ts";
import type { TestDatabase } from "./databases.ts";
import { openLedger, record } from "./open-ledger.ts";

/**
 * Appends numbered events and sequences them, until it is killed: by its parent, or by itself
 * (SIGKILL: nothing of it runs any more) at step `killAt`, the moment before or after a statement.
 * Says what was acknowledged: numbers, and signed notes.
 */
export interface KillLedgerTask {
  readonly database: TestDatabase;
  readonly from: number;
  readonly killAt: number | null;
}

const task = JSON.parse(process.argv[2] ?? "") as KillLedgerTask;
/** Long before this many the child is dead. */
const EVENTS_MAX = 100_000;
let steps = 0;
let counting = false;

function step(): void {
  if (!counting) return;
  steps += 1;
  if (steps === task.killAt) process.kill(process.pid, "SIGKILL");
}

type Method = (this: unknown, ...given: unknown[]) => unknown;

function countCalls(holder: object, name: string): void {
  const methods = holder as Record<string, Method>;
  const original = methods[name]!;
  methods[name] = function counted(this: unknown, ...given) {
    step();
    const result = original.apply(this, given);
    if (result instanceof Promise) void result.then(step, step);
    else step();
    return result;
  };
}

for (const name of ["all", "run"]) countCalls(StatementSync.prototype, name);
countCalls(pg.Client.prototype, "query");

await using open = await openLedger(task.database);
const collection = newId("col");
writeSync(1, "started\n");
counting = true;
for (let number = task.from; number < task.from + EVENTS_MAX;) {
  const group = Array.from({ length: 1 + (number % 7) }, (_, index) => number + index);
  const events = group.map((faces) => ({ kind: "photo.imported", collection, faces }) as const);
  await record(open, ...events);
  writeSync(1, `recorded ${group.join(" ")}\n`);
  number += group.length;
  if (number % 3 === 0) {
    const note = await open.ledger.checkpoint();
    writeSync(1, `signed ${Buffer.from(note).toString("base64")}\n`);
  }
}
