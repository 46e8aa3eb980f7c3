import { Frame } from "node-av/lib";
import { unreachable } from "../base/errors.ts";
import { ChangeWatch } from "./video-changes.ts";
import { type Decoded, VideoDecoder } from "./video-decoder.ts";
import type { VideoFile } from "./video-file.ts";
import type { Sampling } from "./video-messages.ts";

/** Times asked for are thousandths of seconds: a frame a little before is the one that is meant. */
const ROUNDING = 0.0015;
/** From one wanted time to the next this far on, seeking is cheaper than decoding what lies between. */
const SEEK_SECONDS_MIN = 3;
/** How far apart frames are compared, at least: a change is then known to a tenth of a second. */
const WATCH_SECONDS_MIN = 0.08;
/** Extra frames that may come at once, at sudden changes close to each other. */
const EXTRA_MAX = 6;

/** The frames of a video that a sampling asks for, in the order they are shown. Throws MediaError. */
export function sampledFrames(file: VideoFile, sampling: Sampling): Generator<Decoded> {
  switch (sampling.kind) {
    case "all":
      return new VideoDecoder(file, { skipUnreferenced: false }).frames();
    case "times":
      return framesAt(file, sampling.seconds);
    case "rate":
      return framesAtRate(file, sampling.perSecond, sampling.atChanges);
    default:
      return unreachable(sampling);
  }
}

function* framesAt(file: VideoFile, times: readonly number[]): Generator<Decoded> {
  const decoder = new VideoDecoder(file, { skipUnreferenced: false });
  let at = 0;
  let frames = decoder.frames();
  for (const time of times) {
    if (time - at > SEEK_SECONDS_MIN) {
      decoder.seek(time);
      frames = decoder.frames();
    }
    for (;;) {
      const next = frames.next();
      if (next.done === true) return;
      at = next.value.at;
      if (at < time - ROUNDING) continue;
      yield next.value;
      break;
    }
  }
}

/**
 * One frame in every so many seconds. A frame before is held, so that at a sudden change both sides
 * are seen: when somebody appeared is then known, and no face is taken for the one that stood there
 * before. What changes ask for is bounded by an allowance that grows with time.
 */
function* framesAtRate(file: VideoFile, perSecond: number, atChanges: boolean): Generator<Decoded> {
  const decoder = new VideoDecoder(file, { skipUnreferenced: true });
  const held = new Frame();
  held.alloc();
  const watch = atChanges ? new ChangeWatch() : null;
  let before: { readonly at: number; readonly given: boolean } | null = null;
  let due = 0;
  let extra = EXTRA_MAX;
  let lastAt = 0;
  for (const { at, frame } of decoder.frames()) {
    if (before && at < due && at - before.at < WATCH_SECONDS_MIN) continue;
    const changed = watch?.hasChanged(frame) ?? false;
    extra = Math.min(EXTRA_MAX, extra + (at - lastAt) * perSecond);
    lastAt = at;
    let given = at >= due;
    if (before && changed && extra >= 2) {
      if (!before.given) yield { at: before.at, frame: held };
      extra -= given ? 1 : 2;
      given = true;
    }
    if (given) {
      due = at + 1 / perSecond - ROUNDING;
      yield { at, frame };
    }
    held.unref();
    held.ref(frame);
    before = { at, given };
  }
  if (before && !before.given) yield { at: before.at, frame: held };
}
