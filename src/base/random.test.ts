import assert from "node:assert/strict";
import { test } from "node:test";
import { randomBytes } from "./random.ts";

test("bytes are as many as were asked for, across the ends of blocks", () => {
  for (const count of [0, 1, 12, 32, 4000, 4096, 4097, 10_000]) {
    assert.equal(randomBytes(count).length, count);
  }
});

test("none is given twice, nor as it was overwritten", () => {
  const seen = new Set<string>();
  // Some hundred blocks.
  for (let turn = 0; turn < 100_000; turn += 1) seen.add(randomBytes(12).toString("hex"));
  assert.equal(seen.size, 100_000);
  const all = Buffer.concat(Array.from({ length: 10_000 }, () => randomBytes(7)));
  const zeros = all.filter((byte) => byte === 0).length;
  // One of 256 on average; its standard deviation is 16.5.
  assert.ok(Math.abs(zeros - all.length / 256) < 6 * 16.5, `${zeros} zeros`);
});

test("what was given is not changed by what is given later", () => {
  const first = randomBytes(16);
  const copy = Buffer.from(first);
  for (let turn = 0; turn < 1000; turn += 1) randomBytes(16);
  assert.deepEqual(first, copy);
});
