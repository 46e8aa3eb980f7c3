import { writeSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../src/app.ts";
import { backup } from "../src/backup/backup.ts";
import { restore } from "../src/backup/restore.ts";
import { systemClock } from "../src/base/clock.ts";
import { Blobs } from "../src/storage/blobs.ts";
import { Db } from "../src/storage/db.ts";
import { readMasterKey } from "../src/storage/master-key.ts";
import { openVault } from "../src/storage/master-roll.ts";
import { countSteps } from "./kill-steps.ts";

/** Makes a backup, or restores one, in a process of its own, to be killed. */
export interface BackupTask {
  readonly config: Config;
  readonly work:
    | { readonly kind: "backup"; readonly folder: string; readonly keys: string }
    | { readonly kind: "restore"; readonly from: string; readonly keys: string };
  readonly killAt: number | null;
}

const { config, work, killAt } = JSON.parse(process.argv[2] ?? "") as BackupTask;
const steps = countSteps(killAt === null ? null : { kind: "any", at: killAt, by: "itself" });
const address = config.database ?? join(config.folder, "assent.sqlite");
await using db = await Db.open(address, config.schema === null ? {} : { schema: config.schema });
const master = await readMasterKey(config.masterKey);
const blobs = new Blobs(join(config.folder, "photos"));
const { account } = config;
writeSync(1, "started\n");
steps.start();
if (work.kind === "backup") {
  const vault = await openVault(db, { source: config.masterKey, master }, systemClock);
  const made = await backup({ db, blobs }, { clock: systemClock, account, vault }, work);
  writeSync(1, `finished ${made.dump}\n`);
} else {
  const deps = { db, master, blobs, clock: systemClock, account };
  await restore(deps, { ...work, erasures: [] });
  writeSync(1, "finished\n");
}
writeSync(1, `ended ${steps.stop().any}\n`);
