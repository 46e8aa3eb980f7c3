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
  | "operator_unknown"
  | "operator_invalid";

/** A consent can't be recorded, or an action needs one that is not there. */
export class ConsentError extends AppError<ConsentCode> {}
