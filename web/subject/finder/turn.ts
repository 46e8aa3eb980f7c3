import { planeOf } from "./detector.ts";
import { addRelu, convolve, meanOf, multiply, type Plane, separable } from "./layers.ts";
import type { Weights } from "./weights.ts";

/** Side of the square that holds the face, in pixels. */
export const LANDMARK_SIDE = 112;
const MEANS = [122.782, 117.001, 104.298] as const;

/** How a head is held, in degrees: to the picture's right, and down. */
export interface Turn {
  readonly yaw: number;
  readonly pitch: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** As the service reckons a pose: see `poseOf` in src/faces/face-measures.ts. */
const NOSE_BELOW = 0.57;
const NOSE_BEFORE = 0.45;
const MOUTH_BELOW = 1.04;

/** In the numbering of the 300-W data. */
const LEFT_EYE = [36, 37, 38, 39, 40, 41];
const RIGHT_EYE = [42, 43, 44, 45, 46, 47];
const NOSE_TIP = [30];
const MOUTH = [48, 54];

/** How the head of the one face in a square picture is held, from the tiny net of 68 landmarks. */
export function turnOf(rgba: Uint8ClampedArray, weights: Weights): Turn {
  const points = landmarksOf(rgba, weights);
  const [left, right] = [middleOf(points, LEFT_EYE), middleOf(points, RIGHT_EYE)];
  const [nose, mouth] = [middleOf(points, NOSE_TIP), middleOf(points, MOUTH)];
  const across = { x: right.x - left.x, y: right.y - left.y };
  const squared = Math.max(across.x ** 2 + across.y ** 2, Number.EPSILON);
  const eyes = { x: (left.x + right.x) / 2, y: (left.y + right.y) / 2 };
  const sideways = ((nose.x - eyes.x) * across.x + (nose.y - eyes.y) * across.y) / squared;
  const below = (point: Point): number =>
    (across.x * (point.y - eyes.y) - across.y * (point.x - eyes.x)) / squared;
  const ratio = below(nose) / Math.max(below(mouth), Number.EPSILON);
  return {
    yaw: degrees(Math.atan(sideways / NOSE_BEFORE)),
    pitch: degrees(Math.atan((ratio * MOUTH_BELOW - NOSE_BELOW) / NOSE_BEFORE)),
  };
}

/** The 68 points, x and y in turn, in 0..1 of the square. */
export function landmarksOf(rgba: Uint8ClampedArray, weights: Weights): Float32Array {
  const picture = planeOf(rgba, LANDMARK_SIDE, MEANS);
  const filters = weights("dense0/conv0/filters");
  const first = convolve(picture, filters, weights("dense0/conv0/bias"), {
    stride: 2,
    edges: "same",
  });
  let plane = dense(addRelu(first), "dense0", weights);
  for (const name of ["dense1", "dense2"]) {
    plane = dense(addRelu(layer(plane, `${name}/conv0`, weights, 2)), name, weights);
  }
  return multiply(meanOf(plane), weights("fc/weights"), weights("fc/bias")).data;
}

function dense(first: Plane, name: string, weights: Weights): Plane {
  const second = layer(first, `${name}/conv1`, weights);
  const third = layer(addRelu(first, second), `${name}/conv2`, weights);
  return addRelu(first, second, third);
}

function layer(plane: Plane, name: string, weights: Weights, stride = 1): Plane {
  return separable(plane, {
    depthwise: weights(`${name}/depthwise_filter`),
    pointwise: weights(`${name}/pointwise_filter`),
    bias: weights(`${name}/bias`),
    stride,
  });
}

function middleOf(points: Float32Array, of: readonly number[]): Point {
  const sum = (axis: 0 | 1): number =>
    of.reduce((whole, index) => whole + (points[index * 2 + axis] ?? 0), 0) / of.length;
  return { x: sum(0), y: sum(1) };
}

function degrees(radians: number): number {
  return (radians * 180) / Math.PI;
}
