import type { Command } from "commander";
import { count, say } from "./output.ts";
import { scopeOf, subjectOf, withApp } from "./context.ts";
import { runJobs } from "./jobs.ts";
import { pause, resume, withdraw } from "../rights/consent-changes.ts";
import { erase } from "../rights/erase.ts";

interface PersonOptions {
  readonly subject: string;
  readonly collection?: string;
}

/** withdraw, pause, resume, erase. None of them asks for a face. */
export function rightsCommands(assent: Command): void {
  const changes = [
    ["withdraw", withdraw, "End a person's consent: no search returns them from now on."],
    ["pause", pause, "Take a person out of searches until they say otherwise."],
    ["resume", resume, "End a pause."],
  ] as const;
  for (const [name, change, description] of changes) {
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
          say(`${name}: in force, in ${count(changed, "collection")}.`);
          if (name === "resume") await runJobs(app);
        }),
      );
  }
  assent
    .command("erase")
    .description("Erase a person: keys, templates, photo of enrolment, sightings, name, contact.")
    .requiredOption("--subject <person>", "name, contact or id")
    .action(async (options: PersonOptions, command: Command) =>
      withApp(command, async (app) => {
        await erase(app, app.recorder, await subjectOf(app, options.subject));
        say("erase: done. Their keys are destroyed and nothing of theirs can be opened.");
      }),
    );
}
