import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { cutting, listen, serve, serving } from "../../test/file-server.ts";
import { folderFor, install, LIMITS, listed, packFile } from "../../test/install-into.ts";
import type { InstallOptions } from "./install.ts";

test("downloads a file, tells its progress, and finds it there the next time", async (t) => {
  const bytes = randomBytes(200_000);
  const server = await serve(t, serving(bytes));
  const to = await folderFor(t);
  const seen: number[] = [];
  const file = packFile(bytes, `${server.url}/net.bin`);
  const onProgress: InstallOptions["onProgress"] = (progress) => {
    assert.equal(progress.bytesTotal, bytes.length);
    seen.push(progress.bytes);
  };
  const first = await install([file], to, { onProgress });
  assert.deepEqual(first, { kind: "installed", folder: join(to, "pack"), bytes: bytes.length });
  assert.ok(bytes.equals(await readFile(join(to, "pack", "net.bin"))));
  assert.deepEqual(await listed(to), ["net.bin"]);
  assert.equal(seen.at(-1), bytes.length);
  assert.deepEqual(
    seen,
    seen.toSorted((one, other) => one - other),
  );

  const second = await install([file], to);
  assert.equal(second.kind === "installed" && second.bytes, 0);
  assert.equal(server.requests.length, 1);
});

test("goes on where the connection was cut, within one call", async (t) => {
  const bytes = randomBytes(300_000);
  let cuts = 0;
  const server = await serve(t, (request, response) => {
    cuts += 1;
    const handler = cuts > 5 ? serving(bytes) : cutting(bytes, 20_000);
    handler(request, response);
  });
  const to = await folderFor(t);
  const result = await install([packFile(bytes, `${server.url}/net.bin`)], to);
  assert.equal(result.kind, "installed");
  assert.ok(bytes.equals(await readFile(join(to, "pack", "net.bin"))));
  // More cuts than attempts: those that brought bytes are not counted against the server.
  assert.equal(server.requests.length, 6);
  assert.equal(server.requests[1]?.range, "bytes=20000-");
});

test("goes on in a later call from the part an earlier one left", async (t) => {
  const bytes = randomBytes(100_000);
  const to = await folderFor(t);
  const file = packFile(bytes);
  // Sends the same beginning to every request, whatever range is asked for.
  const broken = await serve(t, (_, response) => {
    response.writeHead(200, { "content-length": bytes.length });
    response.write(bytes.subarray(0, 40_000));
    setTimeout(() => response.destroy(), 50);
  });
  const limits = { ...LIMITS, attemptsMax: 1 };
  const urls = [`${broken.url}/net.bin`];
  const first = await install([{ ...file, urls }], to, { limits });
  assert.equal(first.kind, "unreachable");
  assert.deepEqual(await listed(to), ["net.bin.part"]);

  const whole = await serve(t, serving(bytes));
  const second = await install([{ ...file, urls: [`${whole.url}/net.bin`] }], to);
  assert.equal(second.kind, "installed");
  assert.deepEqual(whole.requests, [{ path: "/net.bin", range: "bytes=40000-" }]);
  assert.ok(bytes.equals(await readFile(join(to, "pack", "net.bin"))));
  assert.deepEqual(await listed(to), ["net.bin"]);
});

test("refuses and deletes bytes of the right size and the wrong hash", async (t) => {
  const bytes = randomBytes(50_000);
  const server = await serve(t, serving(randomBytes(50_000)));
  const to = await folderFor(t);
  const result = await install([packFile(bytes, `${server.url}/net.bin`)], to);
  assert.equal(result.kind, "refused");
  assert.deepEqual(await listed(to), []);
  assert.equal(server.requests.length, 1);
});

test("refuses other sizes, announced or not, without keeping them", async (t) => {
  const bytes = randomBytes(50_000);
  const long = randomBytes(5_000_000);
  const announced = await serve(t, serving(long));
  const unannounced = await serve(t, (_, response) => {
    response.writeHead(200);
    response.end(long);
  });
  const to = await folderFor(t);
  for (const server of [announced, unannounced]) {
    const onProgress: InstallOptions["onProgress"] = (progress) => {
      assert.ok(progress.bytes <= bytes.length, "More was taken than the file has");
    };
    const file = packFile(bytes, `${server.url}/net.bin`);
    const result = await install([file], to, { onProgress });
    assert.equal(result.kind, "refused");
    assert.deepEqual(await listed(to), []);
  }
});

