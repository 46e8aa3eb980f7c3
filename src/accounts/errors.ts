import { AppError } from "../base/errors.ts";

export type AccountsCode =
  | "sign_in_refused"
  | "passkey_refused"
  | "passkeys_full"
  | "account_unknown"
  | "account_exists"
  | "account_invalid"
  | "owner_needed"
  | "owner_exists"
  | "api_key_unknown"
  | "api_key_invalid"
  | "invite_unknown"
  | "invite_over"
  | "invite_invalid"
  | "invites_spent"
  | "search_budget_spent"
  | "alert_unknown"
  | "mail_settings_invalid";

/** Somebody can't sign in, or may not do (so much of) what they ask. */
export class AccountsError extends AppError<AccountsCode> {}
