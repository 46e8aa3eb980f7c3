import type { Problem, ProblemCode } from "../src/contract/problems.ts";

/** What the service refused, or could not do: its own words (RFC 9457). */
export class ProblemError extends Error {
  /** From the contract's closed list; `unknown`: of another version, or not from the service. */
  readonly code: ProblemCode | "unknown";
  /** Of HTTP. */
  readonly status: number;
  /** What to do, where the service says more than its title. */
  readonly detail: string | null;
  /** The id under which the service's log has it; null: it was not the service that answered. */
  readonly request: string | null;
  /** What is wrong where in the request. */
  readonly issues: NonNullable<Problem["issues"]>;
  /** How long the service wants to be left alone, in ms. */
  readonly retryAfterMs: number | null;

  constructor(
    title: string,
    told: {
      readonly code: ProblemCode | "unknown";
      readonly status: number;
      readonly detail?: string | undefined;
      readonly request?: string | undefined;
      readonly issues?: Problem["issues"] | undefined;
      readonly retryAfterMs: number | null;
    },
  ) {
    super(title);
    this.name = "ProblemError";
    this.code = told.code;
    this.status = told.status;
    this.detail = told.detail ?? null;
    this.request = told.request ?? null;
    this.issues = told.issues ?? [];
    this.retryAfterMs = told.retryAfterMs;
  }
}

export type ConnectionCode =
  /** Nobody answers, or the connection broke. */
  | "unreachable"
  /** The answer took longer than `attemptMs`. */
  | "too_slow"
  /** What came back is not what an Assent service answers. */
  | "not_understood"
  /** The service forgot an upload, and after it was begun anew once more. */
  | "upload_lost";

/** The service did not answer, or not so that it could be understood. */
export class ConnectionError extends Error {
  readonly code: ConnectionCode;

  constructor(code: ConnectionCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ConnectionError";
    this.code = code;
  }
}
