import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import type { Picture } from "../media/picture.ts";
import type { Detection } from "./face.ts";
import {
  allTurns,
  turnDetection,
  turnPicture,
  turnPoint,
  type Turns,
  turnSize,
  undoTurns,
} from "./turns.ts";

const anyTurns = fc.constantFrom(...allTurns);

function anyPicture(): fc.Arbitrary<Picture> {
  return fc
    .record({ width: fc.integer({ min: 1, max: 9 }), height: fc.integer({ min: 1, max: 9 }) })
    .chain(({ width, height }) =>
      fc
        .uint8Array({ minLength: width * height * 3, maxLength: width * height * 3 })
        .map((data) => ({ width, height, data })),
    );
}

function pixelAt({ width, data }: Picture, x: number, y: number): readonly number[] {
  return [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
}

test("a picture turned and turned back is the picture", () => {
  fc.assert(
    fc.property(anyPicture(), anyTurns, (picture, turns) => {
      assert.deepEqual(turnPicture(turnPicture(picture, turns), undoTurns(turns)), picture);
    }),
  );
});

test("a pixel goes where its middle goes", () => {
  fc.assert(
    fc.property(anyPicture(), anyTurns, fc.nat(80), (picture, turns, at) => {
      const index = at % (picture.width * picture.height);
      const [x, y] = [index % picture.width, Math.floor(index / picture.width)];
      const turned = turnPicture(picture, turns);
      const middle = turnPoint({ x: x + 0.5, y: y + 0.5 }, picture, turns);
      const seen = pixelAt(turned, Math.floor(middle.x), Math.floor(middle.y));
      assert.deepEqual(seen, pixelAt(picture, x, y));
      assert.deepEqual({ width: turned.width, height: turned.height }, turnSize(picture, turns));
    }),
  );
});

test("one turn is clockwise: the top left corner comes to the top right", () => {
  assert.deepEqual(turnPoint({ x: 0, y: 0 }, { width: 40, height: 30 }, 1), { x: 30, y: 0 });
});

test("a detection turned and turned back is the detection", () => {
  const detection: Detection = {
    box: { x: 3, y: 5, width: 7, height: 9 },
    landmarks: [
      { x: 4, y: 6 },
      { x: 8, y: 7 },
      { x: 6, y: 9 },
      { x: 5, y: 12 },
      { x: 9, y: 13 },
    ],
    score: 0.9,
    outline: { x: 2, y: 4, width: 10, height: 11 },
  };
  const size = { width: 40, height: 30 };
  for (const turns of allTurns) {
    const turned = turnDetection(detection, size, turns);
    const back = turnDetection(turned, turnSize(size, turns), undoTurns(turns));
    assert.deepEqual(back, detection);
  }
  const quarter: Turns = 1;
  assert.deepEqual(turnDetection(detection, size, quarter).box, {
    x: 16,
    y: 3,
    width: 9,
    height: 7,
  });
});
