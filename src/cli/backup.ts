import type { Command } from "commander";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { openDatabase } from "../app.ts";
import { backup, defaultKeysPath } from "../backup/backup.ts";
import { restore } from "../backup/restore.ts";
import { systemClock } from "../base/clock.ts";
import { Blobs } from "../storage/blobs.ts";
import { forgetKeyPlace } from "../storage/key-places.ts";
import { readMasterKey } from "../storage/master-key.ts";
import { readConfig, withApp } from "./context.ts";
import { UsageError } from "./errors.ts";
import { complain, count, say } from "./output.ts";

interface BackupOptions {
  readonly to?: string;
  readonly keys?: string;
  readonly forget?: string;
}

interface RestoreOptions {
  readonly from: string;
  readonly keys: string;
  readonly erasures: readonly string[];
}

/** backup, restore. */
export function backupCommands(assent: Command): void {
  assent
    .command("backup")
    .description("Make a backup: a dump that no key opens, and the one key file of all dumps.")
    .option("--to <folder>", "each backup is a new folder in it; photos lie there once")
    .option("--keys <file>", "where the key file lies (default: <folder>.keys, beside the folder)")
    .option("--forget <file>", "stop keeping this key file up to date: it is gone for ever")
    .action(async (options: BackupOptions, command: Command) => {
      if (options.forget !== undefined) return forget(options.forget, command);
      if (options.to === undefined) throw new UsageError("backup takes --to <folder>.");
      return makeBackup(options.to, options.keys ?? defaultKeysPath(options.to), command);
    });
  assent
    .command("restore")
    .description("Fill an empty instance from a backup. Who was erased since stays erased.")
    .requiredOption("--from <folder>", "the folder of one backup")
    .requiredOption("--keys <file>", "the key file of the backups")
    .option("--erasures <file...>", "other key files that may know of later erasures", [])
    .action(async (options: RestoreOptions, command: Command) => restoreFrom(options, command));
}

async function makeBackup(folder: string, keys: string, command: Command): Promise<void> {
  await withApp(command, async (app) => {
    const made = await backup(app, app.recorder, { folder, keys });
    say(`Backed up to ${made.dump}, with ${count(made.photos, "photo")}.`);
    say(
      `The keys are in ${made.keys}. Without that file and the master key a backup opens nothing.`,
    );
    say(
      "Keep the key file apart from the backups and keep no older copies of it: every erasure " +
        "writes it anew, and an old copy opens what was erased since.",
    );
    if (made.photosMissing === 0) return;
    complain(
      `${count(made.photosMissing, "photo")} could not be read, and no backup here has them.`,
    );
  });
}

async function forget(path: string, command: Command): Promise<void> {
  await withApp(command, async (app) => {
    const known = await app.db.write(async (tx) => forgetKeyPlace(tx, resolve(path)));
    if (!known) throw new UsageError("No key file is kept up to date there.");
    say("Forgotten. Destroy that file if it turns up: it opens what is erased from now on.");
  });
}

async function restoreFrom(options: RestoreOptions, command: Command): Promise<void> {
  const config = readConfig(command);
  await mkdir(config.folder, { recursive: true, mode: 0o700 });
  const master = await readMasterKey(config.masterKey);
  await using db = await openDatabase(config);
  const blobs = new Blobs(join(config.folder, "photos"));
  const deps = { db, master, blobs, clock: systemClock, account: config.account };
  const done = await restore(deps, options);
  if (done === null) {
    say("The restore that was cut short is finished.");
  } else {
    say(`Restored ${count(done.people, "person", "people")} and ${count(done.photos, "photo")}.`);
    say(
      `What was asked for since the backup was done again: ` +
        `${count(done.erased.length, "erasure")}, ${count(done.ended, "end")} of a consent.`,
    );
    if (done.photosMissing > 0) complain(`Lost: ${count(done.photosMissing, "photo")}.`);
  }
  say("The ledger is back where it was at the backup; newer checkpoints of it will contradict it.");
  say('Run "assent backup" now, with the same folder and key file as before.');
}
