import { assert } from "../base/errors.ts";
import type { Box } from "../base/geometry.ts";
import { beside, sharp } from "./codec.ts";
import { marksSvg, shorten, svgDocument, textSvg, type Mark } from "./draw.ts";
import { rawSize } from "./encode.ts";
import type { Picture } from "./picture.ts";

/** One picture of a sheet. Decode it small: it is shown at most CELL_WIDTH pixels wide. */
export interface SheetEntry {
  readonly picture: Picture;
  readonly caption: string;
  readonly boxes: readonly Mark[];
}

const CELL_WIDTH = 400;
const CELL_HEIGHT = 300;
const CAPTION_HEIGHT = 40;
/** Longer captions would shrink under what can be read. */
const CAPTION_CHARACTERS_MAX = 64;
const GAP = 24;
const PAPER = "#f6f5f2";
const INK = "#2a2f36";
const FRAME = "#e4e2dc";
const SHEET_QUALITY = 86;

/** 20 rows of 10: a sheet of 4,300 x 7,300 pixels, 94 MB as RGB. */
const ENTRIES_MAX = 200;

/** Columns that make the sheet about as wide as a screen. */
const COLUMNS_MAX = 10;

/** Pictures with boxes and captions in rows, as JPEG. `columns` defaults to a squarish sheet. */
export async function contactSheet(
  entries: readonly SheetEntry[],
  options: { readonly columns?: number } = {},
): Promise<Buffer> {
  assert(entries.length > 0 && entries.length <= ENTRIES_MAX, "a sheet holds 1 to 200 pictures");
  const columns = Math.min(COLUMNS_MAX, options.columns ?? Math.ceil(Math.sqrt(entries.length)));
  assert(Number.isInteger(columns) && columns > 0, "columns is a whole number over 0");
  const rows = Math.ceil(entries.length / columns);
  const width = GAP + columns * (CELL_WIDTH + GAP);
  const height = GAP + rows * (CELL_HEIGHT + CAPTION_HEIGHT + GAP);
  const placed = entries.map((entry, index) => ({ entry, frame: frameOf(entry, index, columns) }));
  const pictures = await Promise.all(
    placed.map(async ({ entry, frame }) => ({
      input: await resized(entry.picture, frame),
      raw: { width: frame.width, height: frame.height, channels: 3 as const },
      left: frame.x,
      top: frame.y,
    })),
  );
  const drawing = placed.map(({ entry, frame }, index) =>
    cellSvg(entry, frame, cellOf(index, columns)),
  );
  const overlay = Buffer.from(svgDocument(width, height, drawing.join("")));
  const sheet = sharp({ create: { width, height, channels: 3, background: PAPER } })
    .composite([
      { input: Buffer.from(svgDocument(width, height, matsSvg(entries.length, columns))) },
      ...pictures,
      { input: overlay },
    ])
    .jpeg({ quality: SHEET_QUALITY });
  return await beside(async () => sheet.toBuffer());
}

function cellOf(index: number, columns: number): Box {
  const column = index % columns;
  const row = Math.floor(index / columns);
  return {
    x: GAP + column * (CELL_WIDTH + GAP),
    y: GAP + row * (CELL_HEIGHT + CAPTION_HEIGHT + GAP),
    width: CELL_WIDTH,
    height: CELL_HEIGHT,
  };
}

/** Where the picture lies in its cell: as large as fits, never enlarged, in the middle. */
function frameOf({ picture }: SheetEntry, index: number, columns: number): Box {
  const cell = cellOf(index, columns);
  const scale = Math.min(1, cell.width / picture.width, cell.height / picture.height);
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  return {
    x: cell.x + Math.floor((cell.width - width) / 2),
    y: cell.y + Math.floor((cell.height - height) / 2),
    width,
    height,
  };
}

async function resized(picture: Picture, frame: Box): Promise<Buffer> {
  const pixels = sharp(picture.data, { raw: rawSize(picture) })
    .resize(frame.width, frame.height, { fit: "fill" })
    .raw();
  return await beside(async () => pixels.toBuffer());
}

function matsSvg(count: number, columns: number): string {
  return Array.from({ length: count }, (_, index) => {
    const { x, y, width, height } = cellOf(index, columns);
    return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6" fill="${FRAME}"/>`;
  }).join("");
}

function cellSvg(entry: SheetEntry, frame: Box, cell: Box): string {
  const text = textSvg(shorten(entry.caption, CAPTION_CHARACTERS_MAX), INK);
  const scale = Math.min(1.25, cell.width / Math.max(1, text.width));
  const y = cell.y + cell.height + (CAPTION_HEIGHT - 10 * scale) / 2;
  return (
    marksSvg(entry.boxes, frame) +
    `<g transform="translate(${cell.x} ${y.toFixed(1)}) scale(${scale.toFixed(3)})">` +
    `${text.svg}</g>`
  );
}
