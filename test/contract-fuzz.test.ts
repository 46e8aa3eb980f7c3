import assert from "node:assert/strict";
import fc from "fast-check";
import { paramNames, type Route } from "../src/contract/contract.ts";
import { errorsOf, schemaOf } from "../src/contract/openapi.ts";
import { isProblemCode, problem, PROBLEMS } from "../src/contract/problems.ts";
import { ROUTE_LIST, ROUTES, type RouteName } from "../src/contract/routes.ts";
import { onEachDatabase } from "./databases.ts";
import { brokenPhoto, fakePhoto, fakePicture } from "./fake-engine.ts";
import { enrolPerson, importPhotos, makeCollection } from "./instance.ts";
import {
  type Badge,
  makeKey,
  openTestService,
  signInAs,
  signInPerson,
  type TestService,
} from "./service.ts";

/**
 * Requests made from the contract's own schemas, well and badly formed: none is answered with a
 * failure of ours, and every answer is what the contract says. To make 20,000:
 *
 *     ASSENT_FUZZ_REQUESTS=20000 node --test --import ./test/seed.ts test/contract-fuzz.test.ts
 */
const REQUESTS = Number(process.env["ASSENT_FUZZ_REQUESTS"] ?? 2000);

/** Far beyond what any answer takes, however busy the machine. */
const ANSWER_MS_MAX = 120_000;
/** Ids in answers that later requests use. None of accounts: whoever asks is not to be shut out. */
const SEEN = /\b(?!acc_|ses_|req_)[a-z]{3}_[\w-]{16}/gu;

type Json = Readonly<Record<string, unknown>>;

/** Text that breaks what was not written for it. */
const wildText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ maxLength: 40 }),
  fc.constantFrom("", " ", "\u0000", "\ud800", "' or 1=1 --", "../../etc/passwd", "$subject", "-1"),
  fc.constantFrom(
    "__proto__",
    "constructor",
    "9".repeat(400),
    "a".repeat(30_000),
    "\u202e",
    "null",
  ),
);
const wild: fc.Arbitrary<unknown> = fc.oneof(
  wildText,
  fc.double(),
  fc.integer(),
  fc.constantFrom(null, true, false, [], {}, 1e308, -0, [[[[]]]], { $gt: "" }),
  fc.object({ maxDepth: 3 }),
);

/** Values of a JSON Schema of the kind that the contract makes; `ids` are those seen so far. */
function valueOf(schema: Json, ids: () => readonly string[]): fc.Arbitrary<unknown> {
  if ("const" in schema) return fc.constant(schema["const"]);
  if (Array.isArray(schema["enum"])) return fc.constantFrom(...(schema["enum"] as unknown[]));
  const union = schema["anyOf"] ?? schema["oneOf"];
  if (Array.isArray(union)) return fc.oneof(...union.map((one) => valueOf(one as Json, ids)));
  const { type } = schema;
  if (Array.isArray(type)) {
    return fc.oneof(...type.map((one) => valueOf({ ...schema, type: one as unknown }, ids)));
  }
  switch (type) {
    case "string":
      return textOf(schema, ids);
    case "integer":
      return fc.integer({
        min: boundOf(schema["minimum"], -1e9),
        max: boundOf(schema["maximum"], 1e9),
      });
    case "number":
      return fc.double({
        min: boundOf(schema["minimum"], -1e9),
        max: boundOf(schema["maximum"], 1e9),
        noNaN: true,
      });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array":
      return fc.array(valueOf(schema["items"] as Json, ids), { maxLength: 5 });
    case "object": {
      const properties = (schema["properties"] ?? {}) as Readonly<Record<string, Json>>;
      const model = Object.entries(properties).map(([name, one]) => [name, valueOf(one, ids)]);
      const requiredKeys = (schema["required"] ?? []) as string[];
      return fc.record(Object.fromEntries(model) as Record<string, fc.Arbitrary<unknown>>, {
        requiredKeys,
      });
    }
    default:
      return wild;
  }
}

function boundOf(bound: unknown, otherwise: number): number {
  return typeof bound === "number" && Math.abs(bound) < 1e9 ? bound : otherwise;
}

function textOf(schema: Json, ids: () => readonly string[]): fc.Arbitrary<string> {
  const pattern = typeof schema["pattern"] === "string" ? schema["pattern"] : "";
  const [, prefix] = /^\^([a-z]{3})_/u.exec(pattern) ?? [];
  if (prefix !== undefined) return idOf(prefix, ids);
  if (schema["format"] === "date") {
    const days = fc.date({
      min: new Date("1900-01-01"),
      max: new Date("2100-01-01"),
      noInvalidDate: true,
    });
    return days.map((date) => date.toISOString().slice(0, 10));
  }
  if (pattern.includes("\\d")) return fc.nat(2).map(String);
  const max = Math.min(boundOf(schema["maxLength"], 40), 40);
  const free = fc.string({ unit: "grapheme", minLength: 1, maxLength: Math.max(1, max) });
  return fc.oneof(free, fc.constantFrom("a@people.example", "gala"));
}

