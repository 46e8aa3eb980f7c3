import assert from "node:assert/strict";
import { test } from "node:test";
import { Turn } from "./turn.ts";

test("whoever gives up while they wait is told at once, and nobody's turn comes early", async () => {
  const turn = new Turn();
  const { promise, resolve } = Promise.withResolvers<void>();
  const order: string[] = [];
  const work = (name: string) => async () => void order.push(name);
  const first = turn.take(async () => {
    await promise;
    order.push("first");
  });
  const gone = new AbortController();
  const second = turn.take(work("second"), gone.signal);
  const third = turn.take(work("third"), new AbortController().signal);
  const reason = new Error("hung up");
  gone.abort(reason);
  await assert.rejects(second, reason);
  assert.deepEqual(order, []);
  resolve();
  await Promise.all([first, third]);
  assert.deepEqual(order, ["first", "third"]);
  await assert.rejects(turn.take(work("fourth"), gone.signal), reason);
  await turn.take(work("fifth"));
  assert.deepEqual(order, ["first", "third", "fifth"]);
});
