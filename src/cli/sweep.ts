import type { Command } from "commander";
import { PLAN_MAX, planSweep, sweep, type SweepLine } from "../rights/retention.ts";
import type { RetentionKind } from "../rights/retention-rules.ts";
import { withApp } from "./context.ts";
import { say, table, writeJson } from "./output.ts";

/** What goes, and why, a line each. */
const WORDS: Readonly<Record<RetentionKind, readonly [what: string, why: string]>> = {
  grants_overdue: ["consents past their end", "every consent ends"],
  grants_over: ["evidence and keys of ended consents", "the time to undo a mistake is over"],
  subjects_over: ["people, whole", "no consent of theirs is left"],
  searches: ["records of searches", "3 years old"],
  probes: ["kept photos and videos of searches", "the asker named the day"],
  objections: ["reasons of objections", "3 years old"],
  file_lists: ["lists of imported files", "90 days after the import"],
  messages: ["webhook messages", "90 days after delivery, a year where given up"],
  jobs: ["ended jobs", "30 days after their end"],
  stray_files: ["photo files that no photo is", "an import was cut short"],
};

/** sweep. */
export function sweepCommands(assent: Command): void {
  assent
    .command("sweep")
    .description("Remove everything whose time is over. Run it daily.")
    .option("--dry-run", "show what would go, and change nothing")
    .option("--json <file>", "write the table as JSON (- for standard output)")
    .action(
      async (options: { readonly dryRun?: boolean; readonly json?: string }, command: Command) =>
        withApp(command, async (app) => {
          const dry = options.dryRun === true;
          const lines = dry ? await planSweep(app, app.clock) : await sweep(app, app.recorder);
          if (options.json !== undefined) await writeJson(options.json, lines);
          if (options.json !== "-") show(lines, dry);
        }),
    );
}

function show(lines: readonly SweepLine[], dry: boolean): void {
  const head = ["COUNT", dry ? "WOULD GO" : "GONE", "WHY", "OLDEST"];
  const rows = lines.map(({ kind, count: number, oldest }) => [
    number === PLAN_MAX ? `${number} or more` : String(number),
    ...WORDS[kind],
    oldest === null ? "" : new Date(oldest).toISOString().slice(0, 10),
  ]);
  for (const line of table([head, ...rows])) say(line);
}
