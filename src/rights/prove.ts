import type { SearchId, SubjectId } from "../base/ids.ts";
import type { Ledger } from "../ledger/log.ts";
import type { Db } from "../storage/db.ts";
import { parseCheckpoint } from "../verify/checkpoint.ts";
import type { ProvenEntry } from "../verify/entry.ts";
import { parseNote } from "../verify/note.ts";
import type { ConsistencyProofFile, EntryProofFile } from "../verify/verify.ts";
import { RightsError } from "./errors.ts";
import { readLedgerState } from "./record.ts";
import { proveSearches, searchesHeld } from "./record-searches.ts";

/**
 * One entry of a person with what proves that the ledger holds it. Throws RightsError
 * entry_unknown.
 */
export async function proveEntry(
  ledger: Ledger,
  subject: SubjectId,
  number: number,
): Promise<EntryProofFile> {
  const { checkpoint, size, entries } = await readLedgerState(ledger, subject);
  const entry = entries.find((one) => one.number === number);
  if (!entry) throw new RightsError("entry_unknown", "This person has no entry of this number.");
  const { opening, leafIndex, id } = entry;
  return proofFile(ledger, {
    opening,
    leafIndex,
    proof: await ledger.inclusion(id, size),
    checkpoint,
  });
}

/**
 * The entry that records a search of a person's collections, whether it returned them or not, with
 * what proves that the ledger holds it. Throws RightsError search_unknown.
 */
export async function proveSearch(
  { db, ledger }: { readonly db: Db; readonly ledger: Ledger },
  subject: SubjectId,
  search: string,
): Promise<EntryProofFile> {
  const { checkpoint, size, entries } = await readLedgerState(ledger, subject);
  const asked = { subject, entries, size, search: search as SearchId };
  const { rows } = await searchesHeld({ db, ledger }, asked);
  const [proven] = await proveSearches(ledger, rows, size);
  if (proven) return proofFile(ledger, { ...proven, checkpoint });
  throw new RightsError(
    "search_unknown",
    "No search of this id was recorded in a collection while this person had a consent there.",
  );
}

async function proofFile(
  ledger: Ledger,
  { opening, leafIndex, proof, checkpoint }: ProvenEntry,
): Promise<EntryProofFile> {
  const key = await ledger.verifierKey();
  return { schema: "assent-entry-proof/1", opening, leafIndex, proof, checkpoint, key };
}

/**
 * That the ledger has only grown since an older checkpoint (signed note). Throws VerifyError
 * format_invalid, LedgerError size_unknown.
 */
export async function proveGrowth(ledger: Ledger, older: string): Promise<ConsistencyProofFile> {
  const newer = await ledger.checkpoint();
  const [from, to] = [older, newer].map((note) => parseCheckpoint(parseNote(note).text).size);
  const { hashes } = await ledger.consistency(from ?? 0, to ?? 0);
  return {
    schema: "assent-consistency-proof/1",
    older,
    newer,
    hashes,
    key: await ledger.verifierKey(),
  };
}
