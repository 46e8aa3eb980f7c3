import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import {
  AV_CODEC_ID_AV1,
  AV_CODEC_ID_H264,
  AV_CODEC_ID_HEVC,
  AV_CODEC_ID_MJPEG,
  AV_CODEC_ID_MPEG4,
  AV_CODEC_ID_VP8,
  AV_CODEC_ID_VP9,
  AV_DISPOSITION_ATTACHED_PIC,
  AV_LOG_QUIET,
  AV_PKT_DATA_DISPLAYMATRIX,
  AV_PKT_DATA_ENCRYPTION_INIT_INFO,
  AVMEDIA_TYPE_AUDIO,
  AVMEDIA_TYPE_VIDEO,
} from "node-av/constants";
import { avGetCodecName, Dictionary, FormatContext, InputFormat, Log, Packet } from "node-av/lib";
import type { Stream } from "node-av/lib";
import { MediaError } from "./errors.ts";
import {
  VIDEO_BYTES_MAX,
  VIDEO_PIXELS_MAX,
  VIDEO_SECONDS_MAX,
  VIDEO_SIDE_PIXELS_MIN,
  VIDEO_STREAMS_MAX,
} from "./video-limits.ts";
import type { VideoInfo } from "./video-messages.ts";

/**
 * [Note: native video] What is in this file, and in those that import it, calls FFmpeg in the
 * calling thread, and waits. A video was made by somebody unknown, and a decoder may hang or crash
 * on it: so it runs in a process of its own (video-child.ts), never in the service.
 */

/** A container open in this process, the stream with the moving picture found. */
export interface VideoFile {
  readonly format: FormatContext;
  readonly stream: Stream;
  readonly info: VideoInfo;
  /** Seconds of the first frame as the file counts; times handed out begin at 0. */
  readonly start: number;
}

/** What decoders are trusted with strangers' files: what cameras, phones and browsers write. */
const CODECS: ReadonlySet<number> = new Set([
  AV_CODEC_ID_H264,
  AV_CODEC_ID_HEVC,
  AV_CODEC_ID_VP8,
  AV_CODEC_ID_VP9,
  AV_CODEC_ID_AV1,
  AV_CODEC_ID_MPEG4,
  AV_CODEC_ID_MJPEG,
]);

/** Names of formats in FFmpeg: a file is read as what it begins as, and nothing else is tried. */
const DEMUXERS = { mp4: "mov", webm: "matroska" } as const;

const NO_TIME = -(2n ** 63n);
/** FFmpeg counts a container's times in millionths. */
const MICRO = 1e6;

/** Opens a video by its path and checks what it says of itself. Throws MediaError. */
export function openVideoFile(path: string): VideoFile {
  Log.setLevel(AV_LOG_QUIET);
  const container = containerOf(path);
  const format = openFormat(path, container);
  const early = pictureStream(format);
  // Before anything is decoded: finding out more decodes some frames.
  checkSize(early);
  if (format.findStreamInfoSync() < 0) throw new MediaError("corrupt");
  const stream = pictureStream(format);
  checkSize(stream);
  checkCodec(stream);
  const start = startOf(format, stream);
  const seconds = secondsOf(path, container, format, start);
  if (seconds > VIDEO_SECONDS_MAX) throw new MediaError("video_too_long");
  const rotation = rotationOf(stream);
  const { width, height } = uprightSize(stream, rotation);
  const info = {
    container,
    codec: avGetCodecName(stream.codecpar.codecId) ?? "",
    width,
    height,
    seconds,
    frameRate: rateOf(stream),
    rotation,
    hasAudio: format.streams.some((one) => one.codecpar.codecType === AVMEDIA_TYPE_AUDIO),
  };
  return { format, stream, info, start };
}

function openFormat(path: string, container: VideoInfo["container"]): FormatContext {
  const format = new FormatContext();
  // A file may name others: none but itself is opened, and that by the one protocol.
  const options = Dictionary.fromObject({ protocol_whitelist: "file" });
  const demuxer = InputFormat.findInputFormat(DEMUXERS[container]);
  if (format.openInputSync(`file:${path}`, demuxer, options) < 0) throw new MediaError("corrupt");
  if (format.nbStreams > VIDEO_STREAMS_MAX) throw new MediaError("corrupt");
  return format;
}

/** What a file begins as. Throws MediaError for what is no video, is cut short, or too large. */
function containerOf(path: string): VideoInfo["container"] {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    if (size === 0) throw new MediaError("empty_file");
    if (size > VIDEO_BYTES_MAX) throw new MediaError("video_too_large");
    const head = Buffer.alloc(16);
    readSync(file, head, 0, head.length, 0);
    if (head.readUInt32BE(0) === 0x1a45dfa3) return "webm";
    if (!MP4_BOXES.has(head.toString("latin1", 4, 8))) throw new MediaError("video_unsupported");
    if (endOfBoxes(file, size) > size) throw new MediaError("truncated");
    return "mp4";
  } finally {
    closeSync(file);
  }
}

