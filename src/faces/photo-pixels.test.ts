import assert from "node:assert/strict";
import test from "node:test";
import { drawFaces } from "../../test/fake-models.ts";
import { openPhoto } from "../media/decode.ts";
import { PhotoPixels } from "./photo-pixels.ts";

async function pixelsOf(width: number, height: number): Promise<PhotoPixels> {
  const face = { x: width / 2, y: height / 2, width: height / 2 };
  return new PhotoPixels(
    await openPhoto({ bytes: await drawFaces({ width, height }, [face], "jpeg") }),
  );
}

test("each size is made once", async () => {
  const pixels = await pixelsOf(640, 480);
  const quarter = await pixels.sized(160);
  assert.deepEqual([quarter.width, quarter.height], [160, 120]);
  assert.equal(await pixels.sized(160), quarter);
});

test("what is large enough is taken; what is not is decoded at the next half", async () => {
  const pixels = await pixelsOf(640, 480);
  assert.equal(pixels.made(1), null);
  const eighth = await pixels.atLeast(50);
  assert.equal(eighth.width, 80);
  assert.equal(await pixels.atLeast(80), eighth);
  assert.equal(pixels.made(81), null);
  assert.equal(pixels.best(81), eighth);
  const half = await pixels.atLeast(161);
  assert.equal(half.width, 320);
  assert.equal(pixels.best(81), half);
  assert.equal(pixels.best(40), eighth);
});

test("more than there is means full size", async () => {
  const pixels = await pixelsOf(100, 60);
  const full = await pixels.atLeast(5000);
  assert.deepEqual([full.width, full.height], [100, 60]);
});

test("a picture made smaller from a larger one shows the same as one decoded", async () => {
  const fresh = await (await pixelsOf(640, 480)).sized(80);
  const pixels = await pixelsOf(640, 480);
  await pixels.sized(640);
  const shrunk = await pixels.sized(80);
  assert.deepEqual([shrunk.width, shrunk.height], [fresh.width, fresh.height]);
  const middle = (30 * 80 + 40) * 3;
  for (const channel of [0, 1, 2]) {
    const difference = shrunk.data[middle + channel]! - fresh.data[middle + channel]!;
    assert.ok(Math.abs(difference) <= 3, `channel ${channel} differs by ${difference}`);
  }
});

test("the pixels made here are freed, a frame that was given is not", async () => {
  const pixels = await pixelsOf(640, 480);
  const made = await pixels.sized(640);
  const smaller = await pixels.sized(160);
  const given = { ...made, data: Uint8Array.from(made.data) };
  pixels[Symbol.dispose]();
  assert.deepEqual([made.data.length, smaller.data.length], [0, 0]);
  const ofFrame = new PhotoPixels(given);
  const shrunk = await ofFrame.sized(320);
  ofFrame[Symbol.dispose]();
  assert.deepEqual([given.data.length, shrunk.data.length], [640 * 480 * 3, 0]);
});
