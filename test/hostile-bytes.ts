import { crc32, deflateSync, constants } from "node:zlib";

/** A PNG chunk: length, type, data, checksum. */
export function pngChunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(data.length, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return chunk;
}

export const PNG_SIGNATURE = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");

export function pngHeader(size: {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly colour: number;
}): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(size.width, 0);
  data.writeUInt32BE(size.height, 4);
  data[8] = size.bits;
  data[9] = size.colour;
  return pngChunk("IHDR", data);
}

/** A zlib stream of `count` zero bytes: its size is a thousandth of what it unpacks to. */
export function packedZeros(count: number): Buffer {
  const piece = 1 << 20;
  const whole = Math.floor(count / piece);
  const flushed = deflateSync(Buffer.alloc(piece), {
    finishFlush: constants.Z_FULL_FLUSH,
    level: 9,
  });
  const header = flushed.subarray(0, 2);
  const block = flushed.subarray(2);
  // The last piece brings its own end mark; its checksum is replaced by that of the whole.
  const last = deflateSync(Buffer.alloc(count - whole * piece), { level: 9 }).subarray(2, -4);
  const checksum = Buffer.alloc(4);
  // Adler-32 of zeros: the first sum stays 1, the second counts the bytes.
  checksum.writeUInt16BE(count % 65_521, 0);
  checksum.writeUInt16BE(1, 2);
  return Buffer.concat([header, ...Array.from({ length: whole }, () => block), last, checksum]);
}

/** A black 1-bit PNG of any size: the classic pixel bomb. */
export function blackPng(width: number, height: number): Buffer {
  const bytes = height * (1 + Math.ceil(width / 8));
  return Buffer.concat([
    PNG_SIGNATURE,
    pngHeader({ width, height, bits: 1, colour: 0 }),
    pngChunk("IDAT", packedZeros(bytes)),
    pngChunk("IEND", new Uint8Array()),
  ]);
}

/** Puts chunks into a PNG, straight after its header. */
export function insertPngChunks(png: Buffer, ...chunks: readonly Buffer[]): Buffer {
  const headerEnd = 8 + 25;
  return Buffer.concat([png.subarray(0, headerEnd), ...chunks, png.subarray(headerEnd)]);
}

/** Puts a marker segment into a JPEG, straight after its start. */
export function insertJpegSegment(jpeg: Buffer, marker: number, data: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(0xff00 + marker, 0);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, data, jpeg.subarray(2)]);
}

/** Claims another size in the frame header of a JPEG. */
export function claimJpegSize(jpeg: Buffer, width: number, height: number): Buffer {
  const changed = Buffer.from(jpeg);
  let at = 2;
  while (changed.readUInt16BE(at) !== 0xffc0 && changed.readUInt16BE(at) !== 0xffc2)
    at += 2 + changed.readUInt16BE(at + 2);
  changed.writeUInt16BE(height, at + 5);
  changed.writeUInt16BE(width, at + 7);
  return changed;
}

/** Repeats the last scan of a progressive JPEG: little to send, long to decode. */
export function repeatLastScan(jpeg: Buffer, times: number): Buffer {
  const scan = jpeg.lastIndexOf("\xff\xda", undefined, "latin1");
  const end = jpeg.length - 2;
  const last = jpeg.subarray(scan, end);
  return Buffer.concat([
    jpeg.subarray(0, end),
    ...Array.from({ length: times }, () => last),
    jpeg.subarray(end),
  ]);
}

/** One entry of a TIFF or EXIF directory; `value` is written as it is into the last four bytes. */
export interface Entry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly value: number;
}

/**
 * A little-endian directory at `offset` with its link to the next one. A single SHORT lies in the
 * first two bytes of the value, which little-endian writing gives by itself.
 */
export function directory(entries: readonly Entry[], next = 0): Buffer {
  const bytes = Buffer.alloc(2 + entries.length * 12 + 4);
  bytes.writeUInt16LE(entries.length, 0);
  entries.forEach((entry, index) => {
    const at = 2 + index * 12;
    bytes.writeUInt16LE(entry.tag, at);
    bytes.writeUInt16LE(entry.type, at + 2);
    bytes.writeUInt32LE(entry.count, at + 4);
    bytes.writeUInt32LE(entry.value, at + 8);
  });
  bytes.writeUInt32LE(next, 2 + entries.length * 12);
  return bytes;
}

