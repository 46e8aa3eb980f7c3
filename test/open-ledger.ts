import type { Clock } from "../src/base/clock.ts";
import { systemClock } from "../src/base/clock.ts";
import { type EventId, newId, type SubjectId } from "../src/base/ids.ts";
import { append, type LedgerEvent, type Recorder } from "../src/ledger/ledger.ts";
import { Ledger } from "../src/ledger/log.ts";
import type { Db } from "../src/storage/db.ts";
import { Vault } from "../src/storage/vault.ts";
import { openTestDb, type TestDatabase } from "./databases.ts";

/** A ledger with what is below it and nothing above: faster to open than an instance. */
export interface OpenLedger extends AsyncDisposable {
  readonly db: Db;
  readonly vault: Vault;
  readonly ledger: Ledger;
  readonly recorder: Recorder;
}

/** The same for every opening of a database. */
const MASTER = Buffer.alloc(32, 7);

/** Opens a test's database as a ledger. Closing sequences what waits, as an instance does. */
export async function openLedger(
  database: TestDatabase,
  clock: Clock = systemClock,
): Promise<OpenLedger> {
  await using stack = new AsyncDisposableStack();
  const db = stack.use(await openTestDb(database));
  const vault = stack.adopt(await Vault.open(db, Buffer.from(MASTER), clock), (one) => one.close());
  const ledger = stack.use(await Ledger.open(db, vault, clock));
  const closing = stack.move();
  return {
    db,
    vault,
    ledger,
    recorder: { clock, account: "staff", vault },
    [Symbol.asyncDispose]: async () => closing.disposeAsync(),
  };
}

/** A subject as the ledger needs one: a row and the two keys of their entries. */
export async function addSubject({ db, vault, recorder }: OpenLedger): Promise<SubjectId> {
  const id = newId("sub");
  await db.write(async (tx) => {
    const row = { id, sealed_name: Buffer.from("name"), created_at: recorder.clock.now() };
    await tx.write.insertInto("subjects").values(row).execute();
    await vault.createAuditKeys(tx, id);
  });
  return id;
}

/** Appends events in one transaction. */
export async function record(
  { db, recorder }: OpenLedger,
  ...events: readonly LedgerEvent[]
): Promise<void> {
  await db.write(async (tx) => append(tx, recorder, ...events));
}

/** So many events of nobody. */
export function anyEvents(count: number): readonly LedgerEvent[] {
  const collection = newId("col");
  return Array.from({ length: count }, () => ({ kind: "photo.imported", collection, faces: 2 }));
}

/** The ids of all entries in the order of their appending. */
export async function entryIds(db: Db): Promise<readonly EventId[]> {
  const rows = await db.read.selectFrom("entries").select("id").orderBy("seq").execute();
  return rows.map(({ id }) => id);
}
