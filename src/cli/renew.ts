import type { Command } from "commander";
import { renew } from "../collections/take-consent.ts";
import type { PaperEvidence } from "../consent/evidence.ts";
import { collectionOf, subjectOf, withApp } from "./context.ts";
import { say } from "./output.ts";

interface RenewOptions extends PersonOptions {
  readonly subject: string;
  readonly collection: string;
  readonly form: string;
  readonly signedOn: string;
  readonly witness: string;
  readonly keepPhoto?: boolean;
  readonly language?: string;
}

/** What a form may say of a person who is young. */
interface PersonOptions {
  readonly born?: string;
  readonly guardian?: string;
  readonly relation?: string;
}

/** A person's date of birth and guardian, as evidence has them. */
export function ofPerson({
  born,
  guardian,
  relation,
}: PersonOptions): Pick<PaperEvidence, "born" | "guardian"> {
  return { born, guardian: { name: guardian ?? "", relation: relation ?? "" } };
}

/** renew: a new form of a person who is enrolled. */
export function renewCommands(assent: Command): void {
  assent
    .command("renew")
    .description("Record a new form of a person who is enrolled: their consent ends anew.")
    .requiredOption("--subject <person>", "name, contact or id")
    .requiredOption("--collection <name>", "where they may be found")
    .requiredOption("--form <reference>", "where the signed form is kept")
    .requiredOption("--signed-on <date>", "YYYY-MM-DD")
    .requiredOption("--witness <name>", "who of the staff saw the signature")
    .option("--keep-photo", "the person ticked that an enrolment photo may be kept")
    .option("--no-keep-photo", "they did not; one that is kept goes (default: as it was)")
    .option("--born <date>", "the person's date of birth, where they may be below the age floor")
    .option("--guardian <name>", "who said yes for a person below the age floor")
    .option("--relation <text>", "what the guardian is to them: mother, foster father")
    .option("--language <code>", "of the notice on the form (default: the collection's first)")
    .action(async (options: RenewOptions, command: Command) =>
      withApp(command, async (app) => {
        const { form, signedOn, witness } = options;
        const collection = await collectionOf(app, options.collection);
        const { grant, outcome } = await renew(app.db, app.recorder, collection, {
          subject: await subjectOf(app, options.subject),
          evidence: { kind: "paper", form, signedOn, witness, ...ofPerson(options) },
          keepPhoto: options.keepPhoto ?? null,
          language: options.language,
        });
        const end = new Date(grant.expiresAt).toISOString().slice(0, 10);
        const done =
          outcome === "kept" ? "This form, or a newer one, is recorded already" : "Renewed";
        say(`${done}: the consent ends on ${end}.`);
      }),
    );
}
