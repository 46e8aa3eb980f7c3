import type { EventId, SubjectId } from "../base/ids.ts";
import type { Reader } from "../storage/db.ts";
import type { AuditHolder } from "../storage/schema.ts";
import type { Vault } from "../storage/vault.ts";
import type { Opening } from "../verify/commitment.ts";
import { ownersOf } from "./ledger.ts";
import { readRecordKeys, type RecordKeys } from "./record-keys.ts";

/** An entry that a subject's key has opened. */
export interface SubjectEntry {
  readonly id: EventId;
  readonly leafIndex: number;
  /** Counts the subject's entries from 1; a gap would be one that is kept from them. */
  readonly number: number;
  readonly opening: Opening;
}

/** An entry as the operator sees it: without an opening where it is a dummy, or of somebody erased. */
export interface OperatorEntry {
  readonly id: EventId;
  readonly leafIndex: number;
  readonly opening: Opening | null;
}

/** An entry that is open. */
export interface OpenedEntry {
  readonly id: EventId;
  readonly leafIndex: number;
  readonly opening: Opening;
}

/** Entries asked for in one statement: a bound on its parameters. */
const IDS_MAX = 200;

/**
 * Every entry of a subject that has its place, opened with their own key or with the operator's.
 * None is left of somebody who is erased.
 */
export async function readSubjectEntries(
  db: Reader,
  vault: Vault,
  subject: SubjectId,
  holder: AuditHolder,
): Promise<readonly SubjectEntry[]> {
  const rows = await db.read
    .selectFrom("entries")
    .select(["id", "leaf_index", "subject_id", "subject_seq", "subject_body", "operator_body"])
    .where("subject_id", "=", subject)
    .where("leaf_index", "is not", null)
    .orderBy("subject_seq")
    .execute();
  if (rows.length === 0) return [];
  const keys = await readRecordKeys(db, vault, [subject]);
  return rows.flatMap((row) => {
    const opening = open(vault, keys, row, holder);
    const { id, leaf_index: leafIndex, subject_seq: number } = row;
    if (!opening || leafIndex === null || number === null) return [];
    return [{ id, leafIndex, number, opening }];
  });
}

/** Entries as the operator sees them, the latest first, from below the place `before`. */
export async function readOperatorEntries(
  db: Reader,
  vault: Vault,
  { before, limit }: { readonly before?: number; readonly limit: number },
): Promise<readonly OperatorEntry[]> {
  const query = db.read
    .selectFrom("entries")
    .select(["id", "leaf_index", "subject_id", "subject_body", "operator_body"])
    .where("leaf_index", "is not", null)
    .orderBy("leaf_index", "desc")
    .limit(limit);
  const page = before === undefined ? query : query.where("leaf_index", "<", before);
  const rows = await page.execute();
  const subjects = rows.flatMap(({ subject_id }) => (subject_id === null ? [] : [subject_id]));
  const keys = await readRecordKeys(db, vault, subjects);
  return rows.flatMap((row) => {
    const { id, leaf_index: leafIndex } = row;
    if (leafIndex === null) return [];
    return [{ id, leafIndex, opening: open(vault, keys, row, "operator") }];
  });
}

/** Entries of nobody that have their place, by id, as the operator's key opens them. */
export async function readOpened(
  db: Reader,
  vault: Vault,
  ids: readonly EventId[],
): Promise<ReadonlyMap<EventId, OpenedEntry>> {
  const keys = await readRecordKeys(db, vault, []);
  const found = new Map<EventId, OpenedEntry>();
  for (let from = 0; from < ids.length; from += IDS_MAX) {
    const rows = await db.read
      .selectFrom("entries")
      .select(["id", "leaf_index", "subject_id", "subject_body", "operator_body"])
      .where("id", "in", ids.slice(from, from + IDS_MAX))
      .where("subject_id", "is", null)
      .execute();
    for (const row of rows) {
      const opening = open(vault, keys, row, "operator");
      const { id, leaf_index: leafIndex } = row;
      if (opening && leafIndex !== null) found.set(id, { id, leafIndex, opening });
    }
  }
  return found;
}

/** What an entry's copies say, as far as they are there and open. */
export function openBodies(vault: Vault, keys: RecordKeys, row: SealedEntry): readonly Opening[] {
  const both = (["subject", "operator"] as const).map((holder) => open(vault, keys, row, holder));
  return both.filter((opening) => opening !== null);
}

interface SealedEntry {
  readonly id: EventId;
  readonly subject_id: SubjectId | null;
  readonly subject_body: Uint8Array | null;
  readonly operator_body: Uint8Array | null;
}

function open(
  vault: Vault,
  keys: RecordKeys,
  row: SealedEntry,
  holder: AuditHolder,
): Opening | null {
  const body = row[`${holder}_body`];
  const owner = ownersOf(row.subject_id)[holder];
  const key = owner && keys(owner);
  // A subject erased since the rows were read has no key any more.
  if (!body || !owner || !key) return null;
  const bytes = vault.unsealWith(owner, key, body, ["entry", row.id]);
  return JSON.parse(bytes.toString()) as Opening;
}
