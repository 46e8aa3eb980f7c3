import { AppError, AssertionError } from "../base/errors.ts";
import { StoppedError } from "./stop.ts";

/** The command line was used wrongly. */
export class UsageError extends AppError<"usage"> {
  constructor(message: string) {
    super("usage", message);
  }
}

/** What a shell is told: used wrongly, refused or failed, a bug of ours, or Ctrl-C. */
export const EXIT = { done: 0, failed: 1, usage: 2, bug: 70, stopped: 130 } as const;

/** What a shell is told of a failure: one line, never with a stack, a name or a vector. */
export interface Failure {
  readonly line: string;
  readonly exit: number;
}

/** The one line that a failure prints, and its exit code. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof UsageError) return { line: `usage: ${error.message}`, exit: EXIT.usage };
  if (error instanceof StoppedError) return { line: error.message, exit: EXIT.stopped };
  if (error instanceof AppError) {
    return { line: `${error.code}: ${error.message}`, exit: EXIT.failed };
  }
  const code = codeOf(error);
  const advice = code === null ? undefined : SYSTEM_ADVICE.get(code);
  if (advice !== undefined) return { line: `system (${code}): ${advice}`, exit: EXIT.failed };
  const kind = error instanceof AssertionError ? "a broken assumption" : "an unexpected failure";
  const which = code === null ? "" : ` (${code})`;
  return {
    line: `bug${which}: ${kind}. Nothing half-done was kept. ASSENT_DEBUG=1 shows where.`,
    exit: EXIT.bug,
  };
}

const FULL = "The disk is full. Make room and give the same command again: it goes on.";
const DENIED =
  "A file, folder or port may not be used. Check the permissions of the paths, and --port.";
const IN_THE_WAY =
  "A file stands where a folder is needed, or a folder where a file is. Check --to, --json and --picture.";
const GONE = "The connection to the database was lost. Give the same command again: it goes on.";

/** Failures of the machine that are no bug of ours, by the codes of the system and of databases. */
const SYSTEM_ADVICE: ReadonlyMap<string, string> = new Map([
  ["ENOSPC", FULL],
  ["EDQUOT", FULL],
  ["SQLite 13", FULL],
  ["53100", FULL],
  ["EACCES", DENIED],
  ["EPERM", DENIED],
  ["EROFS", DENIED],
  ["SQLite 8", DENIED],
  ["EEXIST", IN_THE_WAY],
  ["ENOTDIR", IN_THE_WAY],
  ["EISDIR", IN_THE_WAY],
  ["ENOENT", "A file or folder that is needed is not there. Check the paths."],
  ["ENAMETOOLONG", "A path is longer than the disk allows. Take a shorter one."],
  ["EADDRINUSE", "Another program listens there already. Stop it, or take another --port."],
  ["EADDRNOTAVAIL", "This machine has no such address. Check --host."],
  ["ENOTFOUND", "A host of this name is not known. Check --host and --database."],
  ["EMFILE", "Too many files are open. Raise the limit (ulimit -n)."],
  ["EIO", "The disk can't be read or written. Check it before anything else."],
  ["SQLite 10", "The disk can't be read or written. Check it before anything else."],
  ["SQLite 11", "The database file is damaged. Restore it from a backup and check the disk."],
  ["SQLite 26", "The file assent.sqlite is no database. Restore it from a backup."],
  ["ECONNREFUSED", GONE],
  ["ECONNRESET", GONE],
  ["57P01", GONE],
]);

/** SQLite's failures have one code for all and a number each. */
function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  if ("errcode" in error) return `SQLite ${Number(error.errcode) & 0xff}`;
  return String(error.code);
}
