import { writeSync } from "node:fs";
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { StatementSync } from "node:sqlite";
import pg from "pg";
import type { Config } from "../src/app.ts";
import { openForWork, type WorkName, works } from "./kill-works.ts";

/**
 * Does one piece of work in a process of its own, to be killed. Given `killAt`, it kills itself
 * (SIGKILL: nothing of it runs any more) at that step; a step is the moment before or after a
 * statement of the database, or an operation on files. Otherwise it waits for its parent to do so.
 */
export interface KillTask {
  readonly config: Config;
  readonly inputs: string;
  readonly work: WorkName;
  readonly killAt: number | null;
}

const task = JSON.parse(process.argv[2] ?? "") as KillTask;
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
  const original = methods[name];
  if (!original) throw new Error(`Nothing to count: ${name}`);
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
for (const name of ["open", "rename", "rm", "readFile"]) countCalls(fs, name);
syncBuiltinESMExports();

await using app = await openForWork(task.config);
writeSync(1, "started\n");
counting = true;
await works[task.work].run(app, task.inputs, (finished) => writeSync(1, `finished ${finished}\n`));
counting = false;
writeSync(1, `ended ${steps}\n`);
