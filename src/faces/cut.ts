import type { Picture } from "../media/picture.ts";
import { mapDetection, type Detection } from "./face.ts";
import { type FaceMeasures, measureFace } from "./face-measures.ts";
import { cutPatch, type FacePatch } from "./face-patch.ts";
import { faceWidth } from "./found.ts";
import { FACE_WIDTH_MIN } from "./levels.ts";
import type { FaceModels } from "./models.ts";
import type { PhotoPixels } from "./photo-pixels.ts";
import { EMBED_WIDTH_MIN, isEmbeddable } from "./quality.ts";
import type { Size } from "./turns.ts";

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
  /** Null, as what follows, for a face too narrow to be measured. */
  readonly patch: FacePatch | null;
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
  const asked = sides.filter(
    (_, index) => wanted.has(index) && isWide(faces[index], EMBED_WIDTH_MIN),
  );
  if (asked.length > 0) await pixels.atLeast(Math.max(...asked));
  return faces.map((face, index): Cut => {
    const widthPixels = faceWidth(face.box);
    if (!isWide(face, FACE_WIDTH_MIN)) {
      return { face, widthPixels, patch: null, measures: null, crop: null };
    }
    const picture = pixels.best(sides[index] ?? 1);
    const inSource = inPicture(face, pixels.photo, picture);
    const patch = cutPatch(picture, inSource.landmarks);
    const measures = measureFace(patch, inSource.landmarks);
    const embed = wanted.has(index) && isEmbeddable(widthPixels, measures);
    const crop = embed ? models.align(picture, inSource) : null;
    return { face, widthPixels, patch, measures, crop };
  });
}

/** Longest side of the smallest picture that shows the face well enough, at most full size. */
function sideForCrop(models: FaceModels, pixels: PhotoPixels, { box }: Detection): number {
  const shrunk = (models.cropFaceWidth * SOURCE_SHARE) / faceWidth(box);
  return Math.max(1, Math.ceil(pixels.longSide * Math.min(1, shrunk)));
}

function isWide(face: Detection | undefined, least: number): boolean {
  return face !== undefined && faceWidth(face.box) >= least;
}

function inPicture(face: Detection, photo: Size, picture: Size): Detection {
  const x = picture.width / photo.width;
  const y = picture.height / photo.height;
  return mapDetection(face, (point) => ({ x: point.x * x, y: point.y * y }));
}
