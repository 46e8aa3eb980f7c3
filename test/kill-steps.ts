import { writeSync } from "node:fs";
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { StatementSync } from "node:sqlite";
import pg from "pg";

type Method = (this: unknown, ...given: unknown[]) => unknown;

/**
 * What is counted: `any` is the moment before or after a statement of the database, or an operation
 * on files. The others are of videos, for works that count them: a `look` at a frame, a `packet` of
 * a copy that is written, and what makes the `ending` of its file.
 */
export type StepKind = "any" | "look" | "packet" | "ending";
export type StepCounts = Readonly<Record<StepKind, number>>;

/** The step at which a process is killed: by itself, or by its parent, whom it tells and goes on. */
export interface KillPoint {
  readonly kind: StepKind;
  readonly at: number;
  readonly by: "itself" | "parent";
}

/** What a process says at the step at which its parent is to kill it. */
export const HERE = "here";
/** What it says when it has begun to look at a video, and when that video's decoder is gone. */
export const INSIDE = "inside";
export const OUTSIDE = "outside";

/** Counts what a process does, and kills it (SIGKILL: nothing of it runs any more) at one step. */
export interface Steps {
  /** Counts from now on. Returns itself. */
  start(): Steps;
  /** Stops counting and says how many there were. */
  stop(): StepCounts;
  /** One step. */
  step(kind: StepKind): void;
  /** Makes two steps of each call of a method: before it, and after what it promises. */
  countCalls(kind: StepKind, holder: object, name: string): void;
}

/** Counts steps of the database and of files; others are counted by whoever knows of them. */
export function countSteps(killAt: KillPoint | null): Steps {
  const counts = { any: 0, look: 0, packet: 0, ending: 0 };
  let counting = false;
  const step = (kind: StepKind): void => {
    if (!counting) return;
    counts[kind] += 1;
    if (killAt?.kind !== kind || killAt.at !== counts[kind]) return;
    if (killAt.by === "itself") process.kill(process.pid, "SIGKILL");
    else writeSync(1, `${HERE}\n`);
  };
  const countCalls = (kind: StepKind, holder: object, name: string): void => {
    const methods = holder as Record<string, Method>;
    const original = methods[name];
    if (!original) throw new Error(`Nothing to count: ${name}`);
    methods[name] = function counted(this: unknown, ...given) {
      step(kind);
      const result = original.apply(this, given);
      const after = (): void => step(kind);
      if (result instanceof Promise) void result.then(after, after);
      else after();
      return result;
    };
  };
  for (const name of ["all", "run"]) countCalls("any", StatementSync.prototype, name);
  countCalls("any", pg.Client.prototype, "query");
  for (const name of ["open", "rename", "rm", "readFile", "link", "mkdir"])
    countCalls("any", fs, name);
  syncBuiltinESMExports();
  const self: Steps = {
    start: () => {
      counting = true;
      return self;
    },
    stop: () => {
      counting = false;
      return counts;
    },
    step,
    countCalls,
  };
  return self;
}
