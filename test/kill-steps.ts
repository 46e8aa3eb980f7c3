import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { StatementSync } from "node:sqlite";
import pg from "pg";

type Method = (this: unknown, ...given: unknown[]) => unknown;

/** Counts what a process does, and kills it (SIGKILL: nothing of it runs any more) at one step. */
export interface Steps {
  /** Counts from now on. Returns itself. */
  start(): Steps;
  /** Stops counting and says how many there were. */
  stop(): number;
}

/**
 * A step is the moment before or after a statement of the database, or an operation on files.
 * Without `killAt` the process lives.
 */
export function countSteps(killAt: number | null): Steps {
  let steps = 0;
  let counting = false;
  const step = (): void => {
    if (!counting) return;
    steps += 1;
    if (steps === killAt) process.kill(process.pid, "SIGKILL");
  };
  const countCalls = (holder: object, name: string): void => {
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
  };
  for (const name of ["all", "run"]) countCalls(StatementSync.prototype, name);
  countCalls(pg.Client.prototype, "query");
  for (const name of ["open", "rename", "rm", "readFile", "link", "mkdir"]) countCalls(fs, name);
  syncBuiltinESMExports();
  const self: Steps = {
    start: () => {
      counting = true;
      return self;
    },
    stop: () => {
      counting = false;
      return steps;
    },
  };
  return self;
}
