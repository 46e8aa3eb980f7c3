import { convolve, leaky, maxPool, multiply, type Plane, separable } from "./layers.ts";
import type { Weights } from "./weights.ts";

/** Where a face is, in 0..1 of the square that was looked at. */
export interface Found {
  readonly score: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Side of the square, in pixels: a face a quarter of it high is found, in a tenth of a second. */
export const DETECTOR_SIDE = 192;
/** Means of red, green and blue that the net was trained with. */
const MEANS = [117.001, 114.697, 97.404] as const;
/** Shapes that a face is measured against, in cells of the grid. */
const ANCHORS = [
  [1.603231, 2.094468],
  [6.041143, 7.080126],
  [2.882459, 3.518061],
  [4.266906, 5.178857],
  [9.041765, 10.66308],
] as const;
/** Of a box: where, how large, how sure. */
const VALUES = 5;
/** The net's makers' own. */
const SCORE_MIN = 0.5;
/** Two boxes that share more of what they cover are of one face. */
const OVERLAP_MAX = 0.4;

/** A square picture (RGBA) as the nets take it. */
export function planeOf(
  rgba: Uint8ClampedArray,
  side: number,
  means: readonly [number, number, number],
): Plane {
  const data = new Float32Array(side * side * 3);
  for (let at = 0; at < side * side; at++) {
    for (let channel = 0; channel < 3; channel++) {
      data[at * 3 + channel] = ((rgba[at * 4 + channel] ?? 0) - (means[channel] ?? 0)) / 255;
    }
  }
  return { width: side, height: side, channels: 3, data };
}

/**
 * The faces in a square picture, the surest first: the tiny detector of the package that the pack
 * `bundled` comes from (a YOLO v2 of separable convolutions). It says where, and nothing of whose.
 */
export function findFaces(rgba: Uint8ClampedArray, weights: Weights): readonly Found[] {
  let plane = planeOf(rgba, DETECTOR_SIDE, MEANS);
  plane = leaky(
    convolve(plane, weights("conv0/filters"), weights("conv0/bias"), { stride: 1, edges: "valid" }),
  );
  for (const name of ["conv1", "conv2", "conv3", "conv4", "conv5"]) {
    plane = leaky(
      separable(maxPool(plane, 2), {
        depthwise: weights(`${name}/depthwise_filter`),
        pointwise: weights(`${name}/pointwise_filter`),
        bias: weights(`${name}/bias`),
      }),
    );
  }
  return keepOnePerFace(
    readGrid(multiply(maxPool(plane, 1), weights("conv8/filters"), weights("conv8/bias"))),
  );
}

function readGrid({ width, height, channels, data }: Plane): readonly Found[] {
  const found: Found[] = [];
  for (let cell = 0; cell < width * height; cell++) {
    for (const [index, [wide, high]] of ANCHORS.entries()) {
      const at = cell * channels + index * VALUES;
      const [x = 0, y = 0, w = 0, h = 0, sure = 0] = data.subarray(at, at + VALUES);
      const score = sigmoid(sure);
      if (score < SCORE_MIN) continue;
      const size = { width: (Math.exp(w) * wide) / width, height: (Math.exp(h) * high) / height };
      found.push({
        score,
        x: ((cell % width) + sigmoid(x)) / width - size.width / 2,
        y: (Math.floor(cell / width) + sigmoid(y)) / height - size.height / 2,
        ...size,
      });
    }
  }
  return found;
}

function keepOnePerFace(found: readonly Found[]): readonly Found[] {
  const kept: Found[] = [];
  for (const one of found.toSorted((a, b) => b.score - a.score)) {
    if (kept.every((other) => overlap(one, other) <= OVERLAP_MAX)) kept.push(one);
  }
  return kept;
}

/** What two boxes share, of what they cover together. */
function overlap(a: Found, b: Found): number {
  const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  const shared = Math.max(0, across) * Math.max(0, down);
  return shared / (a.width * a.height + b.width * b.height - shared);
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}
