import type { FastifyReply, FastifyRequest } from "fastify";
import { accountNameOf, type Principal, type Resolved } from "../accounts/principal.ts";
import type { App } from "../app.ts";
import type { Route } from "../contract/contract.ts";
import type { Db } from "../storage/db.ts";
import type { AnswersOnTheirWay } from "./answers.ts";
import { admit, identify } from "./auth.ts";
import { checkOrigin, type CookieRules, setCookie } from "./browser.ts";
import { comeBackLater, HttpError } from "./errors.ts";
import { etagOf, isNamed } from "./etag.ts";
import { sendFile } from "./ranges.ts";
import type { Gate, Place } from "./gate.ts";
import type { Download, Request } from "./handler.ts";
import { type KeptAnswer, once, parseKey, requestHash } from "./idempotency.ts";
import { type Input, readInput, readParams } from "./input.ts";
import { RETRY_SECONDS } from "./limits.ts";
import type { Rates } from "./rates.ts";
import { openSpool } from "./spool.ts";
import { eventStream } from "./streams.ts";

/** What stands between the network and the handlers. */
export interface Door {
  readonly app: App;
  readonly gate: Gate;
  readonly answers: AnswersOnTheirWay;
  readonly rates: Rates;
  readonly cookie: CookieRules;
  /** How people reach it. */
  readonly origin: () => string;
  /** The one origin that browsers' changes may come from; null: the one they were sent to. */
  readonly onlyOrigin: string | null;
  /** Aborted when the service stops. */
  readonly stopping: AbortSignal;
}

/** A handler without its route's types: what it is given was parsed by that route's schemas. */
export type AnyHandler = (app: App, request: Request<Route>) => Promise<unknown>;

/** Who sends the requests that are under way. */
const visitors = new WeakMap<FastifyRequest, Resolved>();
/** The places at the gate of those that bring photos. */
const places = new WeakMap<FastifyRequest, Place>();

/**
 * What is asked of a request before its body is read: how many there were, whether there is a place
 * for what it brings, who sends it, whether they may, whether this site's own page sent it. Without
 * a place it is refused before the database is asked anything: that may be what is busy.
 */
export async function admitRequest(
  door: Door,
  route: Pick<Route, "path" | "access" | "work">,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  await door.rates.countAddress(request);
  if (route.work === "photo") takePlace(door.gate, request, reply);
  const visitor = await identify(door.app, request, door.cookie);
  visitors.set(request, visitor);
  refreshCookie(door, reply, visitor);
  const { kind } = visitor.principal;
  if (kind === "nobody") admit(route, visitor, {});
  const params = readParams(route, request);
  admit(route, visitor, params);
  checkOrigin(request, visitor, door.onlyOrigin);
  const account = kind === "nobody" ? null : accountNameOf(visitor.principal);
  const { collection } = params;
  await door.rates.countUse(request, account, typeof collection === "string" ? collection : null);
}

/** Whatever becomes of the request, its place is free again when it has been answered. */
function takePlace(gate: Gate, request: FastifyRequest, reply: FastifyReply): void {
  const place = gate.enter();
  places.set(request, place);
  reply.raw.once("close", () => place[Symbol.dispose]());
}

/** Who sends a request that was admitted. */
export function principalOf(request: FastifyRequest): Principal {
  const visitor = visitors.get(request);
  if (!visitor) throw new Error("A request is admitted before it is answered.");
  return visitor.principal;
}

/** A route, by its name, and what does it. */
export interface NamedRoute {
  readonly name: string;
  readonly route: Route;
  readonly handler: AnyHandler;
}

/** What a handler has given: JSON, or something that is sent as it is. */
type Made =
  | { readonly kind: "json"; readonly answer: KeptAnswer }
  | { readonly kind: "produced"; readonly value: unknown; readonly signal: AbortSignal };

/** Reads a request, has it done, and answers. A place at the gate is left before the answer goes. */
export async function answerRequest(
  door: Door,
  named: NamedRoute,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const made = await makeAnswer(door, named, request, reply);
  if (made.kind === "json") await sendJson(request, reply, made.answer);
  else await produce(request, reply, named.route, made);
}

