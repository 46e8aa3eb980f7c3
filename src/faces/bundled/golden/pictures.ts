import type { Picture } from "../../../media/picture.ts";

/*
 * Pictures whose pixels are the same on every machine: drawn with the four operations and the
 * square root alone, which IEEE 754 fixes to the last bit.
 */

type Colour = readonly [red: number, green: number, blue: number];

/** A soft ellipse: centre, half axes, colour, and how far its edge is blurred (0..1 of its size). */
interface Ellipse {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly colour: Colour;
  readonly blur: number;
}

const BACKGROUND: Colour = [176, 186, 190];

// A face in its own frame: x and y from -1 to 1 between the sides of the head, y down. Dark on
// light for the eyes and brows, a light ridge of the nose with a shadow below it.
const FACE: readonly Ellipse[] = [
  { x: 0, y: 2.1, width: 1.9, height: 0.85, colour: [62, 74, 104], blur: 0.1 },
  { x: 0, y: 1.1, width: 0.52, height: 0.62, colour: [186, 136, 112], blur: 0.3 },
  { x: 0, y: -0.28, width: 1.1, height: 1.28, colour: [52, 38, 30], blur: 0.15 },
  { x: 0, y: 0.05, width: 0.93, height: 1.22, colour: [206, 158, 132], blur: 0.08 },
  { x: 0, y: -0.5, width: 0.66, height: 0.4, colour: [222, 178, 152], blur: 1 },
  { x: -0.5, y: 0.35, width: 0.3, height: 0.3, colour: [216, 160, 136], blur: 1 },
  { x: 0.5, y: 0.35, width: 0.3, height: 0.3, colour: [216, 160, 136], blur: 1 },
  { x: -0.38, y: -0.12, width: 0.28, height: 0.17, colour: [168, 120, 100], blur: 1 },
  { x: 0.38, y: -0.12, width: 0.28, height: 0.17, colour: [168, 120, 100], blur: 1 },
  { x: -0.38, y: -0.34, width: 0.25, height: 0.06, colour: [70, 50, 40], blur: 0.6 },
  { x: 0.38, y: -0.34, width: 0.25, height: 0.06, colour: [70, 50, 40], blur: 0.6 },
  { x: -0.37, y: -0.1, width: 0.18, height: 0.085, colour: [236, 232, 228], blur: 0.3 },
  { x: 0.37, y: -0.1, width: 0.18, height: 0.085, colour: [236, 232, 228], blur: 0.3 },
  { x: -0.37, y: -0.1, width: 0.085, height: 0.09, colour: [54, 40, 32], blur: 0.2 },
  { x: 0.37, y: -0.1, width: 0.085, height: 0.09, colour: [54, 40, 32], blur: 0.2 },
  { x: -0.37, y: -0.17, width: 0.19, height: 0.035, colour: [60, 42, 36], blur: 0.6 },
  { x: 0.37, y: -0.17, width: 0.19, height: 0.035, colour: [60, 42, 36], blur: 0.6 },
  { x: 0, y: 0.12, width: 0.08, height: 0.34, colour: [220, 174, 148], blur: 1 },
  { x: -0.14, y: 0.2, width: 0.05, height: 0.24, colour: [184, 134, 112], blur: 1 },
  { x: 0.14, y: 0.2, width: 0.05, height: 0.24, colour: [184, 134, 112], blur: 1 },
  { x: 0, y: 0.4, width: 0.2, height: 0.09, colour: [190, 138, 116], blur: 0.8 },
  { x: -0.09, y: 0.42, width: 0.05, height: 0.03, colour: [110, 66, 56], blur: 0.6 },
  { x: 0.09, y: 0.42, width: 0.05, height: 0.03, colour: [110, 66, 56], blur: 0.6 },
  { x: 0, y: 0.68, width: 0.3, height: 0.08, colour: [178, 92, 86], blur: 0.4 },
  { x: 0, y: 0.67, width: 0.29, height: 0.02, colour: [104, 46, 44], blur: 0.6 },
  { x: 0, y: 0.9, width: 0.34, height: 0.06, colour: [184, 136, 114], blur: 1 },
];

/** A drawn head in a picture: its middle and half its width, in pixels. */
export interface Head {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  /** Multiplies the colours; 1 is daylight. */
  readonly light: number;
}

/** Draws heads, in order, on a plain ground. */
export function drawHeads(width: number, height: number, heads: readonly Head[]): Picture {
  const canvas = new Float64Array(width * height * 3);
  for (let at = 0; at < canvas.length; at++) canvas[at] = BACKGROUND[at % 3] as number;
  for (const head of heads) {
    for (const part of FACE) paint(canvas, { width, height }, head, part);
  }
  return { width, height, data: Uint8Array.from(canvas, (value) => Math.floor(value + 0.5)) };
}

/** Numbers from a 32-bit linear congruential generator, one a byte: no face in any part of it. */
export function drawNoise(width: number, height: number, seed: number): Picture {
  let state = seed;
  const data = Uint8Array.from({ length: width * height * 3 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
  return { width, height, data };
}

function paint(
  canvas: Float64Array,
  size: { readonly width: number; readonly height: number },
  head: Head,
  part: Ellipse,
): void {
  const cx = head.x + part.x * head.radius;
  const cy = head.y + part.y * head.radius;
  const rx = part.width * head.radius * (1 + part.blur);
  const ry = part.height * head.radius * (1 + part.blur);
  for (let y = Math.max(0, Math.floor(cy - ry)); y < Math.min(size.height, cy + ry + 1); y++) {
    for (let x = Math.max(0, Math.floor(cx - rx)); x < Math.min(size.width, cx + rx + 1); x++) {
      const dx = (x + 0.5 - cx) / (part.width * head.radius);
      const dy = (y + 0.5 - cy) / (part.height * head.radius);
      const distance = Math.sqrt(dx * dx + dy * dy);
      // Full inside 1 - blur, nothing outside 1 + blur, straight between.
      const cover = Math.min(1, Math.max(0, (1 + part.blur - distance) / (2 * part.blur)));
      for (let channel = 0; channel < 3; channel++) {
        const at = (y * size.width + x) * 3 + channel;
        const colour = Math.min(255, (part.colour[channel] as number) * head.light);
        canvas[at] = (canvas[at] as number) * (1 - cover) + colour * cover;
      }
    }
  }
}

/** The pictures for which golden values are recorded. */
export const goldenPictures: Readonly<Record<string, Picture>> = {
  portrait: drawHeads(480, 600, [{ x: 240, y: 270, radius: 110, light: 1 }]),
  // The left one is near enough to the edge for the package to cut no square.
  group: drawHeads(900, 500, [
    { x: 110, y: 130, radius: 95, light: 1 },
    { x: 420, y: 220, radius: 70, light: 0.85 },
    { x: 700, y: 260, radius: 48, light: 1.1 },
  ]),
  small: drawHeads(150, 200, [{ x: 75, y: 90, radius: 34, light: 0.7 }]),
  nobody: drawNoise(300, 200, 7),
};

/** Pictures of other shapes than a square for the recognition net alone. */
export const goldenCrops: Readonly<Record<string, Picture>> = {
  wide: drawNoise(90, 61, 11),
  tall: drawHeads(131, 160, [{ x: 60, y: 75, radius: 50, light: 0.9 }]),
  exact: drawNoise(150, 150, 13),
};