function idOf(prefix: string, ids: () => readonly string[]): fc.Arbitrary<string> {
  const seen = fc.nat(1000).map((nth) => {
    const known = ids().filter((id) => id.startsWith(`${prefix}_`));
    return known[nth % Math.max(1, known.length)] ?? `${prefix}_AAAAAAAAAAAAAAAA`;
  });
  return fc.oneof(
    { arbitrary: seen, weight: 9 },
    { arbitrary: fc.constant(`${prefix}_AAAAAAAAAAAAAAAA`), weight: 1 },
  );
}

/** A request as it is drawn; what is `wild` replaces what is well-formed. */
interface Drawn {
  readonly name: RouteName;
  readonly as: number;
  readonly method: string;
  readonly params: readonly string[];
  readonly query: string;
  readonly body: unknown;
  readonly sent: "as it should" | "as text" | "as form" | "cut short" | "deep" | "not at all";
  readonly photo: number;
  readonly key: string | null;
}

function requests(ids: () => readonly string[]): fc.Arbitrary<Drawn> {
  // Whoever signs out can't go on.
  const routes = ROUTE_LIST.filter(([name]) => name !== "signOut");
  return fc.constantFrom(...routes).chain(([name, route]) => {
    const names = paramNames(route.path);
    const often = <Value>(value: fc.Arbitrary<Value>, weight = 8) => ({ arbitrary: value, weight });
    const seldom = <Value>(value: fc.Arbitrary<Value>) => ({ arbitrary: value, weight: 1 });
    // Where a parameter's name does not begin as its ids do.
    const prefixes: Readonly<Record<string, string>> = {
      apikey: "aky",
      message: "msg",
      entry: "eve",
      photo: "med",
    };
    const prefixOf = (name: string) => prefixes[name] ?? name.slice(0, 3);
    const body = route.body ? valueOf(schemaOf(route.body, "input"), ids) : fc.constant({});
    const query = fc.record(
      { limit: fc.oneof(fc.nat(300).map(String), wildText), cursor: wildText },
      { requiredKeys: [] },
    );
    const spoilt = fc
      .tuple(body, fc.string({ maxLength: 12 }), wild, fc.nat(20))
      .map(([whole, name, value, nth]) => {
        const known = Object.keys(whole as object);
        return { ...(whole as object), [known[nth % Math.max(1, known.length)] ?? name]: value };
      });
    return fc.record({
      name: fc.constant(name),
      as: fc.nat(5),
      method: fc.oneof(
        often(fc.constant(route.method), 20),
        seldom(fc.constantFrom("PUT", "DELETE", "PATCH")),
      ),
      params: fc.tuple(
        ...names.map((name) => fc.oneof(often(idOf(prefixOf(name), ids)), seldom(wildText))),
      ),
      query: fc.oneof(
        often(
          query.map((pairs) => new URLSearchParams(pairs as Record<string, string>).toString()),
        ),
        seldom(fc.constantFrom("limit=1&limit=2", "%", "cursor[]=1", "a=%00", "limit=%F0%9F")),
      ),
      body: fc.oneof(often(body), often(spoilt, 4), seldom(wild)),
      sent: fc.oneof(
        often(fc.constant("as it should" as const), 12),
        seldom(fc.constantFrom("as text" as const, "as form" as const, "cut short" as const)),
        seldom(fc.constantFrom("deep" as const, "not at all" as const)),
      ),
      photo: fc.nat(7),
      key: fc.oneof(often(fc.constant(null)), seldom(fc.constantFrom("one", "two", "x y", "ü"))),
    });
  });
}

onEachDatabase("whatever is sent, no answer is a failure of ours", async (database) => {
  await using tested = await openTestService(database);
  const { ids, badges, photos } = await prepare(tested);
  const undocumented = new Set<string>();
  const statuses = new Map<number, number>();
  const send = async (drawn: Drawn): Promise<void> => {
    const answer = await ask(tested, drawn, badges, photos);
    const text = await answer.text();
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    for (const [id] of text.matchAll(SEEN)) ids.add(id);
    check(drawn, answer, text, undocumented);
  };
  const drawn = requests(() => [...ids]);
  const half = Math.ceil(REQUESTS / 2);
  await fc.assert(fc.asyncProperty(drawn, send), { numRuns: half, endOnFailure: true });
  assert.deepEqual([...undocumented].toSorted(), [], "codes that their routes don't name");
  // Requests that all failed at the door would show nothing.
  assert.ok((statuses.get(200) ?? 0) > half / 20, JSON.stringify([...statuses]));
  assert.doesNotMatch(tested.log(), /"level":50/u);
});

