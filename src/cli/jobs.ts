import type { App } from "../app.ts";
import { count, progressBar, say } from "./output.ts";

/** Runs what is queued (backfills) with a progress bar. Returns false if a job failed. */
export async function runJobs(app: App): Promise<boolean> {
  using bar = progressBar("Comparing photos", "photos");
  const { failed } = await app.runner.drain({
    onProgress: (_, { done, total }) => bar.update(done, total),
  });
  if (failed === 0) return true;
  say(`${count(failed, "job")} failed and will be tried again: assent jobs run`);
  process.exitCode = 1;
  return false;
}
