import cookies from "@fastify/cookie";
import multipart from "@fastify/multipart";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { App } from "../app.ts";
import { randomBytes } from "../base/random.ts";
import type { Route } from "../contract/contract.ts";
import { ROUTE_LIST, ROUTES } from "../contract/routes.ts";
import { AnswersOnTheirWay } from "./answers.ts";
import { cookieRules } from "./browser.ts";
import { admitRequest, answerRequest, type AnyHandler, type Door } from "./door.ts";
import { type HttpCode, HttpError } from "./errors.ts";
import { describeFailure, loggedFailure } from "./failures.ts";
import { fixedRoutes } from "./fixed.ts";
import { Gate } from "./gate.ts";
import { HANDLERS } from "./handlers.ts";
import { parseJson } from "./input.ts";
import { JSON_BYTES_MAX, KEEP_ALIVE_MS } from "./limits.ts";
import type { Log } from "./log.ts";
import { type Metrics, openMetrics, timedEngines } from "./metrics.ts";
import { isVisit, missingPage, pageRoutes } from "./pages.ts";
import { openRates } from "./rates.ts";
import type { ServiceSettings } from "./settings.ts";
import { tileRoute } from "./tiles.ts";
import { uploadRoutes } from "./uploads.ts";

/** What a server is built from. */
export interface ServerDeps {
  readonly app: App;
  readonly settings: ServiceSettings;
  readonly log: Log;
  /** Aborted when the service stops. */
  readonly stopping: AbortSignal;
  /** How people reach it; known once it listens. */
  readonly origin: () => string;
}

/** Answers are for whoever asked, now. */
const HEADERS = {
  "cache-control": "private, no-cache",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
} as const;

/**
 * Builds the server from the contract: for each route its handler behind the same door. A route
 * without a handler, or a handler without a route, is a bug found here and not by whoever asks.
 */
export async function buildServer(deps: ServerDeps): Promise<FastifyInstance> {
  const { settings, stopping, origin } = deps;
  const { connections } = settings;
  checkComplete();
  const server = fastify({
    bodyLimit: JSON_BYTES_MAX,
    requestTimeout: connections.requestMsMax,
    http: {
      headersTimeout: connections.headersMsMax,
      connectionsCheckingInterval: connections.checkMs,
    },
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: "idle",
    trustProxy: settings.proxies.length > 0 ? [...settings.proxies] : false,
    genReqId: newRequestId,
    logger: false,
    exposeHeadRoutes: true,
    clientErrorHandler: (error, socket) => refuseConnection(deps, error, socket),
    frameworkErrors: (error, request, reply) => void refuse(deps, error, request, reply),
  });
  server.server.maxConnections = connections.max;
  const addresses = new Map<string, Set<string>>();
  server.addHook("onRoute", ({ url, method }) => noteAddress(addresses, url, method));
  const gate = new Gate(settings.gate);
  const metrics = openMetrics(deps.app, () => gate.inside);
  observe(server, deps, { metrics, addresses });
  await server.register(cookies);
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    "application/json",
    { parseAs: "string" },
    async (_: unknown, text: string) => parseJson(text),
  );
  await server.register(multipart);
  const app = { ...deps.app, engines: timedEngines(deps.app.engines, metrics) };
  const rates = await openRates(server, settings.rates);
  const cookie = cookieRules(settings.origin ?? "http://localhost");
  const onlyOrigin = settings.origin;
  const answers = new AnswersOnTheirWay();
  const door: Door = { app, gate, answers, rates, cookie, origin, onlyOrigin, stopping };
  fixedRoutes(server, door, metrics, settings);
  await pageRoutes(server);
  await uploadRoutes(server, door, deps.log);
  tileRoute(server, door);
  apiRoutes(server, door);
  return server;
}

function apiRoutes(server: FastifyInstance, door: Door): void {
  for (const [name, route] of ROUTE_LIST) {
    // A handler's types are its route's; here they are all the same.
    const handler = HANDLERS[name] as AnyHandler;
    server.route({
      method: route.method,
      url: route.path,
      config: { name },
      onRequest: async (request, reply) => admitRequest(door, route, request, reply),
      // Failures too: what was changed before one stays changed.
      onSend: async () => (isChange(route) ? door.answers.gone() : undefined),
      handler: async (request, reply) =>
        answerRequest(door, { name, route, handler }, request, reply),
    });
  }
}

/** Whether a route may end somebody's being found. Searches change nothing but the record. */
function isChange({ method, repeat }: Route): boolean {
  return method !== "GET" && repeat !== "anew";
}

