import { AppError } from "../base/errors.ts";

export type HttpCode =
  | "request_invalid"
  | "json_malformed"
  | "json_too_deep"
  | "multipart_malformed"
  | "cursor_invalid"
  | "range_unsatisfiable"
  | "changed_meanwhile"
  | "idempotency_key_invalid"
  | "idempotency_busy"
  | "idempotency_forgotten"
  | "idempotency_mismatch"
  | "credentials_missing"
  | "credentials_invalid"
  | "not_allowed"
  | "origin_refused"
  | "route_unknown"
  | "method_unknown"
  | "request_too_slow"
  | "headers_too_large"
  | "body_too_large"
  | "media_type_unsupported"
  | "too_many_requests"
  | "overloaded"
  | "stopping"
  | "disk_full"
  | "internal";

/** What is wrong where in a request. */
export interface Issue {
  readonly path: string;
  readonly message: string;
}

/** A request that is refused at the door. */
export class HttpError extends AppError<HttpCode> {
  /** Sent along: Retry-After, Allow. */
  readonly headers: Readonly<Record<string, string>>;
  readonly issues: readonly Issue[];

  constructor(
    code: HttpCode,
    options: {
      readonly headers?: Readonly<Record<string, string>>;
      readonly issues?: readonly Issue[];
      readonly cause?: unknown;
    } = {},
  ) {
    super(code, code, { cause: options.cause });
    this.headers = options.headers ?? {};
    this.issues = options.issues ?? [];
  }
}

/** Too much at once, or too fast: says when to come back. */
export function comeBackLater(
  code: "overloaded" | "too_many_requests" | "stopping",
  seconds: number,
): HttpError {
  return new HttpError(code, { headers: { "retry-after": String(Math.max(1, seconds)) } });
}
