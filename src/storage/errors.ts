import { AppError } from "../base/errors.ts";

export type StorageCode =
  | "database_unreachable"
  | "database_busy"
  | "service_running"
  | "disk_failed"
  | "database_newer"
  | "migration_changed"
  | "scrub_due"
  | "key_file_due"
  | "key_file_invalid"
  | "row_invalid"
  | "restore_unfinished"
  | "master_key_missing"
  | "master_key_exists"
  | "master_key_invalid"
  | "master_key_exposed"
  | "master_key_changed"
  | "master_key_given"
  | "key_destroyed"
  | "seal_broken"
  | "blob_missing"
  | "blob_corrupt";

/** Database, keys or blobs can't be used. */
export class StorageError extends AppError<StorageCode> {}
