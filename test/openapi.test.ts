import assert from "node:assert/strict";
import { test } from "node:test";
import { bodySchemaOf, paramNames, type Route } from "../src/contract/contract.ts";
import { bodySchema, documentApi } from "../src/contract/openapi.ts";
import { PLAIN_ROUTE_LIST } from "../src/contract/plain-routes.ts";
import { ROUTE_LIST } from "../src/contract/routes.ts";
import { curlOf, renderDocs } from "../src/http/docs.ts";

type Json = Readonly<Record<string, unknown>>;
type Document = Json & {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Json; readonly securitySchemes: Json };
};
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly security: readonly Json[];
  readonly parameters: readonly (Json & { readonly name: string; readonly in: string })[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Json }>> };
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly description: string;
        readonly content?: Readonly<Record<string, { schema: Json }>>;
      }
    >
  >;
}

const document = JSON.parse(JSON.stringify(documentApi("http://localhost:4400"))) as Document;
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
);

/** JSON Schema 2020-12: the keywords that the contract uses, and of what type each is. */
const KEYWORDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  type: (value) => (isList(value) ? value.length > 0 && value.every(isType) : isType(value)),
  description: (value) => typeof value === "string",
  properties: isSchemas,
  required: (value) => isList(value) && new Set(value).size === value.length,
  items: isSchema,
  anyOf: (value) => isList(value) && value.length > 0 && value.every(isSchema),
  oneOf: (value) => isList(value) && value.length > 0 && value.every(isSchema),
  allOf: (value) => isList(value) && value.length > 0 && value.every(isSchema),
  enum: (value) => isList(value) && value.length > 0,
  const: () => true,
  default: () => true,
  additionalProperties: (value) => typeof value === "boolean" || isSchema(value),
  propertyNames: isSchema,
  pattern: (value) => typeof value === "string" && new RegExp(value, "u") instanceof RegExp,
  format: (value) => typeof value === "string",
  contentMediaType: (value) => typeof value === "string",
  minLength: Number.isInteger,
  maxLength: Number.isInteger,
  minimum: (value) => typeof value === "number",
  maximum: (value) => typeof value === "number",
  exclusiveMinimum: (value) => typeof value === "number",
  exclusiveMaximum: (value) => typeof value === "number",
  minItems: Number.isInteger,
  maxItems: Number.isInteger,
  $ref: (value) => value === "#/components/schemas/Problem",
};

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isType(value: unknown): boolean {
  const types = ["string", "number", "integer", "boolean", "object", "array", "null"];
  return types.includes(String(value));
}

function isSchemas(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.values(value).every(isSchema);
}

function isSchema(value: unknown): boolean {
  if (typeof value !== "object" || value === null || isList(value)) return false;
  const wrong = Object.entries(value).filter(([key, one]) => !(KEYWORDS[key]?.(one) ?? false));
  assert.deepEqual(wrong, [], JSON.stringify(value));
  const { required = [], properties = {} } = value as { required?: string[]; properties?: Json };
  return required.every((name) => Object.hasOwn(properties, name));
}

test("the document is OpenAPI 3.1: every operation, parameter, schema and answer of it", () => {
  assert.match(String(document["openapi"]), /^3\.1\.\d+$/u);
  const { info } = document as unknown as { readonly info: Json };
  assert.ok(typeof info["title"] === "string" && typeof info["version"] === "string");
  assert.ok(Object.values(document.components.schemas).every(isSchema));
  const ids = operations.map(({ operation }) => operation.operationId);
  assert.equal(new Set(ids).size, ROUTE_LIST.length + PLAIN_ROUTE_LIST.length);
  for (const { path, method, operation } of operations) {
    assert.match(path, /^\/api\/v1(\/([a-z-]+|\{[a-z]+\}))+$/u);
    assert.ok(["get", "post", "put", "patch", "delete", "head"].includes(method), method);
    const inPath = [...path.matchAll(/\{([a-z]+)\}/gu)].map(([, name = ""]) => name);
    const declared = operation.parameters.filter((one) => one.in === "path");
    assert.deepEqual(
      declared.map(({ name }) => name),
      inPath,
      operation.operationId,
    );
    assert.ok(declared.every((one) => one["required"] === true));
    const names = operation.parameters.map((one) => `${one.in} ${one.name}`);
    assert.equal(new Set(names).size, names.length, operation.operationId);
    for (const parameter of operation.parameters) assert.ok(isSchema(parameter["schema"]));
    for (const { schema } of Object.values(operation.requestBody?.content ?? {})) {
      assert.ok(isSchema(schema), `${operation.operationId}: body`);
    }
    const schemes = Object.keys(document.components.securitySchemes);
    for (const one of operation.security) {
      assert.ok(Object.keys(one).every((name) => schemes.includes(name)));
    }
    assert.ok(Object.keys(operation.responses).some((status) => status.startsWith("2")));
    for (const [status, { description, content }] of Object.entries(operation.responses)) {
      assert.match(status, /^[2-5]\d\d$/u);
      assert.notEqual(description, "");
      for (const { schema } of Object.values(content ?? {})) assert.ok(isSchema(schema));
    }
  }
});

