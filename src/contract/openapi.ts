import { z } from "zod";
import { bodySchemaOf, type Example, paramNames, type Route } from "./contract.ts";
import { PARAMS } from "./fields.ts";
import { PLAIN_ROUTE_LIST, type PlainRoute } from "./plain-routes.ts";
import { problem, type ProblemCode, PROBLEMS } from "./problems.ts";
import { ROUTE_LIST } from "./routes.ts";

type Json = Readonly<Record<string, unknown>>;

/** What any route may answer. */
export const COMMON: readonly ProblemCode[] = [
  "request_invalid",
  "credentials_missing",
  "credentials_invalid",
  "not_allowed",
  "origin_refused",
  "too_many_requests",
  "stopping",
  "internal",
];
/** What a route with a body may answer beyond. */
export const COMMON_WRITE: readonly ProblemCode[] = [
  "json_malformed",
  "json_too_deep",
  "body_too_large",
  "media_type_unsupported",
  "idempotency_key_invalid",
  "idempotency_busy",
  "idempotency_forgotten",
  "idempotency_mismatch",
];
const COMMON_FORM: readonly ProblemCode[] = ["multipart_malformed"];
/** What a route that looks at a photo may answer beyond. */
const COMMON_PHOTO: readonly ProblemCode[] = [
  "overloaded",
  "empty_file",
  "not_a_picture",
  "unsupported_format",
  "heic_unsupported",
  "raw_unsupported",
  "truncated",
  "corrupt",
  "too_large_bytes",
  "too_many_pixels",
  "too_small",
  "too_slow",
  "photo_too_slow",
  "worker_died",
];

/** The document of the whole API (OpenAPI 3.1), made from the routes and nothing else. */
export function documentApi(server: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [name, route] of ROUTE_LIST) {
    const path = route.path.replaceAll(/:([a-z_]+)/gu, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(name, route) };
  }
  for (const [name, route] of PLAIN_ROUTE_LIST) {
    const path = route.path.replaceAll(/:([a-z_]+)/gu, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: plainOperationOf(name, route) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Assent",
      version: "1",
      description:
        "Face search in which only people who said yes can be found. There is no route that gives " +
        "out a template or a vector, and none that acts on a hit by itself.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: server }],
    paths,
    components: {
      schemas: { Problem: schemaOf(problem, "output") },
      securitySchemes: {
        session: { type: "apiKey", in: "cookie", name: "__Host-assent" },
        key: { type: "http", scheme: "bearer", description: "An API key of one collection." },
      },
    },
  };
}

/** The errors that a route may answer, each once. */
export function errorsOf(route: Route): readonly ProblemCode[] {
  const names = paramNames(route.path);
  const path = [
    ...(names.includes("collection") ? (["collection_unknown"] as const) : []),
    ...(names.includes("subject") ? (["subject_unknown"] as const) : []),
  ];
  const write = route.method === "GET" ? [] : COMMON_WRITE;
  const form = route.files ? COMMON_FORM : [];
  const photo = route.work === "photo" ? COMMON_PHOTO : [];
  return [...new Set([...route.errors, ...path, ...COMMON, ...write, ...form, ...photo])];
}

function operationOf(name: string, route: Route): Json {
  const [, , , topic = ""] = route.path.split("/");
  return {
    operationId: name,
    summary: route.summary,
    tags: [topic],
    security: securityOf(route),
    "x-access": route.access,
    parameters: parametersOf(route),
    ...(route.body || route.files ? { requestBody: bodyOf(route) } : {}),
    responses: {
      [String(route.status)]: {
        description: "Done.",
        content: { [route.produces ?? "application/json"]: { schema: answerSchema(route) } },
      },
      ...failuresOf(errorsOf(route)),
    },
  };
}

function plainOperationOf(name: string, route: PlainRoute): Json {
  const [, , , topic = ""] = route.path.split("/");
  const bytes = { schema: { type: "string" } };
  const headers = Object.entries(route.headers).map(([header, description]) => {
    return { name: header, in: "header", required: true, description, schema: { type: "string" } };
  });
  const content = route.gives === null ? {} : { content: { [route.gives]: bytes } };
  return {
    operationId: name,
    summary: `${route.summary} (${route.standard}.)`,
    tags: [topic],
    security: securityOf(route),
    "x-access": route.access,
    parameters: [...pathParameters(route.path), ...headers],
    ...(route.takes === null
      ? {}
      : { requestBody: { required: true, content: { [route.takes]: bytes } } }),
    responses: {
      [String(route.status)]: { description: "Done.", ...content },
      ...failuresOf([...route.errors, ...COMMON]),
    },
  };
}

function securityOf({ access }: Pick<Route, "access">): readonly Json[] {
  const signedIn = access.who.some((one) => one !== "nobody");
  return [
    ...(access.who.includes("nobody") ? [{}] : []),
    ...(signedIn ? [{ session: [] }] : []),
    ...(access.scope === null ? [] : [{ key: [] }]),
  ];
}

