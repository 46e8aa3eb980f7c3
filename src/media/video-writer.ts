import { assert } from "../base/errors.ts";
import { MediaError } from "./errors.ts";
import type { Picture } from "./picture.ts";
import { type VideoFrame, VideoFrames } from "./video-frames.ts";
import { VideoOutput } from "./video-output.ts";
import { SOUND_BLOCK, SOUND_RATE, SoundLayer } from "./video-sound.ts";
import { type Span, Timeline, WHOLE } from "./video-timeline.ts";

/** What a copy of a video is made of, and where it goes. */
export interface VideoCopy {
  readonly from: string;
  /** An MP4 file; its folder exists. */
  readonly to: string;
  /** What is left of it, one behind the other: in order, and apart. Everything if it is not said. */
  readonly spans?: readonly Span[];
  readonly sound: "keep" | "remove";
  /** Gives the pixels to be written for a frame, of the same size. */
  readonly change: (frame: VideoFrame) => Picture | Promise<Picture>;
}

/** A copy that was written. */
export interface WrittenVideo {
  readonly frames: number;
  /** From the first frame to the end of the last. */
  readonly seconds: number;
}

/** 20 s of sound without a picture: a file whose streams lie that far apart is no video to copy. */
const WAITING_BLOCKS_MAX = Math.ceil((20 * SOUND_RATE) / SOUND_BLOCK);

/** How far a copy is: seconds of the video that were read, of those there are. */
export type VideoProgress = (done: number, total: number) => void;

/**
 * Writes a copy of a video with every frame changed: H.264 and AAC in MP4, upright, every frame at
 * its own moment, sound at the same place to the sample. It appears whole or not at all. Null where
 * nothing is left of it.
 * Throws the reason of `signal`, what `change` throws, and the decoder's errors.
 */
export async function copyVideo(
  copy: VideoCopy,
  options: { readonly signal?: AbortSignal; readonly onProgress?: VideoProgress } = {},
): Promise<WrittenVideo | null> {
  await using video = await VideoFrames.open(copy.from, { sound: copy.sound === "keep" });
  const timeline = new Timeline(copy.spans ?? WHOLE);
  await using writing = new Writing(copy, video, timeline);
  for await (const piece of video.pieces(options.signal)) {
    if (piece.kind === "frame") {
      if (timeline.isOver(piece.frame.at)) break;
      await writing.addFrame(piece.frame);
      options.onProgress?.(Math.min(piece.frame.at, video.seconds), video.seconds);
    } else {
      await writing.addSound(piece.piece);
    }
  }
  return await writing.finish();
}

/** A copy under way. The file begins with its first frame, which says how large it is. */
class Writing implements AsyncDisposable {
  readonly #copy: VideoCopy;
  readonly #video: VideoFrames;
  readonly #timeline: Timeline;
  readonly #layer: SoundLayer | null;
  /** Blocks of sound before the first frame. */
  #waiting: Float32Array[] = [];
  #output: VideoOutput | null = null;
  #frames = 0;
  #first = 0;
  #end = 0;
  #last = Number.NEGATIVE_INFINITY;

  constructor(copy: VideoCopy, video: VideoFrames, timeline: Timeline) {
    this.#copy = copy;
    this.#video = video;
    this.#timeline = timeline;
    this.#layer = video.channels === null ? null : new SoundLayer(video.channels, timeline);
  }

  async addFrame(frame: VideoFrame): Promise<void> {
    const at = this.#timeline.place(frame.at);
    // Broken files go back in time; what was shown stays.
    if (at === null || at <= this.#last) return;
    const { width, height } = frame.picture;
    const picture = await this.#copy.change(frame);
    assert(picture.width === width && picture.height === height, "a frame keeps its size");
    const output = await this.#begun(picture);
    const duration = frame.duration || 1 / this.#video.framesPerSecond;
    await output.addPicture(picture, at, duration);
    if (this.#frames === 0) this.#first = at;
    this.#frames += 1;
    this.#last = at;
    this.#end = at + duration;
  }

  async addSound(piece: { readonly at: number; readonly samples: Float32Array }): Promise<void> {
    for (const block of this.#layer?.add(piece) ?? []) {
      if (this.#output) await this.#output.addSound(block);
      else if (this.#waiting.push(block) > WAITING_BLOCKS_MAX) throw new MediaError("corrupt");
    }
  }

  async finish(): Promise<WrittenVideo | null> {
    if (!this.#output) return null;
    for (const block of this.#layer?.finish() ?? []) await this.#output.addSound(block);
    await this.#output.finish();
    return { frames: this.#frames, seconds: this.#end - this.#first };
  }

  async #begun({ width, height }: Picture): Promise<VideoOutput> {
    if (this.#output) return this.#output;
    const { framesPerSecond, channels } = this.#video;
    const form = { width, height, framesPerSecond, channels };
    this.#output = await VideoOutput.create(this.#copy.to, form);
    for (const block of this.#waiting.splice(0)) await this.#output.addSound(block);
    return this.#output;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#output?.[Symbol.asyncDispose]();
  }
}
