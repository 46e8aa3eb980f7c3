import type { FastifyRequest } from "fastify";
import { z } from "zod";
import {
  bodySchemaOf,
  FORM_FILE_BYTES_MAX,
  paramsSchema,
  type Route,
} from "../contract/contract.ts";
import { HttpError } from "./errors.ts";
import { FIELD_BYTES_MAX, FIELDS_MAX, JSON_DEPTH_MAX } from "./limits.ts";
import type { Spool, SpooledFile } from "./spool.ts";

/** What a request brings, parsed by the schemas of its route. */
export interface Input {
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** The files of a route that takes many. */
  readonly spooled: readonly SpooledFile[];
}

/** Problems named in an answer: enough to mend a form by. */
const ISSUES_MAX = 20;
const UNKNOWN_FIELDS = "Fields are sent that this route does not know: look at /docs.";
const NOTHING = z.object({});

/**
 * Reads a request whole. Throws HttpError: request_invalid, media_type_unsupported, body_too_large,
 * multipart_malformed.
 */
export async function readInput(
  route: Route,
  request: FastifyRequest,
  spool: Spool | null,
): Promise<Input> {
  const params = parse("path", paramsSchema(route.path), request.params);
  const query = parse("query", route.query ?? NOTHING, request.query);
  if (route.files) {
    const { fields, files, spooled } = await readForm(route, route.files, request, spool);
    return { params, query, body: parse("body", bodySchemaOf(route), fields), files, spooled };
  }
  const body = parse("body", bodySchemaOf(route), request.body ?? {});
  return { params, query, body, files: {}, spooled: [] };
}

/** Parses a route's parameters alone: who may ask depends on them. Null where they are malformed. */
export function readParams(
  route: Pick<Route, "path">,
  request: FastifyRequest,
): Readonly<Record<string, unknown>> {
  return parse("path", paramsSchema(route.path), request.params);
}

function parse(
  where: string,
  schema: z.ZodObject,
  value: unknown,
): Readonly<Record<string, unknown>> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, ISSUES_MAX).map((issue) => ({
    path: [where, ...issue.path.map(String)].join("."),
    // A field's name is the sender's own word, and may be anybody's name: it is not said again.
    message: issue.code === "unrecognized_keys" ? UNKNOWN_FIELDS : issue.message,
  }));
  throw new HttpError("request_invalid", { issues });
}

/** The parts of a form: files as bytes, everything else as text. */
async function readForm(
  { filesMax }: Route,
  names: readonly string[],
  request: FastifyRequest,
  spool: Spool | null,
): Promise<
  Pick<Input, "files" | "spooled"> & { readonly fields: Readonly<Record<string, string>> }
> {
  if (!request.isMultipart()) throw new HttpError("media_type_unsupported");
  const fields = new Map<string, string>();
  const files = new Map<string, Uint8Array>();
  const spooled: SpooledFile[] = [];
  const count = names.length * (filesMax ?? 1);
  const limits = {
    fileSize: FORM_FILE_BYTES_MAX,
    files: count,
    fields: FIELDS_MAX,
    fieldSize: FIELD_BYTES_MAX,
    parts: FIELDS_MAX + count,
  };
  for await (const part of partsOf(request, limits)) {
    if (part.type === "file" && !names.includes(part.fieldname)) {
      const issues = [{ path: "body", message: "A file is sent that is not asked for." }];
      throw new HttpError("request_invalid", { issues });
    }
    if (part.type === "file" && spool) {
      spooled.push(await readPart(spool.add(part.fieldname, part.filename ?? "", part.file)));
      if (part.file.truncated) throw new HttpError("body_too_large");
    } else if (part.type === "file") {
      files.set(part.fieldname, await readPart(part.toBuffer()));
    } else if (fields.has(part.fieldname)) {
      const issues = [{ path: "body", message: "A field is sent twice." }];
      throw new HttpError("request_invalid", { issues });
    } else if (part.valueTruncated || part.fieldnameTruncated) {
      throw new HttpError("body_too_large");
    } else {
      fields.set(part.fieldname, String(part.value));
    }
  }
  const missing = spooled.length > 0 ? [] : names.filter((name) => !files.has(name));
  if (missing.length > 0) {
    const issues = missing.map((name) => ({ path: `body.${name}`, message: "A file is needed." }));
    throw new HttpError("request_invalid", { issues });
  }
  return { fields: Object.fromEntries(fields), files: Object.fromEntries(files), spooled };
}

/** What the parser of forms throws without a code of its own is a form that it could not read. */
function asMalformed(error: unknown): unknown {
  const coded = error instanceof Error && "code" in error;
  return coded ? error : new HttpError("multipart_malformed", { cause: error });
}

/** A form may break off within a part as well as between two. */
async function readPart<Read>(part: Promise<Read>): Promise<Read> {
  return part.catch((error: unknown) => {
    throw asMalformed(error);
  });
}

async function* partsOf(
  request: FastifyRequest,
  limits: Readonly<Record<string, number>>,
): AsyncGenerator<
  ReturnType<FastifyRequest["parts"]> extends AsyncIterable<infer Part> ? Part : never
> {
  try {
    yield* request.parts({ limits });
  } catch (error) {
    throw asMalformed(error);
  }
}

/** Parses a JSON body. Throws HttpError json_malformed, json_too_deep. */
export function parseJson(text: string): unknown {
  if (text.trim() === "") return {};
  if (depthOf(text) > JSON_DEPTH_MAX) throw new HttpError("json_too_deep");
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpError("json_malformed");
  }
}

/** How deeply brackets nest outside of strings; of no JSON, some number. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [mark] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gsu)) {
    if (mark === "[" || mark === "{") deepest = Math.max(deepest, (depth += 1));
    else if (mark === "]" || mark === "}") depth -= 1;
  }
  return deepest;
}
