import { AppError } from "../base/errors.ts";
import type { OtherKind } from "./sniff.ts";

/** Why a file can't be used as a photo. Closed: each code has its advice in `mediaAdvice`. */
export type MediaCode =
  | "empty_file"
  | "not_a_picture"
  | "unsupported_format"
  | "heic_unsupported"
  | "raw_unsupported"
  | "truncated"
  | "corrupt"
  | "too_large_bytes"
  | "too_many_pixels"
  | "too_small"
  | "too_slow"
  | "missing"
  | "unreadable"
  | "not_a_file"
  | "is_a_link"
  | "video_unsupported"
  | "video_without_picture"
  | "video_encrypted"
  | "video_too_large"
  | "video_too_many_pixels"
  | "video_too_long"
  | "video_too_heavy"
  | "video_unavailable";

const ADVICE = {
  empty_file: "The file is empty. Copy it again from where it was taken.",
  not_a_picture: "This is not a picture. Give a JPEG, PNG, WebP, AVIF, TIFF or GIF file.",
  unsupported_format:
    "This kind of picture can't be read. Export it as JPEG, PNG, WebP, AVIF, TIFF or GIF.",
  heic_unsupported:
    "HEIC pictures can't be read here. Export them as JPEG (on an iPhone: Settings, Camera, " +
    "Formats, Most Compatible).",
  raw_unsupported: "Raw camera files can't be read. Export them as JPEG from the photo program.",
  truncated: "The end of the file is missing. Copy it again from the camera, card or backup.",
  corrupt:
    "The file is damaged. Open it in the program it is from and save it again, or copy it again.",
  too_large_bytes: "The file is larger than 256 MB. Export it smaller, as JPEG.",
  too_many_pixels:
    "The picture has more than 100 million pixels (AVIF and HEIC: 50 million), or a side over " +
    "32,767. Export it smaller.",
  too_small: "The picture is under 24 pixels wide or high: no face in it can be recognised.",
  too_slow: "The picture took too long to read. Save it again as an ordinary JPEG.",
  missing: "There is no such file. Check the path; a link may point to something moved away.",
  unreadable: "The file can't be opened. Check its permissions and the disk.",
  not_a_file: "This is a folder, pipe, socket or device, not a file.",
  is_a_link: "This is a symbolic link. Give the file it points to.",
  video_unsupported:
    "This kind of video can't be read. Export it as MP4, MOV, MKV or WebM with H.264, HEVC, VP9 " +
    "or AV1.",
  video_without_picture: "There is no moving picture in this file, only sound or nothing.",
  video_encrypted: "The video is encrypted. Export it without copy protection.",
  video_too_large: "The video is larger than 16 GB. Cut it into parts.",
  video_too_many_pixels:
    "The video's frames have more than 16 million pixels (8K), or a side under 24. Export it as 4K " +
    "or smaller.",
  video_too_long: "The video says that it is longer than 12 hours. Cut it into parts.",
  video_too_heavy:
    "Reading the video took more time or memory than any recording should. Save it again as an " +
    "ordinary MP4 (H.264).",
  video_unavailable:
    "Videos can't be read on this machine: node-av brings no decoder for it. Import photos only.",
} as const satisfies Record<MediaCode, string>;

const NAMES = {
  heic: "a HEIC picture",
  raw: "a raw camera file",
  jxl: "a JPEG XL picture",
  jp2: "a JPEG 2000 picture",
  bmp: "a BMP picture",
  ico: "an icon",
  psd: "a Photoshop document",
  svg: "an SVG drawing",
  pdf: "a PDF document",
  html: "a web page",
  zip: "a ZIP archive (or an office document)",
  archive: "an archive",
  video: "a video",
  audio: "a sound file",
  program: "a program",
  text: "a text file",
  unknown: "a file of an unknown kind",
} as const satisfies Record<OtherKind, string>;

/** True for a code of this room. */
export function isMediaCode(code: string): code is MediaCode {
  return Object.hasOwn(ADVICE, code);
}

/** What to do about a code, as one sentence or two for the person who gave the file. */
export function mediaAdvice(code: MediaCode): string {
  return ADVICE[code];
}

/**
 * A file that can't be used as a photo. `found` is what it is instead, where that is known. The
 * message never holds the decoder's own text or a path: those stay in `cause`.
 */
export class MediaError extends AppError<MediaCode> {
  readonly found: OtherKind | null;

  constructor(
    code: MediaCode,
    options: { readonly found?: OtherKind; readonly cause?: unknown } = {},
  ) {
    const found = options.found ?? null;
    const name = found === null || found === "unknown" ? "" : ` (It is ${NAMES[found]}.)`;
    super(code, ADVICE[code] + name, { cause: options.cause });
    this.found = found;
  }
}
