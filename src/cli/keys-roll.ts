import type { Command } from "commander";
import { append } from "../ledger/ledger.ts";
import { rollEpoch } from "../storage/epochs.ts";
import { askForKeyFiles, updateKeyFiles } from "../storage/key-places.ts";
import { rollMaster } from "../storage/master-roll.ts";
import { askForScrub, scrub } from "../storage/scrub.ts";
import type { Tx } from "../storage/db.ts";
import { withApp } from "./context.ts";
import { say } from "./output.ts";

/** keys roll: wraps every key anew, so that copies of the old ones open nothing. */
export function rollCommand(keys: Command): void {
  keys
    .command("roll")
    .description("Wrap every key anew: copies of them in old files open nothing any more.")
    .option("--master", "change the master key as well: old key files of backups die too")
    .action(async (options: { readonly master?: boolean }, command: Command) =>
      withApp(command, async (app) => {
        const { db, vault, clock, recorder, config } = app;
        const started = async (tx: Tx): Promise<void> => {
          await append(tx, recorder, { kind: "epoch.rolled", collection: null });
          await askForScrub(tx);
          await askForKeyFiles(tx);
        };
        if (options.master) await rollMaster(app, config.masterKey, started);
        else await rollEpoch(db, vault, clock, started);
        await scrub(db, { vault, clock });
        await updateKeyFiles(db, vault, clock);
        say("Rolled: every key is wrapped anew, and the epoch before is destroyed.");
        if (options.master) {
          say("The master key is another one. Keep a copy of it, and start other processes again.");
        }
      }),
    );
}
