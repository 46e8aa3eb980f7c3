import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { Box } from "../base/geometry.ts";
import { blurFaces, cellsOf, coverOf, type Cover } from "./blur.ts";
import type { Picture } from "./picture.ts";

const SIDE_MAX = 60;

const pictures = fc
  .record({
    width: fc.integer({ min: 1, max: SIDE_MAX }),
    height: fc.integer({ min: 1, max: SIDE_MAX }),
  })
  .chain(({ width, height }) =>
    fc
      .uint8Array({ minLength: width * height * 3, maxLength: width * height * 3 })
      .map((data): Picture => ({ width, height, data })),
  );

/** Faces inside, over the borders, outside, larger than the picture and of no size at all. */
const boxes: fc.Arbitrary<Box> = fc.record({
  x: fc.double({ min: -1, max: 1.5, noNaN: true }),
  y: fc.double({ min: -1, max: 1.5, noNaN: true }),
  width: fc.double({ min: 0, max: 2, noNaN: true }),
  height: fc.double({ min: 0, max: 2, noNaN: true }),
});

function isCovered(cover: Cover, x: number, y: number): boolean {
  const dx = (x + 0.5 - cover.centreX) / cover.radiusX;
  const dy = (y + 0.5 - cover.centreY) / cover.radiusY;
  return dx * dx + dy * dy <= 1.2;
}

/** Calls `see` with every pixel's place and whether it changed. */
function changes(before: Picture, after: Picture, see: (x: number, y: number) => void): void {
  for (let y = 0; y < before.height; y += 1)
    for (let x = 0; x < before.width; x += 1) {
      const at = (y * before.width + x) * 3;
      if ([0, 1, 2].some((c) => before.data[at + c] !== after.data[at + c])) see(x, y);
    }
}

test("pixels outside the covered areas stay as they are, and the original too", () => {
  fc.assert(
    fc.property(pictures, fc.array(boxes, { maxLength: 3 }), (picture, places) => {
      const before = { ...picture, data: new Uint8Array(picture.data) };
      const blurred = blurFaces(picture, places);
      assert.deepEqual(picture, before);
      assert.equal(blurred.data.length, picture.data.length);
      const covers = places.map((place) => coverOf(place, picture)).filter((c) => c !== null);
      changes(picture, blurred, (x, y) => {
        assert.ok(covers.some((cover) => isCovered(cover, x, y)));
      });
    }),
  );
});

test("every pixel of a face's box is covered", () => {
  fc.assert(
    fc.property(pictures, boxes, (picture, place) => {
      // A picture of one colour that no cell's coarse average equals: a changed pixel is a covered one.
      const plain = { ...picture, data: new Uint8Array(picture.data.length).fill(11) };
      const blurred = blurFaces(plain, [place]);
      const changed = new Set<number>();
      changes(plain, blurred, (x, y) => changed.add(y * plain.width + x));
      for (let y = 0; y < plain.height; y += 1)
        for (let x = 0; x < plain.width; x += 1) {
          const dx = (x + 0.5) / plain.width;
          const dy = (y + 0.5) / plain.height;
          const inX = dx >= place.x && dx <= place.x + place.width;
          const inY = dy >= place.y && dy <= place.y + place.height;
          if (inX && inY) assert.ok(changed.has(y * plain.width + x), `${x}, ${y} is bare`);
        }
    }),
  );
});

/** Turns each cell's pixels round end to end: every cell keeps its colours and loses its picture. */
function reverseCells(picture: Picture, cover: Cover): Picture {
  const data = new Uint8Array(picture.data);
  for (const { left, top, right, bottom } of cellsOf(cover)) {
    const places: number[] = [];
    for (let y = top; y < bottom; y += 1)
      for (let x = left; x < right; x += 1) places.push((y * picture.width + x) * 3);
    places.forEach((to, index) => {
      const from = places[places.length - 1 - index]!;
      data.set(picture.data.subarray(from, from + 3), to);
    });
  }
  return { ...picture, data };
}

function coveredPixels(picture: Picture, cover: Cover): readonly number[] {
  const found: number[] = [];
  for (let y = cover.top; y < cover.bottom; y += 1)
    for (let x = cover.left; x < cover.right; x += 1) {
      const dx = (x + 0.5 - cover.centreX) / cover.radiusX;
      const dy = (y + 0.5 - cover.centreY) / cover.radiusY;
      const at = (y * picture.width + x) * 3;
      if (dx * dx + dy * dy < 0.8) found.push(...picture.data.subarray(at, at + 3));
    }
  return found;
}

test("a covered area tells nothing but at most 16 coarse averages", () => {
  fc.assert(
    fc.property(pictures, boxes, (picture, place) => {
      const cover = coverOf(place, picture);
      if (cover === null) return;
      assert.ok(cellsOf(cover).length <= 16);
      // Two different faces of the same cell averages must come out the same.
      const one = blurFaces(picture, [place]);
      const other = blurFaces(reverseCells(picture, cover), [place]);
      assert.deepEqual(coveredPixels(other, cover), coveredPixels(one, cover));
    }),
  );
});

test("the cells are the cover, once each", () => {
  fc.assert(
    fc.property(pictures, boxes, (picture, place) => {
      const cover = coverOf(place, picture);
      if (cover === null) return;
      const cells = cellsOf(cover);
      const area = cells.reduce((sum, c) => sum + (c.right - c.left) * (c.bottom - c.top), 0);
      assert.equal(area, (cover.right - cover.left) * (cover.bottom - cover.top));
      assert.ok(cells.every((c) => c.right > c.left && c.bottom > c.top));
      const wide = cover.right - cover.left;
      // A tiny face keeps no pixel of its own.
      assert.ok(cover.columns === 1 || wide / cover.columns >= 4);
    }),
  );
});

test("fine detail is gone: stripes of a pixel become one colour", () => {
  const width = 400;
  const data = new Uint8Array(width * width * 3);
  for (let at = 0; at < data.length; at += 3) data.fill((at / 3) % 2 === 0 ? 0 : 255, at, at + 3);
  const blurred = blurFaces({ width, height: width, data }, [
    { x: 0.25, y: 0.25, width: 0.5, height: 0.5 },
  ]);
  const middle = blurred.data.subarray((200 * width + 100) * 3, (200 * width + 300) * 3);
  assert.equal(new Set(middle).size, 1);
});
