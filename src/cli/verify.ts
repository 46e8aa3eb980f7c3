import { type FileHandle, open, readFile } from "node:fs/promises";
import type { Command } from "commander";
import { writeFileDurably } from "../base/files.ts";
import { FILE_BYTES_MAX } from "../verify/archive.ts";
import {
  type ByteSource,
  parseKeys,
  proofText,
  type TrustedKeys,
  verifyFile,
} from "../verify/verify.ts";
import { proveEntry, proveGrowth, proveSearch } from "../rights/prove.ts";
import { subjectOf, withApp } from "./context.ts";
import { EXIT, UsageError } from "./errors.ts";
import { complain, say } from "./output.ts";

interface VerifyFlags {
  readonly key?: readonly string[];
  readonly keys?: string;
  readonly old?: string;
}

interface ProofFlags {
  readonly subject?: string;
  readonly entry?: string;
  readonly search?: string;
  readonly old?: string;
  readonly to: string;
}

/** verify, which opens no instance; and proof, which writes what verify reads. */
export function verifyCommands(assent: Command): void {
  assent
    .command("verify")
    .description("Check an export, receipt, certificate, checkpoint or proof. No instance needed.")
    .argument("<file>", "what to check")
    .option(
      "--key <verifier key>",
      "the ledger's published key, and those of witnesses you know (give it for each)",
      (key: string, earlier: readonly string[] | undefined) => [...(earlier ?? []), key],
    )
    .option("--keys <file>", "the operator's published key set (JSON)")
    .option("--old <file>", "a checkpoint kept from earlier, which must not be contradicted")
    .action(verify);
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

async function verify(path: string, flags: VerifyFlags): Promise<void> {
  const published = flags.keys === undefined ? {} : parseKeys(await readFile(flags.keys));
  const options = {
    ...published,
    ...(flags.key === undefined ? {} : ({ ledger: flags.key } satisfies TrustedKeys)),
    older: flags.old === undefined ? undefined : await readFile(flags.old, "utf8"),
  };
  const file = await open(path);
  try {
    const result = await verifyFile(sourceOfFile(file, (await file.stat()).size), options);
    if (result.valid) {
      say(`valid: ${result.sentence}`);
    } else {
      complain(`${result.code}: ${result.sentence}`);
      process.exitCode = EXIT.failed;
    }
  } finally {
    await file.close();
  }
}

/** Read piece by piece: an export may be larger than memory. */
function sourceOfFile(file: FileHandle, size: number): ByteSource {
  return {
    size,
    slice: (from, to) => ({
      arrayBuffer: async () => {
        const bytes = new Uint8Array(Math.max(0, Math.min(to - from, FILE_BYTES_MAX)));
        let filled = 0;
        while (filled < bytes.length) {
          const { bytesRead } = await file.read({
            buffer: bytes,
            offset: filled,
            length: bytes.length - filled,
            position: from + filled,
          });
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
        return bytes.slice(0, filled).buffer;
      },
    }),
  };
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
