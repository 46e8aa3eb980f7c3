/** What of a camera's picture can be told without knowing a face: enough to find light and to hold still. */
export type PictureProblem = "dark" | "bright" | "blurred";

/** Light values of 0..255, row by row. */
export interface GreyPicture {
  readonly width: number;
  readonly height: number;
  readonly light: Uint8Array;
}

/** Mean light of the middle. The service measures the face itself and has the last word. */
const LIGHT_MIN = 55;
const LIGHT_MAX = 222;
/** Variance of the Laplacian; a hand that shakes in a room gives 5 to 15 at this size. */
const SHARPNESS_MIN = 18;

/** What to change first, or null where nothing is wrong. */
export function judgePicture(picture: GreyPicture): PictureProblem | null {
  const light = meanLight(picture);
  if (light < LIGHT_MIN) return "dark";
  if (light > LIGHT_MAX) return "bright";
  return sharpnessOf(picture) < SHARPNESS_MIN ? "blurred" : null;
}

/** The bytes of a canvas as light (Rec. 601). */
export function greyOf(rgba: Uint8ClampedArray, width: number, height: number): GreyPicture {
  const light = new Uint8Array(width * height);
  for (let at = 0; at < light.length; at++) {
    const [r = 0, g = 0, b = 0] = rgba.subarray(at * 4, at * 4 + 3);
    light[at] = 0.299 * r + 0.587 * g + 0.114 * b;
  }
  return { width, height, light };
}

function meanLight({ width, height, light }: GreyPicture): number {
  let sum = 0;
  let count = 0;
  for (let y = Math.floor(height / 4); y < (height * 3) / 4; y++) {
    for (let x = Math.floor(width / 3); x < (width * 2) / 3; x++) {
      sum += light[y * width + x] ?? 0;
      count += 1;
    }
  }
  return sum / Math.max(1, count);
}

/** Variance of the Laplacian: low where no edge is sharp. */
function sharpnessOf({ width, height, light }: GreyPicture): number {
  let sum = 0;
  let squares = 0;
  let count = 0;
  const at = (x: number, y: number): number => light[y * width + x] ?? 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const edge = 4 * at(x, y) - at(x - 1, y) - at(x + 1, y) - at(x, y - 1) - at(x, y + 1);
      sum += edge;
      squares += edge * edge;
      count += 1;
    }
  }
  const mean = sum / Math.max(1, count);
  return squares / Math.max(1, count) - mean * mean;
}
