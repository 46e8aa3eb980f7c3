import { type FileHandle, open, readFile } from "node:fs/promises";
import type { Command } from "commander";
import { FILE_BYTES_MAX } from "../verify/archive.ts";
import { type ByteSource, parseKeys, type TrustedKeys, verifyFile } from "../verify/verify.ts";
import { EXIT } from "./errors.ts";
import { complain, say } from "./output.ts";

interface VerifyFlags {
  readonly key?: readonly string[];
  readonly keys?: string;
  readonly old?: string;
}

/** verify, which opens no instance and needs none of what does. */
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
