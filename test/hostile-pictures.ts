import sharp, { type Sharp } from "sharp";
import type { MediaCode } from "../src/media/errors.ts";
import {
  blackPng,
  claimJpegSize,
  exifBomb,
  exifWithDate,
  claimGifSize,
  insertJpegSegment,
  insertPngChunks,
  packedZeros,
  pngChunk,
  pngHeader,
  PNG_SIGNATURE,
  repeatLastScan,
  tiff,
  tiffHeader,
} from "./hostile-bytes.ts";

/** A file to be made: its name, what becomes of it, its bytes. */
export type Made = readonly [name: string, expect: "ok" | MediaCode, bytes: Buffer];

const WIDTH = 320;
const HEIGHT = 240;

/** One ordinary picture in the forms the others are made from. */
export interface Base {
  readonly png: Buffer;
  readonly jpeg: Buffer;
  readonly progressive: Buffer;
  readonly webp: Buffer;
  readonly avif: Buffer;
  readonly tiff: Buffer;
  readonly gif: Buffer;
}

function canvas(): Sharp {
  const pixels = Buffer.alloc(WIDTH * HEIGHT * 3);
  for (let y = 0; y < HEIGHT; y += 1)
    for (let x = 0; x < WIDTH; x += 1)
      pixels.set([(x * 255) / WIDTH, (y * 255) / HEIGHT, (x * y) % 251], (y * WIDTH + x) * 3);
  return sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
}

export async function makeBase(): Promise<Base> {
  return {
    png: await canvas().png().toBuffer(),
    jpeg: await canvas().jpeg({ quality: 90 }).toBuffer(),
    progressive: await canvas().jpeg({ quality: 90, progressive: true }).toBuffer(),
    webp: await canvas().webp().toBuffer(),
    avif: await canvas().avif({ effort: 0 }).toBuffer(),
    tiff: await canvas().tiff({ compression: "lzw" }).toBuffer(),
    gif: await canvas().gif({ effort: 1 }).toBuffer(),
  };
}

/** Pictures that are unusual and right: each must come out as pixels. */
export async function oddPictures(base: Base): Promise<readonly Made[]> {
  const orientations = await Promise.all(
    Array.from({ length: 8 }, async (_, index): Promise<Made> => {
      const bytes = await canvas()
        .withMetadata({ orientation: index + 1 })
        .jpeg()
        .toBuffer();
      return [`orientation-${index + 1}.jpg`, "ok", bytes];
    }),
  );
  const frames = { join: { animated: true } };
  const two = [base.png, await sharp(base.png).negate().png().toBuffer()];
  return [
    ...orientations,
    ["ordinary.jpg", "ok", base.jpeg],
    ["ordinary.avif", "ok", base.avif],
    ["progressive.jpg", "ok", base.progressive],
    ["no-suffix", "ok", base.jpeg],
    ["jpeg-called.png", "ok", base.jpeg],
    ["png-called.jpg", "ok", base.png],
    ["webp-called.txt", "ok", base.webp],
    ["sixteen-bit.png", "ok", await canvas().toColourspace("rgb16").png().toBuffer()],
    ["sixteen-bit.tif", "ok", await canvas().toColourspace("rgb16").tiff().toBuffer()],
    ["one-bit.tif", "ok", await canvas().threshold().tiff({ bitdepth: 1 }).toBuffer()],
    ["float.tif", "ok", floatTiff()],
    ["cmyk.jpg", "ok", await canvas().toColourspace("cmyk").jpeg().toBuffer()],
    ["cmyk.tif", "ok", await canvas().toColourspace("cmyk").tiff().toBuffer()],
    ["grey.jpg", "ok", await canvas().greyscale().jpeg().toBuffer()],
    ["grey-alpha.png", "ok", await canvas().ensureAlpha(0.5).greyscale().png().toBuffer()],
    ["palette.png", "ok", await canvas().png({ palette: true, colours: 16 }).toBuffer()],
    ["alpha.png", "ok", await canvas().ensureAlpha(0.3).png().toBuffer()],
    ["alpha.webp", "ok", await canvas().ensureAlpha(0.3).webp({ lossless: true }).toBuffer()],
    ["animated.gif", "ok", await sharp(two, frames).gif().toBuffer()],
    ["animated.webp", "ok", await sharp(two, frames).webp().toBuffer()],
    ["animated.png", "ok", animatedPng(base.png)],
    ["trailing-data.jpg", "ok", Buffer.concat([base.jpeg, Buffer.from("PK\x03\x04 and more")])],
    ["two-pictures.jpg", "ok", Buffer.concat([base.jpeg, base.progressive])],
    ["exif-garbage.jpg", "ok", insertJpegSegment(base.jpeg, 0xe1, garbageExif())],
    ["exif-bomb.jpg", "ok", insertJpegSegment(base.jpeg, 0xe1, exifBomb())],
    [
      "exif-date.jpg",
      "ok",
      insertJpegSegment(base.jpeg, 0xe1, exifWithDate("2024:02:29 23:59:58")),
    ],
    [
      "exif-no-date.jpg",
      "ok",
      insertJpegSegment(base.jpeg, 0xe1, exifWithDate("2023:02:30 10:00:00")),
    ],
    [
      "exif-huge.png",
      "ok",
      insertPngChunks(base.png, pngChunk("eXIf", Buffer.alloc(20_000_000, 0x49))),
    ],
    ["broken-profile.jpg", "ok", insertJpegSegment(base.jpeg, 0xe2, brokenProfile())],
    ["garbled-unnoticed.jpg", "ok", garble(base.jpeg, 255)],
    ["text-bomb.png", "ok", insertPngChunks(base.png, textBomb())],
    ["hundred-megapixels.png", "ok", blackPng(10_000, 10_000)],
    ["long-and-thin.png", "ok", blackPng(24, 20_000)],
  ];
}

