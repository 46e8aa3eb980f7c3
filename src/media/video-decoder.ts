import { availableParallelism } from "node:os";
import {
  AV_FRAME_FLAG_CORRUPT,
  AV_PKT_DATA_ENCRYPTION_INFO,
  AVSEEK_FLAG_BACKWARD,
} from "node-av/constants";
import { Codec, CodecContext, Frame, Packet } from "node-av/lib";
import { MediaError } from "./errors.ts";
import type { VideoFile } from "./video-file.ts";
import {
  VIDEO_DAMAGE_MAX,
  VIDEO_FRAMES_MAX,
  VIDEO_PIXELS_MAX,
  VIDEO_SECONDS_MAX,
  VIDEO_THREADS_MAX,
} from "./video-limits.ts";

/** A frame as it was decoded; it is another one after the next step. */
export interface Decoded {
  /** Seconds from the beginning of the video. */
  readonly at: number;
  readonly frame: Frame;
}

/** How many frames must be damaged before their share counts. */
const DAMAGED_MIN = 3;
/** What may be missing at the end: a sound that ends later, the last frames of a camera. */
const MISSING_SECONDS_MAX = 2;
const MISSING_SHARE_MAX = 0.05;

/**
 * Decodes the frames of a video in the order they are shown; see [Note: native video]. With
 * `skipUnreferenced` those that no other frame is made from are left out (half the work, and frames
 * at most a tenth of a second apart). Frames marked as damaged are left out; of too many of them, and
 * of a missing end, MediaError is thrown at the end.
 */
export class VideoDecoder {
  readonly #file: VideoFile;
  readonly #context: CodecContext;
  readonly #packet = new Packet();
  readonly #frame = new Frame();
  /** Seconds that a unit of time lasts, by stream: asked for once, as asking leaks a little. */
  readonly #units: readonly number[];
  #lastAt = 0;
  #packetsEnd = 0;
  #frames = 0;
  #damaged = 0;
  #sought = false;

  constructor(file: VideoFile, options: { readonly skipUnreferenced: boolean }) {
    this.#file = file;
    this.#packet.alloc();
    this.#frame.alloc();
    this.#units = file.format.streams.map(({ timeBase: { num, den } }) => num / den);
    const { codecpar } = file.stream;
    const codec = Codec.findDecoder(codecpar.codecId);
    if (!codec) throw new MediaError("video_unsupported");
    this.#context = new CodecContext();
    this.#context.allocContext3(codec);
    this.#context.parametersToContext(codecpar);
    this.#context.threadCount = Math.min(VIDEO_THREADS_MAX, availableParallelism());
    // Set one by one: a dictionary handed to open2 is freed twice.
    this.#context.setOption("max_pixels", VIDEO_PIXELS_MAX);
    if (options.skipUnreferenced) this.#context.setOption("skip_frame", "noref");
    if (this.#context.open2Sync(codec, null) < 0) throw new MediaError("corrupt");
  }

  /** Goes to the last key frame before a time. */
  seek(seconds: number): void {
    const { format, stream, start } = this.#file;
    const { num, den } = stream.timeBase;
    const at = BigInt(Math.floor(((seconds + start) * den) / num));
    if (format.seekFrameSync(stream.index, at, AVSEEK_FLAG_BACKWARD) < 0)
      throw new MediaError("corrupt");
    this.#context.flushBuffers();
    this.#lastAt = 0;
    this.#sought = true;
  }

  *frames(): Generator<Decoded> {
    const { format, stream } = this.#file;
    while (format.readFrameSync(this.#packet) >= 0) {
      this.#noteEnd();
      if (this.#packet.streamIndex === stream.index) {
        if (this.#packet.getSideData(AV_PKT_DATA_ENCRYPTION_INFO) !== null)
          throw new MediaError("video_encrypted");
        if (this.#context.sendPacketSync(this.#packet) < 0) this.#damaged += 1;
        yield* this.#received();
      }
      this.#packet.unref();
    }
    this.#context.sendPacketSync(null);
    yield* this.#received();
    this.#checkWhole();
  }

  #noteEnd(): void {
    const { pts, duration, streamIndex } = this.#packet;
    const unit = this.#units[streamIndex];
    if (unit === undefined) return;
    const end = Number(pts + duration) * unit - this.#file.start;
    this.#packetsEnd = Math.max(this.#packetsEnd, end);
  }

  *#received(): Generator<Decoded> {
    const frame = this.#frame;
    while (this.#context.receiveFrameSync(frame) >= 0) {
      this.#frames += 1;
      if (this.#frames > VIDEO_FRAMES_MAX) throw new MediaError("video_too_long");
      const damaged = frame.decodeErrorFlags !== 0 || frame.hasFlags(AV_FRAME_FLAG_CORRUPT);
      if (damaged) this.#damaged += 1;
      else yield { at: this.#timeOf(frame), frame };
      frame.unref();
    }
  }

  /** Times never go back, whatever the file says. */
  #timeOf(frame: Frame): number {
    const { stream, start } = this.#file;
    const at = Number(frame.bestEffortTimestamp) * (this.#units[stream.index] ?? 0) - start;
    this.#lastAt = Math.max(this.#lastAt, Number.isFinite(at) ? at : 0);
    if (this.#lastAt > VIDEO_SECONDS_MAX) throw new MediaError("video_too_long");
    return this.#lastAt;
  }

  #checkWhole(): void {
    if (this.#frames === 0) throw new MediaError("corrupt");
    const share = this.#damaged / (this.#frames + this.#damaged);
    if (this.#damaged >= DAMAGED_MIN && share > VIDEO_DAMAGE_MAX) throw new MediaError("corrupt");
    const { seconds } = this.#file.info;
    const missing = seconds - this.#packetsEnd;
    if (!this.#sought && missing > Math.max(MISSING_SECONDS_MAX, seconds * MISSING_SHARE_MAX))
      throw new MediaError("truncated");
  }
}
