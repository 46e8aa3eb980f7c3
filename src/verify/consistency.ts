import { sameBytes } from "./base64.ts";
import { type Checkpoint, type VerifierKeys, verifyCheckpoint } from "./checkpoint.ts";
import { parseHashes } from "./entry.ts";
import { VerifyError } from "./errors.ts";
import { provesConsistency } from "./merkle.ts";

/**
 * Checks that a ledger has only grown since an older checkpoint was taken: the newer tree begins
 * with every leaf of the older. Throws VerifyError format_invalid, key_unknown, signature_invalid;
 * ledger_rewritten where it was truncated, forked or rewritten.
 */
export async function verifyConsistency(
  states: {
    /** Signed notes. */
    readonly older: string;
    readonly newer: string;
    /** The consistency proof from the one size to the other (Base 64). */
    readonly hashes: readonly string[];
  },
  keys: VerifierKeys,
): Promise<void> {
  const older = await verifyCheckpoint(states.older, keys);
  const newer = await verifyCheckpoint(states.newer, keys);
  refuseContradiction(older, newer);
  if (provesConsistency(older, newer, parseHashes(states.hashes))) return;
  throw new VerifyError(
    "ledger_rewritten",
    `Nothing proves that the ledger of ${newer.size} entries begins with the ${older.size} that ` +
      "were signed before: entries were changed, or the proof was.",
  );
}

/** Throws VerifyError ledger_rewritten where two checkpoints can't both be true. */
export function refuseContradiction(older: Checkpoint, newer: Checkpoint): void {
  if (older.origin !== newer.origin) {
    throw new VerifyError("format_invalid", "The two checkpoints are of different ledgers.");
  }
  if (older.size > newer.size) {
    throw new VerifyError(
      "ledger_rewritten",
      `The ledger was truncated: it had ${older.size} entries and now has ${newer.size}.`,
    );
  }
  if (older.size === newer.size && !sameBytes(older.root, newer.root)) {
    throw new VerifyError(
      "ledger_rewritten",
      `The ledger was forked or rewritten: two different trees of ${older.size} entries were signed.`,
    );
  }
}
