import { assert } from "../base/errors.ts";
import { overlap, type Box, type Point } from "../base/geometry.ts";
import { beside, sharp } from "./codec.ts";
import { rawSize } from "./encode.ts";
import { hasGlyphs, letterText } from "./lettering.ts";
import type { Picture } from "./picture.ts";

/** What a box says by its colour: found, to be looked at, or nobody who consented. */
export type Tone = "match" | "uncertain" | "other";

/** A face to mark. `box` is in 0..1 of the picture; an empty label draws the box alone. */
export interface Mark {
  readonly box: Box;
  readonly tone: Tone;
  readonly label: string;
}

/** Calm, told apart by the colour-blind too (lightness differs), white letters readable on each. */
const COLOURS = {
  match: "#1f8a5b",
  uncertain: "#c27a10",
  other: "#6f7680",
} as const satisfies Record<Tone, string>;

/** A label longer than this is cut with an ellipsis: it would cover the neighbours. */
const LABEL_CHARACTERS_MAX = 32;

const DRAWN_QUALITY = 88;

/**
 * Draws marks on a picture and writes it as JPEG, for eyes: decode it to a screen's size first
 * (2,400 pixels is plenty). Labels of Latin script need no font on the machine.
 */
export async function drawBoxes(picture: Picture, marks: readonly Mark[]): Promise<Buffer> {
  const { width, height } = picture;
  const svg = svgDocument(width, height, marksSvg(marks, { x: 0, y: 0, width, height }));
  const drawn = sharp(picture.data, { raw: rawSize(picture) })
    .composite([{ input: Buffer.from(svg) }])
    .jpeg({ quality: DRAWN_QUALITY });
  return await beside(async () => drawn.toBuffer());
}

/** The SVG elements of marks on a picture that fills `frame` (in pixels of the drawing). */
export function marksSvg(marks: readonly Mark[], frame: Box): string {
  const line = Math.max(1.5, Math.max(frame.width, frame.height) / 500);
  const boxes = marks.map((mark) => boxSvg(mark, frame, line));
  // Labels after all boxes: no box crosses a name.
  const taken: Box[] = [];
  const labels = marks.map((mark) => {
    const label = shorten(mark.label, LABEL_CHARACTERS_MAX);
    return label === "" ? "" : labelSvg({ ...mark, label }, { frame, line, taken });
  });
  return boxes.join("") + labels.join("");
}

export function svgDocument(width: number, height: number, content: string): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${width} ${height}">${content}</svg>`
  );
}

