import assert from "node:assert/strict";
import { test } from "node:test";
import { GAP, windowOf } from "./grid-window.ts";

test("a grid draws what is seen and a little more, wherever in it one is", () => {
  const start = windowOf(968, 844, 120);
  assert.deepEqual([start.columns, start.firstRow], [6, 0]);
  assert.ok(Math.abs(start.columns * start.rowHeight - (968 + GAP)) < 1e-9);
  for (const row of [10, 5000, 16_000]) {
    const middle = windowOf(968, 844, -row * start.rowHeight);
    assert.ok(middle.firstRow < row && middle.firstRow >= row - 4, String(row));
    const end = (middle.firstRow + middle.rows) * middle.rowHeight;
    assert.ok(end >= row * start.rowHeight + 844);
    assert.ok(middle.rows * middle.columns < 100, "no more tiles than a screen or two");
  }
});

test("a phone has three tiles beside each other", () => {
  assert.equal(windowOf(358, 844, 0).columns, 3);
  assert.equal(windowOf(0, 844, 0).columns, 1);
});
