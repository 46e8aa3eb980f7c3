import { AV_PIX_FMT_RGB24, SWS_AREA } from "node-av/constants";
import { Frame, SoftwareScaleContext } from "node-av/lib";
import { assert } from "../base/errors.ts";
import { MediaError } from "./errors.ts";
import type { Picture } from "./picture.ts";
import { VIDEO_PIXELS_MAX } from "./video-limits.ts";
import type { VideoInfo } from "./video-messages.ts";

/**
 * Makes upright pictures of frames, shrunk by FFmpeg while it turns their colours to RGB. A frame
 * may have another size than the file says: it is brought to the same.
 */
export class FramePictures {
  readonly #rotation: number;
  readonly #scaler = new SoftwareScaleContext();
  /** Every picture is made in its memory. */
  readonly #target = new Frame();
  readonly #rows: Uint8Array;

  constructor(info: VideoInfo, longSideMax: number | null) {
    const longSide = Math.max(info.width, info.height);
    const scale = longSideMax === null ? 1 : Math.min(1, longSideMax / longSide);
    const isTurned = info.rotation === 90 || info.rotation === 270;
    const [wide, high] = isTurned ? [info.height, info.width] : [info.width, info.height];
    this.#rotation = info.rotation;
    this.#scaler.allocContext();
    // The mean of what falls into a pixel: in half the time of bilinear.
    this.#scaler.setOption("sws_flags", SWS_AREA);
    const target = this.#target;
    target.alloc();
    target.width = Math.max(1, Math.round(wide * scale));
    target.height = Math.max(1, Math.round(high * scale));
    target.format = AV_PIX_FMT_RGB24;
    if (target.getBuffer() < 0) throw new MediaError("video_too_heavy");
    const [rows] = target.data ?? [];
    assert(rows, "A frame that has memory has rows");
    this.#rows = rows;
  }

  /** Its pixels are others after the next step. */
  pictureOf(frame: Frame): Picture {
    if (frame.width * frame.height > VIDEO_PIXELS_MAX)
      throw new MediaError("video_too_many_pixels");
    if (this.#scaler.scaleFrameSync(this.#target, frame) < 0) throw new MediaError("corrupt");
    const { width, height, linesize } = this.#target;
    const data = packed(this.#rows, { width, height, stride: linesize[0] ?? 0 });
    return turned({ width, height, data }, this.#rotation);
  }
}

/** Rows side by side: FFmpeg pads them, where their length is an odd one. */
function packed(
  rows: Uint8Array,
  {
    width,
    height,
    stride,
  }: { readonly width: number; readonly height: number; readonly stride: number },
): Uint8Array {
  const length = width * 3;
  if (stride === length) return rows.subarray(0, length * height);
  const data = new Uint8Array(length * height);
  for (let y = 0; y < height; y += 1)
    data.set(rows.subarray(y * stride, y * stride + length), y * length);
  return data;
}

/** Turned clockwise by 0, 90, 180 or 270 degrees. */
function turned({ width, height, data }: Picture, rotation: number): Picture {
  if (rotation === 0) return { width, height, data };
  const isTurned = rotation !== 180;
  const to = { width: isTurned ? height : width, height: isTurned ? width : height };
  const out = new Uint8Array(data.length);
  // Where the pixel right of, and below, one of the source comes to lie.
  const right = rotation === 90 ? to.width : rotation === 180 ? -1 : -to.width;
  const below = rotation === 90 ? -1 : rotation === 180 ? -to.width : 1;
  const first =
    rotation === 90
      ? to.width - 1
      : rotation === 180
        ? to.width * to.height - 1
        : to.width * (to.height - 1);
  let from = 0;
  for (let y = 0; y < height; y += 1) {
    let at = (first + y * below) * 3;
    for (let x = 0; x < width; x += 1) {
      out[at] = data[from] ?? 0;
      out[at + 1] = data[from + 1] ?? 0;
      out[at + 2] = data[from + 2] ?? 0;
      from += 3;
      at += right * 3;
    }
  }
  return { ...to, data: out };
}
