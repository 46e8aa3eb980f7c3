import type { Command } from "commander";
import type { App } from "../app.ts";
import { type ImportSummary, importFolder } from "../collections/import.ts";
import { cancel } from "../jobs/jobs.ts";
import { pageOfJobs } from "../jobs/listings.ts";
import type { JobId } from "../base/ids.ts";
import { fileAdvice } from "./advice.ts";
import { collectionOf, withApp } from "./context.ts";
import { runJobs } from "./jobs.ts";
import { complain, count, progressBar, say, table, writeJson } from "./output.ts";
import { StopAsked } from "./stop.ts";

/** Refused files printed for each reason; the JSON has them all. */
const REFUSED_SHOWN_MAX = 20;
const JOBS_SHOWN_MAX = 50;

interface ImportOptions {
  readonly collection: string;
  readonly json?: string;
  readonly later?: boolean;
}

/** import, jobs. */
export function importCommands(assent: Command): void {
  assent
    .command("import")
    .description(
      "Import the photos and videos below a folder. Started again, it goes on where it was.",
    )
    .argument("<folder>", "looked through with all folders in it")
    .requiredOption("--collection <name>", "the collection they belong to")
    .option("--later", "don't run the comparisons this leaves waiting now")
    .option("--json <file>", "write the result as JSON (- for standard output)")
    .action(async (folder: string, options: ImportOptions, command: Command) =>
      withApp(command, async (app) => {
        const summary = await run(app, folder, options);
        if (options.json !== "-") report(summary);
        if (!options.later) await runJobs(app);
      }),
    );
  const jobs = assent.command("jobs").description("Work that waits, runs or ran.");
  jobs
    .command("list", { isDefault: true })
    .description("Show the newest jobs.")
    .action(async (_: unknown, command: Command) => withApp(command, printJobs));
  jobs
    .command("run")
    .description("Run what waits.")
    .action(async (_: unknown, command: Command) =>
      withApp(command, async (app) => void (await runJobs(app))),
    );
  jobs
    .command("cancel")
    .description("Take a waiting job back, or stop one that runs at its next step.")
    .argument("<id>")
    .action(async (id: string, _: unknown, command: Command) =>
      withApp(command, async (app) => {
        await cancel(app.db, app.clock, id as JobId);
        say("Cancelled, or will be at its next step.");
      }),
    );
}

async function run(app: App, folder: string, options: ImportOptions): Promise<ImportSummary> {
  const collection = await collectionOf(app, options.collection);
  if (collection.sceneBasis === null && options.json !== "-") {
    say("No scene basis is recorded: faces are only marked, nobody is compared.");
  }
  const summary = await (async () => {
    using stop = new StopAsked();
    using bar = progressBar("Importing", "files");
    return await importFolder(app.importDeps, app.recorder, collection, folder, {
      // A long video's part that is done, to a tenth.
      onProgress: ({ done, begun, total }) => bar.update(done + begun, total),
      signal: stop.signal,
    });
  })();
  if (options.json !== undefined) await writeJson(options.json, summary);
  return summary;
}

/** What was refused, by reason: one advice helps many files. */
function report(summary: ImportSummary): void {
  const { added, duplicate, refused } = summary;
  say(`${count(added, "file")} added, ${duplicate} known already, ${refused.length} refused.`);
  const reasons = Map.groupBy(refused, ({ reason }) => reason);
  for (const [reason, files] of [...reasons].sort(([a], [b]) => (a < b ? -1 : 1))) {
    complain(`${count(files.length, "file")} refused, ${reason}: ${fileAdvice(reason)}`);
    for (const { path } of files.slice(0, REFUSED_SHOWN_MAX)) complain(`  ${JSON.stringify(path)}`);
    const more = files.length - REFUSED_SHOWN_MAX;
    if (more > 0) complain(`  and ${more} more (--json lists them all)`);
  }
}

async function printJobs(app: App): Promise<void> {
  const jobs = await pageOfJobs(app.db, { targets: null, after: null, limit: JOBS_SHOWN_MAX });
  if (jobs.length === 0) return say("There are no jobs.");
  const rows = jobs.map((job) => [
    job.id,
    job.kind,
    job.state,
    `${job.doneSteps}/${job.totalSteps ?? "?"}`,
    `${job.attempts}`,
    job.errorCode ?? "",
  ]);
  for (const line of table([["JOB", "KIND", "STATE", "DONE", "ATTEMPTS", "ERROR"], ...rows]))
    say(line);
}
