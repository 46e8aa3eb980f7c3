import { AppError } from "../base/errors.ts";

export type CollectionsCode =
  | "collection_unknown"
  | "collection_exists"
  | "collection_invalid"
  | "collection_closed"
  | "collection_consented"
  | "photo_not_taken"
  | "folder_unreadable"
  | "too_many_files"
  | "enrolment_tries_spent"
  | "csv_invalid"
  | "list_unknown"
  | "archive_invalid"
  | "archive_too_large"
  | "upload_unknown"
  | "import_root_missing";

/** A collection, or what goes into it, can't be used. */
export class CollectionsError extends AppError<CollectionsCode> {}
