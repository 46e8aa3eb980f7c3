import { AppError, AssertionError } from "../base/errors.ts";
import { isProblemCode, type Problem, type ProblemCode, PROBLEMS } from "../contract/problems.ts";
import { HttpError, type Issue } from "./errors.ts";

/** A failure as it is answered. */
export interface Failure {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly problem: Problem;
}

/**
 * When to come back where the error itself does not say: what is spent in an hour or a day comes
 * back bit by bit, and what ails a database is over in seconds or must be mended.
 */
const LATER_SECONDS: ReadonlyMap<number, number> = new Map([
  [429, 60],
  [503, 5],
]);

/** What an error is answered with. The error itself, its stack and its cause stay here. */
export function describeFailure(error: unknown, request: string): Failure {
  const code = codeOf(error);
  const [status, title] = PROBLEMS[code];
  const issues = error instanceof HttpError ? error.issues : [];
  const headers = error instanceof HttpError ? error.headers : {};
  const later = LATER_SECONDS.get(status);
  // RFC 9110, 11.6.1: a 401 says how one may say who one is. Browsers ask nobody for a "Bearer".
  const asked = status === 401 ? { "www-authenticate": "Bearer" } : {};
  const detail = detailOf(error, status);
  return {
    status,
    headers: {
      ...(later === undefined ? {} : { "retry-after": String(later) }),
      ...asked,
      ...headers,
    },
    problem: {
      type: `/docs#${code}`,
      title,
      status,
      code,
      ...(detail === null ? {} : { detail }),
      request,
      ...(issues.length === 0 ? {} : { issues: issues.map((one: Issue) => ({ ...one })) }),
    },
  };
}

/** The failure of an error, from its code or from what the system or Fastify calls it. */
function codeOf(error: unknown): ProblemCode {
  if (error instanceof AppError) return isProblemCode(error.code) ? error.code : "internal";
  if (error instanceof AssertionError) return "internal";
  const name = nameOf(error);
  const known = name === null ? undefined : OUTSIDE.get(name);
  if (known) return known;
  return name?.startsWith("FST_") && isRefusal(error) ? "request_invalid" : "internal";
}

/** What others throw: Fastify and its plugins, the system, the databases. */
const OUTSIDE: ReadonlyMap<string, ProblemCode> = new Map<string, ProblemCode>([
  ["FST_ERR_CTP_INVALID_MEDIA_TYPE", "media_type_unsupported"],
  ["FST_INVALID_MULTIPART_CONTENT_TYPE", "media_type_unsupported"],
  ["FST_ERR_CTP_BODY_TOO_LARGE", "body_too_large"],
  ["FST_REQ_FILE_TOO_LARGE", "body_too_large"],
  ["FST_PARTS_LIMIT", "body_too_large"],
  ["FST_FILES_LIMIT", "body_too_large"],
  ["FST_FIELDS_LIMIT", "body_too_large"],
  ["FST_PROTO_VIOLATION", "multipart_malformed"],
  ["FST_FILE_BUFFER_NOT_FOUND", "multipart_malformed"],
  ["FST_ERR_BAD_URL", "route_unknown"],
  ["FST_ERR_MAX_PARAM_LENGTH", "route_unknown"],
  ["ENOSPC", "disk_full"],
  ["EDQUOT", "disk_full"],
  ["SQLite 13", "disk_full"],
  ["53100", "disk_full"],
  ["SQLite 5", "database_busy"],
  ["ECONNREFUSED", "database_unreachable"],
  ["57P01", "database_unreachable"],
]);

/** SQLite's failures have one code for all and a number each. */
function nameOf(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  if ("errcode" in error) return `SQLite ${Number(error.errcode) & 0xff}`;
  return String(error.code);
}

function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error) || !("statusCode" in error)) return false;
  const status = Number(error.statusCode);
  return status >= 400 && status < 500;
}

/**
 * The sentence of an error of ours, which says what to do. One that speaks of the command line's
 * options would not help here, and what the operator must mend is not told to others.
 */
function detailOf(error: unknown, status: number): string | null {
  if (!(error instanceof AppError) || error instanceof HttpError || status >= 500) return null;
  return /--[a-z]|"assent /u.test(error.message) ? null : error.message;
}

/** What the log keeps of an error: its kind, code and places in the program; never its sentence. */
export function loggedFailure(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { kind: typeof error };
  const places = (error.stack ?? "").split("\n").filter((line) => /^\s+at /u.test(line));
  const cause = error.cause === undefined ? {} : { cause: loggedFailure(error.cause) };
  return { kind: error.name, code: nameOf(error), places, ...cause };
}
