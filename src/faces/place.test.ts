import assert from "node:assert/strict";
import test from "node:test";
import { truthOf } from "../../test/fake-models.ts";
import type { Detection, Landmarks } from "./face.ts";
import { chosenFaces, fromPlace, toPlace } from "./place.ts";

const photo = { width: 400, height: 200 };

function faceAt(x: number, y: number, width: number): Detection {
  const { box, landmarks } = truthOf({ x, y, width });
  return { box, landmarks: landmarks as unknown as Landmarks, score: 0.9, outline: box };
}

const faces = [faceAt(100, 100, 120), faceAt(110, 110, 30), faceAt(300, 100, 80)];

test("a place is in 0..1 and leads back to the pixels", () => {
  const [face] = faces;
  const place = toPlace(face!, photo);
  const expected = { x: 0.1, y: 0.125, width: 0.3, height: 0.75 };
  const back = fromPlace(place, photo).box;
  for (const key of ["x", "y", "width", "height"] as const) {
    assert.ok(Math.abs(place.box[key] - expected[key]) < 1e-9);
    assert.ok(Math.abs(back[key] - face!.box[key]) < 1e-9);
  }
  assert.deepEqual(place.outline, place.box);
});

test("a choice means its faces and no others", () => {
  const chosen = (choice: Parameters<typeof chosenFaces>[1]): readonly number[] => [
    ...chosenFaces(faces, choice, photo),
  ];
  assert.deepEqual(chosen({ kind: "none" }), []);
  assert.deepEqual(chosen({ kind: "all" }), [0, 1, 2]);
  assert.deepEqual(chosen({ kind: "face", index: 2 }), [2]);
  assert.deepEqual(chosen({ kind: "face", index: 3 }), []);
  assert.deepEqual(chosen({ kind: "face", index: -1 }), []);
  assert.deepEqual(chosen({ kind: "at", at: { x: 0.75, y: 0.5 } }), [2]);
  assert.deepEqual(chosen({ kind: "at", at: { x: 0.2, y: 0.5 } }), [0]);
  assert.deepEqual(chosen({ kind: "at", at: { x: 0.5, y: 0.5 } }), []);
});

test("pointing at a face that lies within a larger one means the smaller", () => {
  assert.deepEqual([...chosenFaces(faces, { kind: "at", at: { x: 0.275, y: 0.55 } }, photo)], [1]);
});
