import type { Selectable } from "kysely";
import type { Reader } from "../storage/db.ts";
import type { Schema } from "../storage/schema.ts";
import type { Vault } from "../storage/vault.ts";
import { fromBase64Url, sameBytes } from "../verify/base64.ts";
import { type Checkpoint, verifyCheckpoint } from "../verify/checkpoint.ts";
import { commit, type Opening } from "../verify/commitment.ts";
import { refuseContradiction } from "../verify/consistency.ts";
import { VerifyError } from "../verify/errors.ts";
import { hashLeaf } from "../verify/merkle.ts";
import { openBodies } from "./entries.ts";
import { readRecordKeys } from "./record-keys.ts";
import { newestCheckpoint } from "./sequencer.ts";
import { readTile, TreeEdge } from "./tiles.ts";

/** What a check has looked at. */
export interface LedgerCheck {
  readonly entries: number;
  /** Entries that opened and said what their leaves commit to; the rest are dummies or erased. */
  readonly opened: number;
}

/** Entries read at a time. */
const PAGE_ENTRIES = 500;

/**
 * Checks a whole ledger from its stored entries: each says what its leaf commits to, their leaves
 * make the tiles and the root that were signed, the tree begins with the one of an older checkpoint,
 * and no subject's numbers have a gap. Throws VerifyError: ledger_rewritten, commitment_mismatch,
 * incomplete, and those of verifyCheckpoint.
 */
export async function checkLedger(
  db: Reader,
  vault: Vault,
  keys: readonly string[],
  older?: string,
): Promise<LedgerCheck> {
  const stored = await newestCheckpoint(db);
  if (!stored) throw rewritten("It has no checkpoint.");
  const newest = await verifyCheckpoint(stored.note, keys);
  const earlier = older === undefined ? null : await verifyCheckpoint(older, keys);
  if (earlier) refuseContradiction(earlier, newest);
  const edge = TreeEdge.empty();
  let opened = 0;
  for (let size = 0; size < newest.size;) {
    const rows = await readPage(db, size);
    if (rows.length === 0) throw rewritten(`It has ${size} of ${newest.size} signed entries.`);
    opened += await checkOpenings(db, vault, rows);
    for (const row of rows) {
      if (row.leaf_index !== size) throw rewritten(`Entry ${size} is missing.`);
      edge.add(hashLeaf(row.leaf));
      size += 1;
      if (earlier?.size === size) compareRoots(edge, earlier, "an older checkpoint");
      if (newest.size === size) compareRoots(edge, newest, "the newest checkpoint");
    }
  }
  for (const tile of edge.takeTiles()) {
    const kept = await readTile(db, tile);
    if (!kept || !sameBytes(kept, tile.hashes)) throw rewritten("A tile does not fit the entries.");
  }
  await checkNumbers(db);
  return { entries: newest.size, opened };
}

function compareRoots(edge: TreeEdge, signed: Checkpoint, where: string): void {
  if (sameBytes(edge.head().root, signed.root)) return;
  throw rewritten(`The first ${signed.size} entries are not those that ${where} was signed over.`);
}

type EntryRow = Selectable<Schema["entries"]>;

async function readPage(db: Reader, from: number): Promise<readonly EntryRow[]> {
  return db.read
    .selectFrom("entries")
    .selectAll()
    .where("leaf_index", ">=", from)
    .orderBy("leaf_index")
    .limit(PAGE_ENTRIES)
    .execute();
}

/** Returns how many of the entries opened. */
async function checkOpenings(db: Reader, vault: Vault, rows: readonly EntryRow[]): Promise<number> {
  const subjects = rows.flatMap(({ subject_id }) => (subject_id === null ? [] : [subject_id]));
  const keys = await readRecordKeys(db, vault, subjects);
  let opened = 0;
  for (const row of rows) {
    const openings = openBodies(vault, keys, row);
    if (!openings.every((opening) => fits(row, opening))) {
      throw new VerifyError(
        "commitment_mismatch",
        `Entry ${String(row.leaf_index)} says something else than its leaf commits to.`,
      );
    }
    if (openings.length > 0) opened += 1;
  }
  return opened;
}

function fits(row: EntryRow, { salt, event }: Opening): boolean {
  const { id, leaf, subject_id, subject_seq } = row;
  const key = fromBase64Url(salt);
  const named = event["id"] === id && (event["subject"] ?? null) === subject_id;
  return (
    key !== null && named && event["number"] === subject_seq && sameBytes(commit(key, event), leaf)
  );
}

async function checkNumbers(db: Reader): Promise<void> {
  const gap = await db.read
    .selectFrom("entries")
    .leftJoin("subject_sequences", "subject_sequences.subject_id", "entries.subject_id")
    .select(({ fn }) => [fn.countAll<number>().as("count"), fn.max("subject_seq").as("last")])
    .select("subject_sequences.entries")
    .where("entries.subject_id", "is not", null)
    .groupBy(["entries.subject_id", "subject_sequences.entries"])
    .execute();
  const whole = gap.every((row) => row.last === row.entries && row.count === row.entries);
  if (whole) return;
  throw new VerifyError("incomplete", "A subject's entries have a gap: one was taken out.");
}

function rewritten(detail: string): VerifyError {
  return new VerifyError(
    "ledger_rewritten",
    `The ledger is not the one that was signed. ${detail}`,
  );
}
