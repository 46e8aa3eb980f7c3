import { type Box, overlap, type Point } from "../base/geometry.ts";
import type { Detection } from "./face.ts";
import type { Turns } from "./turns.ts";

/** A detection and how it came about; all coordinates in pixels of the full-size photo. */
export interface Found {
  readonly detection: Detection;
  /** Width of the face in pixels of what the detector saw. */
  readonly seenWidth: number;
  /** Longest side of the picture in which the face was seen. */
  readonly longSide: number;
  /** How the picture was turned when the face was seen. */
  readonly turns: Turns;
  /** True when no second look is due any more ([Note: second look]). */
  readonly settled: boolean;
  /** True where the inner edge of a tile cuts the box: a neighbouring tile shows more of it. */
  readonly cut: boolean;
}

/**
 * Two boxes that overlap by more than this are one face. Boxes of one face seen in two levels
 * overlap by .5 and more; two faces cheek to cheek by .2 at most.
 */
const OVERLAP_MAX = 0.35;

/**
 * So is a box of which this much lies inside another: an eye, or half a face, in a tile. Faces one
 * behind the other, of which detectors see both, share less.
 */
const INSIDE_MAX = 0.6;

/**
 * What a bad sign takes from a detection's score when it is compared with another of the same
 * face. Scores of usable detections lie between .5 and 1, so half a point settles it.
 */
const PENALTY = 0.5;

/**
 * The least distance of the eyes, as a part of the box's width, of a face seen upright. Measured on
 * 36 photos, both packs: upright .37 and more, turned by a quarter or half mostly under .35.
 * Also under it: faces seen from the side.
 */
export const EYE_SPAN_MIN = 0.36;

/** Distance of the eyes as a part of the face's width. */
export function eyeSpan({ landmarks: [left, right], box }: Detection): number {
  return Math.hypot(right.x - left.x, right.y - left.y) / faceWidth(box);
}

/**
 * How far down from the eyes to the mouth the nose tip lies. Measured: upright .42 to .68 (5 to
 * 95 %, both packs), up to .73 when tilted; turned by a quarter mostly under .2. The head may nod.
 */
const NOSE_DOWN_MIN = 0.35;
const NOSE_DOWN_MAX = 0.8;

/**
 * How much the outline by 68 points must overlap the box, for packs that have one: upright .57 and
 * more, tilted by 45 degrees .53, turned by a quarter .05 to .56.
 */
const OUTLINE_OVERLAP_MIN = 0.5;

/** True where the landmarks lie as on a face that was upright when it was seen. */
export function isPlausible(detection: Detection): boolean {
  const { mouthDown, noseDown } = profileOf(detection);
  const { outline, box } = detection;
  return (
    eyeSpan(detection) >= EYE_SPAN_MIN &&
    mouthDown > 0 &&
    noseDown >= NOSE_DOWN_MIN * mouthDown &&
    noseDown <= NOSE_DOWN_MAX * mouthDown &&
    (outline === null || overlap(outline, box) >= OUTLINE_OVERLAP_MIN)
  );
}

/** How far below the eyes, as the face has it, mouth and nose tip lie, in distances of the eyes. */
function profileOf({ landmarks }: Detection): {
  readonly mouthDown: number;
  readonly noseDown: number;
} {
  const [left, right, nose, mouthLeft, mouthRight] = landmarks;
  const across = { x: right.x - left.x, y: right.y - left.y };
  const squared = Math.max(across.x * across.x + across.y * across.y, Number.EPSILON);
  const eyes = { x: (left.x + right.x) / 2, y: (left.y + right.y) / 2 };
  const mouth = { x: (mouthLeft.x + mouthRight.x) / 2, y: (mouthLeft.y + mouthRight.y) / 2 };
  const below = (point: Point): number =>
    (across.x * (point.y - eyes.y) - across.y * (point.x - eyes.x)) / squared;
  return { mouthDown: below(mouth), noseDown: below(nose) };
}

/** How far a detection is to be believed against another of the same face. */
export function credit(detection: Detection): number {
  return detection.score - (isPlausible(detection) ? 0 : PENALTY);
}

/**
 * From this width on, as seen, a detector's landmarks are as good as they get. Scores do not tell: a
 * face seen 12 px wide scored .974 and gave a template .90 alike, seen 35 px wide .972 and .98.
 */
const SEEN_WIDTH_GOOD = 48;
/** What being seen small takes from a detection at most: more than scores of one face differ. */
const SMALL_PENALTY = 0.1;

function rank({ detection, cut, seenWidth }: Found): number {
  const small = Math.max(0, 1 - seenWidth / SEEN_WIDTH_GOOD);
  return credit(detection) - (cut ? PENALTY : 0) - SMALL_PENALTY * small;
}

/**
 * Width of a face whichever way it is turned: a box is higher than wide as the face has it, or as
 * wide as high.
 */
export function faceWidth(box: Box): number {
  return Math.min(box.width, box.height);
}

/** True where two boxes are of one face. */
export function isSameFace(a: Box, b: Box): boolean {
  return overlap(a, b) > OVERLAP_MAX || insideShare(a, b) > INSIDE_MAX;
}

/** What part of the smaller box lies inside the larger. */
function insideShare(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  return (width * height) / Math.min(a.width * a.height, b.width * b.height);
}

/**
 * One entry a face: of detections that are of the same face the best stays (levels, tiles and turns
 * see the same face many times). Best first.
 */
export function mergeFound(found: readonly Found[]): readonly Found[] {
  const kept: Found[] = [];
  for (const one of found.toSorted((a, b) => rank(b) - rank(a))) {
    const known = kept.some((other) => isSameFace(one.detection.box, other.detection.box));
    if (!known) kept.push(one);
  }
  return kept;
}
