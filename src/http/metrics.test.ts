import assert from "node:assert/strict";
import { test } from "node:test";
import { Histogram } from "prom-client";
import type { Engine } from "../faces/engine.ts";
import { timedEngines } from "./metrics.ts";

/** An engine whose methods are its class', as the pool's are. */
class Named implements Engine {
  readonly pack = "bundled";
  readonly templateSize = 128;
  busy = false;

  async analyse(): Promise<never> {
    throw new Error("analyse");
  }

  async analyseFrame(): Promise<never> {
    throw new Error("analyseFrame");
  }

  async embed(): Promise<never> {
    throw new Error("embed");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    throw new Error("dispose");
  }
}

test("an engine that is timed does all that the engine does", async () => {
  const embedSeconds = new Histogram({ name: "seconds", help: "A test.", registers: [] });
  const named = new Named();
  const engine = await timedEngines(async () => named, { embedSeconds })("bundled");
  assert.equal(engine.busy, false);
  named.busy = true;
  assert.equal(engine.busy, true);
  const source = { bytes: new Uint8Array() };
  const picture = { width: 1, height: 1, data: new Uint8Array(3) };
  await assert.rejects(
    engine.analyse(source, { embed: { kind: "all" }, use: "scan" }),
    /analyse$/u,
  );
  await assert.rejects(engine.analyseFrame(picture, { embed: true }), /analyseFrame/u);
  await assert.rejects(engine.embed(source, []), /embed/u);
  await assert.rejects(async () => engine[Symbol.asyncDispose](), /dispose/u);
  assert.deepEqual([engine.pack, engine.templateSize], ["bundled", 128]);
});
