import type { MediaCode } from "./errors.ts";

/** What a video says of itself before its frames are decoded. */
export interface VideoInfo {
  readonly container: "mp4" | "webm";
  /** FFmpeg's name: h264, hevc, vp8, vp9, av1, ... */
  readonly codec: string;
  /** Of the upright frames, square pixels, full size. */
  readonly width: number;
  readonly height: number;
  /** From the first to the end of the last frame. */
  readonly seconds: number;
  /** Frames a second as the file claims, on average; frames may come at any time. */
  readonly frameRate: number;
  /** Degrees clockwise by which stored frames are turned to be upright: 0, 90, 180 or 270. */
  readonly rotation: number;
  readonly hasAudio: boolean;
}

/**
 * Which frames are wanted. `rate`: so many a second, and with `atChanges` also those on both sides
 * of a sudden change, at most as many again. `times`: for each, the first frame from that second on,
 * in ascending order. `all`: every frame.
 */
export type Sampling =
  | { readonly kind: "rate"; readonly perSecond: number; readonly atChanges: boolean }
  | { readonly kind: "times"; readonly seconds: readonly number[] }
  | { readonly kind: "all" };

/** What the decoding process is asked, once it has told what the video is. */
export interface FramesWanted {
  readonly sampling: Sampling;
  /** Longest side in pixels; null is full size. Never enlarges. */
  readonly longSideMax: number | null;
}

/** What the decoding process says. Each is a length, JSON, and (of a frame) the pixels. */
export type VideoMessage =
  | { readonly kind: "info"; readonly info: VideoInfo }
  | {
      readonly kind: "frame";
      readonly at: number;
      readonly width: number;
      readonly height: number;
    }
  | { readonly kind: "end" }
  | { readonly kind: "refused"; readonly code: MediaCode };

/** Bytes of the number that stands before each message, and of the JSON at most. */
export const LENGTH_BYTES = 4;
export const MESSAGE_BYTES_MAX = 4096;
