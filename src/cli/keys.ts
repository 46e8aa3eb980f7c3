import { Argument, type Command } from "commander";
import { RECEIPT_KEYS_PATH } from "../consent/receipts.ts";
import { rotateSigningKey } from "../ledger/rotation.ts";
import { keySetOf } from "../ledger/signing.ts";
import type { SigningPurpose } from "../storage/schema.ts";
import { withApp } from "./context.ts";
import { UsageError } from "./errors.ts";
import { rollCommand } from "./keys-roll.ts";
import { say, writeJson } from "./output.ts";

interface ShowOptions {
  readonly receipts?: boolean;
  readonly ledger?: boolean;
  readonly json: string;
}

/** keys show, add, roll: what receipts and the ledger are checked with. */
export function keysCommands(assent: Command): void {
  const keys = assent.command("keys").description("The public keys others check with.");
  keys
    .command("show")
    .description(`Print a key set (JWK): publish that of receipts at ${RECEIPT_KEYS_PATH}.`)
    .option("--receipts", "the keys that sign receipts, certificates and exports")
    .option("--ledger", "the keys that sign the ledger's checkpoints")
    .option("--json <file>", "write it to a file", "-")
    .action(async (options: ShowOptions, command: Command) => {
      if (options.receipts === options.ledger) {
        throw new UsageError("Name one of --receipts and --ledger.");
      }
      const purpose = options.receipts ? "receipts" : "ledger";
      await withApp(command, async (app) => {
        await writeJson(options.json, await keySetOf(app.db, purpose));
      });
    });
  keys
    .command("add")
    .description("Sign with a new key from now on. What earlier keys signed stays valid.")
    .addArgument(new Argument("<purpose>", "what it signs").choices(["receipts", "ledger"]))
    .action(async (purpose: SigningPurpose, _options: unknown, command: Command) =>
      withApp(command, async (app) => {
        await app.db.write(async (tx) => rotateSigningKey(tx, app.recorder, purpose));
        say(`A new key signs from now on. Publish the key set anew: assent keys show --${purpose}`);
      }),
    );
  rollCommand(keys);
}
