import assert from "node:assert/strict";
import { test } from "node:test";
import sharp from "sharp";
import { decode, readInfo } from "./decode.ts";
import { encodePhoto, thumbnail } from "./encode.ts";
import type { Picture } from "./picture.ts";

const WIDTH = 120;
const HEIGHT = 80;
const CANARY = "canary-in-metadata";

function gradient(): Picture {
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let y = 0; y < HEIGHT; y += 1)
    for (let x = 0; x < WIDTH; x += 1) data.set([x * 2, y * 3, 128], (y * WIDTH + x) * 3);
  return { width: WIDTH, height: HEIGHT, data };
}

/** A photo whose metadata says more than it should: text, place, thumbnail, profile. */
async function talkative(): Promise<Buffer> {
  return await sharp(gradient().data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .withMetadata({ orientation: 6 })
    .withExifMerge({
      IFD0: { Artist: CANARY, ImageDescription: CANARY },
      IFD2: { DateTimeOriginal: "2024:05:06 07:08:09", UserComment: CANARY },
      IFD3: { GPSLatitudeRef: "N", GPSLatitude: "51/1 30/1 3230/100" },
    })
    .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><a>${CANARY}</a></x:xmpmeta>`)
    .jpeg()
    .toBuffer();
}

test("a delivered photo keeps its date and nothing else of its metadata", async () => {
  const bytes = await talkative();
  assert.ok(bytes.includes(CANARY), "the photo is talkative to begin with");
  const { takenAt } = await readInfo({ bytes });
  const picture = await decode({ bytes });
  for (const from of ["jpeg", "png", "webp", "avif", "tiff", "gif"] as const) {
    const written = await encodePhoto(picture, { from, takenAt });
    assert.ok(!written.bytes.includes(CANARY));
    assert.ok(!written.bytes.includes("GPS"));
    const head = await sharp(written.bytes).metadata();
    assert.equal(head.xmp ?? head.icc ?? head.iptc, undefined);
    assert.ok(head.orientation === undefined || head.orientation === 1);
    const info = await readInfo({ bytes: written.bytes });
    assert.equal(info.takenAt, "2024-05-06T07:08:09");
    assert.deepEqual([info.width, info.height], [HEIGHT, WIDTH]);
    assert.equal(info.format, from === "png" ? "png" : "jpeg");
    assert.equal(written.format, info.format);
    assert.equal(written.suffix, from === "png" ? ".png" : ".jpg");
  }
});

test("without a date no metadata is written at all", async () => {
  for (const from of ["jpeg", "png"] as const) {
    const { bytes } = await encodePhoto(gradient(), { from, takenAt: null });
    assert.equal((await sharp(bytes).metadata()).exif, undefined);
  }
});

test("PNG is written without loss, JPEG with little", async () => {
  const picture = gradient();
  const png = await encodePhoto(picture, { from: "png", takenAt: null });
  assert.deepEqual(new Uint8Array((await decode({ bytes: png.bytes })).data), picture.data);
  const jpeg = await encodePhoto(picture, { from: "jpeg", takenAt: null });
  const { data } = await decode({ bytes: jpeg.bytes });
  const worst = data.reduce(
    (most, value, at) => Math.max(most, Math.abs(value - picture.data[at]!)),
    0,
  );
  assert.ok(worst <= 12, `a pixel is off by ${worst}`);
});

test("a thumbnail is small, upright and says nothing", async () => {
  const bytes = await thumbnail({ bytes: await talkative() }, 60);
  const head = await sharp(bytes).metadata();
  assert.deepEqual([head.format, head.width, head.height], ["jpeg", 40, 60]);
  assert.equal(head.exif ?? head.xmp ?? head.icc, undefined);
  assert.ok(!bytes.includes(CANARY));
});