/** Boxes an MP4 or MOV may begin with. */
const MP4_BOXES: ReadonlySet<string> = new Set(["ftyp", "moov", "mdat", "wide", "free", "skip"]);
/** Boxes at the top of a file; one in fragments has two for every second or so. */
const BOXES_MAX = 200_000;

/** Where the last box at the top of an ISO media file claims to end. */
function endOfBoxes(file: number, size: number): number {
  const head = Buffer.alloc(16);
  let at = 0;
  for (let count = 0; at + 8 <= size && count < BOXES_MAX; count += 1) {
    readSync(file, head, 0, head.length, at);
    const short = head.readUInt32BE(0);
    // 0 is "to the end of the file", 1 says that the size follows in 64 bits.
    if (short === 0) return size;
    const length = short === 1 ? Number(head.readBigUInt64BE(8)) : short;
    if (length < 8) return size;
    at += length;
  }
  return at;
}

/** The first stream with a moving picture: a cover of a song is none. */
function pictureStream(format: FormatContext): Stream {
  const streams = format.streams.filter(
    (one) =>
      one.codecpar.codecType === AVMEDIA_TYPE_VIDEO &&
      (one.disposition & AV_DISPOSITION_ATTACHED_PIC) === 0,
  );
  const best = format.findBestStream(AVMEDIA_TYPE_VIDEO);
  const stream = streams.find(({ index }) => index === best) ?? streams[0];
  if (!stream) throw new MediaError("video_without_picture");
  return stream;
}

function checkSize({ codecpar }: Stream): void {
  const { width, height } = codecpar;
  // Not known yet: it is looked at again when the decoder knows.
  if (width === 0 && height === 0) return;
  const small = Math.min(width, height) < VIDEO_SIDE_PIXELS_MIN;
  if (small || width * height > VIDEO_PIXELS_MAX) throw new MediaError("video_too_many_pixels");
}

/** How encrypted streams are marked in MP4 and by a shop's copy protection. */
const ENCRYPTED_TAGS: ReadonlySet<string> = new Set(["encv", "drmi"]);

function checkCodec({ codecpar }: Stream): void {
  const marked = ENCRYPTED_TAGS.has(codecpar.codecTagString ?? "");
  if (marked || codecpar.getCodedSideData(AV_PKT_DATA_ENCRYPTION_INIT_INFO) !== null)
    throw new MediaError("video_encrypted");
  if (!CODECS.has(codecpar.codecId)) throw new MediaError("video_unsupported");
}

function startOf(format: FormatContext, { startTime, timeBase }: Stream): number {
  if (format.startTime !== NO_TIME) return Number(format.startTime) / MICRO;
  return startTime === NO_TIME ? 0 : (Number(startTime) * timeBase.num) / timeBase.den;
}

/** As the file says; where it does not (browsers' recordings), found by reading it through. */
function secondsOf(
  path: string,
  container: VideoInfo["container"],
  format: FormatContext,
  start: number,
): number {
  if (format.duration > 0n) return Number(format.duration) / MICRO;
  const reader = openFormat(path, container);
  const packet = new Packet();
  packet.alloc();
  let end = 0;
  while (reader.readFrameSync(packet) >= 0) {
    const base = reader.streams[packet.streamIndex]?.timeBase;
    if (base && packet.pts !== NO_TIME)
      end = Math.max(end, (Number(packet.pts + packet.duration) * base.num) / base.den - start);
    packet.unref();
  }
  packet.free();
  reader.closeInputSync();
  return end;
}

function rateOf({ avgFrameRate, rFrameRate }: Stream): number {
  const rate = avgFrameRate.num > 0 ? avgFrameRate : rFrameRate;
  return rate.den > 0 ? rate.num / rate.den : 0;
}

/** Clockwise, to the next quarter: what stands in between is no camera's. */
function rotationOf({ codecpar }: Stream): number {
  const matrix = codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX);
  if (!matrix || matrix.length < 8) return 0;
  const turned = Math.atan2(matrix.readInt32LE(4), matrix.readInt32LE(0));
  return (Math.round(turned / (Math.PI / 2)) * 90 + 360) % 360;
}

/** Pixels are square and frames upright as they are shown; stored they may be neither. */
function uprightSize(
  { codecpar, sampleAspectRatio }: Stream,
  rotation: number,
): { readonly width: number; readonly height: number } {
  const { num, den } = sampleAspectRatio;
  const sane = num > 0 && den > 0 && num <= 4 * den && den <= 4 * num;
  const wide = sane ? Math.round((codecpar.width * num) / den) : codecpar.width;
  const isTurned = rotation === 90 || rotation === 270;
  return isTurned
    ? { width: codecpar.height, height: wide }
    : { width: wide, height: codecpar.height };
}