function pathParameters(path: string): readonly Json[] {
  return paramNames(path).map((name) => ({
    name,
    in: "path",
    required: true,
    schema: schemaOf(PARAMS[name], "input"),
  }));
}

function parametersOf(route: Route): readonly Json[] {
  const query = Object.entries(route.query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: "query",
    required: false,
    schema: schemaOf(schema as z.ZodType, "input"),
    ...exampleOf(route.example.query?.[name]),
  }));
  const key = isKeyed(route) ? [idempotencyKey(route)] : [];
  const match = route.errors.includes("changed_meanwhile") ? [IF_MATCH] : [];
  return [...pathParameters(route.path), ...query, ...key, ...match];
}

/** Of nobody known a key says nothing; and what could name people is done anew each time. */
function isKeyed({ method, access, repeat }: Route): boolean {
  return method !== "GET" && repeat !== "anew" && access.who.some((one) => one !== "nobody");
}

function idempotencyKey({ repeat }: Route): Json {
  const what = "A text of your own: sent again with the same request, nothing is done twice";
  const answer = repeat === "forget" ? ", and the answer is idempotency_forgotten" : "";
  return {
    name: "Idempotency-Key",
    in: "header",
    required: false,
    description: `${what}${answer}.`,
    schema: { type: "string", minLength: 1, maxLength: 200 },
  };
}

const IF_MATCH = {
  name: "If-Match",
  in: "header",
  required: false,
  description: "The ETag of what was read: where it has changed since, nothing is done.",
  schema: { type: "string" },
};

function exampleOf(value: unknown): Json {
  return value === undefined ? {} : { example: value };
}

function bodyOf(route: Route): Json {
  const schema = bodySchema(route);
  if (!route.files) {
    return {
      required: true,
      content: { "application/json": { schema, ...exampleOf(route.example.body) } },
    };
  }
  const example = { ...route.example.body, ...route.example.files };
  return { required: true, content: { "multipart/form-data": { schema, example } } };
}

/** The schema of what a route is sent: JSON, or the parts of a form with its files. */
export function bodySchema(route: Route): Json {
  const schema = schemaOf(bodySchemaOf(route), "input");
  if (!route.files) return schema;
  const files = Object.fromEntries(
    route.files.map((name) => {
      const file = { type: "string", contentMediaType: "application/octet-stream" };
      const many = { type: "array", items: file, minItems: 1, maxItems: route.filesMax };
      return [name, route.filesMax === undefined ? file : many];
    }),
  );
  const { properties = {}, required = [] } = schema as {
    readonly properties?: Json;
    readonly required?: readonly string[];
  };
  return {
    type: "object",
    properties: { ...properties, ...files },
    required: [...required, ...route.files],
    additionalProperties: false,
  };
}

function answerSchema(route: Route): Json {
  return route.produces && route.produces !== "text/event-stream"
    ? { type: "string", contentMediaType: route.produces }
    : schemaOf(route.response, "output");
}

function failuresOf(errors: readonly ProblemCode[]): Json {
  const byStatus = Map.groupBy(errors, (code) => PROBLEMS[code][0]);
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      String(status),
      {
        description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code][1]}`).join("\n"),
        content: {
          "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
        },
      },
    ]),
  );
}

/** JSON Schema (draft 2020-12, as OpenAPI 3.1 has it), self-contained. */
export function schemaOf(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, target: "draft-2020-12" });
  return inlined(rest);
}

/**
 * zod sets named schemas apart below the schema; in one document their places must not clash. Where
 * one holds itself (a document's parts, JSON at large), what lies deeper may be anything.
 */
function inlined(schema: Json): Json {
  const { $defs = {}, ...rest } = schema as Json & {
    readonly $defs?: Readonly<Record<string, Json>>;
  };
  const open = (value: unknown, within: readonly string[]): unknown => {
    if (Array.isArray(value)) return value.map((one) => open(one, within));
    if (typeof value !== "object" || value === null) return value;
    if ("$ref" in value && typeof value.$ref === "string") {
      const name = value.$ref.replace("#/$defs/", "");
      return within.includes(name) || name === "#" ? {} : open($defs[name], [...within, name]);
    }
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => key !== "id" || !isSchemaId(value))
        .map(([key, one]) => [key, open(one, within)]),
    );
  };
  return open(rest, []) as Json;
}

/** zod's `meta({ id })` shows as a keyword beside `type`; a property called id lies in `properties`. */
function isSchemaId(value: object): boolean {
  return "type" in value && "id" in value && typeof value.id === "string";
}

/** The parameters of an example, each `$` and its own name where nothing is said. */
export function exampleParams(route: Route): Readonly<Record<string, string>> {
  const given: Example["params"] = route.example.params ?? {};
  return Object.fromEntries(
    paramNames(route.path).map((name) => [name, given[name] ?? `$${name}`]),
  );
}