/** What happens at every request, whatever it asks: its id, its log line, its failure. */
function observe(
  server: FastifyInstance,
  deps: ServerDeps,
  { metrics, addresses }: { readonly metrics: Metrics; readonly addresses: Addresses },
): void {
  server.addHook("onRequest", async (request, reply) => {
    reply.headers({ ...HEADERS, "x-request-id": request.id });
  });
  server.addHook("onSend", async (_, reply) => {
    // Kept open, a connection would hold the end up until nobody has asked on it for a while.
    if (deps.stopping.aborted) reply.header("connection", "close");
  });
  server.addHook("onResponse", async (request, reply) => {
    const { statusCode: status, elapsedTime } = reply;
    const route = nameOf(request);
    metrics.requests.inc({ route, method: request.method, status });
    metrics.seconds.observe({ route }, elapsedTime / 1000);
    // Those that were refused would make searching look fast.
    if (route === "searchByPhoto" && status === 200)
      metrics.searchSeconds.observe(elapsedTime / 1000);
    const fields = { request: request.id, method: request.method, route, status };
    deps.log.info({ ...fields, ms: Math.round(elapsedTime) }, "answered");
  });
  server.setErrorHandler(async (error, request, reply) => refuse(deps, error, request, reply));
  server.setNotFoundHandler(async (request, reply) =>
    isVisit(request)
      ? missingPage(reply)
      : refuse(deps, unknownAddress(addresses, request), request, reply),
  );
}

async function refuse(
  { log }: ServerDeps,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const told = hasHungUp(request, error) ? new HttpError("request_invalid") : error;
  const { status, headers, problem } = describeFailure(told, request.id);
  if (status >= 500 && status !== 503) {
    log.error({ request: request.id, route: nameOf(request), ...loggedFailure(error) }, "failed");
  }
  return reply
    .code(status)
    .headers({ ...HEADERS, "x-request-id": request.id, ...headers })
    .header("content-type", "application/problem+json; charset=utf-8")
    .send(JSON.stringify(problem));
}

/** Nobody reads what is answered to a request that broke off; it counts as theirs and not as ours. */
function hasHungUp({ raw }: FastifyRequest, error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : null;
  return raw.destroyed && !raw.complete && code === "ECONNRESET";
}

/** What is no HTTP that could be read has no request to answer: the connection is told and closed. */
function refuseConnection(
  { log }: ServerDeps,
  error: Error & { readonly code?: string },
  socket: Socket,
): void {
  const request = newRequestId();
  const code = CONNECTION_CODES.get(error.code ?? "") ?? "request_invalid";
  const { status, problem } = describeFailure(new HttpError(code), request);
  log.info({ request, route: "unknown", status }, "answered");
  if (!socket.writable || error.code === "ECONNRESET") return void socket.destroy();
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
    "content-type: application/problem+json; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${request}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

const CONNECTION_CODES: ReadonlyMap<string, HttpCode> = new Map([
  ["HPE_HEADER_OVERFLOW", "headers_too_large"],
  ["ERR_HTTP_REQUEST_TIMEOUT", "request_too_slow"],
]);

function newRequestId(): string {
  return `req_${randomBytes(12).toString("base64url")}`;
}

/** The methods of each address that is served, by its pattern. */
type Addresses = ReadonlyMap<string, ReadonlySet<string>>;

/** Whoever may GET may HEAD: that is not said again. */
function noteAddress(
  addresses: Map<string, Set<string>>,
  url: string,
  method: string | readonly string[],
): void {
  const methods = addresses.get(url) ?? new Set();
  for (const one of [method].flat()) if (one !== "HEAD") methods.add(one);
  addresses.set(url, methods);
}

/** A known address asked with another method is told apart (RFC 9110, 15.5.6). */
function unknownAddress(addresses: Addresses, request: FastifyRequest): HttpError {
  const [path = ""] = request.url.split("?");
  const fit = [...addresses].filter(([pattern]) => matches(pattern, path));
  const methods = new Set(fit.flatMap(([, of]) => [...of]));
  if (methods.size === 0) return new HttpError("route_unknown");
  return new HttpError("method_unknown", { headers: { allow: [...methods].join(", ") } });
}

/** A star at the end stands for whatever follows. */
function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split("/");
  const open = wanted.at(-1) === "*";
  const given = path.split("/");
  return (
    (open ? given.length >= wanted.length : given.length === wanted.length) &&
    wanted.every((part, index) => /^[:*]/u.test(part) || part === given[index])
  );
}

function nameOf(request: FastifyRequest): string {
  const { config, url } = request.routeOptions;
  if ("name" in config && typeof config.name === "string") return config.name;
  return url ?? "unknown";
}

function checkComplete(): void {
  const missing = Object.keys(ROUTES).filter((name) => !Object.hasOwn(HANDLERS, name));
  const left = Object.keys(HANDLERS).filter((name) => !Object.hasOwn(ROUTES, name));
  if (missing.length + left.length === 0) return;
  throw new Error(`Routes and handlers differ: ${[...missing, ...left].join(", ")}`);
}
