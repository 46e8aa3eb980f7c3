import type { Command } from "commander";
import type { App } from "../app.ts";
import { writeFileDurably } from "../base/files.ts";
import { renderPdf } from "../print/pdf.ts";
import { certificateDocument, certificateOf } from "../rights/certificate.ts";
import { erase } from "../rights/erase.ts";
import { RightsError } from "../rights/errors.ts";
import { keySetOf } from "../ledger/signing.ts";
import { keyPlaces } from "../storage/key-places.ts";
import { readSetting } from "../storage/settings.ts";
import { verifyCertificate } from "../verify/certificate.ts";
import { anySubjectOf, withApp } from "./context.ts";
import { complain, say } from "./output.ts";

interface CertificateOptions {
  readonly subject: string;
  readonly certificate?: string;
  readonly pdf?: string;
}

/** erase, certificate. None of them asks for a face. */
export function eraseCommands(assent: Command): void {
  assent
    .command("erase")
    .description("Erase a person: keys, templates, photo of enrolment, sightings, name, contact.")
    .requiredOption("--subject <person>", "name, contact or id")
    .option("--certificate <file>", "write the signed certificate to this file")
    .option("--pdf <file>", "write the certificate as a page to print")
    .action(async (options: CertificateOptions, command: Command) =>
      withApp(command, async (app) => {
        const subject = await anySubjectOf(app, options.subject);
        const jws = await erase(app, app.recorder, subject);
        say("Erased: their keys are destroyed, and what was sealed under them opens no more.");
        say("Nothing here remembers them: take them off lists that you enrol again.");
        if (jws === null) return;
        await handOut(app, jws, options);
        if (options.certificate === undefined) {
          say(`They are owed a certificate. "assent certificate --subject ${subject}" writes it.`);
        }
        await warnOfOlderBackups(app);
      }),
    );
  assent
    .command("certificate")
    .description("Hand out the certificate of an erasure, as often as it is asked for.")
    .requiredOption("--subject <id>", "the id of the person who was erased")
    .option("--certificate <file>", "write the signed text here (default: print it)")
    .option("--pdf <file>", "write it as a page to print")
    .action(async (options: CertificateOptions, command: Command) =>
      withApp(command, async (app) => {
        const jws = await certificateOf(app.db, await anySubjectOf(app, options.subject));
        if (jws === null) {
          throw new RightsError("certificate_unknown", "This person has not been erased.");
        }
        await handOut(app, jws, options);
        if (options.certificate === undefined && options.pdf === undefined) say(jws);
      }),
    );
}

async function handOut(
  app: App,
  jws: string,
  { certificate, pdf }: CertificateOptions,
): Promise<void> {
  if (certificate !== undefined) {
    await writeFileDurably(certificate, `${jws}\n`);
    say(`The signed certificate is ${certificate}. "assent verify ${certificate}" checks it.`);
  }
  if (pdf === undefined) return;
  const checked = await verifyCertificate(jws, await keySetOf(app.db, "receipts"));
  await writeFileDurably(pdf, await renderPdf(certificateDocument(checked, jws)));
  say(`The page to print is ${pdf}.`);
}

/** A restored instance does not keep the key file it came from up to date ([Note: the key file]). */
async function warnOfOlderBackups(app: App): Promise<void> {
  if ((await readSetting(app.db, "restored")) === null) return;
  if ((await keyPlaces(app.db)).length > 0) return;
  complain(
    "This instance was restored and not backed up since: the backups it came from do not know of " +
      'this erasure. Run "assent backup" with the same folder and key file as before.',
  );
}
