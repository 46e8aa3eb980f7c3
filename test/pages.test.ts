import assert from "node:assert/strict";
import fastify from "fastify";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { pageRoutes } from "../src/http/pages.ts";

const PAGES = [
  "/",
  "/start",
  "/sign-in",
  "/me",
  "/me/consent",
  "/me/face/col_AAAAAAAAAAAAAAAA",
  "/invite",
  "/contact",
  "/app",
  "/app/x",
];

test("pages are served where links lead, under a policy that lets in this site alone", async () => {
  await inDist(async (dist) => {
    await using server = fastify();
    await pageRoutes(server, dist);
    for (const path of PAGES) {
      const { statusCode, headers, body } = await server.inject(path);
      assert.equal(statusCode, 200, path);
      assert.equal(body, path.startsWith("/app") ? "operator" : "subject");
      const policy = String(headers["content-security-policy"]);
      assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self';/u);
      assert.match(policy, /frame-ancestors 'none'/u);
      assert.ok(!/unsafe|\*|https?:/u.test(policy));
      assert.ok(!/immutable/u.test(String(headers["cache-control"])));
      // R11: a face is never asked for a right, so only where one is enrolled can a camera open.
      const camera =
        path === "/invite" || path.startsWith("/me/face/") ? "camera=(self)" : "camera=()";
      assert.ok(String(headers["permissions-policy"]).startsWith(`${camera},`), path);
    }
  });
});

test("files named by their hashes are kept for ever, and come compressed", async () => {
  await inDist(async (dist) => {
    await using server = fastify();
    await pageRoutes(server, dist);
    const asked = { url: "/assets/a-1.js", headers: { "accept-encoding": "gzip" } };
    const { statusCode, headers, rawPayload } = await server.inject(asked);
    assert.equal(statusCode, 200);
    assert.match(String(headers["cache-control"]), /immutable/u);
    assert.equal(headers["content-encoding"], "gzip");
    assert.match(String(headers["content-type"]), /javascript/u);
    assert.deepEqual(rawPayload, gzipSync("script"));
    for (const url of ["/assets/b.js", "/assets/..%2fsecret.txt", "/assets/..%5csecret.txt"]) {
      const missing = await server.inject(url);
      assert.notEqual(missing.statusCode, 200, url);
      assert.ok(!missing.body.includes("secret of the folder"));
      assert.ok(!/immutable/u.test(String(missing.headers["cache-control"])), url);
    }
  });
});

test("where the pages are not built, one says how", async () => {
  await using server = fastify();
  await pageRoutes(server, join(tmpdir(), "no-such-folder"));
  const { statusCode, body, headers } = await server.inject("/");
  assert.equal(statusCode, 503);
  assert.match(body, /npm run web/u);
  assert.match(String(headers["content-type"]), /text\/html/u);
});

async function inDist(body: (dist: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "assent-pages-"));
  const dist = join(folder, "dist");
  try {
    await mkdir(join(dist, "assets"), { recursive: true });
    await writeFile(join(dist, "subject.html"), "subject");
    await writeFile(join(dist, "operator.html"), "operator");
    await writeFile(join(dist, "secret.txt"), "secret of the folder");
    await writeFile(join(dist, "assets/a-1.js"), "script");
    await writeFile(join(dist, "assets/a-1.js.gz"), gzipSync("script"));
    await body(dist);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
