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
 * `outline` is the part of the picture that the embedder is shown, for packs that place it by more
 * points than these five; null for packs that align by the five.
 */
export interface Detection {
  readonly box: Box;
  readonly landmarks: Landmarks;
  readonly score: number;
  readonly outline: Box | null;
}

/** Unit-length float32 vector of the pack's template size. Biometric data: wipe after use. */
export type Embedding = Float32Array & { readonly __embedding?: never };

/**
 * A detection in another frame, `map` taking points of the one to the other. Boxes become the
 * upright boxes round their mapped corners, so `map` should keep right angles right.
 */
export function mapDetection(detection: Detection, map: (point: Point) => Point): Detection {
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = detection.landmarks;
  return {
    box: mapBox(detection.box, map),
    landmarks: [map(leftEye), map(rightEye), map(nose), map(leftMouth), map(rightMouth)],
    score: detection.score,
    outline: detection.outline && mapBox(detection.outline, map),
  };
}

function mapBox(box: Box, map: (point: Point) => Point): Box {
  const right = box.x + box.width;
  const bottom = box.y + box.height;
  const corners = [
    map({ x: box.x, y: box.y }),
    map({ x: right, y: box.y }),
    map({ x: box.x, y: bottom }),
    map({ x: right, y: bottom }),
  ];
  const xs = corners.map((corner) => corner.x);
  const ys = corners.map((corner) => corner.y);
  const x = Math.min(...xs);
  const y = Math.min(...ys);
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}
