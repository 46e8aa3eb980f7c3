import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type EventId, newId, type SubjectId } from "../src/base/ids.ts";
import { systemClock } from "../src/base/clock.ts";
import { append, type LedgerEvent, type Recorder } from "../src/ledger/ledger.ts";
import { Ledger } from "../src/ledger/log.ts";
import { Db } from "../src/storage/db.ts";
import { Vault } from "../src/storage/vault.ts";
import { verifyCheckpoint } from "../src/verify/checkpoint.ts";
import { verifyEntryIn } from "../src/verify/entry.ts";
import { drawFrom } from "../test/vectors.ts";

/** One ledger filled and asked. Rates are events a second. */
export interface LedgerFigures {
  readonly events: number;
  /** Durable: a commit, with its fsync, for so many events. */
  readonly group: number;
  readonly appendPerSecond: number;
  readonly sequencePerSecond: number;
  /** Append and sequence, one after the other. */
  readonly bothPerSecond: number;
  /** A commit for each event, for comparison. */
  readonly appendOneByOnePerSecond: number;
  readonly proofMsP50: number;
  readonly proofMsP99: number;
  readonly verifyMsP50: number;
  /** Of the proof as JSON: place, size and hashes. */
  readonly proofBytesMax: number;
  /** From nothing open to the first proof: database, keys, ledger. */
  readonly startMs: number;
}

const EVENTS = 100_000;
const GROUP = 100;
const SUBJECTS = 200;
const PROOFS = 1000;
const ONE_BY_ONE = 500;
const STARTS = 5;
const MASTER = randomBytes(32);

/** Fills a ledger with events of which every second is of a person, and times what is done with it. */
export async function benchLedger(address: string, events = EVENTS): Promise<LedgerFigures> {
  const filled = await fill(address, events);
  const starts: number[] = [];
  for (let start = 0; start < STARTS; start += 1) {
    starts.push(await elapsed(async () => proveOnce(address, filled.ids[0] as EventId)));
  }
  await using open = await openAt(address);
  const proofs = await timeProofs(open.ledger, filled.ids);
  return { events, group: GROUP, ...filled.rates, ...proofs, startMs: quantile(starts, 0.5) };
}

async function openAt(address: string) {
  await using stack = new AsyncDisposableStack();
  const db = stack.use(await Db.open(address));
  const vault = stack.adopt(await Vault.open(db, Buffer.from(MASTER), systemClock), (one) => {
    one.close();
  });
  const ledger = stack.use(await Ledger.open(db, vault, systemClock));
  const closing = stack.move();
  const recorder: Recorder = { clock: systemClock, account: "staff", vault };
  return { db, vault, ledger, recorder, [Symbol.asyncDispose]: async () => closing.disposeAsync() };
}

async function fill(address: string, events: number) {
  await using open = await openAt(address);
  const { db, vault, ledger, recorder } = open;
  const subjects = Array.from({ length: SUBJECTS }, () => newId("sub"));
  await db.write(async (tx) => {
    for (const id of subjects) {
      const row = { id, sealed_name: Buffer.from("name"), created_at: systemClock.now() };
      await tx.write.insertInto("subjects").values(row).execute();
      await vault.createAuditKeys(tx, id);
    }
  });
  const drawn = drawEvents(events, subjects);
  const oneByOneMs = await elapsed(async () => {
    for (const event of drawn.slice(0, ONE_BY_ONE)) {
      await db.write(async (tx) => append(tx, recorder, event));
    }
  });
  const appendMs = await elapsed(async () => {
    for (let from = ONE_BY_ONE; from < drawn.length; from += GROUP) {
      const group = drawn.slice(from, from + GROUP);
      await db.write(async (tx) => append(tx, recorder, ...group));
    }
  });
  const sequenceMs = await elapsed(async () => ledger.sequence());
  const rows = await db.read.selectFrom("entries").select("id").orderBy("seq").execute();
  const grouped = drawn.length - ONE_BY_ONE;
  return {
    ids: rows.map(({ id }) => id),
    rates: {
      appendPerSecond: (1000 * grouped) / appendMs,
      sequencePerSecond: (1000 * drawn.length) / sequenceMs,
      bothPerSecond: 1000 / (appendMs / grouped + sequenceMs / drawn.length),
      appendOneByOnePerSecond: (1000 * ONE_BY_ONE) / oneByOneMs,
    },
  };
}

function drawEvents(count: number, subjects: readonly SubjectId[]): readonly LedgerEvent[] {
  const draw = drawFrom(1);
  const collection = newId("col");
  return Array.from({ length: count }, (_, index) => {
    const subject = subjects[Math.floor(draw() * subjects.length)];
    if (index % 2 === 0 || !subject) return { kind: "photo.imported", collection, faces: 3 };
    return { kind: "sighting.confirmed", collection, subject };
  });
}

/** What a process that has just begun must do before it can prove an entry. */
async function proveOnce(address: string, id: EventId): Promise<void> {
  await using open = await openAt(address);
  await open.ledger.inclusion(id);
}

async function timeProofs(ledger: Ledger, ids: readonly EventId[]) {
  const draw = drawFrom(2);
  const checkpoint = await verifyCheckpoint(await ledger.checkpoint(), await ledger.verifierKey());
  const [latest] = await ledger.operatorEntries({ limit: 1 });
  const prove: number[] = [];
  const verify: number[] = [];
  let proofBytesMax = 0;
  for (let run = -PROOFS / 10; run < PROOFS; run += 1) {
    const id = ids[Math.floor(draw() * ids.length)] as EventId;
    const start = performance.now();
    const proof = await ledger.inclusion(id);
    if (run >= 0) prove.push(performance.now() - start);
    proofBytesMax = Math.max(proofBytesMax, JSON.stringify(proof).length);
    const { leafIndex, opening } = latest ?? {};
    if (!latest || !opening || leafIndex === undefined) continue;
    const own = await ledger.inclusion(latest.id);
    const begun = performance.now();
    verifyEntryIn(checkpoint, { opening, leafIndex, proof: own });
    verify.push(performance.now() - begun);
  }
  return {
    proofMsP50: quantile(prove, 0.5),
    proofMsP99: quantile(prove, 0.99),
    verifyMsP50: quantile(verify, 0.5),
    proofBytesMax,
  };
}

async function elapsed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const folder = mkdtempSync(join(tmpdir(), "assent-bench-"));
  try {
    const [given, events] = process.argv.slice(2);
    const address = given ?? join(folder, "assent.sqlite");
    console.table(await benchLedger(address, Number(events ?? EVENTS)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