test("a key to ask again with is offered where it keeps something from being done twice", () => {
  const { paths } = documentApi("http://localhost:4400") as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, { parameters: Named[] }>>>>;
  };
  interface Named {
    readonly name: string;
    readonly description?: string;
  }
  for (const [name, route] of ROUTE_LIST) {
    const path = route.path.replaceAll(/:(\w+)/gu, "{$1}");
    const parameters = paths[path]?.[route.method.toLowerCase()]?.parameters ?? [];
    const key = parameters.find((one) => one.name === "Idempotency-Key");
    const anonymous = route.access.who.every((who) => who === "nobody");
    const kept = route.method !== "GET" && route.repeat !== "anew" && !anonymous;
    assert.equal(key !== undefined, kept, name);
    const forgets = /idempotency_forgotten/u.test(key?.description ?? "");
    assert.equal(forgets, kept && route.repeat === "forget", name);
  }
});

test("names, paths and methods of routes are one each, and their parameters are known", () => {
  const at = ROUTE_LIST.map(([, { method, path }]) => `${method} ${path}`);
  assert.equal(new Set(at).size, at.length);
  for (const [name, route] of ROUTE_LIST) {
    assert.doesNotThrow(() => paramNames(route.path), name);
    assert.match(route.summary, /^[A-Z].*[.?]$/u, name);
    assert.ok(!route.files || route.method === "POST" || route.method === "PUT", name);
    assert.ok(route.method !== "GET" || !route.body, name);
    // Whoever may not sign in can't be asked to stay in their collections.
    const open = route.access.who.includes("nobody");
    assert.ok(!(open && route.access.scope !== null), name);
  }
});

/** What browsers make of a passkey (WebAuthn): they say more with every version. */
const OPEN = new Set(["signInWithPasskey", "addPasskey", "signReceipt"]);

test("what is sent has no room for more than is named", () => {
  const isOpen = (schema: unknown): boolean => {
    if (typeof schema !== "object" || schema === null) return false;
    const named = "properties" in schema && "type" in schema && schema.type === "object";
    const closed = "additionalProperties" in schema && schema.additionalProperties === false;
    return (named && !closed) || Object.values(schema).some(isOpen);
  };
  for (const [name, route] of ROUTE_LIST) {
    const { additionalProperties, properties } = bodySchema(route);
    assert.equal(additionalProperties, false, name);
    assert.equal(isOpen(properties), OPEN.has(name), name);
  }
});

test("an example's request is of its schema, and the page shows it as a command", () => {
  const values = { today: "2026-11-02" } as Readonly<Record<string, string>>;
  for (const [name, route] of ROUTE_LIST as readonly (readonly [string, Route])[]) {
    const body = JSON.parse(
      JSON.stringify(route.example.body ?? {}).replaceAll(
        /\$([a-z]+)/gu,
        (all, key: string) => values[key] ?? all,
      ),
    ) as unknown;
    if (route.body && !JSON.stringify(body).includes("$")) {
      const parsed = bodySchemaOf(route).safeParse(body);
      assert.ok(parsed.success, `${name}: ${String(parsed.error?.message)}`);
    }
    assert.deepEqual(Object.keys(route.example.files ?? {}), [...(route.files ?? [])], name);
    assert.match(curlOf(route), /^curl [\s\S]*"\$address\/api\/v1\//u, name);
  }
  const page = renderDocs("http://localhost:4400");
  for (const [name] of [...ROUTE_LIST, ...PLAIN_ROUTE_LIST]) {
    assert.ok(page.includes(`<h3 id="${name}">`), name);
  }
  // Addresses in examples are nobody's, and nothing is loaded from them.
  assert.doesNotMatch(page, /<script|src=|https?:\/\/(?!localhost|receiver\.example)/u);
});
