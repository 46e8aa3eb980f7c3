import assert from "node:assert/strict";
import test from "node:test";
import { GRIDS } from "./detector.ts";
import { decode, PRIOR_SHAPE, PRIORS } from "./priors.ts";
import { suppress } from "./suppression.ts";

function emptyGrids(): Float32Array[] {
  return GRIDS.map(({ cells, priors }) => {
    const plane = cells * cells;
    return new Float32Array(5 * priors * plane).fill(-9, 0, priors * plane);
  });
}

function priorsWith(index: number, box: readonly number[]): Float32Array {
  const priors = new Float32Array(PRIORS * 4);
  priors.set(box, index * 4);
  return priors;
}

test("decodes the prior, cell and grid that a logit belongs to", () => {
  const grids = emptyGrids();
  const plane = 16 * 16;
  const cell = 3 * 16 + 5;
  // Second grid, prior 2 of 6, row 3, column 5.
  grids[1]![2 * plane + cell] = Math.log(3);
  const codes = [5, -2.5, 5 * Math.log(2), 0];
  for (const [k, code] of codes.entries()) grids[1]![(6 + 2 * 4 + k) * plane + cell] = code;
  const index = 32 * 32 * 3 + cell * 6 + 2;
  const priors = { shape: PRIOR_SHAPE, data: priorsWith(index, [0.2, 0.4, 0.4, 0.8]) };
  const [found, ...others] = decode(grids, priors, 0.5);
  assert.deepEqual(others, []);
  // Centre (.3, .6) moved by (.5 * .2, -.25 * .4); height doubled.
  const { box, score } = found!;
  const numbers = [box.y, box.x, box.height, box.width, score];
  const wanted = [0.4 - 0.2, 0.5 - 0.2, 0.4, 0.4, 0.75];
  for (const [at, value] of numbers.entries()) assert.ok(Math.abs(value - wanted[at]!) < 1e-6);
});

test("leaves out what scores no more than the least", () => {
  const grids = emptyGrids();
  grids[5]![0] = 0;
  const priors = { shape: PRIOR_SHAPE, data: new Float32Array(PRIORS * 4) };
  assert.equal(decode(grids, priors, 0.5).length, 0);
  assert.equal(decode(grids, priors, 0.49).length, 1);
});

test("keeps the best of boxes that overlap by more than half", () => {
  const at = (x: number, score: number) => ({ box: { x, y: 0, width: 3, height: 1 }, score });
  // Shifted by 1 of 3 the overlap is exactly a half: both stay.
  assert.deepEqual(suppress([at(1, 0.6), at(0, 0.9)]), [at(0, 0.9), at(1, 0.6)]);
  assert.deepEqual(suppress([at(0.5, 0.6), at(0, 0.9)]), [at(0, 0.9)]);
  const many = Array.from({ length: 150 }, (_, index) => at(10 * index, 0.7));
  assert.equal(suppress(many).length, 100);
});
