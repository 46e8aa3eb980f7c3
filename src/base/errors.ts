/**
 * A failure whose `code` comes from a closed union of its room. Messages say what to do and never
 * carry names, contacts, vectors, scores or tokens.
 */
export abstract class AppError<Code extends string = string> extends Error {
  readonly code: Code;

  constructor(code: Code, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** A broken invariant: a bug in Assent, never a user's mistake. */
export class AssertionError extends Error {}

/** Throws AssertionError when `condition` does not hold. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** Marks a branch the types prove unreachable. */
export function unreachable(value: never): never {
  throw new AssertionError(`Unreachable: ${String(value)}`);
}
