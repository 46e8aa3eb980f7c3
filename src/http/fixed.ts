import { timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { documentApi } from "../contract/openapi.ts";
import { keySetOf } from "../ledger/signing.ts";
import { addCheckpoint, isWitnessing, REQUEST_LENGTH_MAX } from "../ledger/witnessing.ts";
import { renderDocs } from "./docs.ts";
import type { Door } from "./door.ts";
import { comeBackLater, HttpError } from "./errors.ts";
import { RETRY_SECONDS } from "./limits.ts";
import type { Metrics } from "./metrics.ts";
import type { ServiceSettings } from "./settings.ts";

/** The page of documentation holds its own style and nothing else: no script, no other address. */
const DOCS_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** The addresses that are no part of the API: health, numbers, documentation, public keys. */
export function fixedRoutes(
  server: FastifyInstance,
  door: Door,
  metrics: Metrics,
  settings: ServiceSettings,
): void {
  const { app } = door;
  server.get("/healthz", async () => ({ status: "alive" }));
  server.get("/readyz", async () => {
    if (door.stopping.aborted) throw comeBackLater("stopping", RETRY_SECONDS);
    await app.db.read.selectFrom("settings").select("name").limit(1).execute();
    return { status: "ready" };
  });
  server.get("/metrics", async (request, reply) => {
    checkReader(request, settings.metricsToken);
    reply.header("content-type", metrics.registry.contentType);
    return metrics.text();
  });
  documentRoutes(server, door);
  witnessRoute(server, door);
  server.get("/.well-known/assent-receipt-keys.json", async () => keySetOf(app.db, "receipts"));
  server.get("/.well-known/assent-ledger-key", async (_, reply) => {
    reply.header("content-type", "text/plain; charset=utf-8");
    return `${await app.ledger.verifierKey()}\n`;
  });
}

/** Made when first asked for: it takes a while, anybody may ask, and it never changes. */
function documentRoutes(server: FastifyInstance, { origin, rates }: Door): void {
  const counted = { onRequest: async (request: FastifyRequest) => rates.countAddress(request) };
  let api: string | null = null;
  server.get("/openapi.json", counted, async (_, reply) => {
    reply.header("content-type", "application/json; charset=utf-8");
    return (api ??= JSON.stringify(documentApi(origin())));
  });
  let page: string | null = null;
  server.get("/docs", counted, async (_, reply) => {
    reply.header("content-type", "text/html; charset=utf-8");
    reply.header("content-security-policy", DOCS_POLICY);
    return (page ??= renderDocs(origin()));
  });
}

/**
 * `add-checkpoint` of C2SP tlog-witness, by which this instance cosigns others' records: requests
 * and answers are lines of text. Until an owner switches it on there is nothing at the address.
 */
function witnessRoute(server: FastifyInstance, { app, rates }: Door): void {
  server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    const limits = { parseAs: "string", bodyLimit: REQUEST_LENGTH_MAX } as const;
    scope.addContentTypeParser("*", limits, async (_: unknown, text: string) => text);
    scope.post(
      "/witness/add-checkpoint",
      { onRequest: async (request) => rates.countAddress(request) },
      async (request, reply) => {
        if (!(await isWitnessing(app.db))) throw new HttpError("route_unknown");
        const text = typeof request.body === "string" ? request.body : "";
        const { status, type, body } = await addCheckpoint(app, text);
        return reply.code(status).header("content-type", type).send(body);
      },
    );
  });
}

/** What proxies on the same machine say of whom they ask for. */
const PROXY_HEADERS = ["x-forwarded-for", "forwarded", "x-real-ip", "via"] as const;

/** Numbers are for whoever runs the machine: by a token, or from the machine itself. */
function checkReader(request: FastifyRequest, token: string | null): void {
  if (token === null) {
    const direct = PROXY_HEADERS.every((name) => request.headers[name] === undefined);
    if (direct && /^(127\.|::1$|::ffff:127\.)/u.test(request.ip)) return;
    throw new HttpError("not_allowed");
  }
  const [, shown = ""] = /^Bearer (.+)$/iu.exec(request.headers.authorization ?? "") ?? [];
  const [a, b] = [Buffer.from(shown), Buffer.from(token)];
  if (a.length === b.length && timingSafeEqual(a, b)) return;
  throw new HttpError("credentials_invalid");
}
