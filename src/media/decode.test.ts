import assert from "node:assert/strict";
import { test } from "node:test";
import sharp, { type Sharp } from "sharp";
import { exifWithDate, insertJpegSegment, tiff } from "../../test/hostile-bytes.ts";
import { decode, readInfo } from "./decode.ts";
import type { Picture } from "./picture.ts";

type Rgb = readonly [number, number, number];
const RED: Rgb = [255, 0, 0];
const GREEN: Rgb = [0, 255, 0];
const BLUE: Rgb = [0, 0, 255];
const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];

const WIDTH = 96;
const HEIGHT = 64;

/** A picture of four quarters: red, green over blue, black. */
function quarters(): Sharp {
  const data = Buffer.alloc(WIDTH * HEIGHT * 3);
  for (let y = 0; y < HEIGHT; y += 1)
    for (let x = 0; x < WIDTH; x += 1) {
      const upper = x < WIDTH / 2 ? RED : GREEN;
      const lower = x < WIDTH / 2 ? BLUE : BLACK;
      data.set(y < HEIGHT / 2 ? upper : lower, (y * WIDTH + x) * 3);
    }
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
}

/** Colour at a place in 0..1. */
function colourAt(picture: Picture, x: number, y: number): readonly number[] {
  const at = Math.floor(y * picture.height) * picture.width + Math.floor(x * picture.width);
  return [...picture.data.subarray(at * 3, at * 3 + 3)];
}

function assertNear(actual: readonly number[], expected: Rgb, tolerance: number): void {
  const near = expected.every((value, index) => Math.abs(value - actual[index]!) <= tolerance);
  assert.ok(near, `${actual.join()} is not near ${expected.join()}`);
}

/** Colours of the quarters: upper left, upper right, lower left, lower right. */
function assertQuarters(picture: Picture, expected: readonly Rgb[], tolerance: number): void {
  const places = [0.25, 0.75].flatMap((y) => [0.25, 0.75].map((x) => colourAt(picture, x, y)));
  places.forEach((colour, index) => assertNear(colour, expected[index]!, tolerance));
}

const UPRIGHT = [RED, GREEN, BLUE, BLACK];

// The EXIF standard: what the stored upper left, upper right, lower left, lower right become.
const ORIENTED: readonly (readonly Rgb[])[] = [
  [RED, GREEN, BLUE, BLACK],
  [GREEN, RED, BLACK, BLUE],
  [BLACK, BLUE, GREEN, RED],
  [BLUE, BLACK, RED, GREEN],
  [RED, BLUE, GREEN, BLACK],
  [BLUE, RED, BLACK, GREEN],
  [BLACK, GREEN, BLUE, RED],
  [GREEN, BLACK, RED, BLUE],
];

ORIENTED.forEach((expected, index) => {
  const orientation = index + 1;
  test(`EXIF orientation ${orientation} comes out upright`, async () => {
    const bytes = await quarters().withMetadata({ orientation }).jpeg({ quality: 95 }).toBuffer();
    const info = await readInfo({ bytes });
    const turned = orientation > 4;
    assert.deepEqual([info.width, info.height], turned ? [HEIGHT, WIDTH] : [WIDTH, HEIGHT]);
    const picture = await decode({ bytes });
    assert.deepEqual([picture.width, picture.height], [info.width, info.height]);
    assertQuarters(picture, expected, 12);
    const small = await decode({ bytes }, { longSideMax: 48 });
    assert.equal(Math.max(small.width, small.height), 48);
    assertQuarters(small, expected, 12);
  });
});

const FORMS: readonly (readonly [string, (picture: Sharp) => Sharp, number])[] = [
  ["PNG", (p) => p.png(), 0],
  ["16-bit PNG", (p) => p.toColourspace("rgb16").png(), 1],
  ["palette PNG", (p) => p.png({ palette: true }), 4],
  ["lossless WebP", (p) => p.webp({ lossless: true }), 0],
  ["AVIF", (p) => p.avif({ quality: 90, effort: 0, chromaSubsampling: "4:4:4" }), 12],
  ["TIFF", (p) => p.tiff({ compression: "lzw" }), 0],
  ["16-bit TIFF", (p) => p.toColourspace("rgb16").tiff({ compression: "lzw" }), 1],
  ["GIF", (p) => p.gif(), 4],
  ["progressive JPEG", (p) => p.jpeg({ quality: 95, progressive: true }), 12],
];

