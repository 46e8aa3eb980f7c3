import { z } from "zod";
import type { ProblemCode } from "./problems.ts";
import { PARAMS } from "./fields.ts";

/**
 * One photo or clip in a form: a 50 MP camera's JPEG, or a video of some minutes. Larger ones are
 * imported, not posted.
 */
export const FORM_FILE_BYTES_MAX = 32 * 1024 * 1024;

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Who may stand at the door. `nobody` is whoever has not said who they are. */
export type Visitor = "nobody" | "subject" | "staff" | "auditor" | "owner";

/** What an API key may be made for. */
export type Scope = "search" | "import" | "people" | "read";

/**
 * Who may use a route: visitors, and keys of a scope. Beyond that the door sees to it, from the
 * path alone, that staff and keys stay in their collections (`:collection`) and that a subject asks
 * of themselves (`:subject`).
 */
export interface Access {
  readonly who: readonly Visitor[];
  /** Keys of this scope may too; null: no key. */
  readonly scope: Scope | null;
}

/** Media types that are no JSON. Events: each is of the route's `response`, one a message. */
export type Produced =
  | "text/event-stream"
  | "application/zip"
  | "application/pdf"
  | "text/html"
  | "text/plain"
  | "text/csv"
  | "text/vtt"
  | "application/octet-stream"
  | "video/mp4"
  | "image/jpeg";

/**
 * A request that can be made as it stands: it is shown in the documentation as a curl command, and
 * the tests make all of them in the order of the routes. `$name` is what an earlier one keeps.
 */
export interface Example {
  readonly as: Visitor | "key";
  /** Path parameters; each is `$` and its own name where nothing is said. */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
  /** File names by the name of their part. */
  readonly files?: Readonly<Record<string, string>>;
  /** What later examples refer to: name -> dotted path in the answer. */
  readonly keeps?: Readonly<Record<string, string>>;
  /** Those of a higher turn come later, whatever their place: they end what others need. */
  readonly turn?: number;
}

/** One thing that can be asked over HTTP. The schemas are the truth: types, checks and OpenAPI. */
export interface Route {
  readonly method: Method;
  readonly path: `/api/v1/${string}`;
  /** One sentence. */
  readonly summary: string;
  readonly access: Access;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodObject;
  /** Parts of multipart/form-data that are files; the other parts are `body`, as text. */
  readonly files?: readonly string[];
  /** Each of these parts may come so often; the files are kept on the disk and not in memory. */
  readonly filesMax?: number;
  /** Of the JSON answer, or of each event. */
  readonly response: z.ZodType;
  readonly produces?: Produced;
  readonly status: 200 | 201 | 202;
  /** Beyond what any route may answer (see COMMON in openapi.ts). */
  readonly errors: readonly ProblemCode[];
  /** `photo`: looks at a photo while it is waited for, so it takes a place at the gate. */
  readonly work?: "photo";
  /**
   * A write sent again with its Idempotency-Key is answered as the first time. `anew`: it is done
   * again instead, because an old answer could name somebody who has withdrawn since. `forget`: it
   * is not done again, and what it answered (a secret) is not kept: idempotency_forgotten.
   */
  readonly repeat?: "answer" | "anew" | "forget";
  readonly example: Example;
}

/** Says that an object is a route, and keeps what exactly its schemas are. */
export function defineRoute<const Defined extends Route>(route: Defined): Defined {
  return route;
}

type ParamName<Path extends string> = Path extends `${string}/:${infer Rest}`
  ? Rest extends `${infer Name}/${infer More}`
    ? Name | ParamName<`/${More}`>
    : Rest
  : never;

/** The parameters in a route's path, parsed. */
export type ParamsOf<Of extends Route> = {
  readonly [Name in ParamName<Of["path"]> & keyof typeof PARAMS]: z.output<(typeof PARAMS)[Name]>;
};

/** The query of a route, parsed. */
export type QueryOf<Of extends Route> = Of extends { readonly query: infer Query extends z.ZodType }
  ? z.output<Query>
  : object;

/** The body of a route, parsed. */
export type BodyOf<Of extends Route> = Of extends { readonly body: infer Body extends z.ZodType }
  ? z.output<Body>
  : object;

/** The names of a route's files. */
export type FileNameOf<Of extends Route> = Of extends { readonly files: readonly (infer Name)[] }
  ? Name & string
  : never;

/** The names in a path: `/a/:b` has `b`. */
export function paramNames(path: string): readonly (keyof typeof PARAMS)[] {
  return [...path.matchAll(/:([a-z_]+)/gu)].map(([, name = ""]) => {
    if (isParam(name)) return name;
    throw new Error(`The path ${path} has a parameter that PARAMS does not know.`);
  });
}

function isParam(name: string): name is keyof typeof PARAMS {
  return Object.hasOwn(PARAMS, name);
}

// A schema is compiled when it is first used, which takes longer than what it then parses.
const params = new Map<string, z.ZodObject>();
const bodies = new WeakMap<Route, z.ZodObject>();

/** The schema of a route's path parameters. */
export function paramsSchema(path: string): z.ZodObject {
  const shape = () => Object.fromEntries(paramNames(path).map((name) => [name, PARAMS[name]]));
  const known = params.get(path) ?? z.object(shape());
  params.set(path, known);
  return known;
}

/**
 * The schema of what a route is sent, which has no room for anything beyond: a field that is
 * misspelt is refused, and not taken for one that was left out.
 */
export function bodySchemaOf(route: Route): z.ZodObject {
  const known = bodies.get(route) ?? (route.body ?? z.object({})).strict();
  bodies.set(route, known);
  return known;
}

/** Whoever has signed in, whatever they may do otherwise. */
export const SIGNED_IN = [
  "subject",
  "staff",
  "auditor",
  "owner",
] as const satisfies readonly Visitor[];
/** Who answers for the instance, and who checks that they do. */
export const OVERSEERS = ["auditor", "owner"] as const satisfies readonly Visitor[];
/** The operator's people who work with a collection. */
export const STAFF = ["staff", "owner"] as const satisfies readonly Visitor[];
/** Who may look at everything of a collection. */
export const READERS = ["staff", "auditor", "owner"] as const satisfies readonly Visitor[];

/** What a route may answer that draws a photo anew from the file kept of it. */
export const RENDERED = [
  "overloaded",
  "not_a_picture",
  "truncated",
  "corrupt",
  "too_slow",
] as const satisfies readonly ProblemCode[];
