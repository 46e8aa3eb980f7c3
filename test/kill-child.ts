import { writeSync } from "node:fs";
import type { Config } from "../src/app.ts";
import { countSteps, type KillPoint } from "./kill-steps.ts";
import { allWorks, isOfVideos, type WorkName } from "./kill-video-works.ts";
import { openForWork, type Work } from "./kill-works.ts";

/**
 * Does one piece of work in a process of its own, to be killed: by itself or by its parent at a
 * step (`killAt`), or by its parent at any time.
 */
export interface KillTask {
  readonly config: Config;
  readonly inputs: string;
  readonly work: WorkName;
  readonly killAt: KillPoint | null;
}

const task = JSON.parse(process.argv[2] ?? "") as KillTask;
const steps = countSteps(task.killAt);
// FFmpeg loads with it: a fifth of the start of works that have no use for it.
const around = isOfVideos(task.work)
  ? (await import("./kill-video-steps.ts")).countVideoSteps(steps)
  : undefined;
await using app = await openForWork(task.config, around);
const work: Work = allWorks[task.work];
writeSync(1, "started\n");
steps.start();
await work.run(app, task.inputs, (finished) => writeSync(1, `finished ${finished}\n`));
writeSync(1, `ended ${JSON.stringify(steps.stop())}\n`);
