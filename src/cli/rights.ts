import type { Command } from "commander";
import { count, say } from "./output.ts";
import { scopeOf, subjectOf, withApp } from "./context.ts";
import { runJobs } from "./jobs.ts";
import { pause, resume, withdraw } from "../rights/consent-changes.ts";

interface PersonOptions {
  readonly subject: string;
  readonly collection?: string;
}

/** withdraw, pause, resume. None of them asks for a face. */
export function rightsCommands(assent: Command): void {
  const changes = [
    {
      name: "withdraw",
      change: withdraw,
      description: "End a person's consent: no search returns them from now on.",
      done: ["Withdrawn", ": no search there returns them from now on."],
    },
    {
      name: "pause",
      change: pause,
      description: "Take a person out of searches until they say otherwise.",
      done: ["Paused", ": no search there returns them until they resume."],
    },
    { name: "resume", change: resume, description: "End a pause.", done: ["Resumed", "."] },
  ] as const;
  for (const { name, change, description, done } of changes) {
    assent
      .command(name)
      .description(description)
      .requiredOption("--subject <person>", "name, contact or id")
      .option("--collection <name>", "only there (default: everywhere)")
      .action(async (options: PersonOptions, command: Command) =>
        withApp(command, async (app) => {
          const subject = await subjectOf(app, options.subject);
          const scope = await scopeOf(app, options.collection);
          const changed = await change(app.db, app.recorder, subject, scope);
          say(`${done[0]} in ${count(changed, "collection")}${done[1]}`);
          if (name === "resume") await runJobs(app);
        }),
      );
  }
}
