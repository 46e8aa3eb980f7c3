import { AppError } from "../base/errors.ts";

export type CollectionsCode =
  | "collection_unknown"
  | "collection_exists"
  | "collection_invalid"
  | "collection_closed"
  | "folder_unreadable"
  | "too_many_files"
  | "csv_invalid";

/** A collection, or what goes into it, can't be used. */
export class CollectionsError extends AppError<CollectionsCode> {}
