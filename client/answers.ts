import { isProblemCode, problem } from "../src/contract/problems.ts";
import { ConnectionError, ProblemError } from "./errors.ts";

/** A file that the service sends: read it as it comes, or whole. */
export interface Download {
  /** As the service calls it; null: it has no name. */
  readonly name: string | null;
  readonly type: string;
  /** Bytes as they arrive, so that a large file never has to be in memory. */
  readonly bytes: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** All of it, in memory. */
  readonly whole: () => Promise<Blob>;
}

const tags = new WeakMap<object, string>();

/** The tag (ETag) of an answer as it was read, for `ifMatch`; null where it came without one. */
export function tagOf(answer: object): string | null {
  return tags.get(answer) ?? null;
}

/** An answer's JSON. Throws ConnectionError: unreachable where it breaks off, not_understood. */
export async function readJson(answer: Response): Promise<unknown> {
  const text = await textOf(answer);
  try {
    const json: unknown = JSON.parse(text);
    const tag = answer.headers.get("etag");
    if (tag !== null && typeof json === "object" && json !== null) tags.set(json, tag);
    return json;
  } catch (cause) {
    throw new ConnectionError("not_understood", "The answer is not JSON.", { cause });
  }
}

/** An answer that is a file. */
export async function readDownload(answer: Response): Promise<Download> {
  const disposition = answer.headers.get("content-disposition") ?? "";
  const [, name = null] = /filename="([^"]+)"/u.exec(disposition) ?? [];
  const type = answer.headers.get("content-type") ?? "application/octet-stream";
  const bytes = answer.body ?? new Blob().stream();
  return {
    name,
    type,
    bytes,
    whole: async () => new Response(bytes, { headers: { "content-type": type } }).blob(),
  };
}

/** What an answer that is none says of itself. */
export async function readProblem(answer: Response): Promise<ProblemError> {
  const { status } = answer;
  const retryAfterMs = parseRetryAfter(answer.headers.get("retry-after"), Date.now());
  const told = problem.safeParse(await readJson(answer).catch(() => null));
  if (!told.success) {
    return new ProblemError(`Refused with HTTP ${status}.`, {
      code: "unknown",
      status,
      retryAfterMs,
    });
  }
  const { title, code, detail, request, issues } = told.data;
  const known = isProblemCode(code) ? code : "unknown";
  return new ProblemError(title, { code: known, status, detail, request, issues, retryAfterMs });
}

/** Ms until a Retry-After (RFC 9110, 10.2.3: seconds or a date); null: it says nothing. */
export function parseRetryAfter(header: string | null, now: number): number | null {
  if (header === null) return null;
  if (/^\d{1,9}$/u.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

async function textOf(answer: Response): Promise<string> {
  try {
    return await answer.text();
  } catch (cause) {
    throw new ConnectionError("unreachable", "The answer broke off.", { cause });
  }
}
