import sharp from "sharp";
import { textSvg } from "../src/media/draw.ts";
import type { DetPoint } from "./metrics.ts";

const WIDTH = 900;
const HEIGHT = 640;
const FRAME = { left: 96, top: 72, right: WIDTH - 40, bottom: HEIGHT - 84 } as const;
const INK = "#28303a";
const GRID = "#dfe3e8";
const CURVE = "#1f6f9c";
const OPERATING = "#c2410c";

/**
 * Draws a DET curve (detection error tradeoff: FNMR against FMR) on logarithmic axes, with the
 * pack's threshold marked. A rate of zero has no logarithm: it is drawn on the axis' last line,
 * which says so. Returns a PNG.
 */
export async function drawDet(
  curve: readonly DetPoint[],
  threshold: number,
  title: string,
): Promise<Buffer> {
  const floor = {
    x: floorOf(curve.map(({ fmr }) => fmr)),
    y: floorOf(curve.map(({ fnmr }) => fnmr)),
  };
  const x = (fmr: number) => place(fmr, floor.x, FRAME.left, FRAME.right);
  const y = (fnmr: number) => place(fnmr, floor.y, FRAME.bottom, FRAME.top);
  const path = curve
    .map(
      ({ fmr, fnmr }, index) =>
        `${index === 0 ? "M" : "L"}${x(fmr).toFixed(1)} ${y(fnmr).toFixed(1)}`,
    )
    .join("");
  const operating = curve.find((point) => point.threshold >= threshold) ?? curve.at(-1);
  const dot = operating
    ? `<circle cx="${x(operating.fmr)}" cy="${y(operating.fnmr)}" r="7" fill="${OPERATING}"/>` +
      text(`threshold ${threshold}: FMR ${rate(operating.fmr)}, FNMR ${rate(operating.fnmr)}`, {
        x: (FRAME.left + FRAME.right) / 2,
        y: HEIGHT - 18,
        size: 12,
        colour: OPERATING,
      })
    : "";
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">` +
    `<rect width="100%" height="100%" fill="#ffffff"/>` +
    axis(floor.x, x, "x") +
    axis(floor.y, y, "y") +
    `<path d="${path}" fill="none" stroke="${CURVE}" stroke-width="3" stroke-linejoin="round"/>` +
    dot +
    text(title, { x: WIDTH / 2, y: 34, size: 15, colour: INK }) +
    text("FMR (strangers taken for the person)", {
      x: WIDTH / 2,
      y: HEIGHT - 46,
      size: 12,
      colour: INK,
    }) +
    `<g transform="translate(26 ${(FRAME.top + FRAME.bottom) / 2}) rotate(-90)">` +
    text("FNMR (the person not recognised)", { x: 0, y: 0, size: 12, colour: INK }) +
    `</g></svg>`;
  return sharp(Buffer.from(svg)).png().toBuffer();
}

/** A decade below the smallest rate that is not zero: the line on which zero is drawn. */
function floorOf(rates: readonly number[]): number {
  const smallest = rates.filter((one) => one > 0).reduce((least, one) => Math.min(least, one), 1);
  return 10 ** (Math.floor(Math.log10(smallest)) - 1);
}

function place(value: number, floor: number, from: number, to: number): number {
  const share = (Math.log10(Math.max(value, floor)) - Math.log10(floor)) / -Math.log10(floor);
  return from + share * (to - from);
}

function axis(floor: number, at: (value: number) => number, kind: "x" | "y"): string {
  const parts: string[] = [];
  for (let power = Math.round(Math.log10(floor)); power <= 0; power += 1) {
    const value = 10 ** power;
    const where = at(value);
    const label = value <= floor * 1.01 ? "0" : rate(value);
    parts.push(
      kind === "x"
        ? `<path d="M${where} ${FRAME.top}V${FRAME.bottom}" stroke="${GRID}"/>` +
            text(label, { x: where, y: FRAME.bottom + 20, size: 11, colour: INK })
        : `<path d="M${FRAME.left} ${where}H${FRAME.right}" stroke="${GRID}"/>` +
            text(label, { x: FRAME.left - 28, y: where + 5, size: 11, colour: INK }),
    );
  }
  return parts.join("");
}

function rate(value: number): string {
  if (value === 0) return "0";
  return value >= 0.001 ? String(Number(value.toPrecision(2))) : value.toExponential(0);
}

function text(
  words: string,
  at: { readonly x: number; readonly y: number; readonly size: number; readonly colour: string },
): string {
  const line = textSvg(words, at.colour);
  const scale = at.size / 13.5;
  const left = at.x - (line.width * scale) / 2;
  return `<g transform="translate(${left} ${at.y - 10 * scale}) scale(${scale})">${line.svg}</g>`;
}
