import type { Landmarks } from "./face.ts";
import {
  FACE_AREA,
  type FacePatch,
  halvePatch,
  laplacianIn,
  LEFT_CHEEK_AREA,
  LEFT_EYE_AREA,
  MOUTH_AREA,
  type PatchArea,
  quantile,
  RIGHT_CHEEK_AREA,
  RIGHT_EYE_AREA,
  spreadOf,
  valuesIn,
} from "./face-patch.ts";

/** What can be told of a face's quality from its pixels and landmarks alone. */
export interface FaceMeasures {
  /**
   * Variance of the Laplacian over the variance of the luma, on the patch at half its side: how
   * much of the contrast is detail of the size that small faces still show. Light and contrast
   * cancel out; noise passes for detail.
   */
  readonly sharpness: number;
  /** Luma, 0..255, under which 95 % of the face lie: also of dark skin, light reaches that far. */
  readonly highlight: number;
  /** Share of the face that is burnt out. */
  readonly burntShare: number;
  /** Degrees: head turned to the picture's right, head down. Estimates, see `poseOf`. */
  readonly yaw: number;
  readonly pitch: number;
  /** Detail of the mouth, and of the weaker eye, relative to the face's. */
  readonly mouthDetail: number;
  readonly eyeDetail: number;
  /** Luma of the darker eye's area relative to the cheeks'. */
  readonly eyeLight: number;
}

/** From this luma on a pixel is burnt out. */
const BURNT = 250;

/** Measures one face: its patch, and the landmarks by which that was cut. */
export function measureFace(patch: FacePatch, landmarks: Landmarks): FaceMeasures {
  const small = halvePatch(patch);
  const face = valuesIn(patch, FACE_AREA);
  const detail = (area: PatchArea): number => spreadOf(laplacianIn(patch, area)).variance;
  const light = (area: PatchArea): number => spreadOf(valuesIn(patch, area)).mean;
  const faceDetail = Math.max(detail(FACE_AREA), DETAIL_FLOOR);
  const cheeks = Math.max(light(LEFT_CHEEK_AREA), light(RIGHT_CHEEK_AREA), 1);
  return {
    sharpness:
      spreadOf(laplacianIn(small, FACE_AREA)).variance /
      Math.max(spreadOf(valuesIn(small, FACE_AREA)).variance, 1),
    highlight: quantile(face, 0.95),
    burntShare: face.filter((value) => value >= BURNT).length / face.length,
    ...poseOf(landmarks),
    mouthDetail: detail(MOUTH_AREA) / faceDetail,
    eyeDetail: Math.min(detail(LEFT_EYE_AREA), detail(RIGHT_EYE_AREA)) / faceDetail,
    eyeLight: Math.min(light(LEFT_EYE_AREA), light(RIGHT_EYE_AREA)) / cheeks,
  };
}

/** Keeps a face without any detail (a flat surface) from dividing by nothing. */
const DETAIL_FLOOR = 1e-6;

/**
 * Where the nose tip and the mouth lie on a head seen from the front, in distances of the eyes:
 * below the eyes, and (the nose) before them. The means of 204 frontal photos (the nose .59 with one
 * pack's landmarks, .55 with the other's); its depth is anatomy's (28 mm for eyes 63 mm apart).
 */
const NOSE_BELOW = 0.57;
const NOSE_BEFORE = 0.45;
const MOUTH_BELOW = 1.04;

/**
 * The turn of the head from five landmarks, in degrees, for a head of average shape: the nose
 * tip, being nearer than the eyes, moves to the side as the head turns, and toward the mouth as it
 * nods. Good to about 10 degrees up to 45; beyond that detectors guess. Roll cancels out.
 */
export function poseOf(landmarks: Landmarks): { readonly yaw: number; readonly pitch: number } {
  const [left, right, nose, mouthLeft, mouthRight] = landmarks;
  const across = { x: right.x - left.x, y: right.y - left.y };
  const squared = Math.max(across.x * across.x + across.y * across.y, Number.EPSILON);
  const eyes = { x: (left.x + right.x) / 2, y: (left.y + right.y) / 2 };
  const mouth = { x: (mouthLeft.x + mouthRight.x) / 2, y: (mouthLeft.y + mouthRight.y) / 2 };
  const sideways = ((nose.x - eyes.x) * across.x + (nose.y - eyes.y) * across.y) / squared;
  const below = (point: { readonly x: number; readonly y: number }): number =>
    (across.x * (point.y - eyes.y) - across.y * (point.x - eyes.x)) / squared;
  // Both shrink alike as the head turns sideways, so their ratio tells the nod alone.
  const ratio = below(nose) / Math.max(below(mouth), Number.EPSILON);
  return {
    yaw: degrees(Math.atan(sideways / NOSE_BEFORE)),
    pitch: degrees(Math.atan((ratio * MOUTH_BELOW - NOSE_BELOW) / NOSE_BEFORE)),
  };
}

function degrees(radians: number): number {
  return (radians * 180) / Math.PI;
}
