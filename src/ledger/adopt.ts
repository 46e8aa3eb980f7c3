import type { EventId, SearchId, SubjectId } from "../base/ids.ts";
import type { Selectable } from "kysely";
import type { Db, Tx } from "../storage/db.ts";
import type { Schema } from "../storage/schema.ts";
import { askForScrub } from "../storage/scrub.ts";
import type { Vault } from "../storage/vault.ts";
import type { Json } from "../verify/canonical.ts";
import type { LedgerEvent } from "./events.ts";
import { dummy, entriesOf, type EntryRow, insertEntries, type Occurrence } from "./ledger.ts";
import { takeTreeTurn } from "./origin.ts";

/** Rows read at a time. */
const ROWS_MAX = 200;

/**
 * Moves the record of an earlier version, which kept its events in plain text, into the ledger: in
 * their order, with their ids, times and accounts. The old rows are gone in the same transaction,
 * and the files are scrubbed of them. What was recorded of people who are erased becomes entries
 * that nobody can open.
 */
export async function adoptEvents(db: Db, vault: Vault): Promise<void> {
  const one = await db.read.selectFrom("events").select("seq").limit(1).executeTakeFirst();
  if (!one) return;
  await db.write(async (tx) => {
    await takeTreeTurn(tx);
    for (let after = 0; ;) {
      const rows = await tx.read
        .selectFrom("events")
        .selectAll()
        .where("seq", ">", after)
        .orderBy("seq")
        .limit(ROWS_MAX)
        .execute();
      const last = rows.at(-1);
      if (!last) break;
      await adoptRows(tx, vault, rows);
      after = last.seq;
    }
    await tx.write.deleteFrom("events").execute();
    await askForScrub(tx);
  });
}

type EventRow = Selectable<Schema["events"]>;

async function adoptRows(tx: Tx, vault: Vault, rows: readonly EventRow[]): Promise<void> {
  const alive = await withAuditKeys(tx, rows);
  const opens = rows.filter((row) => {
    return row.subject_id === null || isErasure(row) || alive.has(row.subject_id);
  });
  const entries = await entriesOf(tx, vault, opens.map(occurrenceOf));
  const byId = new Map<EventId, EntryRow>(entries.map((entry) => [entry.id, entry]));
  await insertEntries(
    tx,
    rows.map(({ id }) => byId.get(id) ?? dummy(id)),
  );
  for (const row of rows) if (row.kind === "search.recorded") await nameEntry(tx, row);
}

/** A search knows the entry that records it. */
async function nameEntry(tx: Tx, { id, body }: EventRow): Promise<void> {
  const { search } = JSON.parse(body) as { readonly search?: SearchId };
  if (search === undefined) return;
  await tx.write.updateTable("searches").set({ entry_id: id }).where("id", "=", search).execute();
}

function isErasure({ kind }: EventRow): boolean {
  return kind === "subject.erased";
}

/** The event as it is said today: an erasure names the person by an id that nothing hangs on. */
function occurrenceOf(row: EventRow): Occurrence {
  const { id, at, account, kind, collection_id: collection, subject_id } = row;
  const details = JSON.parse(row.body) as Readonly<Record<string, Json>>;
  const of = isErasure(row) ? { erased: subject_id } : { subject: subject_id };
  const whole = { kind, collection, ...(subject_id === null ? {} : of), ...details };
  return { id, at, account, event: whole as LedgerEvent };
}

async function withAuditKeys(tx: Tx, rows: readonly EventRow[]): Promise<ReadonlySet<SubjectId>> {
  const ids = rows.flatMap(({ subject_id }) => (subject_id === null ? [] : [subject_id]));
  if (ids.length === 0) return new Set();
  const found = await tx.read
    .selectFrom("audit_keys")
    .select("subject_id")
    .distinct()
    .where("subject_id", "in", [...new Set(ids)])
    .execute();
  return new Set(found.map(({ subject_id }) => subject_id));
}
