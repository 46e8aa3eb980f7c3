import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import {
  type DrawnFace,
  drawFaces,
  fakeModels,
  anySize,
  fixedSize,
  truthOf,
} from "../../test/fake-models.ts";
import type { FakeModels, FakeTraits } from "../../test/fake-models.ts";
import { overlap } from "../base/geometry.ts";
import { openPhoto } from "../media/decode.ts";
import { detectFaces, type DetectedFaces } from "./detect.ts";
import type { Detection } from "./face.ts";
import { PhotoPixels } from "./photo-pixels.ts";

async function detect(models: FakeModels, bytes: Buffer): Promise<DetectedFaces> {
  return detectFaces(models, new PhotoPixels(await openPhoto({ bytes })));
}

/** Asserts that each face was found, once, with its landmarks, and nothing else. */
function assertFound(found: readonly Detection[], faces: readonly DrawnFace[]): void {
  for (const face of faces) {
    const { box, landmarks } = truthOf(face);
    const hits = found.filter((one) => overlap(one.box, box) > 0.7);
    assert.equal(hits.length, 1, `the face at ${face.x}, ${face.y} is found ${hits.length} times`);
    landmarks.forEach((point, index) => {
      const seen = hits[0]!.landmarks[index]!;
      const off = Math.hypot(seen.x - point.x, seen.y - point.y) / face.width;
      assert.ok(off < 0.06, `landmark ${index} is off by ${off} of the face's width`);
    });
  }
  assert.equal(found.length, faces.length);
}

/** Faces that do not touch, of like sizes, on a grid of cells. */
function layouts(size: { readonly width: number; readonly height: number }) {
  return fc
    .record({
      least: fc.integer({ min: 26, max: 150 }),
      places: fc.array(
        fc.record({
          x: fc.double({ min: 0, max: 1, noNaN: true }),
          y: fc.double({ min: 0, max: 1, noNaN: true }),
          by: fc.double({ min: 1, max: 2.2, noNaN: true }),
        }),
        { minLength: 1, maxLength: 12 },
      ),
    })
    .map(({ least, places }) => {
      const faces: DrawnFace[] = [];
      for (const { x, y, by } of places) {
        const width = least * by;
        const face = {
          x: width + x * (size.width - 2 * width),
          y: width + y * (size.height - 2 * width),
          width,
        };
        const apart = faces.every(
          (other) => Math.hypot(other.x - face.x, other.y - face.y) > 1.7 * (other.width + width),
        );
        if (apart) faces.push(face);
      }
      return faces;
    });
}

const detectors: readonly (readonly [string, FakeTraits])[] = [
  ["any size", anySize],
  ["fixed size", fixedSize],
];

for (const [name, traits] of detectors) {
  test(`${name}: every face is found once, wherever the tiles fall`, async () => {
    const size = { width: 2400, height: 1700 };
    await fc.assert(
      fc.asyncProperty(layouts(size), async (faces) => {
        const { faces: found } = await detect(fakeModels(traits), await drawFaces(size, faces));
        assertFound(found, faces);
      }),
      { numRuns: 12 },
    );
  });

  test(`${name}: in a crowd of 17 MP faces of 24 px are found beside large ones`, async () => {
    const size = { width: 4800, height: 3600 };
    const small = Array.from({ length: 234 }, (_, index) => ({
      x: 30 + (index % 78) * 60.7,
      y: 100 + Math.floor(index / 78) * 530.3,
      width: 25 + (index % 3),
    }));
    const faces = [...small, { x: 1200, y: 2600, width: 700 }, { x: 3300, y: 2500, width: 640 }];
    const { faces: found } = await detect(fakeModels(traits), await drawFaces(size, faces, "jpeg"));
    assertFound(found, faces);
  });

  for (const roll of [90, 180, 270]) {
    test(`${name}: faces turned by ${roll} degrees are found, with the landmarks' own order`, async () => {
      const size = { width: 1000, height: 800 };
      const faces = [
        { x: 200, y: 300, width: 90, roll },
        { x: 700, y: 500, width: 120, roll },
      ];
      const found = await detect(fakeModels(traits), await drawFaces(size, faces));
      assertFound(found.faces, faces);
      assert.equal(found.rotationsTried, true);
    });
  }
}

test("people of all turns in one photo are found", async () => {
  const size = { width: 1200, height: 1200 };
  const faces = [0, 90, 180, 270].map((roll, index) => ({
    x: 300 + (index % 2) * 600,
    y: 300 + Math.floor(index / 2) * 600,
    width: 100 + index * 10,
    roll,
  }));
  const found = await detect(fakeModels(anySize), await drawFaces(size, faces));
  assertFound(found.faces, faces);
});

test("a second look rights the landmarks of tilted faces", async () => {
  const size = { width: 1000, height: 800 };
  for (const roll of [-35, -20, 20, 35]) {
    const faces = [{ x: 500, y: 400, width: 120, roll }];
    const found = await detect(fakeModels(anySize), await drawFaces(size, faces));
    assertFound(found.faces, faces);
    assert.equal(found.rotationsTried, false);
  }
});

test("large upright faces of a 12 MP photo take one look", async () => {
  const size = { width: 4032, height: 3024 };
  const faces = [800, 2000, 3200].map((x) => ({ x, y: 1500, width: 420 }));
  const bytes = await drawFaces(size, faces, "jpeg");
  for (const [, traits] of detectors) {
    const models = fakeModels(traits);
    const { faces: found, rotationsTried } = await detect(models, bytes);
    assertFound(found, faces);
    assert.equal(rotationsTried, false);
    assert.deepEqual(models.looks, [{ width: 1008, height: 756 }]);
  }
});

test("tiles that are plain are passed over, and a face beside them is found", async () => {
  const size = { width: 4800, height: 3600 };
  const faces = [{ x: 300, y: 250, width: 30 }];
  for (const [, traits] of detectors) {
    const models = fakeModels(traits);
    const { faces: found } = await detect(models, await drawFaces(size, faces));
    assertFound(found, faces);
    // The whole photo and its one tile with something in it, a second look, and no other tile.
    assert.ok(models.looks.length <= 4, JSON.stringify(models.looks));
  }
});

test("a photo without faces is looked at in all turns", async () => {
  const bytes = await drawFaces({ width: 600, height: 400 }, []);
  const models = fakeModels(anySize);
  assert.deepEqual(await detect(models, bytes), { faces: [], rotationsTried: true });
  const sizes = models.looks.map(({ width, height }) => `${width}x${height}`);
  assert.deepEqual(sizes, ["600x400", "400x600", "600x400", "400x600"]);
});

test("faces come left to right, then top to bottom", async () => {
  const faces = [
    { x: 700, y: 100, width: 80 },
    { x: 100, y: 500, width: 80 },
    { x: 400, y: 400, width: 80 },
    { x: 400, y: 100, width: 80 },
  ];
  const found = await detect(
    fakeModels(anySize),
    await drawFaces({ width: 900, height: 600 }, faces),
  );
  const order = found.faces.map(({ box }) => [Math.round(box.x + 40), Math.round(box.y + 50)]);
  assert.deepEqual(order, [
    [100, 500],
    [400, 100],
    [400, 400],
    [700, 100],
  ]);
});

test("an aborted signal ends the search with its reason", async () => {
  const bytes = await drawFaces({ width: 600, height: 400 }, []);
  const photo = await openPhoto({ bytes });
  const reason = new Error("enough");
  const search = detectFaces(
    fakeModels(anySize),
    new PhotoPixels(photo),
    AbortSignal.abort(reason),
  );
  await assert.rejects(search, reason);
});
