import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { settingsFor } from "../src/http/settings.ts";
import { onSqlite } from "./databases.ts";
import { makeCollection } from "./instance.ts";
import { openTestService, signInAs, type TestService } from "./service.ts";

const QUICK = { ...settingsFor(1).connections, headersMsMax: 300, requestMsMax: 600, checkMs: 50 };

function dial({ service }: TestService): Socket {
  return connect(Number(new URL(service.origin).port), "127.0.0.1");
}

/** Everything the other side says until it hangs up. */
async function hear(socket: Socket): Promise<string> {
  let heard = "";
  try {
    for await (const chunk of socket) heard += String(chunk);
  } catch (error) {
    // What was still being sent when it hung up is lost.
    if (!(error instanceof Error && "code" in error)) throw error;
    assert.match(String(error.code), /^(ECONNRESET|EPIPE)$/u);
  }
  return heard;
}

/** Says something, then a byte now and then, for as long as anybody listens. */
async function trickle(socket: Socket, begin: string, more: string): Promise<string> {
  const heard = hear(socket);
  const over = new AbortController();
  void heard.finally(() => over.abort());
  socket.write(begin);
  while (!over.signal.aborted && socket.writable) {
    socket.write(more);
    await sleep(20, undefined, { signal: over.signal }).catch(() => undefined);
  }
  return heard;
}

onSqlite(
  "headers that trickle in are cut off, and others are served meanwhile",
  async (database) => {
    await using tested = await openTestService(database, { settings: { connections: QUICK } });
    const slow = Array.from({ length: 20 }, async (_, index) =>
      trickle(dial(tested), "GET /healthz HTTP/1.1\r\nhost: x\r\n", `x-${index}: y\r\n`),
    );
    assert.equal((await fetch(`${tested.service.origin}/healthz`)).status, 200);
    for (const heard of await Promise.all(slow)) {
      assert.match(heard, /^HTTP\/1.1 408 [\s\S]*"code":"request_too_slow"/u);
    }
  },
);

onSqlite("a body that trickles in is cut off and gives its place back", async (database) => {
  const gate = { slots: 1, queue: 0, waitMsMax: 1000 };
  await using tested = await openTestService(database, { settings: { connections: QUICK, gate } });
  const collection = await makeCollection(tested.instance.app);
  const staff = await signInAs(tested, "staff", [collection.id]);
  const { host } = new URL(tested.service.origin);
  const sent = { ...staff, host };
  const badge = Object.entries(sent).map(([name, value]) => `${name}: ${value}\r\n`);
  const head =
    `POST /api/v1/collections/${collection.id}/searches HTTP/1.1\r\n${badge.join("")}` +
    "content-type: multipart/form-data; boundary=b\r\ncontent-length: 1000000\r\n\r\n" +
    '--b\r\ncontent-disposition: form-data; name="photo"; filename="a"\r\n\r\n';
  const heard = await trickle(dial(tested), head, "x");
  assert.match(heard, /^HTTP\/1.1 408 /u);
  const metrics = await (await fetch(`${tested.service.origin}/metrics`)).text();
  assert.match(metrics, /^assent_gate_places 0$/mu);
});

onSqlite(
  "connections beyond the bound are closed, and free places are taken again",
  async (database) => {
    const connections = { ...settingsFor(1).connections, max: 5 };
    await using tested = await openTestService(database, { settings: { connections } });
    const kept = Array.from({ length: connections.max }, () => dial(tested));
    await Promise.all(
      kept.map(async (socket) => new Promise((resolve) => socket.once("connect", resolve))),
    );
    // Accepted one after the other: when the last of them answers, all of them are.
    const last = kept.at(-1);
    assert.ok(last);
    last.write("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n");
    await new Promise((resolve) => last.once("data", resolve));
    const beyond = dial(tested);
    beyond.write("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n");
    assert.equal(await hear(beyond), "");
    for (const socket of kept) socket.destroy();
    await sleep(20);
    assert.equal((await fetch(`${tested.service.origin}/healthz`)).status, 200);
  },
);

onSqlite("what is too large is refused before it is read", async (database) => {
  await using tested = await openTestService(database);
  const staff = await signInAs(tested, "owner");
  const { host } = new URL(tested.service.origin);
  const sent = { ...staff, host };
  const badge = Object.entries(sent).map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = dial(tested);
  // Gigabytes are announced, and not one byte comes.
  socket.write(
    `POST /api/v1/collections HTTP/1.1\r\n${badge.join("")}` +
      "content-type: application/json\r\ncontent-length: 5000000000\r\n\r\n",
  );
  const heard = await new Promise((resolve) =>
    socket.once("data", (data) => resolve(String(data))),
  );
  socket.destroy();
  assert.match(String(heard), /^HTTP\/1.1 413 [\s\S]*"code":"body_too_large"/u);
  const chunked = dial(tested);
  const begin =
    `POST /api/v1/collections HTTP/1.1\r\n${badge.join("")}` +
    "content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
  const chunk = `10000\r\n${"x".repeat(65_536)}\r\n`;
  assert.match(await trickle(chunked, begin, chunk), /^HTTP\/1.1 413 /u);
  const many = Array.from({ length: 3000 }, (_, index) => `x-${index}: ${"y".repeat(20)}\r\n`);
  const headers = dial(tested);
  headers.write(`GET /healthz HTTP/1.1\r\nhost: x\r\n${many.join("")}\r\n`);
  assert.match(await hear(headers), /^HTTP\/1.1 431 [\s\S]*"code":"headers_too_large"/u);
});
