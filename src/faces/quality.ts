import type { Use } from "./engine.ts";
import type { FaceMeasures } from "./face-measures.ts";

/** Why a face can't be used, as a closed union: each has its advice in `qualityAdvice`. */
export type QualityProblem =
  | "no_face"
  | "several_faces"
  | "too_small"
  | "too_blurred"
  | "too_dark"
  | "too_bright"
  | "turned_away"
  | "covered";

/** What to change, one sentence a problem, for the person who took the photo. */
export const qualityAdvice: Readonly<Record<QualityProblem, string>> = {
  no_face: "No face was found: use a photo in which the face is seen from the front.",
  several_faces: "There is more than one face: use a photo of this person alone, or cut it out.",
  too_small: "The face is too small: go closer, or use the photo in its full size.",
  too_blurred: "The face is blurred: hold the camera still, focus on the face, and add light.",
  too_dark: "The face is too dark: turn it to a window or a lamp, or use the flash.",
  too_bright: "The face is too bright: go out of the direct sun or flash, and expose less.",
  turned_away: "The face is turned away: look into the camera, with the head straight.",
  covered: "A part of the face is covered: take off mask and sunglasses, hair and hands away.",
};

/** Gates of one use. A measure beyond its gate is a problem. */
interface Gates {
  /** Width of the face in pixels of the full-size photo. */
  readonly widthMin: number;
  readonly sharpnessMin: number;
  readonly highlightMin: number;
  readonly burntMax: number;
  /** Degrees to either side, and up or down. */
  readonly yawMax: number;
  readonly pitchMax: number;
  /** Detail of the mouth and of the weaker eye; null where covering is not judged. */
  readonly detailMin: {
    readonly mouth: number;
    readonly eye: number;
    readonly eyeLight: number;
  } | null;
}

/**
 * Width in pixels of the full-size photo from which a face is embedded at all: the template of a
 * narrower one is nearer to a stranger's than it may be (cosine to the same person .76 at 24 px).
 */
export const EMBED_WIDTH_MIN = 32;

const GATES: Readonly<Record<Use, Gates>> = {
  enrol: {
    widthMin: 80,
    sharpnessMin: 0.04,
    highlightMin: 45,
    burntMax: 0.35,
    yawMax: 25,
    pitchMax: 25,
    detailMin: { mouth: 0.2, eye: 0.5, eyeLight: 0.4 },
  },
  probe: {
    widthMin: EMBED_WIDTH_MIN,
    sharpnessMin: 0.015,
    highlightMin: 25,
    burntMax: 0.6,
    yawMax: 45,
    pitchMax: 40,
    detailMin: { mouth: 0.05, eye: 0.1, eyeLight: 0.25 },
  },
  scan: {
    widthMin: EMBED_WIDTH_MIN,
    sharpnessMin: 0.007,
    highlightMin: 15,
    burntMax: 0.8,
    yawMax: 60,
    pitchMax: 50,
    detailMin: null,
  },
};

/** True where a face is good enough to be embedded at all: whatever for, it passes as in a scan. */
export function isEmbeddable(widthPixels: number, measures: FaceMeasures): boolean {
  return judgeFace(widthPixels, measures, "scan").length === 0;
}

/** Everything there is to say against a face for a use; null for one too small to be measured. */
export function judgeFace(
  widthPixels: number,
  measures: FaceMeasures | null,
  use: Use,
): readonly QualityProblem[] {
  const gates = GATES[use];
  const problems: QualityProblem[] = [];
  if (widthPixels < gates.widthMin || !measures) problems.push("too_small");
  if (!measures) return problems;
  if (measures.sharpness < gates.sharpnessMin) problems.push("too_blurred");
  if (measures.highlight < gates.highlightMin) problems.push("too_dark");
  if (measures.burntShare > gates.burntMax) problems.push("too_bright");
  const turned = Math.abs(measures.yaw) > gates.yawMax || Math.abs(measures.pitch) > gates.pitchMax;
  if (turned) problems.push("turned_away");
  if (gates.detailMin && isCovered(measures, gates.detailMin)) problems.push("covered");
  return problems;
}

function isCovered(measures: FaceMeasures, least: NonNullable<Gates["detailMin"]>): boolean {
  const { mouthDetail, eyeDetail, eyeLight } = measures;
  return mouthDetail < least.mouth || eyeDetail < least.eye || eyeLight < least.eyeLight;
}
