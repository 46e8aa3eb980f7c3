import assert from "node:assert/strict";
import { test } from "node:test";
import { writePlanes } from "./planes.ts";

test("writes blue, green and red planes, the picture in their upper left", () => {
  const picture = { width: 2, height: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
  const planes = new Float32Array(1 + 3 * 6);
  writePlanes(picture, planes, { columns: 3, rows: 2, offset: 1 });
  const blue = [3, 6, 0, 0, 0, 0];
  const green = [2, 5, 0, 0, 0, 0];
  const red = [1, 4, 0, 0, 0, 0];
  assert.deepEqual([...planes], [0, ...blue, ...green, ...red]);
});
