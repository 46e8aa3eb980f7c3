import type { Command } from "commander";
import { enrol } from "../collections/enrol.ts";
import { enrolCsv, type RowResult } from "../collections/enrol-csv.ts";
import type { App } from "../app.ts";
import { collectionOf, withApp } from "./context.ts";
import { faceAdvice, rowAdvice } from "./advice.ts";
import { EXIT, UsageError } from "./errors.ts";
import { runJobs } from "./jobs.ts";
import { ofPerson } from "./renew.ts";
import { complain, count, progressBar, say, writeJson } from "./output.ts";

interface EnrolOptions {
  readonly collection: string;
  readonly csv?: string;
  readonly subject?: string;
  readonly contact?: string;
  readonly photo?: string;
  readonly form?: string;
  readonly signedOn?: string;
  readonly witness?: string;
  readonly keepPhoto?: boolean;
  readonly born?: string;
  readonly guardian?: string;
  readonly relation?: string;
  readonly language?: string;
  readonly json?: string;
  readonly later?: boolean;
}

/** enrol: one person, or a CSV of them. */
export function enrolCommands(assent: Command): void {
  assent
    .command("enrol")
    .description("Record a consent given on paper, with the photo that shows the person's face.")
    .requiredOption("--collection <name>", "the collection they may be found in")
    .option("--subject <name>", "the person's name")
    .option("--contact <mail>", "the person's e-mail address")
    .option("--photo <file>", "a photo of their face, alone")
    .option("--form <reference>", "where the signed form is kept")
    .option("--signed-on <date>", "YYYY-MM-DD")
    .option("--witness <name>", "who of the staff saw the signature")
    .option("--keep-photo", "the person ticked that the photo may be kept for a change of model")
    .option("--born <date>", "the person's date of birth, where they may be below the age floor")
    .option("--guardian <name>", "who said yes for a person below the age floor")
    .option("--relation <text>", "what the guardian is to them: mother, foster father")
    .option("--language <code>", "of the notice on the form (default: the collection's first)")
    .option(
      "--csv <file>",
      "many people: columns subject, contact, photo, form, signed_on, witness, and if wanted " +
        "keep_photo (yes/no), born, guardian, relation, language",
    )
    .option("--later", "don't look through the photos already imported now")
    .option("--json <file>", "write the results as JSON (- for standard output)")
    .action(async (options: EnrolOptions, command: Command) =>
      withApp(command, async (app) => {
        if (options.csv === undefined) await enrolOne(app, options);
        else await enrolMany(app, options, options.csv);
        if (!options.later) await runJobs(app);
      }),
    );
}

async function enrolOne(app: App, options: EnrolOptions): Promise<void> {
  const { subject, contact, photo, form, signedOn, witness } = options;
  if (!subject || !contact || !photo || !form || !signedOn || !witness) {
    throw new UsageError(
      "enrol needs --subject, --contact, --photo, --form, --signed-on and --witness, or --csv.",
    );
  }
  const collection = await collectionOf(app, options.collection);
  const result = await enrol(app, app.recorder, collection, {
    name: subject,
    contact,
    photo: { file: photo },
    evidence: { kind: "paper", form, signedOn, witness, ...ofPerson(options) },
    keepPhoto: options.keepPhoto ?? false,
    language: options.language,
  });
  if (options.json !== undefined) await writeJson(options.json, result);
  if (result.kind === "refused") {
    process.exitCode = EXIT.failed;
    complain("Not enrolled, nothing was kept:");
    for (const problem of result.problems) complain(`  ${problem}: ${faceAdvice(problem)}`);
    return;
  }
  if (options.json === "-") return;
  say(`${subject} ${DONE[result.kind]}. Their id: ${result.subject}`);
}

const DONE = {
  enrolled: "is enrolled",
  renewed: "was enrolled with this photo before; their consent is renewed",
  already: "was enrolled with this photo and form before",
} as const;

async function enrolMany(app: App, options: EnrolOptions, csv: string): Promise<void> {
  const collection = await collectionOf(app, options.collection);
  const results = await (async (): Promise<readonly RowResult[]> => {
    using bar = progressBar("Enrolling", "people");
    const deps = { ...app, parallel: app.importDeps.parallel };
    return await enrolCsv(deps, app.recorder, collection, csv, (done, total) =>
      bar.update(done, total),
    );
  })();
  if (options.json !== undefined) await writeJson(options.json, results);
  if (options.json === "-") return;
  const of = (outcome: RowResult["outcome"]) => results.filter((row) => row.outcome === outcome);
  const renewed = of("renewed").length === 0 ? "" : `${of("renewed").length} renewed, `;
  say(
    `${of("enrolled").length} enrolled, ${renewed}${of("already").length} enrolled before, ` +
      `${of("refused").length} refused, of ${count(results.length, "row")}.`,
  );
  for (const { line, reasons } of of("refused")) {
    for (const { code, advice } of reasons) {
      complain(`  line ${line}: ${code}: ${advice ?? rowAdvice(code)}`);
    }
  }
}
