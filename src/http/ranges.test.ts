import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fastify from "fastify";
import { sendFile } from "./ranges.ts";

test("a range is sent as it is asked for, and only where it may be", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "assent-ranges-"));
  t.after(async () => rm(folder, { recursive: true }));
  const path = join(folder, "video.mp4");
  await writeFile(path, "0123456789");
  await using server = fastify({ exposeHeadRoutes: true });
  server.get("/video", async (request, reply) => sendFile(request, reply, path));
  const ask = async (headers: Record<string, string>, method: "GET" | "HEAD" = "GET") => {
    const answer = await server.inject({ method, url: "/video", headers });
    const { "content-range": range = null, "content-length": length } = answer.headers;
    return [answer.statusCode, answer.body, range, length];
  };
  assert.deepEqual(await ask({ range: "bytes=2-4" }), [206, "234", "bytes 2-4/10", "3"]);
  assert.deepEqual(await ask({ range: "bytes=-3" }), [206, "789", "bytes 7-9/10", "3"]);
  assert.deepEqual(await ask({ range: "Bytes=8-" }), [206, "89", "bytes 8-9/10", "2"]);
  const whole = [200, "0123456789", null, "10"];
  // Two at once, and an end before the beginning: none that is served.
  assert.deepEqual(await ask({ range: "bytes=0-1,3-4" }), whole);
  assert.deepEqual(await ask({ range: "bytes=4-2" }), whole);
  // Whoever holds an older file is never sent a part of another one to put behind it.
  assert.deepEqual(await ask({ range: "bytes=2-4", "if-range": '"of another file"' }), whole);
  // Only GET knows ranges (RFC 9110, 14.2): HEAD tells how long all of it is.
  assert.deepEqual(await ask({ range: "bytes=2-4" }, "HEAD"), [200, "", null, "10"]);
  assert.deepEqual(await ask({ range: "bytes=10-" }, "HEAD"), [200, "", null, "10"]);
});
