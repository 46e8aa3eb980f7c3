import { readFile, stat } from "node:fs/promises";
import type { Command } from "commander";
import { ENTRIES_PAGE_MAX, type OperatorEntry } from "../ledger/log.ts";
import { NOTE_LENGTH_MAX } from "../verify/note.ts";
import { writeFileDurably } from "../base/files.ts";
import { withApp } from "./context.ts";
import { UsageError } from "./errors.ts";
import { count, say } from "./output.ts";

const PAGE_ENTRIES = 50;

/** assent ledger: what was recorded, and what proves it. */
export function ledgerCommands(assent: Command): void {
  const ledger = assent
    .command("ledger")
    .description("Show the record of what was done, and check that nobody has changed it.");
  ledger
    .command("checkpoint")
    .description("Print the newest signed state. Kept elsewhere, it shows later changes.")
    .option("--to <file>", "write it to a file")
    .action(async ({ to }: { to?: string }, command: Command) =>
      withApp(command, async (app) => {
        const note = await app.ledger.checkpoint();
        if (to === undefined) process.stdout.write(note);
        else await writeFileDurably(to, note);
      }),
    );
  ledger
    .command("key")
    .description("Print the key that checks checkpoints; after a change, every key, newest first.")
    .action(async (_: unknown, command: Command) =>
      withApp(command, async (app) => {
        for (const key of await app.ledger.verifierKeys()) say(key);
      }),
    );
  entriesCommand(ledger);
  ledger
    .command("check")
    .description("Check every entry against what was signed; with an old checkpoint, against that.")
    .option("--checkpoint <file>", "a checkpoint from before")
    .action(async ({ checkpoint }: { checkpoint?: string }, command: Command) => {
      const older = checkpoint === undefined ? undefined : await readNote(checkpoint);
      return withApp(command, async (app) => {
        const { entries, opened } = await app.ledger.check(older);
        const since = older === undefined ? "" : " It has only grown since that checkpoint.";
        say(
          `Right: ${count(entries, "entry", "entries")}, of which ${opened} open and the others ` +
            `are padding or of people who are erased.${since}`,
        );
      });
    });
}

function entriesCommand(ledger: Command): void {
  ledger
    .command("entries")
    .description("Show the record, the latest first.")
    .option("--before <place>", "go on below this place")
    .option("--limit <n>", `how many (default: ${PAGE_ENTRIES})`)
    .action(async (options: { before?: string; limit?: string }, command: Command) => {
      const limit = parseCount("--limit", options.limit ?? String(PAGE_ENTRIES));
      const before =
        options.before === undefined ? {} : { before: parseCount("--before", options.before) };
      return withApp(command, async (app) => {
        const entries = await app.ledger.operatorEntries({ ...before, limit });
        for (const entry of entries) say(lineOf(entry));
        const last = entries.at(-1);
        if (last && last.leafIndex > 0) say(`Earlier ones: --before ${last.leafIndex}`);
      });
    });
}

function lineOf({ leafIndex, opening }: OperatorEntry): string {
  if (!opening) return `${leafIndex}  (padding, or of somebody who is erased)`;
  const { at, account, kind, id: _, number: __, ...rest } = opening.event;
  const when = new Date(Number(at)).toISOString();
  const details = Object.entries(rest).filter(([, value]) => value !== null);
  const said = details.map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const words = [account, kind].map((word) => (typeof word === "string" ? word : ""));
  return [String(leafIndex), when, ...words, said.join(" ")].join("  ").trimEnd();
}

function parseCount(option: string, text: string): number {
  const value = Number(text);
  if (text !== "" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new UsageError(`${option} takes a whole number. A page has ${ENTRIES_PAGE_MAX} at most.`);
}

async function readNote(path: string): Promise<string> {
  if ((await stat(path)).size > NOTE_LENGTH_MAX) {
    throw new UsageError("--checkpoint takes a file that `assent ledger checkpoint` has written.");
  }
  return readFile(path, "utf8");
}
