import type { Box } from "../base/geometry.ts";
import type { Picture } from "../media/picture.ts";
import { mapDetection, type Detection } from "./face.ts";
import { type FaceMeasures, measureFace } from "./face-measures.ts";
import { faceWidth } from "./found.ts";
import { FACE_WIDTH_MIN } from "./levels.ts";
import type { FaceModels } from "./models.ts";
import type { PhotoPixels } from "./photo-pixels.ts";
import { isEmbeddable } from "./quality.ts";
import { rollOf } from "./second-look.ts";
import { cutPicture } from "./tiles.ts";
import { type Size, turnDetection, turnPicture, type Turns } from "./turns.ts";

/**
 * How wide a face must be in the picture it is cut from, as a part of its width in the crop. Half
 * is enough: faces 65 px wide give as good a template as 130 px (cosine to another photo of the
 * person .896 and .898), 40 px .87; and every halving of a JPEG saves a fifth of its decoding.
 */
const SOURCE_SHARE = 0.5;

/** What is cut out of a photo for one face. */
export interface Cut {
  /** In pixels of the full-size photo. */
  readonly face: Detection;
  /** Width of the face in pixels of the full-size photo. */
  readonly widthPixels: number;
  /** Null for a face too narrow to be measured. */
  readonly measures: FaceMeasures | null;
  /** What the embedder takes; null where not asked for, or where the face is too poor to embed. */
  readonly crop: Picture | null;
}

/**
 * Cuts out faces, in order; `wanted` are the indices of those to be embedded. Faces are in pixels of
 * the full-size photo. Each is cut from the smallest picture that shows it well enough. The photo is
 * decoded anew only where a wanted face asks for it. Throws MediaError.
 */
export async function cutFaces(
  models: FaceModels,
  pixels: PhotoPixels,
  faces: readonly Detection[],
  wanted: ReadonlySet<number>,
): Promise<readonly Cut[]> {
  const sides = faces.map((face) => sideForCrop(models, pixels, face));
  const asked = sides.filter((_, index) => wanted.has(index) && isMeasurable(faces[index]));
  if (asked.length > 0) await pixels.atLeast(Math.max(...asked));
  return faces.map((face, index): Cut => {
    const widthPixels = faceWidth(face.box);
    if (!isMeasurable(face)) return { face, widthPixels, measures: null, crop: null };
    const picture = pixels.best(sides[index] ?? 1);
    const source = { picture, face: inPicture(face, pixels.photo, picture) };
    const measures = measureFace(picture, source.face.landmarks);
    const embed = wanted.has(index) && isEmbeddable(widthPixels, measures);
    return { face, widthPixels, measures, crop: embed ? alignFace(models, source) : null };
  });
}

/** Longest side of the smallest picture that shows the face well enough, at most full size. */
function sideForCrop(models: FaceModels, pixels: PhotoPixels, { box }: Detection): number {
  const shrunk = (models.cropFaceWidth * SOURCE_SHARE) / faceWidth(box);
  return Math.max(1, Math.ceil(pixels.longSide * Math.min(1, shrunk)));
}

function isMeasurable(face: Detection | undefined): boolean {
  return face !== undefined && faceWidth(face.box) >= FACE_WIDTH_MIN;
}

function inPicture(face: Detection, photo: Size, picture: Size): Detection {
  const x = picture.width / photo.width;
  const y = picture.height / photo.height;
  return mapDetection(face, (point) => ({ x: point.x * x, y: point.y * y }));
}

/**
 * The aligned crop that the pack embeds, whatever the roll of the face. Packs that align by
 * landmarks follow any roll; those that cut along the outline are shown the face upright, to the
 * nearest quarter turn.
 */
export function alignFace(
  models: FaceModels,
  { picture, face }: { readonly picture: Picture; readonly face: Detection },
): Picture {
  const turns = turnsToUpright(face);
  if (face.outline === null || turns === 0) return models.align(picture, face);
  const area = areaAround(face.box, picture);
  const part = mapDetection(face, ({ x, y }) => ({ x: x - area.x, y: y - area.y }));
  return models.align(
    turnPicture(cutPicture(picture, area), turns),
    turnDetection(part, area, turns),
  );
}

/** Quarter turns after which the eyes lie within 45 degrees of level, the left one left. */
function turnsToUpright(face: Detection): Turns {
  const quarters = Math.round(rollOf(face) / (Math.PI / 2));
  return ((4 - quarters) % 4) as Turns;
}

/** The box and half its size around, in whole pixels of the picture. */
function areaAround(box: Box, picture: Size): Box {
  const x = clamp(Math.floor(box.x - box.width / 2), 0, picture.width - 1);
  const y = clamp(Math.floor(box.y - box.height / 2), 0, picture.height - 1);
  const right = clamp(Math.ceil(box.x + box.width * 1.5), x + 1, picture.width);
  const bottom = clamp(Math.ceil(box.y + box.height * 1.5), y + 1, picture.height);
  return { x, y, width: right - x, height: bottom - y };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
