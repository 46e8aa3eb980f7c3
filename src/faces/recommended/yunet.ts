import { overlap } from "../../base/geometry.ts";
import type { Detection } from "../face.ts";

/**
 * Decoding YuNet's output (W. Wu, H. Peng, S. Yu, "YuNet: A Tiny Millisecond-level Face Detector",
 * 2023; post-processing as in libfacedetection.train). For each of three strides and each cell
 * (row r, column c), with cls, obj in 0..1, bbox b[4] and landmarks k[5][2]:
 * score = sqrt(cls * obj), centre = ((c + b0) s, (r + b1) s), size = (exp(b2) s, exp(b3) s),
 * landmark = ((c + kx) s, (r + ky) s).
 */
export const YUNET_STRIDES = [8, 16, 32] as const;

/** One stride's raw output, row by row. */
export interface YunetLevel {
  readonly stride: number;
  readonly cls: Float32Array;
  readonly obj: Float32Array;
  readonly bbox: Float32Array;
  readonly kps: Float32Array;
}

/**
 * Boxes that overlap more than this are one face. OpenCV's own default for this net; two faces
 * side by side, even cheek to cheek, overlap less.
 */
const OVERLAP_MAX = 0.3;
/** More candidates than any photo has faces, few enough that the quadratic merge stays small. */
const CANDIDATES_MAX = 5_000;

/** A cell whose score passes, by where its numbers lie. */
interface Candidate {
  readonly level: YunetLevel;
  readonly cell: number;
  readonly score: number;
}

/**
 * Turns raw output into faces, best first, overlaps merged. `columns` is the width of the picture
 * the net saw (a multiple of 32); `scoreMin` leaves out weaker ones.
 */
export function decodeYunet(
  levels: readonly YunetLevel[],
  options: { readonly columns: number; readonly scoreMin: number },
): readonly Detection[] {
  const candidates: Candidate[] = [];
  const productMin = options.scoreMin * options.scoreMin;
  for (const level of levels) {
    const { cls, obj } = level;
    for (let cell = 0; cell < cls.length; cell += 1) {
      const product = clampUnit(cls[cell] as number) * clampUnit(obj[cell] as number);
      if (product >= productMin) candidates.push({ level, cell, score: Math.sqrt(product) });
    }
  }
  candidates.sort((one, other) => other.score - one.score);
  const best = candidates.slice(0, CANDIDATES_MAX);
  return mergeOverlaps(best.map((candidate) => decodeCell(candidate, options.columns)));
}

function decodeCell({ level, cell, score }: Candidate, columns: number): Detection {
  const { stride, bbox, kps } = level;
  const across = columns / stride;
  const row = Math.floor(cell / across);
  const column = cell - row * across;
  const [b0 = 0, b1 = 0, b2 = 0, b3 = 0] = bbox.subarray(cell * 4, cell * 4 + 4);
  const width = Math.exp(b2) * stride;
  const height = Math.exp(b3) * stride;
  const landmark = (index: number): { x: number; y: number } => ({
    x: (column + (kps[cell * 10 + index * 2] as number)) * stride,
    y: (row + (kps[cell * 10 + index * 2 + 1] as number)) * stride,
  });
  return {
    box: {
      x: (column + b0) * stride - width / 2,
      y: (row + b1) * stride - height / 2,
      width,
      height,
    },
    landmarks: [landmark(0), landmark(1), landmark(2), landmark(3), landmark(4)],
    score,
    outline: null,
  };
}

/** Greedy non-maximum suppression; the input is ordered best first. */
function mergeOverlaps(ordered: readonly Detection[]): readonly Detection[] {
  const kept: Detection[] = [];
  for (const one of ordered) {
    if (!kept.some((other) => overlap(one.box, other.box) > OVERLAP_MAX)) kept.push(one);
  }
  return kept;
}

function clampUnit(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}
