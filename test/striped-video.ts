import { FF_ENCODER_LIBX264 } from "node-av/constants";
import type { Picture } from "../src/media/picture.ts";
import { colourOf } from "./fake-engine.ts";
import { makeVideo } from "./make-video.ts";

/** Frames a second of a striped video, and the side of a stripe in pixels. */
const RATE = 10;
const STRIPE = 64;

/** From which second on who stands where; `p0` is nobody. */
export type Scene = readonly [from: number, people: readonly string[]];

const SCENES: readonly Scene[] = [
  [0, ["p7", "p0"]],
  [2, ["p7", "p30"]],
];

/** Writes a video in which each stripe is a person that the fake engine knows. */
export function makeStripes(path: string, scenes: readonly Scene[] = SCENES, seconds = 4): void {
  const stripes = scenes[0]?.[1].length ?? 1;
  makeVideo({
    path,
    codec: FF_ENCODER_LIBX264,
    width: stripes * STRIPE,
    height: STRIPE,
    framesPerSecond: RATE,
    frames: seconds * RATE,
    options: { preset: "ultrafast", crf: "10" },
    draw: (index) => drawStripes(scenes.findLast(([from]) => index / RATE >= from)?.[1] ?? []),
  });
}

/** One of its frames. */
export function drawStripes(people: readonly string[]): Picture {
  const width = people.length * STRIPE;
  const data = new Uint8Array(width * STRIPE * 3);
  const colours = people.map(colourOf);
  for (let pixel = 0; pixel < width * STRIPE; pixel += 1) {
    const { r = 0, g = 0, b = 0 } = colours[Math.floor((pixel % width) / STRIPE)] ?? {};
    data.set([r, g, b], pixel * 3);
  }
  return { width, height: STRIPE, data };
}
