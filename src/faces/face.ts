import type { Box, Point } from "../base/geometry.ts";

/** Left and right as seen in the picture: the point with the smaller x on an upright face first. */
export type Landmarks = readonly [
  leftEye: Point,
  rightEye: Point,
  nose: Point,
  leftMouth: Point,
  rightMouth: Point,
];

/**
 * What a detector says of one face, in pixels of the picture it was given.
 * `score` is the detector's own confidence, 0..1.
 * `outline` is the bounding box of the 68-point outline, for packs that crop by it; null for packs that align by
 * the five landmarks.
 */
export interface Detection {
  readonly box: Box;
  readonly landmarks: Landmarks;
  readonly score: number;
  readonly outline: Box | null;
}

/** Unit-length float32 vector of the pack's template size. Biometric data: wipe after use. */
export type Embedding = Float32Array & { readonly __embedding?: never };