/** Damaged pictures, bombs, and things that only look like pictures. */
export async function badPictures(base: Base): Promise<readonly Made[]> {
  const cut = (bytes: Buffer, part: number) => bytes.subarray(0, Math.floor(bytes.length * part));
  return [
    ["half.jpg", "truncated", cut(base.jpeg, 0.5)],
    ["half-progressive.jpg", "truncated", cut(base.progressive, 0.5)],
    ["nearly-whole.jpg", "truncated", cut(base.jpeg, 0.98)],
    ["half.png", "truncated", cut(base.png, 0.5)],
    ["half.webp", "truncated", cut(base.webp, 0.5)],
    ["half.avif", "truncated", cut(base.avif, 0.5)],
    ["half.tif", "truncated", cut(base.tiff, 0.5)],
    ["half.gif", "truncated", cut(base.gif, 0.5)],
    ["head-only.jpg", "truncated", base.jpeg.subarray(0, 20)],
    ["head-only.png", "truncated", base.png.subarray(0, 20)],
    ["garbled.jpg", "corrupt", garble(base.jpeg, 256)],
    ["garbled.png", "corrupt", garble(base.png, 256)],
    ["garbled.avif", "corrupt", garble(base.avif, 256)],
    ["bomb-30000.png", "too_many_pixels", blackPng(30_000, 30_000)],
    ["over-the-limit.png", "too_many_pixels", blackPng(10_000, 10_001)],
    ["bomb-2-billion.png", "corrupt", hollowPng(0x7fffffff, 0x7fffffff)],
    ["bomb-65535.gif", "too_many_pixels", claimGifSize(base.gif, 65_535, 65_535)],
    ["bomb-65500.jpg", "too_many_pixels", claimJpegSize(base.jpeg, 65_500, 65_500)],
    ["claims-too-much.jpg", "corrupt", claimJpegSize(base.jpeg, 9_000, 9_000)],
    ["over-the-limit.avif", "too_many_pixels", claimAvifSize(base.avif, 7_100, 7_100)],
    ["bomb.avif", "too_many_pixels", claimAvifSize(base.avif, 60_000, 60_000)],
    ["bomb-4-billion.tif", "corrupt", tiff({ width: 0xffff0000, height: 0xffff0000 }, PIXELS)],
    ["bomb-30000.tif", "too_many_pixels", tiff({ width: 30_000, height: 30_000 }, PIXELS)],
    [
      "strip-outside.tif",
      "corrupt",
      tiff({ width: 64, height: 64, stripOffset: 4_000_000_000 }, PIXELS),
    ],
    ["short-strip.tif", "corrupt", tiff({ width: 640, height: 640 }, PIXELS)],
    ["directory-loop.tif", "ok", tiff({ width: 64, height: 64, next: 8 }, PIXELS)],
    ["directory-outside.tif", "truncated", tiffHeader(0xfffffff0)],
    ["nine-planes.tif", "unsupported_format", tiff({ width: 64, height: 64, samples: 9 }, PIXELS)],
    ["many-scans.jpg", "corrupt", repeatLastScan(base.progressive, 2_000)],
    ["one-pixel.png", "too_small", blackPng(1, 1)],
    ["one-by-20000.png", "too_small", blackPng(1, 20_000)],
    ["too-wide.png", "too_many_pixels", blackPng(60_000, 30)],
  ];
}