for (const [name, write, tolerance] of FORMS)
  test(`${name} becomes 8-bit RGB`, async () => {
    const bytes = await write(quarters()).toBuffer();
    assertQuarters(await decode({ bytes }), UPRIGHT, tolerance);
  });

test("CMYK becomes RGB of about the same colours", async () => {
  const bytes = await quarters().toColourspace("cmyk").jpeg({ quality: 95 }).toBuffer();
  assert.equal((await sharp(bytes).metadata()).space, "cmyk");
  const picture = await decode({ bytes });
  // Print colours are duller: each quarter must still be led by its own channel.
  const [red, green, blue, black] = [0.25, 0.75].flatMap((y) =>
    [0.25, 0.75].map((x) => colourAt(picture, x, y)),
  );
  assert.ok(red![0]! > 180 && red![1]! < 90 && red![2]! < 90);
  assert.ok(green![1]! > green![0]! && green![1]! > green![2]!);
  assert.ok(blue![2]! > blue![0]! && blue![2]! > blue![1]!);
  assert.ok(Math.max(...black!) < 70);
});

test("grey becomes three equal channels", async () => {
  const bytes = await quarters().greyscale().png().toBuffer();
  const picture = await decode({ bytes });
  const [r, g, b] = colourAt(picture, 0.75, 0.25);
  assert.ok(r === g && g === b && r! > 100);
});

test("transparency is laid on white", async () => {
  const bytes = await quarters().ensureAlpha(0).png().toBuffer();
  assertQuarters(await decode({ bytes }), [WHITE, WHITE, WHITE, WHITE], 0);
});

test("of an animation the first frame is read", async () => {
  const frames = [await quarters().png().toBuffer(), await quarters().negate().png().toBuffer()];
  for (const write of [(p: Sharp) => p.webp({ lossless: true }), (p: Sharp) => p.gif()]) {
    const bytes = await write(sharp(frames, { join: { animated: true } })).toBuffer();
    assert.equal((await sharp(bytes).metadata()).pages, 2);
    const picture = await decode({ bytes });
    assert.deepEqual([picture.width, picture.height], [WIDTH, HEIGHT]);
    assertQuarters(picture, UPRIGHT, 4);
  }
});

test("a smaller picture is never enlarged", async () => {
  const bytes = await quarters().png().toBuffer();
  const picture = await decode({ bytes }, { longSideMax: 1_000 });
  assert.deepEqual([picture.width, picture.height], [WIDTH, HEIGHT]);
});

test("the date taken is read from JPEG, PNG, WebP, AVIF and TIFF", async () => {
  const dated = () => quarters().withExif({ IFD2: { DateTimeOriginal: "2024:02:29 23:59:58" } });
  const files = [dated().jpeg(), dated().png(), dated().webp(), dated().avif({ effort: 0 })];
  const date = "2024:02:29 23:59:58";
  const scanned = tiff({ width: 64, height: 64, takenAt: date }, Buffer.alloc(64 * 64));
  for (const file of [...files.map((writer) => writer.toBuffer()), scanned]) {
    const info = await readInfo({ bytes: await file });
    assert.equal(info.takenAt, "2024-02-29T23:59:58", info.format);
  }
});

test("a date that no calendar has is left out and costs nothing else", async () => {
  const plain = await quarters().jpeg().toBuffer();
  const bytes = insertJpegSegment(plain, 0xe1, exifWithDate("2023:02:30 10:00:00"));
  const info = await readInfo({ bytes });
  assert.deepEqual(info, { format: "jpeg", width: WIDTH, height: HEIGHT, takenAt: null });
});

test("a decoder's grumble without damage does not cost the photo", async () => {
  const bytes = await quarters().jpeg({ quality: 95 }).toBuffer();
  // End of spectral selection: phones write 0 here in panoramas, and the data are whole.
  const scan = bytes.indexOf(Buffer.from([0xff, 0xda]));
  bytes[scan + 2 + bytes.readUInt16BE(scan + 2) - 2] = 0;
  await assert.rejects(sharp(bytes).raw().toBuffer(), /Invalid SOS parameters/);
  assertQuarters(await decode({ bytes }), UPRIGHT, 12);
});

test("bytes shared with their holder are not written to", async () => {
  const bytes = await quarters().png().toBuffer();
  const before = Buffer.from(bytes);
  await decode({ bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length) });
  assert.deepEqual(bytes, before);
});
