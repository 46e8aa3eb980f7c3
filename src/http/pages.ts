import files from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { LINK_PATHS } from "../accounts/links.ts";

/** What `vite build web` makes. */
const DIST = join(import.meta.dirname, "../../web/dist");

/** Pages of people: where links lead, and below them. The script looks at the address itself. */
const FACE_PATH = `${LINK_PATHS.subject}/face/*`;
const SUBJECT_PATHS = [
  "/",
  "/transparency",
  ...Object.values(LINK_PATHS),
  `${LINK_PATHS.subject}/*`,
  FACE_PATH,
];
const OPERATOR_PATHS = ["/app", "/app/*"];
/** Where a face is shown. On every other page, those of rights above all, no camera can be opened. */
const CAMERA_PATHS: ReadonlySet<string> = new Set([LINK_PATHS.invite, FACE_PATH]);

/**
 * What a page may load and do: this site's own files and nothing else. `blob:` is for pictures that
 * the page itself has in hand before they are sent.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS = {
  "content-security-policy": POLICY,
  "cross-origin-opener-policy": "same-origin",
} as const;

function permissions(path: string): string {
  const camera = CAMERA_PATHS.has(path) ? "camera=(self)" : "camera=()";
  return `${camera}, microphone=(), geolocation=()`;
}

/** The files are named by their own hashes: what is at an address never changes. */
const FOREVER = "public, max-age=31536000, immutable";

/** What stands in place of the pages where they were not built. It holds no script. */
const NOT_BUILT = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Assent</title></head><body>
<h1>The pages are not built yet</h1>
<p>The service runs. To build its pages, run <code>npm run web</code> in the folder of Assent, and
load this address again.</p>
<p>What can be asked without them: <a href="/docs">the API</a>.</p>
</body></html>`;

/** Serves the pages and their files from `dist`, each compressed as it was built. */
export async function pageRoutes(server: FastifyInstance, dist: string = DIST): Promise<void> {
  const assets = join(dist, "assets");
  await server.register(files, {
    root: dist,
    prefix: "/assets/",
    serve: false,
    preCompressed: true,
    suppressWarning: true,
    cacheControl: false,
    // Only of a file that is there: that one is missing may change.
    setHeaders: (reply, path) => {
      if (dirname(path) === assets) reply.header("cache-control", FOREVER);
    },
  });
  server.get("/assets/:file", async (request, reply) => {
    const { file } = request.params as { readonly file: string };
    return reply.sendFile(`assets/${file}`);
  });
  for (const path of SUBJECT_PATHS) page(server, { path, name: "subject.html", dist });
  for (const path of OPERATOR_PATHS) page(server, { path, name: "operator.html", dist });
}

/** Whether somebody opened an address in a browser, and not a program that asks the API. */
export function isVisit({ method, url, headers }: FastifyRequest): boolean {
  return method === "GET" && !url.startsWith("/api/") && /text\/html/u.test(headers.accept ?? "");
}

/** Answers a visit to an address that is no page's: the page says so, and leads on. */
export async function missingPage(reply: FastifyReply, dist: string = DIST): Promise<FastifyReply> {
  const path = join(dist, "subject.html");
  const body = existsSync(path) ? await readFile(path, "utf8") : NOT_BUILT;
  return reply
    .code(404)
    .headers({ ...HEADERS, "permissions-policy": permissions("") })
    .type("text/html; charset=utf-8")
    .send(body);
}

function page(
  server: FastifyInstance,
  { path, name, dist }: { readonly path: string; readonly name: string; readonly dist: string },
): void {
  server.get(path, async (_, reply): Promise<FastifyReply> => {
    reply.headers({ ...HEADERS, "permissions-policy": permissions(path) });
    // Looked for each time: the pages may be built while the service runs.
    if (existsSync(join(dist, name))) return reply.sendFile(name);
    return reply.code(503).type("text/html; charset=utf-8").send(NOT_BUILT);
  });
}
