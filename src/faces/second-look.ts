import type { Point } from "../base/geometry.ts";
import type { Picture } from "../media/picture.ts";
import { cutCrop, invertSimilarity, type Similarity, transformPoint } from "./align.ts";
import { mapDetection, type Detection } from "./face.ts";
import { credit, faceWidth, isPlausible } from "./found.ts";
import type { DetectorTraits, FaceModels } from "./models.ts";
import { allTurns, type Turns } from "./turns.ts";

/**
 * [Note: second look] Detectors are trained on upright faces. One that finds turned faces
 * all the same puts their landmarks where an upright face would have them: YuNet at a face of
 * 65 px tilted by 30 degrees says 4, and the template is spoilt (cosine to the same person .75
 * instead of .90; at 45 degrees .32). Shown the face alone, 160 px wide, it says 20; shown it again
 * turned back by those 20 it finds the rest (.89 and .88). A detection that shows signs of
 * this is therefore looked at again, and one that may be turned by a quarter or a half in all four
 * ways. Others are not: a look takes 3 ms, nearly as much as the embedding.
 */
const CELL_SIDE = 256;
const CELL_FACE_WIDTH = 160;

/** Tilted faces lose a little of their score before they look turned. */
const TILT_SCORE_GAIN = 0.01;
/** Signs of a tilt of 15 degrees and more, measured on 40 people at five sizes with YuNet. */
const TILT_ROLL_MIN = (3.5 / 180) * Math.PI;
const TILT_ASPECT_MIN = 0.82;
/** A roll left after a look that is worth a further one: under 8 degrees nothing is gained. */
const ROLL_LEFT_MIN = (8 / 180) * Math.PI;
/** Looks at a tilted face: two bring 45 degrees within 3; a third gains nothing. */
const LOOKS_MAX = 2;

/**
 * A face scores .04 and more higher upright than in any other turn; a bald head with a beard has
 * been seen to score .016 less.
 */
const TURN_MARGIN = 0.02;

/** A second look counts against the first where the landmarks needed none, if it is so much better. */
const BETTER_BY = 0.1;

/** What a second look must show: nothing, the same face tilted, or in any of the four turns. */
export type Doubt = "none" | "tilted" | "turned";

/**
 * What there is to doubt about a detection, in any frame with square pixels. `seenWidth` is its
 * width in pixels of what the detector saw.
 */
export function doubtOf(detection: Detection, seenWidth: number, detector: DetectorTraits): Doubt {
  const sure = sureScore(detector, seenWidth);
  if (!isPlausible(detection) || detection.score < sure) return "turned";
  if (detector.followsRoll) return "none";
  const { width, height } = detection.box;
  const tilted =
    Math.abs(rollOf(detection)) > TILT_ROLL_MIN ||
    width / height > TILT_ASPECT_MIN ||
    detection.score < sure + TILT_SCORE_GAIN;
  return tilted ? "tilted" : "none";
}

/** The score from which a face of this width was upright when it was seen. */
function sureScore({ sureScores }: DetectorTraits, seenWidth: number): number {
  return sureScores.find(({ widthMin }) => seenWidth >= widthMin)?.score ?? 0;
}

/** The angle by which a face is rolled clockwise, by its eyes, in radians. */
export function rollOf({ landmarks: [left, right] }: Detection): number {
  return Math.atan2(right.y - left.y, right.x - left.x);
}

/** A detection looked at again. `turns` is how the picture must be turned for it to be upright. */
export interface Look {
  readonly detection: Detection;
  readonly turns: Turns;
}

/**
 * Looks at one face again, alone and enlarged. `detection` is in pixels of `picture` and was seen
 * when that was turned by `turns`. So is the result; null where nothing better was seen.
 */
export async function lookAgain(
  models: FaceModels,
  picture: Picture,
  { detection, turns }: Look,
  doubt: Exclude<Doubt, "none">,
): Promise<Look | null> {
  const tried = doubt === "turned" ? allTurns : [turns];
  const seen = await look(models, picture, detection, tried.map(angleOf));
  // A face stays as it was first seen unless another turn shows it clearly better.
  const worth = (one: Seen): number =>
    credit(one.detection) + (tried[one.index] === turns ? TURN_MARGIN : 0);
  const best = seen.toSorted((a, b) => worth(b) - worth(a))[0];
  if (!best) return null;
  const now = tried[best.index] ?? turns;
  if (models.detector.followsRoll) {
    const better = now !== turns || credit(best.detection) > credit(detection) + BETTER_BY;
    return better ? { detection: best.detection, turns: now } : null;
  }
  const settled = await settleRoll(models, picture, best.detection, angleOf(now));
  // Tilted, not turned: the first box is as good, and is upright as other boxes are.
  return { detection: now === turns ? { ...settled, box: detection.box } : settled, turns: now };
}

