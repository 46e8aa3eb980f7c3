import { unreachable } from "../src/base/errors.ts";
import type { Random } from "./random.ts";
import type { Condition } from "./scene.ts";

/** How people stand: alone, in a row near or far, on steps, near and far, or lying in a circle. */
export type Kind = "alone" | "row" | "line" | "rows" | "crowd" | "circle";

/** Somebody's place in a photo, before it is known whose. */
export interface Spot {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
  readonly roll: number;
  readonly condition: Condition;
}

/** What people are placed on. */
export interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly random: Random;
}

/** Where so many people stand in a photo of the kind, those behind first. */
export function placesOf(kind: Kind, count: number, sheet: Sheet): readonly Spot[] {
  switch (kind) {
    case "alone": {
      const { width, height, random } = sheet;
      const scale = (Math.max(width, height) * random.between(0.18, 0.27)) / FACE_MM;
      const x = width * random.between(0.42, 0.58);
      return [{ x, y: height * 0.44, scale, roll: lean(random), condition: "alone" }];
    }
    case "row": {
      const condition = count === 1 ? "alone" : "group";
      return row(count, sheet, { y: sheet.height * 0.48, scale: fitting(count, sheet), condition });
    }
    case "line":
      return row(count, sheet, {
        y: sheet.height * 0.4,
        scale: (sheet.width * 0.08) / FACE_MM,
        condition: "group",
      });
    case "rows":
      return rows(count, sheet);
    case "crowd":
      return crowd(count, sheet);
    case "circle":
      return circle(count, sheet);
    default:
      return unreachable(kind);
  }
}

const lean = (random: Random): number => random.around(-8, 8);

/** A face of middling width. */
const FACE_MM = 142;
/** Millimetres that each person of a row is given: they stand close, shoulder behind shoulder. */
const SHOULDERS_MM = 245;
/** A row of heads needs this much height, hair and beards included. */
const HEAD_MM = 330;

function fitting(count: number, sheet: Sheet): number {
  return Math.min(sheet.width / (count + 0.25) / SHOULDERS_MM, sheet.height / 490);
}

function row(
  count: number,
  { width, random }: Sheet,
  line: {
    readonly y: number;
    readonly scale: number;
    readonly condition: Condition;
    readonly shift?: number;
  },
): readonly Spot[] {
  const step = Math.min(width / (count + 0.25), line.scale * SHOULDERS_MM * 1.35);
  const start = width / 2 - (step * (count - 1)) / 2 + (line.shift ?? 0) * step;
  return Array.from({ length: count }, (_, index) => ({
    x: start + index * step + random.between(-0.05, 0.05) * step,
    y: line.y + random.between(-18, 18) * line.scale,
    scale: line.scale * random.between(0.95, 1.05),
    roll: lean(random),
    condition: line.condition,
  }));
}

/** Two or three rows, as on steps: those behind stand higher and look smaller. */
function rows(count: number, sheet: Sheet): readonly Spot[] {
  const depth = count > 9 ? 3 : 2;
  const front = Math.ceil(count / depth);
  const scale = Math.min(
    (sheet.width * 0.066) / FACE_MM,
    sheet.height / (depth * HEAD_MM * 1.06 + 60),
  );
  const spots: Spot[] = [];
  let left = count;
  let y = Math.min(sheet.height - 190 * scale, sheet.height * 0.42 + depth * 150 * scale);
  for (let line = 0; line < depth; line += 1) {
    const here = line === depth - 1 ? left : Math.min(left, front);
    const size = scale * 0.88 ** line;
    const condition = line === 0 ? "group" : "back-row";
    spots.unshift(
      ...row(here, sheet, { y, scale: size, condition, shift: line % 2 === 0 ? 0 : 0.2 }),
    );
    left -= here;
    y -= HEAD_MM * size;
  }
  return spots;
}

/**
 * Some people near the camera, the others far behind them, small: most with faces of 50 to 85
 * pixels, some with faces too small to be sure of.
 */
function crowd(count: number, sheet: Sheet): readonly Spot[] {
  const { width, height, random } = sheet;
  const near = Math.min(3, Math.ceil(count / 3));
  const far = count - near;
  const distant = Array.from({ length: far }, (_, index): Spot => {
    const scale = random.chance(0.3) ? random.between(0.19, 0.235) : random.between(0.42, 0.54);
    const x = ((index + 0.5 + random.between(-0.12, 0.12)) / far) * width;
    return {
      x,
      y: height * random.between(0.2, 0.27),
      scale,
      roll: lean(random),
      condition: "back-row",
    };
  });
  const scale = (width * 0.088) / FACE_MM;
  return [...distant, ...row(near, sheet, { y: height * 0.62, scale, condition: "group" })];
}

/** Friends on a lawn, heads together: each is turned by another quarter. */
function circle(count: number, { width, height, random }: Sheet): readonly Spot[] {
  const scale = Math.min(width, height) / 810;
  const reach = 212 * scale;
  return Array.from({ length: count }, (_, index): Spot => {
    const angle = (index * 360) / count;
    const [sin, cos] = [Math.sin((angle * Math.PI) / 180), Math.cos((angle * Math.PI) / 180)];
    return {
      x: width / 2 - sin * reach,
      y: height / 2 + cos * reach,
      scale,
      roll: angle + random.between(-6, 6),
      condition: "turned",
    };
  });
}
