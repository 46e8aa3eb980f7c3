import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { Box } from "../base/geometry.ts";
import { blurFaces, coverOf, isTone, reach, type Cover } from "./blur.ts";
import type { Picture } from "./picture.ts";

const SIDE_MAX = 60;

const sides = fc.integer({ min: 1, max: SIDE_MAX });
const pictures = fc.tuple(sides, sides).chain(([width, height]) => {
  const length = width * height * 3;
  return fc
    .uint8Array({ minLength: length, maxLength: length })
    .map((data): Picture => ({ width, height, data }));
});

/** Faces inside, over the borders, outside, larger than the picture and of no size at all. */
const boxes: fc.Arbitrary<Box> = fc.record({
  x: fc.double({ min: -1, max: 1.5, noNaN: true }),
  y: fc.double({ min: -1, max: 1.5, noNaN: true }),
  width: fc.double({ min: 0, max: 2, noNaN: true }),
  height: fc.double({ min: 0, max: 2, noNaN: true }),
});

function coversOf(places: readonly Box[], picture: Picture): readonly Cover[] {
  return places.map((place) => coverOf(place, picture)).filter((cover) => cover !== null);
}

/** Every pixel's place and where its three bytes begin. */
function* pixelsOf(picture: Picture): Generator<{ x: number; y: number; at: number }> {
  for (let y = 0; y < picture.height; y += 1)
    for (let x = 0; x < picture.width; x += 1) yield { x, y, at: (y * picture.width + x) * 3 };
}

const colourAt = ({ data }: Picture, at: number) => [...data.subarray(at, at + 3)];

test("pixels outside the covered areas stay as they are, and the original too", () => {
  fc.assert(
    fc.property(pictures, fc.array(boxes, { maxLength: 3 }), (picture, places) => {
      const before = { ...picture, data: new Uint8Array(picture.data) };
      const blurred = blurFaces(picture, places);
      assert.deepEqual(picture, before);
      assert.equal(blurred.data.length, picture.data.length);
      const covers = coversOf(places, picture);
      for (const { x, y, at } of pixelsOf(picture))
        if (covers.every((cover) => reach(cover, x, y) > 1))
          assert.deepEqual(colourAt(blurred, at), colourAt(picture, at));
    }),
  );
});

test("every pixel of a face's box is covered", () => {
  fc.assert(
    fc.property(pictures, boxes, (picture, place) => {
      const cover = coverOf(place, picture);
      for (const { x, y } of pixelsOf(picture)) {
        const across = (x + 0.5) / picture.width;
        const down = (y + 0.5) / picture.height;
        const inX = across >= place.x && across <= place.x + place.width;
        const inY = down >= place.y && down <= place.y + place.height;
        if (inX && inY) assert.ok(cover !== null && reach(cover, x, y) <= 1, `${x}, ${y} is bare`);
      }
    }),
  );
});

/**
 * Another face with the same one colour: the middle's pixels in reverse order, and anything at all
 * in the rest of the covered ellipse.
 */
function replaceFace(picture: Picture, cover: Cover, seed: number): Picture {
  const data = new Uint8Array(picture.data);
  const middle: number[] = [];
  for (const { x, y, at } of pixelsOf(picture)) {
    if (isTone(cover, x, y)) middle.push(at);
    else if (reach(cover, x, y) <= 1) data.fill((at * seed) % 251, at, at + 3);
  }
  middle.forEach((to, index) => data.set(colourAt(picture, middle.at(-1 - index)), to));
  return { ...picture, data };
}

test("of a covered face nothing is left but one coarse colour", () => {
  fc.assert(
    fc.property(pictures, boxes, fc.integer({ min: 1, max: 1_000 }), (picture, place, seed) => {
      const cover = coverOf(place, picture);
      if (cover === null) return;
      const other = replaceFace(picture, cover, seed);
      assert.deepEqual(blurFaces(other, [place]), blurFaces(picture, [place]));
    }),
  );
});

test("a covered neighbour does not shine through", () => {
  const size = { width: 60, height: 40 };
  const grey = { ...size, data: new Uint8Array(60 * 40 * 3).fill(90) };
  const places = [
    { x: 0.25, y: 0.3, width: 0.2, height: 0.3 },
    { x: 0.55, y: 0.3, width: 0.2, height: 0.3 },
  ];
  const [left, right] = coversOf(places, grey);
  // Change the right face without changing its colour on average: a frame of black and white.
  const data = new Uint8Array(grey.data);
  for (const { x, y, at } of pixelsOf(grey)) {
    const free = !isTone(right!, x, y) && reach(right!, x, y) <= 1 && reach(left!, x, y) > 1;
    if (free) data.fill(at % 2 === 0 ? 0 : 255, at, at + 3);
  }
  assert.notDeepEqual(data, grey.data);
  assert.deepEqual(blurFaces({ ...size, data }, places), blurFaces(grey, places));
});

test("the middle keeps the colour of the face, the rim that of its surroundings", () => {
  const width = 200;
  const picture = { width, height: width, data: new Uint8Array(width * width * 3).fill(220) };
  const place = { x: 0.4, y: 0.4, width: 0.2, height: 0.2 };
  const cover = coverOf(place, picture)!;
  for (const { x, y, at } of pixelsOf(picture))
    if (reach(cover, x, y) < 0.7) picture.data.set([180, 120, 90], at);
  const blurred = blurFaces(picture, [place]);
  const [red, green, blue] = colourAt(blurred, (100 * width + 100) * 3);
  assert.ok(Math.abs(red! - 180) < 5 && Math.abs(green! - 120) < 5 && Math.abs(blue! - 90) < 5);
  const rim = Math.floor(cover.right - 2);
  assert.ok(colourAt(blurred, (100 * width + rim) * 3).every((value) => Math.abs(value - 220) < 5));
});
