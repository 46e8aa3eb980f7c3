import { AppError } from "../base/errors.ts";

export type BackupCode =
  /** What is to be restored is no backup, or not whole. */
  | "backup_invalid"
  | "backup_damaged"
  /** Made by a version of Assent whose tables are others. */
  | "backup_version"
  /** The key file does not belong to the backup, or is older than it. */
  | "key_file_wrong"
  /** There is something already where a backup is to be restored. */
  | "instance_not_empty";

/** A backup can't be made or restored. */
export class BackupError extends AppError<BackupCode> {}