test("begins at zero when what it had was of something else", async (t) => {
  const bytes = randomBytes(80_000);
  const server = await serve(t, serving(bytes));
  const to = await folderFor(t);
  const part = join(to, "pack", "net.bin.part");
  await mkdir(join(to, "pack"));
  const lengths = [30_000, 80_000, 90_000];
  for (const length of lengths) {
    await writeFile(part, randomBytes(length));
    const result = await install([packFile(bytes, `${server.url}/net.bin`)], to);
    assert.equal(result.kind, "installed", `a part of ${length}`);
    assert.ok(bytes.equals(await readFile(join(to, "pack", "net.bin"))));
    await rm(join(to, "pack", "net.bin"));
  }
});

test("takes the whole file from a server that ignores the range asked for", async (t) => {
  const bytes = randomBytes(80_000);
  const server = await serve(t, (_, response) => response.end(bytes));
  const to = await folderFor(t);
  await mkdir(join(to, "pack"));
  await writeFile(join(to, "pack", "net.bin.part"), bytes.subarray(0, 50_000));
  const result = await install([packFile(bytes, `${server.url}/net.bin`)], to);
  assert.equal(result.kind, "installed");
  assert.deepEqual(server.requests, [{ path: "/net.bin", range: "bytes=50000-" }]);
  assert.ok(bytes.equals(await readFile(join(to, "pack", "net.bin"))));
});

test("does not ask again after 404, asks again after 503, then tries the next address", async (t) => {
  const bytes = randomBytes(1_000);
  const gone = await serve(t, (_, response) => void response.writeHead(404).end());
  const down = await serve(t, (_, response) => void response.writeHead(503).end());
  const good = await serve(t, serving(bytes));
  const to = await folderFor(t);
  const failing = [`${gone.url}/a`, `${down.url}/a`];
  const result = await install([packFile(bytes, ...failing)], to);
  assert.equal(result.kind, "unreachable");
  assert.match(result.kind === "unreachable" ? result.reason : "", /404.*503/);
  assert.equal(gone.requests.length, 1);
  assert.equal(down.requests.length, LIMITS.attemptsMax);
  const other = await install([packFile(bytes, ...failing, `${good.url}/a`)], to);
  assert.equal(other.kind, "installed");
});

test("gives up on a server that stalls, before or within the answer", async (t) => {
  const bytes = randomBytes(10_000);
  const silent = await serve(t, () => undefined);
  const stalling = await serve(t, (_, response) => {
    response.writeHead(200, { "content-length": bytes.length });
    response.write(bytes.subarray(0, 1_000));
  });
  for (const server of [silent, stalling]) {
    const to = await folderFor(t);
    const limits = { ...LIMITS, attemptsMax: 1 };
    const result = await install([packFile(bytes, `${server.url}/a`)], to, { limits });
    assert.equal(result.kind, "unreachable");
    assert.match(result.kind === "unreachable" ? result.reason : "", /sends nothing/);
  }
});

test("a slow server is borne as long as it keeps sending", async (t) => {
  const bytes = randomBytes(5_000);
  const server = await serve(t, (_, response) => {
    response.writeHead(200, { "content-length": bytes.length });
    let sent = 0;
    const timer = setInterval(() => {
      response.write(bytes.subarray(sent, (sent += 1_000)));
      if (sent === bytes.length) clearInterval(timer);
    }, 250);
    response.on("close", () => clearInterval(timer));
  });
  // Longer in all than the silence that would end it.
  const limits = { ...LIMITS, idleMs: 900 };
  const file = packFile(bytes, `${server.url}/a`);
  const result = await install([file], await folderFor(t), { limits });
  assert.equal(result.kind, "installed");
  assert.equal(server.requests.length, 1);
});

test("a slow server can't hold a download beyond the time for the whole", async (t) => {
  const bytes = randomBytes(10_000);
  const server = await serve(t, (_, response) => {
    response.writeHead(200, { "content-length": bytes.length });
    const timer = setInterval(() => response.write(bytes.subarray(0, 1)), 20);
    response.on("close", () => clearInterval(timer));
  });
  const to = await folderFor(t);
  const limits = { ...LIMITS, totalMs: 200 };
  const result = await install([packFile(bytes, `${server.url}/a`)], to, { limits });
  assert.equal(result.kind, "unreachable");
  assert.match(result.kind === "unreachable" ? result.reason : "", /too long/);
});

test("an address where nobody listens is unreachable, with its code", async (t) => {
  const server = createServer();
  const port = await listen(t, server);
  await new Promise((resolve) => void server.close(resolve));
  const to = await folderFor(t);
  const file = packFile(randomBytes(10), `http://127.0.0.1:${port}/a`);
  const result = await install([file], to);
  assert.equal(result.kind, "unreachable");
  assert.match(result.kind === "unreachable" ? result.reason : "", /ECONNREFUSED/);
});
