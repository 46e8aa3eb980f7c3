import type { Point } from "../base/geometry.ts";
import { assert } from "../base/errors.ts";
import type { Picture } from "../media/picture.ts";
import { cutCrop, fitSimilarity } from "./align.ts";
import type { Landmarks } from "./face.ts";

/**
 * A small grey square in which every face lies alike, whatever its size and roll: what quality is
 * measured on, the same for every pack. Values 0..255, row by row.
 */
export interface FacePatch {
  readonly side: number;
  readonly values: Float32Array;
}

/** A rectangle of the patch, in 0..1 of its side. */
export interface PatchArea {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * Where the landmarks lie in the patch, in 0..1: eyes, nose tip, corners of the mouth. The eyes are
 * .36 apart, so a face is about .75 wide.
 */
const LAYOUT: readonly Point[] = [
  { x: 0.32, y: 0.4 },
  { x: 0.68, y: 0.4 },
  { x: 0.5, y: 0.59 },
  { x: 0.35, y: 0.77 },
  { x: 0.65, y: 0.77 },
];

/** Skin from brow to chin, without hair, ears and ground. */
export const FACE_AREA: PatchArea = { left: 0.22, top: 0.28, right: 0.78, bottom: 0.9 };
export const LEFT_EYE_AREA: PatchArea = { left: 0.2, top: 0.31, right: 0.44, bottom: 0.47 };
export const RIGHT_EYE_AREA: PatchArea = { left: 0.56, top: 0.31, right: 0.8, bottom: 0.47 };
export const LEFT_CHEEK_AREA: PatchArea = { left: 0.24, top: 0.52, right: 0.38, bottom: 0.64 };
export const RIGHT_CHEEK_AREA: PatchArea = { left: 0.62, top: 0.52, right: 0.76, bottom: 0.64 };
export const MOUTH_AREA: PatchArea = { left: 0.3, top: 0.67, right: 0.7, bottom: 0.87 };

/** Side of a patch in pixels: a face is 48 wide in it, about what a recogniser needs. */
export const PATCH_SIDE = 64;

/** Cuts the patch of a face, landmarks in pixels of the picture. Luma as in Rec. 601. */
export function cutPatch(picture: Picture, landmarks: Landmarks): FacePatch {
  const side = PATCH_SIDE;
  const layout = LAYOUT.map(({ x, y }) => ({ x: x * side, y: y * side }));
  const toPatch = fitSimilarity(landmarks, layout);
  assert(toPatch, "A detection's landmarks are one point");
  const { data } = cutCrop(picture, toPatch, side);
  const values = new Float32Array(side * side);
  for (let index = 0; index < values.length; index += 1) {
    const at = index * 3;
    values[index] =
      0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
  }
  return { side, values };
}

/** The patch at half its side, by averaging: what is left is what small faces show too. */
export function halvePatch({ side, values }: FacePatch): FacePatch {
  const half = side / 2;
  const out = new Float32Array(half * half);
  for (let index = 0; index < out.length; index += 1) {
    const at = Math.floor(index / half) * 2 * side + (index % half) * 2;
    const above = (values[at] ?? 0) + (values[at + 1] ?? 0);
    const below = (values[at + side] ?? 0) + (values[at + side + 1] ?? 0);
    out[index] = (above + below) / 4;
  }
  return { side: half, values: out };
}

/** Landmarks are good to a pixel or so of the halved patch. */
const SHIFT_MAX = 1;

/**
 * How alike two patches of one size are, whatever the light: the correlation of their values, -1..1,
 * the one moved by a pixel where that helps. It tells whether a face is seen again, not one person
 * from another ([Note: seen again]).
 */
export function patchLikeness(one: FacePatch, other: FacePatch): number {
  let most = -1;
  for (let down = -SHIFT_MAX; down <= SHIFT_MAX; down += 1)
    for (let right = -SHIFT_MAX; right <= SHIFT_MAX; right += 1)
      most = Math.max(most, correlation(one, other, down * one.side + right));
  return most;
}

/** Of what lies SHIFT_MAX inside the edge with what lies `shift` values further on in `other`. */
function correlation({ side, values }: FacePatch, other: FacePatch, shift: number): number {
  let [sum, sumOther, squares, squaresOther, products] = [0, 0, 0, 0, 0];
  for (let y = SHIFT_MAX; y < side - SHIFT_MAX; y += 1) {
    for (let x = SHIFT_MAX; x < side - SHIFT_MAX; x += 1) {
      const here = values[y * side + x] as number;
      const there = other.values[y * side + x + shift] as number;
      sum += here;
      sumOther += there;
      squares += here * here;
      squaresOther += there * there;
      products += here * there;
    }
  }
  const count = (side - 2 * SHIFT_MAX) ** 2;
  const spread = (squares - (sum * sum) / count) * (squaresOther - (sumOther * sumOther) / count);
  return (products - (sum * sumOther) / count) / Math.sqrt(Math.max(spread, Number.EPSILON));
}

/** The values of an area, row by row. */
export function valuesIn(patch: FacePatch, area: PatchArea): Float32Array {
  return mapArea(patch, area, (at) => patch.values[at] ?? 0);
}

/** The area through the discrete Laplacian (each value less the mean of its four neighbours). */
export function laplacianIn(patch: FacePatch, area: PatchArea): Float32Array {
  const { side, values } = patch;
  return mapArea(patch, area, (at) => {
    const beside = (values[at - 1] ?? 0) + (values[at + 1] ?? 0);
    const above = (values[at - side] ?? 0) + (values[at + side] ?? 0);
    return (values[at] ?? 0) - (beside + above) / 4;
  });
}

function mapArea(
  { side }: FacePatch,
  area: PatchArea,
  value: (at: number) => number,
): Float32Array {
  const [left, right] = [Math.round(area.left * side), Math.round(area.right * side)];
  const [top, bottom] = [Math.round(area.top * side), Math.round(area.bottom * side)];
  const out = new Float32Array((right - left) * (bottom - top));
  let next = 0;
  for (let y = top; y < bottom; y += 1) {
    for (let x = left; x < right; x += 1, next += 1) out[next] = value(y * side + x);
  }
  return out;
}

/** Mean and variance. */
export function spreadOf(values: Float32Array): {
  readonly mean: number;
  readonly variance: number;
} {
  let sum = 0;
  let squares = 0;
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  return { mean, variance: Math.max(0, squares / values.length - mean * mean) };
}

/** The value below which `share` of the values lie. */
export function quantile(values: Float32Array, share: number): number {
  const sorted = values.toSorted();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
