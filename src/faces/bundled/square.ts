import type { Box } from "../../base/geometry.ts";
import type { Picture } from "../../media/picture.ts";

/** How a net wants its pixel values: (value - mean of the channel) / divisor. */
export interface PixelScale {
  readonly mean: readonly [red: number, green: number, blue: number];
  readonly divisor: number;
}

const CHANNELS = 3;

/**
 * Resizes an area of a picture (whole pixels, inside it) to a square of `size` and writes it as
 * three planes (R, G, B) at the start of `target`.
 *
 * The area is first made square with black: on the right or below, or on both sides where
 * `centred`, the odd row or column then behind. Then it is sampled as TensorFlow.js's
 * resizeBilinear does without half pixel centres: output i reads source i * (side / size).
 */
export function fillSquare(
  picture: Picture,
  area: Box,
  options: { readonly size: number; readonly centred: boolean; readonly scale: PixelScale },
  target: Float32Array,
): void {
  const { size, centred, scale } = options;
  const side = Math.max(area.width, area.height);
  const columns = taps(area.x, area.width, picture.width, { side, size, centred });
  const rows = taps(area.y, area.height, picture.height, { side, size, centred });
  const { data } = picture;
  const stride = picture.width * CHANNELS;
  const plane = size * size;
  const factor = 1 / scale.divisor;
  const [red, green, blue] = scale.mean.map((mean) => -mean * factor) as [number, number, number];
  for (let y = 0, to = 0; y < size; y++) {
    const upper = (rows.near[y] as number) * stride;
    const lower = (rows.far[y] as number) * stride;
    const upperWeight = (rows.nearWeight[y] as number) * factor;
    const lowerWeight = (rows.farWeight[y] as number) * factor;
    for (let x = 0; x < size; x++, to++) {
      const left = (columns.near[x] as number) * CHANNELS;
      const right = (columns.far[x] as number) * CHANNELS;
      const nearWeight = columns.nearWeight[x] as number;
      const farWeight = columns.farWeight[x] as number;
      const w00 = nearWeight * upperWeight;
      const w01 = farWeight * upperWeight;
      const w10 = nearWeight * lowerWeight;
      const w11 = farWeight * lowerWeight;
      const p00 = upper + left;
      const p01 = upper + right;
      const p10 = lower + left;
      const p11 = lower + right;
      target[to] =
        (data[p00] as number) * w00 +
        (data[p01] as number) * w01 +
        (data[p10] as number) * w10 +
        (data[p11] as number) * w11 +
        red;
      target[to + plane] =
        (data[p00 + 1] as number) * w00 +
        (data[p01 + 1] as number) * w01 +
        (data[p10 + 1] as number) * w10 +
        (data[p11 + 1] as number) * w11 +
        green;
      target[to + 2 * plane] =
        (data[p00 + 2] as number) * w00 +
        (data[p01 + 2] as number) * w01 +
        (data[p10 + 2] as number) * w10 +
        (data[p11 + 2] as number) * w11 +
        blue;
    }
  }
}

/** Makes a picture of three planes of `size` x `size` values 0..255. */
export function pictureOf(planes: Float32Array, size: number): Picture {
  const plane = size * size;
  const data = new Uint8Array(CHANNELS * plane);
  for (let from = 0, to = 0; from < plane; from++, to += CHANNELS) {
    data[to] = Math.round(planes[from] as number);
    data[to + 1] = Math.round(planes[from + plane] as number);
    data[to + 2] = Math.round(planes[from + 2 * plane] as number);
  }
  return { width: size, height: size, data };
}

/** For each output position the two source positions it mixes; black ones have weight 0. */
interface Taps {
  readonly near: Int32Array;
  readonly far: Int32Array;
  readonly nearWeight: Float32Array;
  readonly farWeight: Float32Array;
}

function taps(
  start: number,
  length: number,
  limit: number,
  square: { readonly side: number; readonly size: number; readonly centred: boolean },
): Taps {
  const { side, size, centred } = square;
  const before = centred ? Math.floor((side - length) / 2) : 0;
  const step = Math.fround(side / size);
  const result: Taps = {
    near: new Int32Array(size),
    far: new Int32Array(size),
    nearWeight: new Float32Array(size),
    farWeight: new Float32Array(size),
  };
  const inside = (position: number): boolean => position >= 0 && position < length;
  const place = (position: number): number => Math.min(Math.max(start + position, 0), limit - 1);
  for (let index = 0; index < size; index++) {
    const source = Math.fround(index * step);
    const near = Math.floor(source);
    const far = Math.min(near + 1, side - 1);
    const weight = source - near;
    result.near[index] = place(near - before);
    result.far[index] = place(far - before);
    result.nearWeight[index] = inside(near - before) ? 1 - weight : 0;
    result.farWeight[index] = inside(far - before) ? weight : 0;
  }
  return result;
}
