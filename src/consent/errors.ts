import { AppError } from "../base/errors.ts";

export type ConsentCode =
  | "no_live_grant"
  | "grant_not_paused"
  | "form_missing"
  | "witness_missing"
  | "signed_on_invalid"
  | "signed_on_future"
  | "consent_too_old"
  | "consent_withdrawn"
  | "use_missing"
  | "declaration_missing"
  | "born_invalid"
  | "born_missing"
  | "guardian_invalid"
  | "guardian_needed"
  | "guardian_not_needed"
  | "notice_unknown"
  | "notice_outdated"
  | "notice_invalid"
  | "language_unknown"
  | "receipt_missing"
  | "receipt_signature_invalid"
  | "operator_unknown"
  | "operator_invalid";

/** A consent can't be recorded, or an action needs one that is not there. */
export class ConsentError extends AppError<ConsentCode> {}
