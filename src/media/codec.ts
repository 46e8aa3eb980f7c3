import { locks } from "node:worker_threads";
import sharp, { type Sharp } from "sharp";
import { unreachable } from "../base/errors.ts";
import { MediaError, type MediaCode } from "./errors.ts";
import { CHANNELS_MAX, DECODE_SECONDS_MAX, PIXELS_MAX } from "./limits.ts";
import type { PhotoFormat } from "./sniff.ts";

// The decoder's settings hold for the process, so they stand in one place.
// No cache: photos are read once, and pixels of people must not linger. One thread a picture:
// the worker pool is what uses the cores, and two levels of threads only fight each other.
sharp.cache(false);
sharp.concurrency(1);

export { sharp };

/** True where this build of the decoder reads HEIC; the one from npm does not (patents). */
export const HEIC_DECODES = sharp.format.heif.input.fileSuffix?.includes(".heic") ?? false;

/**
 * [Note: one error text a process]
 * The decoder keeps what it complains of in one place for all threads, and clears it whenever any
 * work of its ends. A complaint can be lost meanwhile, or be another picture's: damage then passes
 * for a mere oddity. So all work is done `beside` other work, and what failed is done once more
 * `alone`, with nothing else under way in the process: what is said then is said of this picture.
 */
const CODEC = "assent: the decoder's complaints";

/** Does work of the decoder or encoder that others may do at the same time. Must not be nested. */
export async function beside<Result>(work: () => Promise<Result>): Promise<Result> {
  return await locks.request(CODEC, { mode: "shared" }, work);
}

/** Does work whose failure must be told rightly: again, alone, where it fails beside others. */
export async function judged<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await beside(work);
  } catch (error) {
    // What ran out of time would hold up everybody for as long again.
    if (/timeout/iu.test(textOf(error))) throw error;
    return await locks.request(CODEC, { mode: "exclusive" }, work);
  }
}

/**
 * [Note: damage and warnings]
 * `warning` stops at every complaint of the decoder; `error` lets a JPEG through whose middle is
 * garbage. Damaged photos are refused, not half used: a face in the lost part would be missed and
 * nobody told. But complaints without damage are common (phone panoramas with odd scan parameters,
 * an unknown tag, a broken colour profile), so those are decoded again with `error`.
 */
export type Strictness = "warning" | "error";

/** Opens bytes whose format was sniffed; first frame only, bounded, upright. */
export function openPixels(bytes: Buffer, strictness: Strictness): Sharp {
  return sharp(bytes, {
    failOn: strictness,
    limitInputPixels: PIXELS_MAX,
    limitInputChannels: CHANNELS_MAX,
    sequentialRead: true,
    autoOrient: true,
    pages: 1,
  }).timeout({ seconds: DECODE_SECONDS_MAX });
}

/** Runs a decoding; where the decoder only grumbles, runs it again without the grumbling. */
export async function tolerant<Result>(
  photo: { readonly bytes: Buffer; readonly format: PhotoFormat },
  run: (pixels: Sharp) => Promise<Result>,
): Promise<Result> {
  try {
    return await judged(async () => run(openPixels(photo.bytes, "warning")));
  } catch (error) {
    if (DAMAGE.test(textOf(error))) throw decodeError(photo, error);
  }
  try {
    return await judged(async () => run(openPixels(photo.bytes, "error")));
  } catch (error) {
    throw decodeError(photo, error);
  }
}

/** Words of libjpeg and the time limit for which there is no second try. */
const DAMAGE = /premature end|bad (huffman|arithmetic) code|instead of RST|progression|timeout/i;

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : "";
}

/** Turns the decoder's own error into a code; its text stays in `cause`. */
export function decodeError(
  photo: { readonly bytes: Buffer; readonly format: PhotoFormat },
  error: unknown,
): MediaError {
  if (error instanceof MediaError) return error;
  return new MediaError(codeOf(photo, textOf(error)), { cause: error });
}

function codeOf(
  photo: { readonly bytes: Buffer; readonly format: PhotoFormat },
  text: string,
): MediaCode {
  if (/exceeds pixel limit|too large|maximum (width|height|dimension)/i.test(text))
    return "too_many_pixels";
  if (/exceeds channel limit/i.test(text)) return "unsupported_format";
  if (/timeout/i.test(text)) return "too_slow";
  if (/premature end of (jpeg|input)/i.test(text)) return "truncated";
  return endIsMissing(photo.bytes, photo.format) ? "truncated" : "corrupt";
}

/** True where the file's own structure says that there should be more of it. */
export function endIsMissing(bytes: Buffer, format: PhotoFormat): boolean {
  switch (format) {
    case "jpeg":
      return bytes.lastIndexOf("\xff\xd9", undefined, "latin1") < 0;
    case "png":
      return bytes.lastIndexOf("IEND", undefined, "latin1") < 0;
    case "gif":
      return bytes.lastIndexOf(0x3b) < bytes.length - 1;
    case "webp":
      return bytes.length < 12 || bytes.readUInt32LE(4) + 8 > bytes.length;
    case "tiff":
      return firstDirectoryIsOutside(bytes);
    case "avif":
    case "heic":
      return boxesEnd(bytes) > bytes.length;
    default:
      return unreachable(format);
  }
}

function firstDirectoryIsOutside(bytes: Buffer): boolean {
  if (bytes.length < 8) return true;
  const big = bytes[2] === 0x2b || bytes[3] === 0x2b;
  if (big) return false;
  const offset = bytes[0] === 0x49 ? bytes.readUInt32LE(4) : bytes.readUInt32BE(4);
  return offset + 2 > bytes.length;
}

/** Where the last top-level box of an ISO media file claims to end. */
function boxesEnd(bytes: Buffer): number {
  let at = 0;
  while (at + 8 <= bytes.length) {
    const size = bytes.readUInt32BE(at);
    // 0 is "to the end of the file", 1 a 64-bit size (over 4 GB, so beyond our limit anyway).
    if (size === 0) return bytes.length;
    if (size < 8) return size === 1 ? Number.POSITIVE_INFINITY : bytes.length;
    at += size;
  }
  return at;
}
