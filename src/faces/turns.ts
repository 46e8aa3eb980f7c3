import type { Point } from "../base/geometry.ts";
import type { Picture } from "../media/picture.ts";
import { mapDetection, type Detection } from "./face.ts";

/** Quarter turns clockwise. */
export type Turns = 0 | 1 | 2 | 3;
export const allTurns: readonly Turns[] = [0, 1, 2, 3];

/** Width and height of anything that has them. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size after turning. */
export function turnSize(size: Size, turns: Turns): Size {
  const { width, height } = size;
  return turns % 2 === 0 ? { width, height } : { width: height, height: width };
}

/** Turns that undo `turns`. */
export function undoTurns(turns: Turns): Turns {
  return ((4 - turns) % 4) as Turns;
}

/** Turns a point with its frame; `size` is of the frame before. Edges map to edges. */
export function turnPoint(point: Point, size: Size, turns: Turns): Point {
  const { x, y } = point;
  switch (turns) {
    case 0:
      return point;
    case 1:
      return { x: size.height - y, y: x };
    case 2:
      return { x: size.width - x, y: size.height - y };
    case 3:
      return { x: y, y: size.width - x };
    default:
      return turns;
  }
}

/** Turns a detection with its frame; the landmarks keep the order of the face's own sides. */
export function turnDetection(detection: Detection, size: Size, turns: Turns): Detection {
  if (turns === 0) return detection;
  return mapDetection(detection, (point) => turnPoint(point, size, turns));
}

/** A turned copy of the pixels; the picture itself when there is nothing to turn. */
export function turnPicture(picture: Picture, turns: Turns): Picture {
  if (turns === 0) return picture;
  const { width, height, data } = picture;
  const turned = turnSize(picture, turns);
  const out = new Uint8Array(data.length);
  // Where the first pixel goes, and how far the next to the right and the next below lie from it.
  const stride = turned.width;
  const [first, right, down] =
    turns === 1
      ? [height - 1, stride, -1]
      : turns === 2
        ? [width * height - 1, -1, -stride]
        : [(width - 1) * stride, -stride, 1];
  let from = 0;
  for (let y = 0; y < height; y += 1) {
    let to = (first + y * down) * 3;
    for (let x = 0; x < width; x += 1, from += 3, to += right * 3) {
      out[to] = data[from] as number;
      out[to + 1] = data[from + 1] as number;
      out[to + 2] = data[from + 2] as number;
    }
  }
  return { width: turned.width, height: turned.height, data: out };
}
