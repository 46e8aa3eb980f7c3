import { Command, CommanderError } from "commander";
import { accountCommands } from "./account.ts";
import { apiKeyCommands } from "./api-key.ts";
import { backupCommands } from "./backup.ts";
import { collectionCommands } from "./collection.ts";
import { doctorCommands } from "./doctor.ts";
import { eraseCommands } from "./erase.ts";
import { describeFailure, EXIT } from "./errors.ts";
import { enrolCommands } from "./enrol.ts";
import { importCommands } from "./import.ts";
import { initCommands } from "./init.ts";
import { inviteCommands } from "./invite.ts";
import { keysCommands } from "./keys.ts";
import { ledgerCommands } from "./ledger.ts";
import { noticeCommands } from "./notice.ts";
import { receiptCommands } from "./receipt.ts";
import { renewCommands } from "./renew.ts";
import { operatorCommands } from "./operator.ts";
import { complain } from "./output.ts";
import { objectionCommands } from "./objections.ts";
import { recordCommands } from "./record.ts";
import { papersCommands } from "./papers.ts";
import { rightsCommands } from "./rights.ts";
import { searchCommands } from "./search.ts";
import { serveCommands } from "./serve.ts";
import { verifyCommands } from "./verify.ts";
import { statusCommands } from "./status.ts";
import { sweepCommands } from "./sweep.ts";
import { webhookCommands } from "./webhook.ts";
import { witnessCommands } from "./witness.ts";

/** The command line, whole. */
export function program(): Command {
  const assent = new Command("assent")
    .description("Face search in which only people who said yes can be found.")
    .option("--data <folder>", "where the instance lives (default: ./assent-data, or ASSENT_DATA)")
    .option("--database <address>", "postgres://... instead of the embedded database")
    .option("--workers <n>", "threads that look at photos (default: one a core)")
    .option("--account <name>", "who does this, for the record (default: operator)")
    .showHelpAfterError("(assent help shows the commands)")
    .exitOverride();
  initCommands(assent);
  doctorCommands(assent);
  serveCommands(assent);
  accountCommands(assent);
  apiKeyCommands(assent);
  inviteCommands(assent);
  statusCommands(assent);
  operatorCommands(assent);
  collectionCommands(assent);
  noticeCommands(assent);
  enrolCommands(assent);
  renewCommands(assent);
  receiptCommands(assent);
  keysCommands(assent);
  importCommands(assent);
  searchCommands(assent);
  rightsCommands(assent);
  recordCommands(assent);
  verifyCommands(assent);
  eraseCommands(assent);
  objectionCommands(assent);
  webhookCommands(assent);
  ledgerCommands(assent);
  witnessCommands(assent);
  backupCommands(assent);
  sweepCommands(assent);
  papersCommands(assent);
  return assent;
}

async function main(): Promise<number> {
  try {
    await program().parseAsync();
    return Number(process.exitCode ?? EXIT.done);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    const { line, exit } = describeFailure(error);
    complain(line);
    if (process.env["ASSENT_DEBUG"]) complain(String(error instanceof Error ? error.stack : error));
    return exit;
  }
}

// A reader that has seen enough (`| head`) closes the pipe; what was done stays done.
process.stdout.on("error", (error) => {
  process.exit("code" in error && error.code === "EPIPE" ? EXIT.done : EXIT.failed);
});

process.exitCode = await main();