/** The box of a mark in pixels of the drawing, clipped to the frame. */
function pixelBox({ box }: Mark, frame: Box): Box {
  assert([box.x, box.y, box.width, box.height].every(Number.isFinite), "a mark's box is finite");
  const left = clamp(frame.x + box.x * frame.width, frame.x, frame.x + frame.width);
  const top = clamp(frame.y + box.y * frame.height, frame.y, frame.y + frame.height);
  const right = clamp(frame.x + (box.x + box.width) * frame.width, left, frame.x + frame.width);
  const bottom = clamp(frame.y + (box.y + box.height) * frame.height, top, frame.y + frame.height);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function boxSvg(mark: Mark, frame: Box, line: number): string {
  const { x, y, width, height } = pixelBox(mark, frame);
  const shape =
    `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" ` +
    `rx="${n(Math.min(width, height) * 0.06)}" fill="none"`;
  // A dark line under the coloured one keeps it visible on skin, snow and sky alike.
  return (
    `${shape} stroke="#10151b" stroke-opacity=".45" stroke-width="${n(line * 2)}"/>` +
    `${shape} stroke="${COLOURS[mark.tone]}" stroke-width="${n(line * 1.2)}"/>`
  );
}

/** Where labels may go: inside `frame`, and if possible on none of those in `taken`. */
interface Room {
  readonly frame: Box;
  readonly line: number;
  readonly taken: Box[];
}

/** A filled plate with white letters, at its face. */
function labelSvg(mark: Mark, room: Room): string {
  const box = pixelBox(mark, room.frame);
  const longSide = Math.max(room.frame.width, room.frame.height);
  const wanted = clamp(box.height * 0.012, longSide / 1400, longSide / 560);
  const plate = labelPlate(mark.label, Math.max(wanted, 0.75), room.frame.width);
  const { x, y } = placeLabel(box, plate, room);
  room.taken.push({ x, y, width: plate.width, height: plate.height });
  return (
    `<g transform="translate(${n(x)} ${n(y)})">` +
    `<rect width="${n(plate.width)}" height="${n(plate.height)}" ` +
    `rx="${n(plate.height * 0.2)}" fill="${COLOURS[mark.tone]}" fill-opacity=".94"/>` +
    `${plate.svg}</g>`
  );
}

/** Under the box, over it, or a line further down: the first place that is free and inside. */
function placeLabel(
  box: Box,
  plate: { readonly width: number; readonly height: number },
  { frame, line, taken }: Room,
): Point {
  const right = frame.x + frame.width - plate.width;
  const x = clamp(box.x + box.width / 2 - plate.width / 2, frame.x, right);
  const bottom = frame.y + frame.height - plate.height;
  const below = box.y + box.height + line;
  const places = [below, box.y - line - plate.height, below + plate.height + line]
    .filter((y) => y >= frame.y && y <= bottom)
    .map((y) => ({ x, y }));
  const free = places.find((place) =>
    taken.every(
      (other) => overlap(other, { ...place, width: plate.width, height: plate.height }) === 0,
    ),
  );
  return free ?? places[0] ?? { x, y: clamp(below, frame.y, bottom) };
}

/** Space round the letters of a plate, in the letters' units. */
const PLATE_SIDE = 5;
const PLATE_TOP = 4.4;
const PLATE_BOTTOM = 4.8;

function labelPlate(
  label: string,
  scale: number,
  widthMax: number,
): { readonly width: number; readonly height: number; readonly svg: string } {
  const { width, svg } = textSvg(label, "#ffffff");
  const units = width + PLATE_SIDE * 2;
  const fitting = Math.min(scale, widthMax / units);
  return {
    width: units * fitting,
    height: (10 + PLATE_TOP + PLATE_BOTTOM) * fitting,
    svg: `<g transform="scale(${n(fitting)}) translate(${PLATE_SIDE} ${PLATE_TOP})">${svg}</g>`,
  };
}

/**
 * One line of text (see `shorten`), `width` in tenths of a capital's height. Letters we have no strokes for (other
 * scripts than Latin) are left to the machine's fonts, where it has one.
 */
export function textSvg(text: string, colour: string): { width: number; svg: string } {
  if (hasGlyphs(text)) {
    const lettering = letterText(text);
    const svg =
      `<g fill="none" stroke="${colour}" stroke-width="1.35" stroke-linecap="round" ` +
      `stroke-linejoin="round">${lettering.svg}</g>`;
    return { width: lettering.width, svg };
  }
  const width = Array.from(text).reduce((sum, sign) => sum + advanceOfFont(sign), 0);
  const svg =
    `<text x="${n(width / 2)}" y="10" text-anchor="middle" font-family="sans-serif" ` +
    `font-size="13.5" fill="${colour}">${escapeXml(text)}</text>`;
  return { width, svg };
}

/** Roughly how far a sign of a common font advances at size 13.5: full width for East Asian. */
function advanceOfFont(sign: string): number {
  return /[\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff\uff00-\uff60\u{1f300}-\u{3ffff}]/u.test(sign)
    ? 13.5
    : 8.6;
}

/** Takes out what XML or a single line can't hold, and cuts what is too long. */
export function shorten(text: string, charactersMax: number): string {
  const signs = Array.from(text.replaceAll(/[\p{C}\s]+/gu, " ").trim());
  if (signs.length <= charactersMax) return signs.join("");
  return `${signs.slice(0, charactersMax - 1).join("")}…`;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function n(value: number): string {
  return value.toFixed(2);
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
