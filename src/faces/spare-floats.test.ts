import assert from "node:assert/strict";
import { test } from "node:test";
import { SpareFloats } from "./spare-floats.ts";

test("what was put back is lent again as zeros, for as much or less", () => {
  const spares = new SpareFloats();
  const first = spares.take(6).fill(1);
  spares.putBack(first);
  const small = spares.take(4);
  assert.equal(small.buffer, first.buffer);
  assert.deepEqual([...small], [0, 0, 0, 0]);
  spares.putBack(small);
  assert.deepEqual([...spares.take(6)], [0, 0, 0, 0, 0, 0]);
});

test("more than there is, and what is lent already, is made anew", () => {
  const spares = new SpareFloats();
  const first = spares.take(4);
  const second = spares.take(4);
  assert.notEqual(second.buffer, first.buffer);
  spares.putBack(first);
  const larger = spares.take(5);
  assert.equal(larger.length, 5);
  spares.putBack(larger);
  spares.putBack(second);
  assert.equal(spares.take(5).buffer, larger.buffer);
});
