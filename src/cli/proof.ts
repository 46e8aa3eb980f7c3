import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { writeFileDurably } from "../base/files.ts";
import { proveEntry, proveGrowth, proveSearch } from "../rights/prove.ts";
import { proofText } from "../verify/verify.ts";
import { subjectOf, withApp } from "./context.ts";
import { UsageError } from "./errors.ts";
import { say } from "./output.ts";

interface ProofFlags {
  readonly subject?: string;
  readonly entry?: string;
  readonly search?: string;
  readonly old?: string;
  readonly to: string;
}

/** proof, which writes what verify reads. */
export function proofCommands(assent: Command): void {
  assent
    .command("proof")
    .description("Write the proof of one ledger entry, or that the ledger has only grown.")
    .option("--subject <person>", "whose entry: name, contact or id")
    .option("--entry <number>", "which of their entries, counted from 1")
    .option(
      "--search <id>",
      "or which search of their collections, whether it returned them or not",
    )
    .option("--old <checkpoint>", "instead: the checkpoint since which it has only grown")
    .requiredOption("--to <file>", "where to write it")
    .action(prove);
}

async function prove(flags: ProofFlags, command: Command): Promise<void> {
  const { subject, entry, search, old, to } = flags;
  const older = old === undefined ? null : await readFile(old, "utf8");
  await withApp(command, async (app) => {
    if (older !== null) {
      await writeFileDurably(to, proofText(await proveGrowth(app.ledger, older)));
    } else if (subject !== undefined && entry !== undefined) {
      const number = parseNumber(entry);
      const proof = await proveEntry(app.ledger, await subjectOf(app, subject), number);
      await writeFileDurably(to, proofText(proof), 0o600);
    } else if (subject !== undefined && search !== undefined) {
      const proof = await proveSearch(app, await subjectOf(app, subject), search);
      await writeFileDurably(to, proofText(proof), 0o600);
    } else {
      throw new UsageError("Give --subject with --entry or --search, or --old with a checkpoint.");
    }
    say(`Anybody can check it: assent verify ${to}`);
  });
}

function parseNumber(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new UsageError("--entry takes a whole number from 1.");
}
