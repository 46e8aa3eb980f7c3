import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { test } from "node:test";
import { inParallel } from "./parallel.ts";

test("works on so many at a time, begun in order, and on each once", async () => {
  const begun: number[] = [];
  let busy = 0;
  let most = 0;
  const items = Array.from({ length: 25 }, (_, index) => index);
  await inParallel(items, 4, async (item) => {
    begun.push(item);
    busy += 1;
    most = Math.max(most, busy);
    for (let wait = item % 3; wait >= 0; wait -= 1) await turn();
    busy -= 1;
  });
  assert.deepEqual(begun, items);
  assert.equal(most, 4);
});

test("after a failure it begins nothing, waits for what is under way, and throws", async () => {
  const begun: number[] = [];
  let ended = 0;
  const failure = new Error("third");
  const work = inParallel([0, 1, 2, 3, 4, 5, 6], 3, async (item) => {
    begun.push(item);
    if (item === 2) throw failure;
    await turn();
    await turn();
    ended += 1;
  });
  await assert.rejects(work, failure);
  assert.deepEqual(begun, [0, 1, 2]);
  assert.equal(ended, 2);
});

test("nothing to do is done; a width below one is one", async () => {
  await inParallel([], 3, async () => assert.fail());
  const begun: number[] = [];
  await inParallel([1, 2], 0, async (item) => void begun.push(item));
  assert.deepEqual(begun, [1, 2]);
});
