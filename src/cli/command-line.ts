import { Command } from "commander";
import type { CommonOptions } from "./context.ts";

/** A file of commands: what they are called, and what adds them to the command line. */
interface Part {
  readonly names: readonly string[];
  readonly load: () => Promise<(assent: Command) => void>;
}

/** All of them, in the order of the help. */
export const PARTS: readonly Part[] = [
  { names: ["init", "models"], load: async () => (await import("./init.ts")).initCommands },
  { names: ["doctor"], load: async () => (await import("./doctor.ts")).doctorCommands },
  { names: ["serve"], load: async () => (await import("./serve.ts")).serveCommands },
  { names: ["account"], load: async () => (await import("./account.ts")).accountCommands },
  { names: ["api-key"], load: async () => (await import("./api-key.ts")).apiKeyCommands },
  { names: ["invite"], load: async () => (await import("./invite.ts")).inviteCommands },
  { names: ["status"], load: async () => (await import("./status.ts")).statusCommands },
  { names: ["operator"], load: async () => (await import("./operator.ts")).operatorCommands },
  { names: ["collection"], load: async () => (await import("./collection.ts")).collectionCommands },
  { names: ["notice"], load: async () => (await import("./notice.ts")).noticeCommands },
  { names: ["enrol"], load: async () => (await import("./enrol.ts")).enrolCommands },
  { names: ["renew"], load: async () => (await import("./renew.ts")).renewCommands },
  { names: ["receipt"], load: async () => (await import("./receipt.ts")).receiptCommands },
  { names: ["keys"], load: async () => (await import("./keys.ts")).keysCommands },
  { names: ["import", "jobs"], load: async () => (await import("./import.ts")).importCommands },
  {
    names: ["search", "photos", "timeline", "probe", "confirm", "reject", "deliver"],
    load: async () => (await import("./search.ts")).searchCommands,
  },
  {
    names: ["withdraw", "pause", "resume"],
    load: async () => (await import("./rights.ts")).rightsCommands,
  },
  {
    names: ["access", "export", "correct", "disclose"],
    load: async () => (await import("./record.ts")).recordCommands,
  },
  { names: ["verify"], load: async () => (await import("./verify.ts")).verifyCommands },
  { names: ["proof"], load: async () => (await import("./proof.ts")).proofCommands },
  { names: ["erase", "certificate"], load: async () => (await import("./erase.ts")).eraseCommands },
  {
    names: ["object", "objections"],
    load: async () => (await import("./objections.ts")).objectionCommands,
  },
  { names: ["webhook"], load: async () => (await import("./webhook.ts")).webhookCommands },
  { names: ["ledger"], load: async () => (await import("./ledger.ts")).ledgerCommands },
  { names: ["witness"], load: async () => (await import("./witness.ts")).witnessCommands },
  { names: ["backup", "restore"], load: async () => (await import("./backup.ts")).backupCommands },
  { names: ["sweep"], load: async () => (await import("./sweep.ts")).sweepCommands },
  { names: ["papers"], load: async () => (await import("./papers.ts")).papersCommands },
];

/**
 * The command line for these words: the part that the command is in, and all of them where no
 * command is named. A process does one thing, and loading what does the others takes longer than
 * most commands.
 */
export async function commandLine(words: readonly string[]): Promise<Command> {
  const assent = new Command("assent")
    .description("Face search in which only people who said yes can be found.")
    .option("--data <folder>", "where the instance lives (default: ./assent-data, or ASSENT_DATA)")
    .option("--database <address>", "postgres://... instead of the embedded database")
    .option("--workers <n>", "threads that look at photos (default: one a core)")
    .option("--account <name>", "who does this, for the record (default: operator)")
    .option(
      "--config <file.json>",
      "the settings of the environment, as a JSON object (or ASSENT_CONFIG)",
    )
    .hook("preAction", async (_, action) => {
      const { config = process.env["ASSENT_CONFIG"] } = action.optsWithGlobals<CommonOptions>();
      if (config === undefined) return;
      const { takeSettings } = await import("./settings-file.ts");
      await takeSettings(config);
    })
    .showHelpAfterError("(assent help shows the commands)")
    .exitOverride();
  const command = commandIn(assent, words);
  const part = PARTS.find(({ names }) => names.some((name) => name === command));
  for (const { load } of part ? [part] : PARTS) (await load())(assent);
  return assent;
}

/** The first word that is neither an option nor an option's value. */
function commandIn(assent: Command, words: readonly string[]): string | null {
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (!word.startsWith("-")) return word;
    if (assent.options.some(({ long, required }) => long === word && required)) at += 1;
  }
  return null;
}