function angleOf(turns: Turns): number {
  return (turns * Math.PI) / 2;
}

/** Turns the view by the roll that the eyes show, until little is left. */
async function settleRoll(
  models: FaceModels,
  picture: Picture,
  detection: Detection,
  seenAt: number,
): Promise<Detection> {
  if (models.detector.followsRoll) return detection;
  let best = detection;
  let angle = -seenAt;
  for (let count = 1; count < LOOKS_MAX; count += 1) {
    const roll = rollOf(best);
    if (Math.abs(differenceOf(roll, angle)) < ROLL_LEFT_MIN) break;
    angle = roll;
    const [seen] = await look(models, picture, detection, [-angle]);
    if (!seen || seen.detection.score < best.score - SCORE_LOSS_MAX) break;
    best = { ...seen.detection, box: best.box };
  }
  return best;
}

/** A look that sees the face much less well than the one before went astray. */
const SCORE_LOSS_MAX = 0.1;

function differenceOf(angle: number, other: number): number {
  const difference = angle - other;
  return Math.atan2(Math.sin(difference), Math.cos(difference));
}

/** What one view showed; `index` is of its angle. */
interface Seen {
  readonly detection: Detection;
  readonly index: number;
}

/** Turned views of the face side by side in one picture: one run of the detector. */
async function look(
  models: FaceModels,
  picture: Picture,
  detection: Detection,
  angles: readonly number[],
): Promise<readonly Seen[]> {
  const columns = Math.ceil(Math.sqrt(angles.length));
  const rows = Math.ceil(angles.length / columns);
  const width = columns * CELL_SIDE;
  const data = new Uint8Array(width * rows * CELL_SIDE * 3);
  const views = angles.map((angle, index) => {
    const toCell = viewOf(detection, angle);
    const origin = {
      x: (index % columns) * CELL_SIDE,
      y: Math.floor(index / columns) * CELL_SIDE,
    };
    const cell = cutCrop(picture, toCell, CELL_SIDE);
    for (let row = 0; row < CELL_SIDE; row += 1) {
      const line = cell.data.subarray(row * CELL_SIDE * 3, (row + 1) * CELL_SIDE * 3);
      data.set(line, ((origin.y + row) * width + origin.x) * 3);
    }
    return { origin, fromCell: invertSimilarity(toCell) };
  });
  const seen = await models.detect({ width, height: rows * CELL_SIDE, data });
  return views.flatMap(({ origin, fromCell }, index) => {
    const best = bestInCell(seen, origin);
    if (!best) return [];
    const toPicture = (point: Point): Point =>
      transformPoint(fromCell, { x: point.x - origin.x, y: point.y - origin.y });
    return [{ detection: mapDetection(best, toPicture), index }];
  });
}

/** Puts the face in the middle of a cell, turned clockwise by `angle`. */
function viewOf({ box }: Detection, angle: number): Similarity {
  const scale = CELL_FACE_WIDTH / faceWidth(box);
  const a = Math.cos(angle) * scale;
  const b = Math.sin(angle) * scale;
  const x = box.x + box.width / 2;
  const y = box.y + box.height / 2;
  const middle = CELL_SIDE / 2;
  return { a, b, tx: middle - (a * x - b * y), ty: middle - (b * x + a * y) };
}

/** The face in the middle of a cell: not a neighbour's that reaches into it. */
function bestInCell(seen: readonly Detection[], origin: Point): Detection | null {
  const middle = CELL_SIDE / 2;
  const near = seen.filter(({ box }) => {
    const dx = box.x + box.width / 2 - origin.x - middle;
    const dy = box.y + box.height / 2 - origin.y - middle;
    return Math.hypot(dx, dy) < CELL_FACE_WIDTH / 2 && box.width > CELL_FACE_WIDTH / 2;
  });
  return near.toSorted((a, b) => credit(b) - credit(a))[0] ?? null;
}
