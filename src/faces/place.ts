import type { Box, Point } from "../base/geometry.ts";
import type { EmbedChoice, FacePlace } from "./engine.ts";
import { mapDetection, type Detection } from "./face.ts";
import type { Size } from "./turns.ts";

/** From pixels of the full-size photo to 0..1. */
export function toPlace(face: Detection, photo: Size): FacePlace {
  return mapDetection(face, ({ x, y }) => ({ x: x / photo.width, y: y / photo.height }));
}

/** From 0..1 to pixels of the full-size photo. */
export function fromPlace(place: FacePlace, photo: Size): Detection {
  return mapDetection(place, ({ x, y }) => ({ x: x * photo.width, y: y * photo.height }));
}

/** Indices of the faces that a choice means. Faces in pixels of the full-size photo. */
export function chosenFaces(
  faces: readonly Detection[],
  choice: EmbedChoice,
  photo: Size,
): ReadonlySet<number> {
  switch (choice.kind) {
    case "none":
      return new Set();
    case "all":
      return new Set(faces.keys());
    case "face":
      return new Set(choice.index in faces ? [choice.index] : []);
    case "at": {
      const index = faceAt(faces, { x: choice.at.x * photo.width, y: choice.at.y * photo.height });
      return new Set(index === null ? [] : [index]);
    }
    default:
      return choice satisfies never;
  }
}

/** The smallest face whose box holds the point: it lies before or within the larger. */
function faceAt(faces: readonly Detection[], point: Point): number | null {
  let best: number | null = null;
  let least = Infinity;
  for (const [index, { box }] of faces.entries()) {
    const area = box.width * box.height;
    if (!holds(box, point) || area >= least) continue;
    best = index;
    least = area;
  }
  return best;
}

function holds(box: Box, { x, y }: Point): boolean {
  return x >= box.x && y >= box.y && x <= box.x + box.width && y <= box.y + box.height;
}
