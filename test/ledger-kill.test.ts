import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { verifyConsistency } from "../src/verify/consistency.ts";
import { onPostgres, onSqlite, type TestDatabase } from "./databases.ts";
import type { KillLedgerTask } from "./ledger-kill-child.ts";
import { KILLS } from "./kills.ts";
import { openLedger } from "./open-ledger.ts";
import { drawFrom } from "./vectors.ts";

/** On PostgreSQL, where a killed client is one that went away. */
const KILLS_POSTGRES = 6;
/** The child appends and sequences some dozens of times in so long. */
const MOMENT_MS_MAX = 60;
/** Statements before and after which it may be killed; some dozens for each group of events. */
const STEPS_MAX = 400;
const CHILD_MS = 60_000;
const NUMBERS_PER_CHILD = 100_000;

// On each of two SQLite files, one after the other on the same file.
for (const seed of [1, 2]) {
  onSqlite(`a ledger survives kill -9 at any moment (${seed})`, async (database, t) => {
    t.diagnostic(await killOften(database, KILLS, seed));
  });
}
onPostgres("a ledger survives kill -9 at any moment", async (database, t) => {
  t.diagnostic(await killOften(database, KILLS_POSTGRES, 3));
});

/** Kills and looks, again and again; returns what came of it in one line. */
async function killOften(database: TestDatabase, kills: number, seed: number): Promise<string> {
  const draw = drawFrom(seed);
  const acknowledged: number[] = [];
  const amounts = new Set<number>();
  let older = "";
  for (let round = 0; round < kills; round += 1) {
    const byStep = round % 2 === 0;
    const killAt = byStep ? 1 + Math.floor(draw() * STEPS_MAX) : null;
    const moment = byStep ? null : draw() * MOMENT_MS_MAX;
    // No two children record the same numbers.
    const from = round * NUMBERS_PER_CHILD;
    const child = await runChild({ database, from, killAt }, moment);
    acknowledged.push(...child.recorded);
    amounts.add(child.recorded.length);
    older = child.signed ?? older;
    await using open = await openLedger(database);
    const { ledger } = open;
    const newer = await ledger.checkpoint();
    if (older !== "") {
      const [small, large] = [older, newer].map((note) => Number(note.split("\n")[1]));
      const { hashes } = await ledger.consistency(small!, large!);
      await verifyConsistency({ older, newer, hashes }, await ledger.verifierKey());
    }
    older = newer;
  }
  await using open = await openLedger(database);
  const { entries } = await open.ledger.check(older);
  const found = await numbersIn(database);
  assert.equal(found.length, entries);
  assert.equal(new Set(found).size, found.length, "nothing is there twice");
  const kept = new Set(found);
  const lost = acknowledged.filter((number) => !kept.has(number));
  assert.deepEqual(lost, [], "what was acknowledged is there");
  assert.ok(amounts.size > 3, "kills are spread over the work");
  return `${kills} kills, ${acknowledged.length} acknowledged of ${found.length} entries`;
}

async function numbersIn(database: TestDatabase): Promise<readonly number[]> {
  await using open = await openLedger(database);
  const numbers: number[] = [];
  for (let before: number | undefined; ;) {
    const page = await open.ledger.operatorEntries({
      limit: 1000,
      ...(before === undefined ? {} : { before }),
    });
    numbers.push(...page.map(({ opening }) => Number(opening?.event["faces"])));
    before = page.at(-1)?.leafIndex;
    if (before === undefined || before === 0) return numbers;
  }
}

interface Child {
  readonly recorded: readonly number[];
  readonly signed: string | null;
}

async function runChild(task: KillLedgerTask, moment: number | null): Promise<Child> {
  const script = join(import.meta.dirname, "ledger-kill-child.ts");
  const child = spawn(process.execPath, [script, JSON.stringify(task)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const limit = setTimeout(() => child.kill("SIGKILL"), CHILD_MS);
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const exited = new Promise<NodeJS.Signals | number | null>((resolve) => {
    child.on("close", (code, signal) => resolve(signal ?? code));
  });
  const recorded: number[] = [];
  let signed: string | null = null;
  let started = false;
  for await (const line of createInterface({ input: child.stdout })) {
    const [word = "", ...rest] = line.split(" ");
    if (word === "started") {
      started = true;
      if (moment !== null) setTimeout(() => child.kill("SIGKILL"), moment);
    }
    if (word === "recorded") recorded.push(...rest.map(Number));
    if (word === "signed") signed = Buffer.from(rest[0] ?? "", "base64").toString();
  }
  const how = await exited;
  clearTimeout(limit);
  assert.equal(how, "SIGKILL", complaint);
  assert.ok(started, "the child began its work");
  return { recorded, signed };
}
