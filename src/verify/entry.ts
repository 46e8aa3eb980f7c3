import { fromBase64, fromBase64Url } from "./base64.ts";
import { type SignedCheckpoint, type VerifierKeys, verifyCheckpoint } from "./checkpoint.ts";
import { commit, type Opening, SALT_BYTES } from "./commitment.ts";
import { VerifyError } from "./errors.ts";
import { hashLeaf, PATH_HASHES_MAX, provesInclusion } from "./merkle.ts";

/** That a leaf is in a tree: the nodes beside its way to the root, from below (Base 64). */
export interface EntryProof {
  readonly leafIndex: number;
  readonly treeSize: number;
  readonly hashes: readonly string[];
}

/** An entry as somebody holds it: what it says, where it stands, and what proves that. */
export interface ProvenEntry {
  readonly opening: Opening;
  readonly leafIndex: number;
  readonly proof: EntryProof;
  /** The signed note of the tree that the proof leads to. */
  readonly checkpoint: string;
}

/**
 * Checks that the ledger holds just this entry at just this place. Throws VerifyError
 * format_invalid, key_unknown, signature_invalid, proof_invalid.
 */
export async function verifyEntry(
  { checkpoint, ...entry }: ProvenEntry,
  keys: VerifierKeys,
): Promise<void> {
  verifyEntryIn(await verifyCheckpoint(checkpoint, keys), entry);
}

/** As `verifyEntry`, for many entries of one checkpoint that was checked before. */
export function verifyEntryIn(
  checkpoint: SignedCheckpoint,
  { opening, leafIndex, proof }: Omit<ProvenEntry, "checkpoint">,
): void {
  const salt = fromBase64Url(opening.salt);
  if (salt?.length !== SALT_BYTES) {
    throw new VerifyError("format_invalid", "An entry's salt is not 32 bytes in base64url.");
  }
  const hash = hashLeaf(commit(salt, opening.event));
  const included =
    proof.leafIndex === leafIndex &&
    proof.treeSize === checkpoint.size &&
    provesInclusion({ hash, index: leafIndex }, parseHashes(proof.hashes), checkpoint);
  if (included) return;
  throw new VerifyError(
    "proof_invalid",
    `The ledger does not hold this entry at place ${leafIndex}: its text, its salt or its proof was changed.`,
  );
}

/** The hashes of a proof as they are written. Throws VerifyError format_invalid. */
export function parseHashes(hashes: readonly string[]): readonly Uint8Array[] {
  if (hashes.length > PATH_HASHES_MAX) {
    throw new VerifyError("format_invalid", "A proof has more hashes than any tree has levels.");
  }
  return hashes.map((text) => {
    const hash = fromBase64(text);
    if (hash) return hash;
    throw new VerifyError("format_invalid", "A hash of a proof is not in base64.");
  });
}
