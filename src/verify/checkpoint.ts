import { fromBase64, toBase64 } from "./base64.ts";
import { VerifyError } from "./errors.ts";
import { HASH_BYTES, type TreeHead } from "./merkle.ts";
import { type CheckedSignature, parseNote, parseVerifierKey, verifyNote } from "./note.ts";

/** What a log says of itself at one moment: how many leaves it has, and the root above them. */
export interface Checkpoint extends TreeHead {
  /** Names the log. */
  readonly origin: string;
}

/** A checkpoint whose signatures were checked. */
export interface SignedCheckpoint extends Checkpoint {
  readonly signatures: readonly CheckedSignature[];
}

/**
 * Keys as text. More than one where a log has changed its key, or where witnesses' keys are known
 * too.
 */
export type VerifierKeys = string | readonly string[];

/** A checkpoint's text, as it is signed (C2SP tlog-checkpoint). */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/**
 * Reads a checkpoint's text. Lines that a log adds below the third are let be. Throws VerifyError
 * format_invalid.
 */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = "", digits = "", encoded = "", ...rest] = text.split("\n");
  const root = fromBase64(encoded);
  const size = parseSize(digits);
  const ends = rest.at(-1) === "" && rest.slice(0, -1).every((line) => line !== "");
  if (origin !== "" && size !== null && root?.length === HASH_BYTES && ends) {
    return { origin, size, root };
  }
  throw new VerifyError("format_invalid", "This is not a checkpoint of a ledger.");
}

/** A tree's size as decimal digits without leading zeros, or null. */
export function parseSize(digits: string): number | null {
  const size = /^(0|[1-9][0-9]{0,15})$/u.test(digits) ? Number(digits) : Number.NaN;
  return Number.isSafeInteger(size) ? size : null;
}

/**
 * Reads a signed checkpoint and checks it: the log itself must have signed, with one of the given
 * keys. Throws VerifyError format_invalid, key_unknown, signature_invalid.
 */
export async function verifyCheckpoint(
  note: string,
  keys: VerifierKeys,
): Promise<SignedCheckpoint> {
  const parsed = parseNote(note);
  const checkpoint = parseCheckpoint(parsed.text);
  const known = [keys].flat().map(parseVerifierKey);
  const signatures = await verifyNote(parsed, known);
  const own = signatures.some(({ key, time }) => time === null && key.name === checkpoint.origin);
  if (own) return { ...checkpoint, signatures };
  throw new VerifyError("key_unknown", "None of the given keys is of the log that this names.");
}
