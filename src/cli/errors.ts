import { AppError, AssertionError } from "../base/errors.ts";

/** The command line was used wrongly. */
export class UsageError extends AppError<"usage"> {
  constructor(message: string) {
    super("usage", message);
  }
}

/** What a shell is told: used wrongly, refused or failed, or a bug of ours. */
export const EXIT = { done: 0, failed: 1, usage: 2, bug: 70 } as const;

/** The one line that a failure prints, and its exit code. Never a stack, a name or a vector. */
export function describeFailure(error: unknown): { readonly line: string; readonly exit: number } {
  if (error instanceof UsageError) return { line: `usage: ${error.message}`, exit: EXIT.usage };
  if (error instanceof AppError) {
    return { line: `${error.code}: ${error.message}`, exit: EXIT.failed };
  }
  const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
  const kind = error instanceof AssertionError ? "a broken assumption" : "an unexpected failure";
  return {
    line: `bug${code}: ${kind}. Nothing half-done was kept. ASSENT_DEBUG=1 shows where.`,
    exit: EXIT.bug,
  };
}