const PIXELS = Buffer.alloc(64 * 64 * 9, 128);

/** Overwrites the middle. With `below` 255 a JPEG gets no false markers: nobody can notice. */
function garble(bytes: Buffer, below: 255 | 256): Buffer {
  const changed = Buffer.from(bytes);
  const start = Math.floor(bytes.length / 2);
  for (let at = start; at < start + 400; at += 1) changed[at] = (at * 7_919) % below;
  return changed;
}

function floatTiff(): Buffer {
  const values = Float32Array.from({ length: 64 * 64 }, (_, index) => index / 4_096);
  return tiff({ width: 64, height: 64, bits: 32, sampleFormat: 3 }, Buffer.from(values.buffer));
}

function garbageExif(): Buffer {
  const noise = Array.from({ length: 4_000 }, (_, index) => (index * 7_919) % 256);
  return Buffer.concat([
    Buffer.from("Exif\0\0II*\0\x08\0\0\0\xff\xff", "latin1"),
    Buffer.from(noise),
  ]);
}

function brokenProfile(): Buffer {
  return Buffer.concat([Buffer.from("ICC_PROFILE\0\x01\x01", "latin1"), Buffer.alloc(500, 0x5a)]);
}

/** A text of 500 MB of zeros, packed into half a megabyte. */
function textBomb(): Buffer {
  const packed = packedZeros(500 * 1024 * 1024);
  return pngChunk("zTXt", Buffer.concat([Buffer.from("Comment\0\0", "latin1"), packed]));
}

/** A PNG that claims a size and holds nothing. */
function hollowPng(width: number, height: number): Buffer {
  return Buffer.concat([
    PNG_SIGNATURE,
    pngHeader({ width, height, bits: 8, colour: 2 }),
    pngChunk("IDAT", packedZeros(100)),
    pngChunk("IEND", new Uint8Array()),
  ]);
}

/** Two frames: the picture itself, then its own pixels once more. */
function animatedPng(png: Buffer): Buffer {
  const control = Buffer.alloc(8);
  control.writeUInt32BE(2, 0);
  const frame = Buffer.alloc(26);
  frame.writeUInt32BE(WIDTH, 4);
  frame.writeUInt32BE(HEIGHT, 8);
  frame.writeUInt16BE(1, 20);
  frame.writeUInt16BE(10, 22);
  return insertPngChunks(png, pngChunk("acTL", control), pngChunk("fcTL", frame));
}

/** Claims another size in every `ispe` box (image spatial extents). */
function claimAvifSize(avif: Buffer, width: number, height: number): Buffer {
  const changed = Buffer.from(avif);
  for (let at = changed.indexOf("ispe"); at >= 0; at = changed.indexOf("ispe", at + 4)) {
    changed.writeUInt32BE(width, at + 8);
    changed.writeUInt32BE(height, at + 12);
  }
  return changed;
}