async function makeAnswer(
  door: Door,
  { name, route, handler }: NamedRoute,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Made> {
  const arrived = performance.now();
  using place = places.get(request) ?? null;
  const key = parseKey(request.headers["idempotency-key"]);
  await using spool = route.filesMax === undefined ? null : await openSpool(door.app.uploads);
  const input = await readInput(route, request, spool);
  await place?.turn(whenGone(reply, door.stopping));
  // What is under way is ended in order when the service stops; events have no end of their own.
  const endless = route.produces === "text/event-stream";
  const signal = whenGone(reply, endless ? door.stopping : null);
  const whole = requestFor(door, route, request, reply, { ...input, signal });
  if (place) whole.timed("wait", performance.now() - arrived);
  if (route.produces) {
    return { kind: "produced", value: await handler(door.app, whole), signal };
  }
  const work = async (app: App): Promise<KeptAnswer> => ({
    status: route.status,
    body: JSON.stringify(route.response.parse(await handler(app, whole))),
  });
  // Of nobody known, one would be given another's answer.
  const known = whole.principal.kind !== "nobody";
  const keyed = key !== null && known && route.method !== "GET" && route.repeat !== "anew";
  if (!keyed) return { kind: "json", answer: await work(door.app) };
  const principal = accountNameOf(whole.principal);
  const forget = route.repeat === "forget";
  const write = { principal, key, hash: requestHash(name, input), forget };
  const answer = await once(door.app, write, async (db) => work(writingTo(door.app, db)));
  return { kind: "json", answer };
}

/** An instance whose handlers write through this database. */
function writingTo(app: App, db: Db): App {
  return { ...app, db, importDeps: { ...app.importDeps, db } };
}

function refreshCookie(door: Door, reply: FastifyReply, { session, refused }: Resolved): void {
  if (refused === "session") setCookie(reply, door.cookie, "gone");
  const token = session?.rotated ?? null;
  if (session && token !== null) {
    setCookie(reply, door.cookie, { token, expiresAt: session.expiresAt });
  }
}

function requestFor(
  door: Door,
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
  input: Input & { readonly signal: AbortSignal },
): Request<Route> {
  const visitor = visitors.get(request);
  if (!visitor) throw new Error("A request is admitted before it is answered.");
  const { principal, session } = visitor;
  const { app } = door;
  return {
    ...input,
    principal,
    recorder: { ...app.recorder, account: accountNameOf(principal) },
    origin: door.origin(),
    expect: (current) => {
      const match = request.headers["if-match"];
      const etag = etagOf(JSON.stringify(route.response.parse(current)));
      if (match !== undefined && !isNamed(etag, match)) throw new HttpError("changed_meanwhile");
    },
    telling: () => door.answers.begin(reply.raw),
    timed: (step, ms) => addTiming(reply, step, ms),
    session: {
      id: session?.id ?? null,
      start: (token, expiresAt) => setCookie(reply, door.cookie, { token, expiresAt }),
      end: () => setCookie(reply, door.cookie, "gone"),
    },
  };
}

/** Server-Timing (W3C): where the time went, and nothing of what was found. */
function addTiming(reply: FastifyReply, step: string, ms: number): void {
  const before = reply.getHeader("server-timing");
  const timing = `${step};dur=${ms.toFixed(1)}`;
  reply.header("server-timing", before === undefined ? timing : `${String(before)}, ${timing}`);
}

/**
 * Aborted when the client hangs up before the answer, or when the service stops: work is given up,
 * which is no failure. Not by AbortSignal.any, whose weak references keep all that a request holds
 * until the collector's next long stop, as most young objects of a busy service then were.
 */
function whenGone(reply: FastifyReply, stopping: AbortSignal | null): AbortSignal {
  const gone = new AbortController();
  const giveUp = (): void => gone.abort(comeBackLater("stopping", RETRY_SECONDS));
  if (stopping?.aborted === true) giveUp();
  stopping?.addEventListener("abort", giveUp);
  reply.raw.once("close", () => {
    stopping?.removeEventListener("abort", giveUp);
    giveUp();
  });
  return gone.signal;
}

function sendJson(request: FastifyRequest, reply: FastifyReply, answer: KeptAnswer): FastifyReply {
  reply.header("content-type", "application/json; charset=utf-8");
  if (request.method === "GET" || request.method === "HEAD") {
    const etag = etagOf(answer.body);
    reply.header("etag", etag);
    if (isNamed(etag, request.headers["if-none-match"])) return reply.code(304).send();
  }
  return reply.code(answer.status).send(answer.body);
}

async function produce(
  request: FastifyRequest,
  reply: FastifyReply,
  route: Route,
  { value, signal }: Made & { readonly kind: "produced" },
): Promise<FastifyReply> {
  if (route.produces === "text/event-stream") {
    const events = parsed(route, value as AsyncIterable<unknown>);
    reply.code(route.status).header("content-type", route.produces);
    return reply.send(eventStream(events, signal));
  }
  const { content, name, etag, type } = value as Download;
  if (etag !== undefined) reply.header("etag", etag);
  if (etag !== undefined && isNamed(etag, request.headers["if-none-match"])) {
    return reply.code(304).send();
  }
  const safe = name.replaceAll(/[^\w.-]/gu, "_");
  reply.header("content-disposition", `attachment; filename="${safe}"`);
  reply.code(route.status).header("content-type", type ?? route.produces ?? "");
  if ("file" in content) return sendFile(request, reply, content.file);
  return reply.send(typeof content === "function" ? await content() : content);
}

/** Each event as the contract has it, and nothing beyond. */
async function* parsed(route: Route, values: AsyncIterable<unknown>): AsyncGenerator {
  for await (const value of values) yield route.response.parse(value);
}
