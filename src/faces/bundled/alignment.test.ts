import assert from "node:assert/strict";
import test from "node:test";
import { transformPoint } from "../align.ts";
import type { Landmarks } from "../face.ts";
import { facePoints, pixelsInside, recognitionSquare, settled, turnedSquare } from "./alignment.ts";

test("places points by the padded square the net was shown", () => {
  // A part 60 wide and 100 high: the square adds 20 on each side, and 0..1 spans 100 pixels.
  const box = { x: 200.5, y: 40.25, width: 60.4, height: 100.9 };
  const area = { x: 200, y: 40, width: 60, height: 100 };
  const [point] = facePoints(Float32Array.of(0.5, 0.25), box, area);
  assert.ok(Math.abs(point!.x - 230.5) < 1e-9);
  assert.ok(Math.abs(point!.y - 65.25) < 1e-9);
});

test("cuts the square by the distance from eyes to mouth", () => {
  const points = Array.from({ length: 68 }, (_, index) => {
    if (index >= 36 && index < 42) return { x: 170, y: 200 };
    if (index >= 42 && index < 48) return { x: 230, y: 200 };
    return { x: 200, y: 240 };
  });
  // Eyes and mouth are 50 apart: a side of 111; their middle is (200, 213.33).
  const square = recognitionSquare(points, { width: 100, height: 100 });
  assert.deepEqual(square, { x: 144, y: 165, width: 111, height: 111 });
  const shifted = points.map(({ x, y }) => ({ x: x - 160, y }));
  // Begins at the edge, so no wider than the face's own part of the picture.
  const edge = recognitionSquare(shifted, { width: 100, height: 100 });
  assert.deepEqual(edge, { x: 0, y: 165, width: 100, height: 111 });
});

test("clips boxes to whole pixels of the picture", () => {
  const picture = { width: 100, height: 50 };
  const inside = pixelsInside({ x: 10.9, y: 5.2, width: 20.5, height: 10 }, picture);
  assert.deepEqual(inside, { x: 10, y: 5, width: 20, height: 10 });
  const over = pixelsInside({ x: -5, y: 40, width: 20, height: 20 }, picture);
  assert.deepEqual(over, { x: 0, y: 40, width: 15, height: 10 });
  assert.ok(pixelsInside({ x: 120, y: 0, width: 5, height: 5 }, picture).width <= 0);
});

test("brings nearly whole numbers back, and only those", () => {
  const box = { x: 173.9999999, y: 10.0000002, width: 99.99, height: 7.5 };
  assert.deepEqual(settled(box), { x: 174, y: 10, width: 99.99, height: 7.5 });
});

test("turns the square with a face that is tilted too far, and only then", () => {
  // Eyes and mouth as the package wants them in a square of 100 pixels whose corner is (0, 0).
  const upright = [
    { x: 33, y: 30 },
    { x: 67, y: 30 },
    { x: 50, y: 50 },
    { x: 40, y: 69 },
    { x: 60, y: 69 },
  ];
  const tilted = (degrees: number): Landmarks => {
    const [a, b, c, d, e] = upright.map(({ x, y }) => {
      const cos = 2 * Math.cos((degrees / 180) * Math.PI);
      const sin = 2 * Math.sin((degrees / 180) * Math.PI);
      return { x: 500 + cos * x - sin * y, y: 400 + sin * x + cos * y };
    });
    return [a!, b!, c!, d!, e!];
  };
  assert.equal(turnedSquare(tilted(19.9), 100), null);
  assert.equal(turnedSquare(tilted(-19.9), 100), null);
  for (const degrees of [20.1, -45, 90, 179, -90]) {
    const toCrop = turnedSquare(tilted(degrees), 100);
    assert.ok(toCrop !== null);
    for (const [index, point] of tilted(degrees).entries()) {
      const { x, y } = transformPoint(toCrop, point);
      // 42.6 pixels lie between eyes and mouth here, and 45 should.
      const wanted = {
        x: 50 + (upright[index]!.x - 50) * (45 / 42.54),
        y: 43 + (upright[index]!.y - 43) * (45 / 42.54),
      };
      assert.ok(Math.hypot(x - wanted.x, y - wanted.y) < 0.02, `${degrees} degrees`);
    }
  }
});
