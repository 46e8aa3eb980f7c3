import { AppError } from "../base/errors.ts";

export type LedgerCode =
  | "entry_unknown"
  | "size_unknown"
  /** What is stored of the tree is not what was signed. */
  | "tree_damaged"
  | "witness_known"
  | "witness_unknown"
  | "witness_unreachable"
  /** The witness answered with something else than a cosignature of what it was asked for. */
  | "witness_refused"
  /** The witness has seen more of this ledger than there is here. */
  | "witness_ahead";

/** The ledger can't do what is asked of it. */
export class LedgerError extends AppError<LedgerCode> {}