/** What every answer must be, whatever was asked. */
function check(
  { name, method }: Drawn,
  answer: Response,
  text: string,
  undocumented: Set<string>,
): void {
  const route: Route = ROUTES[name];
  const type = answer.headers.get("content-type") ?? "";
  assert.match(answer.headers.get("x-request-id") ?? "", /^req_/u);
  if (answer.status < 400) {
    if (method === route.method && type.startsWith("application/json")) {
      assert.ok(route.response.safeParse(JSON.parse(text)).success, `${route.path}: ${text}`);
    }
    return;
  }
  assert.match(type, /^application\/problem\+json/u, `${answer.status} ${text}`);
  const told = problem.parse(JSON.parse(text));
  assert.ok(answer.status < 500, `${route.method} ${route.path}: ${text}`);
  assert.equal(told.status, answer.status);
  assert.ok(isProblemCode(told.code));
  assert.equal(PROBLEMS[told.code][0], answer.status);
  const elsewhere = ["route_unknown", "method_unknown", "headers_too_large"].includes(told.code);
  if (elsewhere || method !== route.method || errorsOf(route).includes(told.code)) return;
  undocumented.add(`${route.method} ${route.path}: ${told.code}`);
}

async function prepare(tested: TestService) {
  const { app } = tested.instance;
  const collection = await makeCollection(app);
  const open = await makeCollection(app, { name: "open", sceneBasis: null });
  const subject = await enrolPerson(app, collection, "p1");
  for (const person of ["p2", "p3", "p4", "p5"]) await enrolPerson(app, collection, person);
  const group = await fakePicture(["p1", "p2", "p3"]);
  await importPhotos(tested.instance, collection, { "a.png": group });
  const badges: readonly Badge[] = [
    await signInAs(tested, "owner"),
    await signInAs(tested, "staff", [collection.id, open.id]),
    await signInAs(tested, "auditor"),
    await signInPerson(tested, subject),
    await makeKey(tested, collection.id),
    {},
  ];
  const photos: readonly Uint8Array[] = [
    group,
    fakePhoto(["p1"]),
    fakePhoto([]),
    brokenPhoto("truncated"),
    group.subarray(0, 60),
    Buffer.from("This is a letter."),
    Buffer.alloc(0),
    Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]),
  ];
  return { ids: new Set<string>([collection.id, open.id, subject]), badges, photos };
}

async function ask(
  { service }: TestService,
  drawn: Drawn,
  badges: readonly Badge[],
  photos: readonly Uint8Array[],
): Promise<Response> {
  const { name, method, params, query } = drawn;
  const route: Route = ROUTES[name];
  let nth = 0;
  const path = route.path.replaceAll(/:([a-z_]+)/gu, () => encodable(params[nth++] ?? ""));
  const key = drawn.key === null ? {} : { "idempotency-key": encodeURI(drawn.key) };
  const headers = { ...badges[drawn.as], ...key };
  const url = `${service.origin}${path}${query === "" ? "" : `?${query}`}`;
  const end = AbortSignal.timeout(ANSWER_MS_MAX);
  if (method === "GET") return endless(route, await fetch(url, { headers, signal: end }));
  const { type, body } = bodyOf(drawn, photos);
  const typed = type === null ? headers : { ...headers, "content-type": type };
  return fetch(url, { method, headers: typed, body, signal: end });
}

/** Of a stream of events that does not end, the beginning is enough. */
async function endless(route: Route, answer: Response): Promise<Response> {
  if (route.produces !== "text/event-stream" || answer.status !== 200) return answer;
  await answer.body?.cancel();
  return new Response("", { status: 200, headers: answer.headers });
}

function encodable(text: string): string {
  return encodeURIComponent(text.toWellFormed().slice(0, 300));
}

function bodyOf(
  { name, body, sent, photo }: Drawn,
  photos: readonly Uint8Array[],
): { readonly type: string | null; readonly body: string | FormData | null } {
  const route: Route = ROUTES[name];
  const json = JSON.stringify(body) ?? "";
  if (sent === "not at all") return { type: null, body: null };
  if (sent === "deep") return { type: "application/json", body: "[".repeat(10_000) };
  if (sent === "as text") return { type: "text/plain", body: json };
  if (sent === "cut short") {
    const type = route.files ? "multipart/form-data; boundary=x" : "application/json";
    return {
      type,
      body: route.files ? `--x\r\nContent-Disposition: form-data; name="a` : json.slice(1),
    };
  }
  if (route.files || sent === "as form") {
    const form = new FormData();
    for (const [name, value] of Object.entries(body ?? {})) {
      form.append(name, typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
    }
    const bytes = photos[photo];
    for (const name of route.files ?? []) {
      if (bytes) form.append(name, new Blob([new Uint8Array(bytes)]), "photo.jpg");
    }
    return { type: null, body: form };
  }
  return { type: "application/json", body: json };
}
