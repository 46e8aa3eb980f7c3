import assert from "node:assert/strict";
import test from "node:test";
import { anySize, drawFaces, fakeModels, truthOf } from "../../test/fake-models.ts";
import { openPhoto } from "../media/decode.ts";
import type { Picture } from "../media/picture.ts";
import { cutFaces } from "./cut.ts";
import type { Detection, Landmarks } from "./face.ts";
import { PhotoPixels } from "./photo-pixels.ts";

const size = { width: 1600, height: 1200 };
const drawn = [
  { x: 400, y: 600, width: 400 },
  { x: 1000, y: 600, width: 60 },
  { x: 1300, y: 600, width: 28 },
  { x: 1500, y: 600, width: 18 },
];
const bytes = await drawFaces(size, drawn, "jpeg");
const faces: readonly Detection[] = drawn.map((face) => {
  const { box, landmarks } = truthOf(face);
  return { box, landmarks: landmarks as unknown as Landmarks, score: 0.9, outline: null };
});

async function cut(wanted: readonly number[]) {
  const sources: { readonly side: number; readonly width: number }[] = [];
  const crop: Picture = { width: 1, height: 1, data: new Uint8Array(3) };
  const models = {
    ...fakeModels(anySize),
    align: (picture: Picture, { box }: Detection) => {
      sources.push({ side: picture.width, width: Math.round(box.width) });
      return crop;
    },
  };
  const pixels = new PhotoPixels(await openPhoto({ bytes }));
  await pixels.sized(200);
  const cuts = await cutFaces(models, pixels, faces, new Set(wanted));
  return { cuts, pixels, sources };
}

test("a large face is cut from the small picture that is there", async () => {
  const { cuts, pixels, sources } = await cut([0]);
  assert.deepEqual(sources, [{ side: 200, width: 50 }]);
  assert.equal(pixels.made(201), null);
  assert.deepEqual(
    cuts.map((one) => one.crop !== null),
    [true, false, false, false],
  );
});

test("a small face is cut from a larger decode, the large one still from the small", async () => {
  const { sources } = await cut([0, 1]);
  assert.deepEqual(sources, [
    { side: 200, width: 50 },
    { side: 1600, width: 60 },
  ]);
});

test("a face too narrow to embed asks for no decode, and one too narrow to measure has no measures", async () => {
  const { cuts, pixels, sources } = await cut([2, 3]);
  assert.deepEqual(sources, []);
  assert.equal(pixels.made(201), null);
  assert.deepEqual(
    cuts.map(({ widthPixels, measures, crop }) => [
      Math.round(widthPixels),
      measures !== null,
      crop,
    ]),
    [
      [400, true, null],
      [60, true, null],
      [28, true, null],
      [18, false, null],
    ],
  );
});
