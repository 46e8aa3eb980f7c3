import { assert } from "../base/errors.ts";
import type { Picture } from "./picture.ts";
import { openVideo, type Video, type VideoFrame } from "./video.ts";
import { VideoOutput } from "./video-output.ts";
import { SoundLayer } from "./video-sound.ts";
import { type Span, Timeline, WHOLE } from "./video-timeline.ts";
import { VideoVoice } from "./video-voice.ts";

/** A frame on its way into a copy. */
export interface CopiedFrame {
  /** Its number in the video that is copied, from 0. */
  readonly index: number;
  /** Seconds from the beginning of that video. */
  readonly at: number;
  readonly picture: Picture;
}

/** What a copy of a video is made of, and where it goes. */
export interface VideoCopy {
  readonly from: string;
  /** An MP4 file; its folder exists. */
  readonly to: string;
  /** What is left of it, one behind the other: in order, and apart. Everything if it is not said. */
  readonly spans?: readonly Span[];
  readonly sound: "keep" | "remove";
  /** Gives the pixels to be written for a frame, of the same size. Asked of each that is left. */
  readonly change: (frame: CopiedFrame) => Picture | Promise<Picture>;
}

/** A copy that was written. */
export interface WrittenVideo {
  readonly frames: number;
  /** From the first frame to the end of the last. */
  readonly seconds: number;
}

/** How far a copy is: seconds of the video that were read, of those there are. */
export type VideoProgress = (done: number, total: number) => void;

/** What a frame is shown for where the file says nothing of its rate. */
const FRAME_SECONDS = 1 / 25;

/**
 * Writes a copy of a video with every frame changed: H.264 and AAC in MP4, upright, every frame at
 * its own moment, sound at the same place to the sample. It appears whole or not at all. Null where
 * nothing is left of it. Throws MediaError, what `change` throws, the reason of `signal`.
 */
export async function copyVideo(
  copy: VideoCopy,
  options: { readonly signal?: AbortSignal; readonly onProgress?: VideoProgress } = {},
): Promise<WrittenVideo | null> {
  const { signal, onProgress } = options;
  await using video = await openVideo(copy.from);
  await using voice = copy.sound === "keep" ? await VideoVoice.open(copy.from) : null;
  const timeline = new Timeline(copy.spans ?? WHOLE);
  await using writing = new Writing(copy, video, voice, timeline);
  let index = 0;
  const all = { sampling: { kind: "all" }, ...(signal && { signal }) } as const;
  for await (const { at, picture, release } of video.frames(all)) {
    signal?.throwIfAborted();
    if (timeline.isOver(at)) break;
    await writing.add({ index, at, picture }, release);
    index += 1;
    onProgress?.(Math.min(at, video.seconds), video.seconds);
  }
  return await writing.finish();
}

/** A copy under way. The file begins with its first frame, which says how large it is. */
class Writing implements AsyncDisposable {
  readonly #copy: VideoCopy;
  readonly #frameSeconds: number;
  readonly #frameRate: number;
  readonly #voice: VideoVoice | null;
  readonly #timeline: Timeline;
  readonly #layer: SoundLayer | null;
  #output: VideoOutput | null = null;
  #frames = 0;
  #first = 0;
  #end = 0;
  #waiting: Pick<VideoFrame, "at" | "picture" | "release"> | null = null;

  constructor(copy: VideoCopy, video: Video, voice: VideoVoice | null, timeline: Timeline) {
    this.#copy = copy;
    this.#frameSeconds = video.frameRate > 0 ? 1 / video.frameRate : FRAME_SECONDS;
    this.#frameRate = 1 / this.#frameSeconds;
    this.#voice = voice;
    this.#timeline = timeline;
    this.#layer = voice && new SoundLayer(voice.channels, timeline);
  }

  /** `release` is called when nothing of the frame is needed any more. */
  async add(frame: CopiedFrame, release: () => void): Promise<void> {
    const at = this.#timeline.place(frame.at);
    // Broken files go back in time; what was shown stays.
    if (at === null || (this.#waiting && at <= this.#waiting.at)) return release();
    await this.#write(at);
    const { width, height } = frame.picture;
    const picture = await this.#copy.change(frame);
    assert(picture.width === width && picture.height === height, "a frame keeps its size");
    this.#waiting = { at, picture, release };
    await this.#addSound(frame.at);
  }

  async finish(): Promise<WrittenVideo | null> {
    await this.#write(null);
    if (!this.#output) return null;
    await this.#addSound(Number.POSITIVE_INFINITY);
    for (const block of this.#layer?.finish() ?? []) await this.#output.addSound(block);
    await this.#output.finish();
    return { frames: this.#frames, seconds: this.#end - this.#first };
  }

  /** Writes the frame that waits for the next one's moment. */
  async #write(next: number | null): Promise<void> {
    const waiting = this.#waiting;
    if (!waiting) return;
    const { at, picture } = waiting;
    if (!this.#output) this.#first = at;
    this.#output ??= await VideoOutput.create(this.#copy.to, {
      width: picture.width,
      height: picture.height,
      framesPerSecond: this.#frameRate,
      channels: this.#voice?.channels ?? null,
    });
    const seconds = next === null ? this.#frameSeconds : next - at;
    await this.#output.addPicture(picture, at, seconds);
    waiting.release();
    this.#frames += 1;
    this.#end = at + seconds;
  }

  /** Adds the sound before a moment, once there is a file to add it to. */
  async #addSound(at: number): Promise<void> {
    if (!this.#output || !this.#voice || !this.#layer) return;
    for await (const piece of this.#voice.until(at)) {
      for (const block of this.#layer.add(piece)) await this.#output.addSound(block);
      if (this.#timeline.isOver(piece.at)) return;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#output?.[Symbol.asyncDispose]();
  }
}
