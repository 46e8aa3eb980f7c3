import { AppError } from "../base/errors.ts";

export type RightsCode =
  | "photo_unknown"
  | "face_unknown"
  | "sighting_unknown"
  | "objection_unknown"
  | "objection_decided"
  | "reason_too_long"
  | "certificate_unknown"
  | "delivery_unknown"
  | "delivery_not_made"
  | "delivery_outdated"
  | "photo_withheld"
  | "video_unknown"
  | "video_not_coverable"
  | "contact_changes_spent"
  | "contact_change_over"
  | "receipt_mails_spent"
  | "nothing_to_correct"
  | "entry_unknown"
  | "search_unknown";

/** A right can't be exercised as it was asked. */
export class RightsError extends AppError<RightsCode> {}
