import assert from "node:assert/strict";
import { once } from "node:events";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { NativeGate } from "./native-gate.ts";

test("closing waits until whoever is inside has left", async () => {
  const gate = new NativeGate();
  const other = new NativeGate(gate.memory);
  const events: string[] = [];
  const work = Promise.withResolvers<void>();
  const inside = gate.pass(async () => {
    await work.promise;
    events.push("left");
  });
  const closing = other.close(60_000).then((left) => events.push(`closed ${left}`));
  await sleep(30);
  assert.deepEqual(events, []);
  work.resolve();
  await Promise.all([inside, closing]);
  assert.deepEqual(events, ["left", "closed true"]);
});

test("who stays inside for too long is told of", async () => {
  const gate = new NativeGate();
  const work = Promise.withResolvers<void>();
  const inside = gate.pass(() => work.promise);
  assert.equal(await gate.close(20), false);
  assert.equal(gate.closeAndBlock(20), false);
  work.resolve();
  await inside;
  assert.equal(await gate.close(20), true);
  assert.equal(gate.closeAndBlock(20), true);
});

test("work that throws leaves too", async () => {
  const gate = new NativeGate();
  await assert.rejects(
    gate.pass(async () => {
      throw new Error("broken");
    }),
    /broken/,
  );
  assert.equal(await gate.close(0), true);
});

test("a closed gate lets nobody in: the thread waits there for its end", async () => {
  const gate = new NativeGate();
  await gate.close(0);
  const code = `
    const { parentPort, workerData } = require("node:worker_threads");
    import(workerData.module).then(async ({ NativeGate }) => {
      parentPort.postMessage("before");
      await new NativeGate(workerData.memory).pass(async () => parentPort.postMessage("inside"));
    });`;
  const module = new URL("./native-gate.ts", import.meta.url).href;
  const worker = new Worker(code, { eval: true, workerData: { module, memory: gate.memory } });
  const messages: unknown[] = [];
  worker.on("message", (message) => messages.push(message));
  await once(worker, "message");
  // Time enough to go in, were it open.
  await sleep(100);
  assert.deepEqual(messages, ["before"]);
  assert.equal(await gate.close(1000), true);
  await worker.terminate();
  assert.deepEqual(messages, ["before"]);
});
