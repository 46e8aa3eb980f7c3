import type { FastifyRequest } from "fastify";
import { type Principal, type Resolved, reaches, resolvePrincipal } from "../accounts/principal.ts";
import type { App } from "../app.ts";
import { unreachable } from "../base/errors.ts";
import type { CollectionId } from "../base/ids.ts";
import { CollectionsError } from "../collections/errors.ts";
import type { Route } from "../contract/contract.ts";
import { SubjectsError } from "../subjects/subjects.ts";
import type { CookieRules } from "./browser.ts";
import { HttpError } from "./errors.ts";

/**
 * Who sends a request. A session that is over makes its bearer nobody, as its cookie comes along by
 * itself; a key that opens nothing was shown on purpose: HttpError credentials_invalid.
 */
export async function identify(
  app: App,
  request: FastifyRequest,
  cookie: CookieRules,
): Promise<Resolved> {
  const authorization = request.headers.authorization ?? null;
  const [, apiKey = null] = /^Bearer ([\x21-\x7e]{1,200})$/iu.exec(authorization ?? "") ?? [];
  if (authorization !== null && apiKey === null) throw new HttpError("credentials_invalid");
  const sessionToken = request.cookies[cookie.name] ?? null;
  const resolved = await resolvePrincipal(app, { sessionToken, apiKey });
  if (resolved.refused === "key") throw new HttpError("credentials_invalid");
  return resolved;
}

/**
 * Lets a request in, or throws: credentials_missing (credentials_invalid where a session is over),
 * not_allowed, collection_unknown (it may exist, but that is not for them to know), subject_unknown.
 */
export function admit(
  route: Pick<Route, "access">,
  { principal, refused }: Resolved,
  params: Readonly<Record<string, unknown>>,
): void {
  if (!isAllowed(route, principal)) {
    if (principal.kind !== "nobody") throw new HttpError("not_allowed");
    throw new HttpError(refused === null ? "credentials_missing" : "credentials_invalid");
  }
  const { collection, subject } = params;
  if (principal.kind === "account" || principal.kind === "key") {
    if (collection !== undefined) mustReach(principal, collection as CollectionId);
  }
  if (principal.kind === "subject" && subject !== undefined && subject !== principal.id) {
    throw new SubjectsError("subject_unknown", "No person has this id.");
  }
}

/** Throws CollectionsError collection_unknown where a collection is out of reach. */
export function mustReach(principal: Principal, collection: CollectionId): void {
  if (reaches(principal, collection)) return;
  throw new CollectionsError("collection_unknown", "There is no collection of this id.");
}

function isAllowed({ access }: Pick<Route, "access">, principal: Principal): boolean {
  // What anybody may do, whoever says who they are may too.
  if (access.who.includes("nobody")) return true;
  switch (principal.kind) {
    case "account":
      return access.who.includes(principal.role);
    case "key":
      return access.scope !== null && principal.scopes.includes(access.scope);
    case "subject":
    case "nobody":
      return access.who.includes(principal.kind);
    default:
      return unreachable(principal);
  }
}