/** The eight bytes before everything: byte order, magic, where the first directory lies. */
export function tiffHeader(firstDirectory: number): Buffer {
  const bytes = Buffer.from("II*\0\0\0\0\0", "latin1");
  bytes.writeUInt32LE(firstDirectory, 4);
  return bytes;
}

/** What a TIFF of one strip says of itself. Absent values are those of an 8-bit grey picture. */
export interface TiffShape {
  readonly width: number;
  readonly height: number;
  readonly bits?: number;
  readonly samples?: number;
  readonly sampleFormat?: number;
  readonly stripOffset?: number;
  readonly next?: number;
  /** EXIF DateTimeOriginal, 19 characters. */
  readonly takenAt?: string;
}

/** An uncompressed TIFF with its directory before its one strip. */
export function tiff(shape: TiffShape, pixels: Uint8Array): Buffer {
  const entryCount = 11;
  const pixelsAt = 8 + 2 + entryCount * 12 + 4;
  const exifAt = pixelsAt + pixels.length;
  const { bits = 8, samples = 1, sampleFormat = 1 } = shape;
  const entries: readonly Entry[] = [
    { tag: 0x100, type: 4, count: 1, value: shape.width },
    { tag: 0x101, type: 4, count: 1, value: shape.height },
    { tag: 0x102, type: 3, count: 1, value: bits },
    { tag: 0x103, type: 3, count: 1, value: 1 },
    { tag: 0x106, type: 3, count: 1, value: 1 },
    { tag: 0x111, type: 4, count: 1, value: shape.stripOffset ?? pixelsAt },
    { tag: 0x115, type: 3, count: 1, value: samples },
    { tag: 0x116, type: 4, count: 1, value: shape.height },
    { tag: 0x117, type: 4, count: 1, value: pixels.length },
    { tag: 0x153, type: 3, count: 1, value: sampleFormat },
    { tag: 0x8769, type: 4, count: 1, value: exifAt },
  ];
  const exif = directory([{ tag: 0x9003, type: 2, count: 20, value: exifAt + 18 }]);
  return Buffer.concat([
    tiffHeader(8),
    directory(entries, shape.next ?? 0),
    pixels,
    exif,
    Buffer.from(`${shape.takenAt ?? "                   "}\0`, "latin1"),
  ]);
}

/** An EXIF block with DateTimeOriginal as given (20 bytes with its closing zero). */
export function exifWithDate(text: string): Buffer {
  const outer = directory([{ tag: 0x8769, type: 4, count: 1, value: 26 }]);
  const inner = directory([{ tag: 0x9003, type: 2, count: 20, value: 44 }]);
  const date = Buffer.alloc(20);
  date.write(text, "latin1");
  return Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiffHeader(8), outer, inner, date]);
}

/** EXIF whose entries all claim the same 60,000 bytes: gigabytes for a reader that builds them. */
export function exifBomb(): Buffer {
  const entries = Array.from({ length: 5_000 }, (_, index) => ({
    tag: index,
    type: 1,
    count: 60_000,
    value: 8,
  }));
  const block = Buffer.concat([
    Buffer.from("Exif\0\0", "latin1"),
    tiffHeader(8),
    directory(entries),
  ]);
  return Buffer.concat([block, Buffer.alloc(65_000 - block.length, 1)]);
}

/** Claims another size for the canvas of a GIF and for its first frame. */
export function claimGifSize(gif: Buffer, width: number, height: number): Buffer {
  const changed = Buffer.from(gif);
  changed.writeUInt16LE(width, 6);
  changed.writeUInt16LE(height, 8);
  // The first frame's descriptor follows the colour table and a few extension blocks.
  const tableBytes = 3 * 2 ** (((changed[10] ?? 0) & 7) + 1);
  let at = 13 + tableBytes;
  while (changed[at] === 0x21) {
    at += 2;
    while ((changed[at] ?? 0) > 0) at += 1 + (changed[at] ?? 0);
    at += 1;
  }
  changed.writeUInt16LE(width, at + 5);
  changed.writeUInt16LE(height, at + 7);
  return changed;
}
