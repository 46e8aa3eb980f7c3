import type { Command } from "commander";
import type { Instant } from "../base/clock.ts";
import { ENDING_DAYS, type LedgerStatus, readStatus, type Status } from "../papers/status.ts";
import { withApp } from "./context.ts";
import { count, say, table, writeJson } from "./output.ts";

/** status: everything that an operator looks after, on one screen. */
export function statusCommands(assent: Command): void {
  assent
    .command("status")
    .description("What the instance holds, and what waits to be done.")
    .option("--json <file>", "write it as JSON (- for standard output)")
    .action(async (options: { readonly json?: string }, command: Command) =>
      withApp(command, async (app) => {
        const status = await readStatus(app);
        if (options.json !== undefined) await writeJson(options.json, status);
        if (options.json !== "-") print(status);
      }),
    );
}

function print(status: Status): void {
  const { collections, jobs, webhooks } = status;
  const rows = [
    ["Operator", status.operator ?? 'not named yet: "assent operator set"'],
    ["Database", status.database === "sqlite" ? "SQLite" : "PostgreSQL"],
    ["Keys", keysText(status)],
    ["Ledger", ledgerText(status.ledger)],
    ["Witness", witnessText(status.ledger)],
    ["Jobs", `${jobs.queued} waiting, ${jobs.running} running, ${jobs.failed} failed`],
    ["Objections", status.openObjections === 0 ? "none open" : `${status.openObjections} open`],
    [
      "Webhooks",
      `${count(webhooks.endpoints, "endpoint")}, ${count(webhooks.waiting, "message")} waiting, ` +
        `${webhooks.dead} given up`,
    ],
    ["Retention", retentionText(status)],
    ["Backups", backupText(status)],
  ];
  if (status.restoredAt !== null) {
    const when = moment(status.restoredAt);
    rows.push(["Restored", `${when}; checkpoints of the time before may contradict the ledger`]);
  }
  for (const row of table(rows)) say(row);
  say();
  if (collections.length === 0) return say("There is no collection yet.");
  const head = [
    "COLLECTION",
    "PEOPLE",
    `END IN ${ENDING_DAYS} DAYS`,
    "PAUSED",
    "PHOTOS",
    "TO COMPARE",
  ];
  const lines = collections.map((one) => [
    one.name,
    ...[one.people, one.ending, one.paused, one.photos, one.waiting].map(String),
  ]);
  for (const line of table([head, ...lines])) say(line);
}

function keysText({ epochs }: Status): string {
  const since = `epoch of ${moment(epochs.newestAt)}`;
  return epochs.count === 1 ? since : `${since}; a roll of epochs is not finished yet`;
}

function ledgerText({ entries, waiting, checkpoint }: LedgerStatus): string {
  const behind = waiting === 0 ? "all in the tree" : `${waiting} not yet in the tree`;
  const signed = checkpoint === null ? "no checkpoint" : `checkpoint of ${moment(checkpoint.at)}`;
  return `${count(entries, "entry", "entries")}, ${behind}, ${signed}`;
}

function witnessText({ witness }: LedgerStatus): string {
  const seen = witness.witnesses.filter(({ at }) => at !== null).map(({ name }) => name);
  if (seen.length > 0) return `${witness.state} by ${seen.join(", ")}`;
  const sizes = witness.witnesses.map(({ name, cosignedSize }) => `${name} to ${cosignedSize}`);
  return [witness.state, ...sizes].join(", ");
}

function retentionText({ retention }: Status): string {
  const due = retention.filter((line) => line.count > 0);
  if (due.length === 0) return "nothing is due";
  return due.map((line) => `${line.count} ${line.kind.replaceAll("_", " ")}`).join(", ");
}

function backupText({ keyFiles }: Status): string {
  if (keyFiles.length === 0) return "no key file is kept up to date";
  const text = keyFiles.map(
    ({ path, behind }) => `${path} ${behind ? "(behind)" : "(up to date)"}`,
  );
  return text.join(", ");
}

function moment(instant: Instant): string {
  return new Date(instant).toISOString().slice(0, 16).replace("T", " ");
}
