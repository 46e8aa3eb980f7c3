import type { Box } from "../base/geometry.ts";
import type { Picture } from "../media/picture.ts";
import type { Size } from "./turns.ts";

/**
 * Tiles may grow by up to a quarter of a step where that saves a row or column: nine tiles of 588
 * px for a photo of 1600 would take twice as long as four of 840, and show hardly more.
 */
const SLACK = 0.25;

/**
 * Covers a picture with equal tiles of about `side` at most, as few as possible, row by row;
 * neighbours share at least `overlap` pixels. Whole pixels, inside the picture.
 */
export function planTiles(
  size: Size,
  options: { readonly side: number; readonly overlap: number },
): readonly Box[] {
  const columns = spans(size.width, options);
  const rows = spans(size.height, options);
  return rows.flatMap((row) =>
    columns.map((column) => ({
      x: column.start,
      y: row.start,
      width: column.length,
      height: row.length,
    })),
  );
}

function spans(
  whole: number,
  options: { readonly side: number; readonly overlap: number },
): readonly { readonly start: number; readonly length: number }[] {
  const { side } = options;
  if (whole <= side) return [{ start: 0, length: whole }];
  // An overlap of half a tile or more would cover every pixel three times and still gain nothing.
  const overlap = Math.min(options.overlap, Math.floor(side / 2));
  const count = Math.max(2, Math.ceil((whole - overlap) / (side - overlap) - SLACK));
  const length = Math.ceil((whole + (count - 1) * overlap) / count);
  return Array.from({ length: count }, (_, index) => ({
    start: Math.round((index * (whole - length)) / (count - 1)),
    length,
  }));
}

/** A copy of a part of the picture: whole pixels, inside it. The whole picture is not copied. */
export function cutPicture(picture: Picture, area: Box): Picture {
  const { x, y, width, height } = area;
  if (width === picture.width && height === picture.height) return picture;
  const data = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row += 1) {
    const start = ((y + row) * picture.width + x) * 3;
    data.set(picture.data.subarray(start, start + width * 3), row * width * 3);
  }
  return { width, height, data };
}

/** So little of 255 tells nobody a face: what differs by it is a sensor's noise, or a codec's. */
const PLAIN_LEVELS = 4;

/** True where nothing is to be seen: a backdrop or a sky that is white, a stage that is black. */
export function isPlain({ data }: Picture): boolean {
  for (let at = 3; at < data.length; at += 1) {
    if (Math.abs((data[at] ?? 0) - (data[at % 3] ?? 0)) > PLAIN_LEVELS) return false;
  }
  return true;
}

/** The picture in the top left corner of a black square; `margin` is its side, in sides of ours. */
export function padPicture(picture: Picture, margin: number): Picture {
  if (margin === 1) return picture;
  const side = Math.round(Math.max(picture.width, picture.height) * margin);
  const data = new Uint8Array(side * side * 3);
  const line = picture.width * 3;
  for (let row = 0; row < picture.height; row += 1) {
    data.set(picture.data.subarray(row * line, (row + 1) * line), row * side * 3);
  }
  return { width: side, height: side, data };
}
