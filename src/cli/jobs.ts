import type { App } from "../app.ts";
import { EXIT } from "./errors.ts";
import { complain, count, progressBar } from "./output.ts";
import { StopAsked } from "./stop.ts";

/** Runs what is queued (backfills) with a progress bar. Returns false if a job failed. */
export async function runJobs(app: App): Promise<boolean> {
  using stop = new StopAsked();
  const { failed } = await (async () => {
    using bar = progressBar("Comparing", "photos");
    return await app.runner.drain({
      onProgress: (_, { done, total }) => bar.update(done, total),
      signal: stop.signal,
    });
  })();
  stop.signal.throwIfAborted();
  if (failed === 0) return true;
  complain(
    `${count(failed, "job")} failed. "assent jobs" says why, "assent jobs run" tries again.`,
  );
  process.exitCode = EXIT.failed;
  return false;
}
