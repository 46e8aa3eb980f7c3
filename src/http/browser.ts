import type { FastifyReply, FastifyRequest } from "fastify";
import type { Resolved } from "../accounts/principal.ts";
import { HttpError } from "./errors.ts";

/** The header that only this site's own script can send from a browser; its value does not matter. */
export const REQUEST_HEADER = "x-assent-request";

const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** How cookies are called and sent. */
export interface CookieRules {
  readonly name: string;
  readonly secure: boolean;
}

/**
 * A `__Host-` cookie is the browser's promise that it was set by this very host over TLS. A browser
 * takes none without TLS, so on http://localhost it has a plain name.
 */
export function cookieRules(origin: string): CookieRules {
  const secure = origin.startsWith("https://");
  return { name: secure ? "__Host-assent" : "assent", secure };
}

/** Sets the session cookie, or clears it. */
export function setCookie(
  reply: FastifyReply,
  { name, secure }: CookieRules,
  cookie: { readonly token: string; readonly expiresAt: number } | "gone",
): void {
  const rules = { httpOnly: true, secure, sameSite: "lax", path: "/" } as const;
  if (cookie === "gone") reply.clearCookie(name, rules);
  else reply.setCookie(name, cookie.token, { ...rules, expires: new Date(cookie.expiresAt) });
}

/**
 * Refuses a change that a cookie would let through although another site's page may have sent it: a
 * browser adds cookies by itself, but no other site can add the header or this Origin. Throws
 * HttpError origin_refused.
 */
export function checkOrigin(
  request: FastifyRequest,
  { session }: Resolved,
  only: string | null,
): void {
  if (session === null || SAFE_METHODS.has(request.method)) return;
  const { origin } = request.headers;
  const own = origin === (only ?? `${request.protocol}://${request.host}`);
  if (request.headers[REQUEST_HEADER] === undefined || !own) throw new HttpError("origin_refused");
}
