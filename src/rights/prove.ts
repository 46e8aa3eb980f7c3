import type { SubjectId } from "../base/ids.ts";
import type { Ledger } from "../ledger/log.ts";
import { parseCheckpoint } from "../verify/checkpoint.ts";
import { parseNote } from "../verify/note.ts";
import type { ConsistencyProofFile, EntryProofFile } from "../verify/verify.ts";
import { RightsError } from "./errors.ts";

/**
 * One entry of a person with what proves that the ledger holds it. Throws RightsError
 * entry_unknown.
 */
export async function proveEntry(
  ledger: Ledger,
  subject: SubjectId,
  number: number,
): Promise<EntryProofFile> {
  const checkpoint = await ledger.checkpoint();
  const entry = (await ledger.entriesOf(subject, "subject")).find((one) => one.number === number);
  if (!entry) throw new RightsError("entry_unknown", "This person has no entry of this number.");
  const { size } = parseCheckpoint(parseNote(checkpoint).text);
  const { opening, leafIndex, id } = entry;
  return {
    schema: "assent-entry-proof/1",
    opening,
    leafIndex,
    proof: await ledger.inclusion(id, size),
    checkpoint,
    key: await ledger.verifierKey(),
  };
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
