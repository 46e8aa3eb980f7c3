import { AppError } from "../base/errors.ts";

export type VerifyCode =
  /** It can't be read as what it says it is. */
  | "format_invalid"
  /** A signature does not fit what is signed, or no given key made it. */
  | "signature_invalid"
  | "key_unknown"
  /** The bytes of a file are not those that were named by their hash. */
  | "hash_mismatch"
  | "proof_invalid"
  /** An entry's text and salt don't give its leaf. */
  | "commitment_mismatch"
  /** Two states of the ledger that can't both be true. */
  | "ledger_rewritten"
  /** Something that must be there is not: a file, a number of a sequence. */
  | "incomplete";

/** Something that was to be checked is not what it says. The sentence tells what and where. */
export class VerifyError extends AppError<VerifyCode> {}
