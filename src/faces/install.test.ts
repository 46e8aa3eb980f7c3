import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { listen, serve, serving } from "../../test/file-server.ts";
import { folderFor, install, LIMITS, listed, packFile } from "../../test/install-into.ts";
import { sha256Hex } from "../base/bytes.ts";
import { FacesError } from "./errors.ts";
import { installPack } from "./install.ts";
import type { PackFile } from "./packs.ts";

/** Names a proxy in the environment, for all but 127.0.0.1, until the test ends. */
function useProxy(t: TestContext, address: string): void {
  const names = ["http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];
  const before = names.map((name) => [name, process.env[name]] as const);
  t.after(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
  for (const name of names) delete process.env[name];
  process.env["HTTP_PROXY"] = address;
  process.env["NO_PROXY"] = "127.0.0.1";
}

test("goes through the proxy that the environment names, but not for NO_PROXY", async (t) => {
  const bytes = randomBytes(60_000);
  const origin = await serve(t, serving(bytes));
  const tunnels: string[] = [];
  const proxy = createServer();
  proxy.on("connect", (request: IncomingMessage, socket: Socket) => {
    tunnels.push(request.url ?? "");
    // Whatever name was asked for, the bytes come from our own server.
    const upstream = connect(Number(new URL(origin.url).port), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      upstream.pipe(socket);
      socket.pipe(upstream);
    });
    upstream.on("error", () => socket.destroy());
    socket.on("error", () => upstream.destroy());
  });
  const port = await listen(t, proxy);
  useProxy(t, `http://127.0.0.1:${port}`);

  // A name that only the proxy can reach.
  const to = await folderFor(t);
  const proxied = packFile(bytes, "http://models.invalid/net.bin");
  assert.equal((await install([proxied], to)).kind, "installed");
  assert.deepEqual(tunnels, ["models.invalid:80"]);

  const other = await folderFor(t);
  const direct = packFile(bytes, `${origin.url}/net.bin`);
  assert.equal((await install([direct], other)).kind, "installed");
  assert.equal(tunnels.length, 1);
});

test("says that the proxy refuses, and does not insist", async (t) => {
  let asked = 0;
  const proxy = createServer();
  proxy.on("connect", (_, socket: Socket) => {
    asked += 1;
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  useProxy(t, `http://127.0.0.1:${await listen(t, proxy)}`);
  const file = packFile(randomBytes(10), "http://models.invalid/net.bin");
  const result = await install([file], await folderFor(t));
  assert.equal(result.kind, "unreachable");
  assert.match(result.kind === "unreachable" ? result.reason : "", /refused by the proxy/);
  assert.equal(asked, 1);
});

test("an abort stops the download, keeps the part and throws its reason", async (t) => {
  const bytes = randomBytes(100_000);
  const server = await serve(t, (_, response) => {
    response.writeHead(200, { "content-length": bytes.length });
    response.write(bytes.subarray(0, 10_000));
  });
  const to = await folderFor(t);
  const stop = new AbortController();
  const reason = new Error("stopped by the user");
  const installing = install([packFile(bytes, `${server.url}/a`)], to, {
    signal: stop.signal,
    onProgress: () => stop.abort(reason),
  });
  await assert.rejects(installing, reason);
  assert.deepEqual(await listed(to), ["net.bin.part"]);
});

test("takes files from a folder by their hash, under whatever name", async (t) => {
  const bytes = randomBytes(5_000);
  const other = randomBytes(6_000);
  const from = await folderFor(t);
  const to = await folderFor(t);
  await mkdir(join(from, "deep", "down"), { recursive: true });
  await writeFile(join(from, "deep", "down", "renamed"), bytes);
  const file = packFile(bytes);
  const second: PackFile = {
    ...packFile(randomBytes(7_000)),
    role: "other",
    name: "fixed.bin",
    alternatives: [{ name: "dynamic.bin", sha256: sha256Hex(other), bytes: other.length }],
  };
  const lacking = await install([file, second], to, { from });
  assert.equal(lacking.kind, "absent");
  assert.match(lacking.kind === "absent" ? lacking.reason : "", /fixed\.bin/);
  assert.deepEqual(await listed(to), []);

  await writeFile(join(from, "x"), other);
  const result = await install([file, second], to, { from });
  assert.equal(result.kind, "installed");
  // What serves instead of fixed.bin is kept under its own name.
  assert.deepEqual(await listed(to), ["dynamic.bin", "net.bin"]);
});

test("a folder that can't be written is a failure of its own", async (t) => {
  const bytes = randomBytes(10);
  const server = await serve(t, serving(bytes));
  const to = await folderFor(t);
  await writeFile(join(to, "pack"), "a file where the folder should be");
  await assert.rejects(install([packFile(bytes, `${server.url}/a`)], to), (error) => {
    return error instanceof FacesError && error.code === "folder_unwritable";
  });
  assert.equal(server.requests.length, 0);
});

test("a mirror is asked for the pack's files by name, and can't pass off others", async (t) => {
  const mirror = await serve(t, (_, response) => response.end("not a model"));
  const to = await folderFor(t);
  const result = await installPack("recommended", {
    to,
    mirror: `${mirror.url}/models`,
    limits: LIMITS,
  });
  assert.equal(result.kind, "refused");
  assert.equal(mirror.requests[0]?.path, "/models/face_detection_yunet_2023mar.onnx");
});

test("the pack that npm brought is there without an installation", async (t) => {
  const to = await folderFor(t);
  const result = await installPack("bundled", { to });
  assert.equal(result.kind === "installed" && result.bytes, 0);
  assert.deepEqual(await readdir(to), []);
});
