import assert from "node:assert/strict";
import test from "node:test";
import type { Picture } from "../../media/picture.ts";
import { fillSquare, pictureOf } from "./square.ts";

const AS_IT_IS = { mean: [0, 0, 0], divisor: 1 } as const;

/** Red counts columns in tens, green rows in tens, blue is 255 everywhere. */
function ramp(width: number, height: number): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) data.set([10 * (x + 1), 10 * (y + 1), 255], at);
  }
  return { width, height, data };
}

function square(
  picture: Picture,
  area: { x: number; y: number; width: number; height: number },
  size: number,
  centred: boolean,
): readonly number[][] {
  const planes = new Float32Array(3 * size * size);
  fillSquare(picture, area, { size, centred, scale: AS_IT_IS }, planes);
  return [0, 1, 2].map((plane) => [
    ...planes.subarray(plane * size * size, (plane + 1) * size * size),
  ]);
}

test("copies a square area of the net's own size", () => {
  const [red, green, blue] = square(ramp(4, 4), { x: 1, y: 2, width: 2, height: 2 }, 2, true);
  assert.deepEqual(red, [20, 30, 20, 30]);
  assert.deepEqual(green, [30, 30, 40, 40]);
  assert.deepEqual(blue, [255, 255, 255, 255]);
});

test("reads source i * side / size, the last pixel going on", () => {
  const [red] = square(ramp(2, 2), { x: 0, y: 0, width: 2, height: 2 }, 4, true);
  assert.deepEqual(red?.slice(0, 4), [10, 15, 20, 20]);
  const [halved] = square(ramp(4, 4), { x: 0, y: 0, width: 4, height: 4 }, 2, true);
  assert.deepEqual(halved, [10, 30, 10, 30]);
});

test("pads with black: behind, or on both sides with the odd line behind", () => {
  const area = { x: 0, y: 0, width: 1, height: 4 };
  const [, , behind] = square(ramp(1, 4), area, 4, false);
  assert.deepEqual(behind?.slice(0, 4), [255, 0, 0, 0]);
  const [, , around] = square(ramp(1, 4), area, 4, true);
  assert.deepEqual(around?.slice(0, 4), [0, 255, 0, 0]);
});

test("mixes the edge of the picture with the black beside it", () => {
  const [, , blue] = square(ramp(2, 4), { x: 0, y: 0, width: 2, height: 4 }, 8, false);
  assert.deepEqual(blue?.slice(0, 8), [255, 255, 255, 127.5, 0, 0, 0, 0]);
});

test("brings values to the scale of the net", () => {
  const planes = new Float32Array(3);
  const scale = { mean: [5, 10, 127.5], divisor: 127.5 } as const;
  const area = { x: 0, y: 0, width: 1, height: 1 };
  fillSquare(ramp(1, 1), area, { size: 1, centred: false, scale }, planes);
  assert.deepEqual(planes, Float32Array.of(5 / 127.5, 0, 1));
});

test("makes a picture of planes, rounded", () => {
  const planes = Float32Array.of(1, 2.4, 3, 4, 11, 12, 13.5, 14, 0, 0, 0, 255);
  const { data } = pictureOf(planes, 2);
  assert.deepEqual([...data], [1, 11, 0, 2, 12, 0, 3, 14, 0, 4, 14, 255]);
});
