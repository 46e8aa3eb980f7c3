import { writeSync } from "node:fs";
import type { Config } from "../src/app.ts";
import { countSteps } from "./kill-steps.ts";
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
const steps = countSteps(task.killAt);
await using app = await openForWork(task.config);
writeSync(1, "started\n");
steps.start();
await works[task.work].run(app, task.inputs, (finished) => writeSync(1, `finished ${finished}\n`));
writeSync(1, `ended ${steps.stop()}\n`);
