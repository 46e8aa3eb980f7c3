import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { truthOf } from "../../test/fake-models.ts";
import type { Landmarks } from "./face.ts";
import { eyeSpan, faceWidth, type Found, isPlausible, isSameFace, mergeFound } from "./found.ts";

function foundAt(
  face: { readonly x: number; readonly y: number; readonly width: number; readonly roll?: number },
  more: Partial<Found> & { readonly score?: number } = {},
): Found {
  const { box, landmarks } = truthOf(face);
  const { score = 0.9, ...rest } = more;
  return {
    detection: { box, landmarks: landmarks as unknown as Landmarks, score, outline: null },
    seenWidth: face.width,
    longSide: 1000,
    turns: 0,
    settled: false,
    cut: false,
    ...rest,
  };
}

test("of detections of one face the best stays", () => {
  const weak = foundAt({ x: 100, y: 100, width: 50 }, { score: 0.7 });
  const strong = foundAt({ x: 103, y: 98, width: 54 }, { score: 0.9 });
  assert.deepEqual(mergeFound([weak, strong]), [strong]);
});

test("half a face at a tile's edge yields to the whole, whatever it scores", () => {
  const whole = foundAt({ x: 100, y: 100, width: 50 }, { score: 0.7 });
  const half = foundAt({ x: 110, y: 100, width: 30 }, { score: 0.95, cut: true });
  assert.deepEqual(mergeFound([half, whole]), [whole]);
});

test("a turned face seen as an upright one yields to the one seen upright", () => {
  const right = foundAt({ x: 100, y: 100, width: 50, roll: 90 }, { score: 0.8, turns: 3 });
  const wrong = foundAt({ x: 100, y: 100, width: 50 }, { score: 0.9 });
  const [leftEye, rightEye, nose, ...mouth] = wrong.detection.landmarks;
  const narrow: Landmarks = [leftEye, { ...leftEye, x: leftEye.x + 8 }, nose, ...mouth];
  const fooled = { ...wrong, detection: { ...wrong.detection, landmarks: narrow } };
  assert.equal(isPlausible(wrong.detection), true);
  assert.equal(
    isPlausible({ ...wrong.detection, landmarks: [rightEye, leftEye, nose, ...mouth] }),
    false,
  );
  assert.deepEqual(mergeFound([fooled, right]), [right]);
});

test("neighbours cheek to cheek stay two", () => {
  const pair = [foundAt({ x: 100, y: 100, width: 50 }), foundAt({ x: 140, y: 104, width: 50 })];
  assert.equal(mergeFound(pair).length, 2);
});

const someFound = fc.array(
  fc
    .record({
      x: fc.integer({ min: 0, max: 400 }),
      y: fc.integer({ min: 0, max: 400 }),
      width: fc.integer({ min: 20, max: 120 }),
      score: fc.integer({ min: 500, max: 1000 }),
      cut: fc.boolean(),
    })
    .map(({ score, cut, ...face }) => foundAt(face, { score: score / 1000, cut })),
  { maxLength: 30 },
);

test("what stays is no two of a face, and merging it again changes nothing", () => {
  fc.assert(
    fc.property(someFound, (found) => {
      const merged = mergeFound(found);
      merged.forEach((one, index) => {
        for (const other of merged.slice(index + 1)) {
          assert.equal(isSameFace(one.detection.box, other.detection.box), false);
        }
      });
      assert.deepEqual(mergeFound(merged), merged);
      const covered = found.every((one) =>
        merged.some((other) => other === one || isSameFace(one.detection.box, other.detection.box)),
      );
      assert.ok(covered, "a face got lost");
    }),
  );
});

test("width and eye span do not change as a face turns", () => {
  for (const roll of [0, 90, 180, 270]) {
    const { detection } = foundAt({ x: 100, y: 100, width: 50, roll });
    assert.ok(Math.abs(faceWidth(detection.box) - 50) < 1e-6);
    assert.ok(Math.abs(eyeSpan(detection) - 0.44) < 1e-6);
    assert.equal(isPlausible(detection), true);
  }
});
