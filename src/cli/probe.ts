import type { Command } from "commander";
import { writeFileDurably } from "../base/files.ts";
import type { SearchId } from "../base/ids.ts";
import { findCollection } from "../collections/collections.ts";
import { deleteProbe, readProbe } from "../search/kept-probes.ts";
import { withApp } from "./context.ts";
import { UsageError } from "./errors.ts";
import { say } from "./output.ts";

interface ProbeOptions {
  readonly collection: string;
  readonly to?: string;
  readonly delete?: boolean;
}

/** probe: what a search was made with, where it is kept. */
export function probeCommand(assent: Command): void {
  assent
    .command("probe")
    .description("Write what a search was made with to a file, or delete it before its time.")
    .argument("<search>", "the id of the search")
    .requiredOption("--collection <name>", "the collection that was searched")
    .option("--to <file>", "write it here; that it was looked at is recorded")
    .option("--delete", "delete it now")
    .action(async (search: string, options: ProbeOptions, command: Command) => {
      const { to, delete: gone = false } = options;
      if ((to === undefined) !== gone) throw new UsageError("Give --to or --delete: one of them.");
      await withApp(command, async (app) => {
        const { id: collection } = await findCollection(app.db, options.collection);
        const place = { collection, search: search as SearchId, account: null };
        if (to === undefined) {
          await deleteProbe(app, app.recorder, place);
          return say("It is deleted.");
        }
        const { bytes, mediaType } = await readProbe(app, app.recorder, place);
        await writeFileDurably(to, bytes);
        return say(`Written to ${to} (${mediaType}).`);
      });
    });
}
