import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { Point } from "../base/geometry.ts";
import type { Picture } from "../media/picture.ts";
import { cutCrop, fitSimilarity, invertSimilarity, transformPoint } from "./align.ts";
import type { Similarity } from "./align.ts";

const coordinate = fc.double({ min: -2_000, max: 2_000, noNaN: true });
const point = fc.record({ x: coordinate, y: coordinate });
/** Every turn, scales of a face in a photo to its crop, any shift. */
const similarity = fc
  .record({
    angle: fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }),
    scale: fc.double({ min: 0.02, max: 20, noNaN: true }),
    tx: coordinate,
    ty: coordinate,
  })
  .map(({ angle, scale, tx, ty }) => ({
    a: scale * Math.cos(angle),
    b: scale * Math.sin(angle),
    tx,
    ty,
  }));

function distance(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}

function squaredError(made: Similarity, from: readonly Point[], to: readonly Point[]): number {
  return from.reduce((sum, one, index) => {
    return sum + distance(transformPoint(made, one), to[index]!) ** 2;
  }, 0);
}

/** A picture whose pixels say where they are: red by x, green by y, blue the same. */
function slope(width: number, height: number): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      data.set([x, y, 77], (y * width + x) * 3);
    }
  }
  return { width, height, data };
}

function pixel(picture: Picture, x: number, y: number): readonly number[] {
  const at = (y * picture.width + x) * 3;
  return [...picture.data.subarray(at, at + 3)];
}

test("a transform and its inverse lead back to every point", () => {
  fc.assert(
    fc.property(similarity, point, (made, one) => {
      const back = transformPoint(invertSimilarity(made), transformPoint(made, one));
      assert.ok(distance(back, one) < 1e-6);
    }),
  );
});

test("the fit finds the transform that points went through", () => {
  const points = fc.array(point, { minLength: 2, maxLength: 8 });
  fc.assert(
    fc.property(similarity, points, (made, from) => {
      fc.pre(from.some((one) => distance(one, from[0]!) > 1));
      const found = fitSimilarity(
        from,
        from.map((one) => transformPoint(made, one)),
      );
      assert.ok(found);
      for (const one of from) {
        assert.ok(distance(transformPoint(found, one), transformPoint(made, one)) < 1e-5);
      }
    }),
  );
});

test("no transform near the fit leaves a smaller error", () => {
  const five = fc.array(point, { minLength: 5, maxLength: 5 });
  const nudge = fc.double({ min: -0.1, max: 0.1, noNaN: true });
  fc.assert(
    fc.property(five, five, nudge, nudge, coordinate, coordinate, (from, to, a, b, tx, ty) => {
      fc.pre(from.some((one) => distance(one, from[0]!) > 1));
      const found = fitSimilarity(from, to);
      assert.ok(found);
      const other = { a: found.a + a, b: found.b + b, tx: found.tx + tx, ty: found.ty + ty };
      const least = squaredError(found, from, to);
      assert.ok(squaredError(other, from, to) >= least - 1e-6 * (1 + least));
    }),
  );
});

test("one point repeated has no fit", () => {
  const same = Array.from({ length: 5 }, () => ({ x: 7, y: 9 }));
  assert.equal(fitSimilarity(same, same), null);
});

test("a crop without change is the picture", () => {
  const picture = slope(40, 40);
  const same = cutCrop(picture, { a: 1, b: 0, tx: 0, ty: 0 }, 40);
  assert.deepEqual(same, picture);
});

test("crops show what lies under them at any turn and scale from 1/8 to 4", () => {
  const picture = slope(240, 240);
  const size = 24;
  const turn = fc.double({ min: -Math.PI, max: Math.PI, noNaN: true });
  const scale = fc.double({ min: 1 / 8, max: 4, noNaN: true });
  fc.assert(
    fc.property(turn, scale, (angle, scale) => {
      // The middle of the picture in the middle of the crop, so that no crop leaves the picture.
      const a = scale * Math.cos(angle);
      const b = scale * Math.sin(angle);
      const middle = (size - 1) / 2;
      const tx = middle - (a * 119.5 - b * 119.5);
      const ty = middle - (b * 119.5 + a * 119.5);
      const crop = cutCrop(picture, { a, b, tx, ty }, size);
      const inverse = invertSimilarity({ a, b, tx, ty });
      for (const [x, y] of [
        [0, 0],
        [size - 1, 3],
        [11, 12],
        [5, size - 1],
      ] as const) {
        const from = transformPoint(inverse, { x, y });
        // Corners of the smallest scales lie outside, where the edge goes on; blocks blur it.
        const inside = (value: number): boolean => value > 8 && value < 231;
        if (!inside(from.x) || !inside(from.y)) continue;
        const [red, green, blue] = pixel(crop, x, y);
        assert.ok(Math.abs(red! - from.x) <= 1, `${red} for ${from.x}`);
        assert.ok(Math.abs(green! - from.y) <= 1, `${green} for ${from.y}`);
        assert.equal(blue, 77);
      }
    }),
    { numRuns: 300 },
  );
});

test("a strong reduction averages instead of picking pixels", () => {
  const side = 400;
  const data = new Uint8Array(side * side * 3);
  for (let at = 0; at < side * side; at += 1) {
    // Single-pixel checks: sampling without averaging gives black or white.
    const white = (at + Math.floor(at / side)) % 2 === 0;
    data.fill(white ? 255 : 0, at * 3, at * 3 + 3);
  }
  const crop = cutCrop({ width: side, height: side, data }, { a: 0.1, b: 0, tx: 0, ty: 0 }, 40);
  for (const value of crop.data) assert.ok(Math.abs(value - 127.5) <= 2, String(value));
});

test("beyond the picture its edge goes on", () => {
  const picture = slope(10, 10);
  // Reduced four times, the last whole block is that of pixels 4 to 7, on average 5.5.
  for (const [a, last] of [
    [1, 9],
    [0.25, 6],
  ] as const) {
    const crop = cutCrop(picture, { a, b: 0, tx: 20, ty: 20 }, 41);
    assert.deepEqual(pixel(crop, 0, 0), a === 1 ? [0, 0, 77] : [2, 2, 77]);
    assert.deepEqual(pixel(crop, 40, 40), [last, last, 77]);
    assert.equal(crop.data.length, 41 * 41 * 3);
  }
});
