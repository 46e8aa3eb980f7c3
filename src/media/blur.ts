import { assert } from "../base/errors.ts";
import type { Box } from "../base/geometry.ts";
import type { Picture } from "./picture.ts";

// [Note: what a blurred face still tells]
// A covered area is made of at most CELLS_MAX x CELLS_MAX colours of COLOUR_STEPS steps a channel,
// whatever the size of the photo: 16 colours, 240 bits, most of them spent on hair and background.
// Recognition fails under 16 pixels across a face; here fewer than three cells lie across it.
// Smoothing between the colours adds nothing: it is a function of them. A mosaic with more cells
// looks safer than it is: models trained on mosaics tell people apart at 16 x 16.

/** Cells across a covered area, at most: fewer than three lie across the face inside it. */
const CELLS_MAX = 4;

/** A cell is at least this many pixels wide, so that a tiny face keeps no pixel of its own. */
const CELL_PIXELS_MIN = 4;

/** Steps of a channel's average: light and skin stay plausible, small differences go. */
const COLOUR_STEPS = 32;

/**
 * The covered ellipse is this much wider and higher than the face's box: over the square root of 2
 * so that it holds the box's corners, and a little more for hair, ears and chin.
 */
const ENLARGE = 1.6;

/** The rectangle round one covered ellipse, clipped to the picture, in whole pixels. */
export interface Cover {
  readonly left: number;
  readonly top: number;
  /** Exclusive. */
  readonly right: number;
  /** Exclusive. */
  readonly bottom: number;
  readonly columns: number;
  readonly rows: number;
  /** Centre and half axes of the ellipse, in pixels, not clipped. */
  readonly centreX: number;
  readonly centreY: number;
  readonly radiusX: number;
  readonly radiusY: number;
}

/**
 * Covers every face so that it can't be matched any more; all other pixels stay as they are.
 * `places` are boxes of faces in 0..1 of the picture; they may reach over its borders. Returns a
 * new picture; deterministic. Where two areas overlap, the later one is on top.
 */
export function blurFaces(picture: Picture, places: readonly Box[]): Picture {
  const data = new Uint8Array(picture.data);
  for (const place of places) {
    const cover = coverOf(place, picture);
    if (cover === null) continue;
    const colours = cellsOf(cover).map((cell) => averageColour(picture, cell));
    paint(data, picture.width, cover, colours);
  }
  return { width: picture.width, height: picture.height, data };
}

/** What is covered for one face, or null where it lies outside the picture altogether. */
export function coverOf(
  place: Box,
  size: { readonly width: number; readonly height: number },
): Cover | null {
  assert(
    [place.x, place.y, place.width, place.height].every(Number.isFinite),
    "a face's box is finite",
  );
  const radiusX = Math.max((place.width * size.width * ENLARGE) / 2, CELL_PIXELS_MIN);
  const radiusY = Math.max((place.height * size.height * ENLARGE) / 2, CELL_PIXELS_MIN);
  const centreX = (place.x + place.width / 2) * size.width;
  const centreY = (place.y + place.height / 2) * size.height;
  const left = Math.max(0, Math.floor(centreX - radiusX));
  const top = Math.max(0, Math.floor(centreY - radiusY));
  const right = Math.min(size.width, Math.ceil(centreX + radiusX));
  const bottom = Math.min(size.height, Math.ceil(centreY + radiusY));
  if (left >= right || top >= bottom) return null;
  const columns = cellsAcross(right - left);
  const rows = cellsAcross(bottom - top);
  return { left, top, right, bottom, columns, rows, centreX, centreY, radiusX, radiusY };
}

function cellsAcross(pixels: number): number {
  return Math.min(CELLS_MAX, Math.max(1, Math.floor(pixels / CELL_PIXELS_MIN)));
}

/** A rectangle of whole pixels; right and bottom are exclusive. */
export interface PixelArea {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The cells of a cover, row by row; together they are its rectangle. */
export function cellsOf(cover: Cover): readonly PixelArea[] {
  const xs = edges(cover.left, cover.right, cover.columns);
  const ys = edges(cover.top, cover.bottom, cover.rows);
  return ys.flatMap(([top, bottom]) => xs.map(([left, right]) => ({ left, top, right, bottom })));
}

function edges(from: number, to: number, count: number): readonly (readonly [number, number])[] {
  const edge = (index: number) => from + Math.floor((index * (to - from)) / count);
  return Array.from({ length: count }, (_, index) => [edge(index), edge(index + 1)] as const);
}

/** The coarse average colour of a cell. */
function averageColour(picture: Picture, { left, top, right, bottom }: PixelArea): Colour {
  const { data, width } = picture;
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let y = top; y < bottom; y += 1) {
    const end = (y * width + right) * 3;
    for (let at = (y * width + left) * 3; at < end; at += 3) {
      red += data[at] ?? 0;
      green += data[at + 1] ?? 0;
      blue += data[at + 2] ?? 0;
    }
  }
  const pixels = (right - left) * (bottom - top);
  return [coarse(red / pixels), coarse(green / pixels), coarse(blue / pixels)];
}

type Colour = readonly [red: number, green: number, blue: number];

function coarse(average: number): number {
  const step = 255 / (COLOUR_STEPS - 1);
  return Math.round(average / step) * step;
}

/** Paints the ellipse with the cells' colours, blended from one cell's middle to the next. */
function paint(data: Uint8Array, width: number, cover: Cover, colours: readonly Colour[]): void {
  for (let y = cover.top; y < cover.bottom; y += 1) {
    const dy = (y + 0.5 - cover.centreY) / cover.radiusY;
    const reach = cover.radiusX * Math.sqrt(Math.max(0, 1 - dy * dy));
    const left = Math.max(cover.left, Math.round(cover.centreX - reach));
    const right = Math.min(cover.right, Math.round(cover.centreX + reach));
    const vertical = between(y - cover.top, cover.bottom - cover.top, cover.rows);
    const row = Array.from({ length: cover.columns }, (_, column) =>
      mix(
        colours[vertical.first * cover.columns + column],
        colours[vertical.second * cover.columns + column],
        vertical.weight,
      ),
    );
    for (let x = left; x < right; x += 1) {
      const horizontal = between(x - cover.left, cover.right - cover.left, cover.columns);
      const colour = mix(row[horizontal.first], row[horizontal.second], horizontal.weight);
      data.set(colour, (y * width + x) * 3);
    }
  }
}

/** Two neighbouring cells and how far a pixel lies from the first's middle to the second's. */
interface Between {
  readonly first: number;
  readonly second: number;
  readonly weight: number;
}

function between(pixel: number, pixels: number, cells: number): Between {
  const at = ((pixel + 0.5) * cells) / pixels - 0.5;
  const first = Math.min(cells - 1, Math.max(0, Math.floor(at)));
  const second = Math.min(cells - 1, first + 1);
  return { first, second, weight: Math.min(1, Math.max(0, at - first)) };
}

function mix(from: Colour | undefined, to: Colour | undefined, weight: number): Colour {
  assert(from !== undefined && to !== undefined, "every cell has a colour");
  return [
    from[0] + (to[0] - from[0]) * weight,
    from[1] + (to[1] - from[1]) * weight,
    from[2] + (to[2] - from[2]) * weight,
  ];
}
