import type { Point } from "../base/geometry.ts";
import type { Picture } from "../media/picture.ts";

/**
 * A similarity transform (rotation, one scale, shift): x' = a x - b y + tx, y' = b x + a y + ty.
 * Its scale is hypot(a, b).
 */
export interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly tx: number;
  readonly ty: number;
}

/** The transform of one point. */
export function transformPoint(similarity: Similarity, point: Point): Point {
  const { a, b, tx, ty } = similarity;
  return { x: a * point.x - b * point.y + tx, y: b * point.x + a * point.y + ty };
}

/** The transform that undoes `similarity`. Its scale must not be 0. */
export function invertSimilarity(similarity: Similarity): Similarity {
  const { a, b, tx, ty } = similarity;
  const squared = a * a + b * b;
  const ia = a / squared;
  const ib = -b / squared;
  return { a: ia, b: ib, tx: -(ia * tx - ib * ty), ty: -(ib * tx + ia * ty) };
}

/**
 * The similarity that takes `from` to `to` with the least sum of squared distances, without
 * reflection (S. Umeyama, "Least-squares estimation of transformation parameters between two point
 * patterns", 1991; in two dimensions it has this closed form). Null when all of `from` are one
 * point, where no scale exists.
 */
export function fitSimilarity(from: readonly Point[], to: readonly Point[]): Similarity | null {
  const centre = mean(from);
  const target = mean(to);
  let dot = 0;
  let cross = 0;
  let spread = 0;
  from.forEach((point, index) => {
    const other = to[index];
    if (!other) return;
    const px = point.x - centre.x;
    const py = point.y - centre.y;
    const qx = other.x - target.x;
    const qy = other.y - target.y;
    dot += px * qx + py * qy;
    cross += px * qy - py * qx;
    spread += px * px + py * py;
  });
  // Below a millionth of a square pixel, landmarks are one point and no face.
  if (!(spread > 1e-6)) return null;
  const a = dot / spread;
  const b = cross / spread;
  return {
    a,
    b,
    tx: target.x - (a * centre.x - b * centre.y),
    ty: target.y - (b * centre.x + a * centre.y),
  };
}

function mean(points: readonly Point[]): Point {
  let x = 0;
  let y = 0;
  for (const point of points) {
    x += point.x;
    y += point.y;
  }
  return { x: x / points.length, y: y / points.length };
}

/**
 * Cuts a square crop of `size` pixels: crop pixel p shows what lies at `inverse(toCrop)(p)` in
 * `picture`. Pixel centres lie at whole numbers in both. When the crop is a reduction of two times
 * or more, the part it shows is first averaged by whole blocks, else fine detail would alias into
 * false texture; then bilinear. Beyond the picture's edge the edge pixel goes on.
 */
export function cutCrop(picture: Picture, toCrop: Similarity, size: number): Picture {
  const inverse = invertSimilarity(toCrop);
  const step = Math.hypot(inverse.a, inverse.b);
  const factor = Math.floor(step);
  if (factor < 2) return sampleCrop(picture, inverse, size);
  const shrunk = averageBlocks(picture, regionOf(inverse, size), factor);
  // A block's centre, in pixels of the picture, is left + factor * i + (factor - 1) / 2.
  const half = (factor - 1) / 2;
  return sampleCrop(
    shrunk.picture,
    {
      a: inverse.a / factor,
      b: inverse.b / factor,
      tx: (inverse.tx - shrunk.left - half) / factor,
      ty: (inverse.ty - shrunk.top - half) / factor,
    },
    size,
  );
}

interface Region {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The part of the picture that the crop's corners span. */
function regionOf(inverse: Similarity, size: number): Region {
  const last = size - 1;
  const corners = [
    transformPoint(inverse, { x: 0, y: 0 }),
    transformPoint(inverse, { x: last, y: 0 }),
    transformPoint(inverse, { x: 0, y: last }),
    transformPoint(inverse, { x: last, y: last }),
  ];
  const xs = corners.map((corner) => corner.x);
  const ys = corners.map((corner) => corner.y);
  return {
    left: Math.floor(Math.min(...xs)),
    top: Math.floor(Math.min(...ys)),
    right: Math.ceil(Math.max(...xs)),
    bottom: Math.ceil(Math.max(...ys)),
  };
}

/**
 * Averages whole blocks of factor x factor pixels over the region, with a margin for the bilinear
 * step, as far as the picture goes. `left` and `top` say where the first block begins.
 */
function averageBlocks(
  picture: Picture,
  region: Region,
  factor: number,
): { readonly picture: Picture; readonly left: number; readonly top: number } {
  const [left, width] = blocksOver(region.left, region.right, { factor, side: picture.width });
  const [top, height] = blocksOver(region.top, region.bottom, { factor, side: picture.height });
  // A picture narrower than a block is one block of what there is.
  const blockWidth = Math.min(factor, picture.width);
  const blockHeight = Math.min(factor, picture.height);
  const sums = new Uint32Array(width * 3);
  const data = new Uint8Array(width * height * 3);
  const source = picture.data;
  const inverseArea = 1 / (blockWidth * blockHeight);
  for (let row = 0; row < height; row += 1) {
    sums.fill(0);
    for (let y = 0; y < blockHeight; y += 1) {
      let at = ((top + row * factor + y) * picture.width + left) * 3;
      for (let column = 0; column < width * 3; column += 3) {
        let red = 0;
        let green = 0;
        let blue = 0;
        for (let x = 0; x < blockWidth; x += 1, at += 3) {
          red += source[at] as number;
          green += source[at + 1] as number;
          blue += source[at + 2] as number;
        }
        sums[column] = (sums[column] as number) + red;
        sums[column + 1] = (sums[column + 1] as number) + green;
        sums[column + 2] = (sums[column + 2] as number) + blue;
      }
    }
    const start = row * width * 3;
    for (let index = 0; index < width * 3; index += 1) {
      data[start + index] = (sums[index] as number) * inverseArea + 0.5;
    }
  }
  return { picture: { width, height, data }, left, top };
}

/**
 * Where the first block begins and how many whole ones, along one side, it takes to have the
 * centre of one before `first` and after `last`, as far as the picture goes.
 */
function blocksOver(
  first: number,
  last: number,
  { factor, side }: { readonly factor: number; readonly side: number },
): readonly [start: number, count: number] {
  const start = clamp(first - factor, 0, Math.max(0, side - factor));
  const wanted = Math.ceil((last + factor - start) / factor) + 1;
  return [start, clamp(wanted, 1, Math.max(1, Math.floor((side - start) / factor)))];
}

/** Bilinear sampling at `inverse` of every crop pixel, coordinates clamped to the picture. */
function sampleCrop(picture: Picture, inverse: Similarity, size: number): Picture {
  const { width, height, data: source } = picture;
  const data = new Uint8Array(size * size * 3);
  const lastX = width - 1;
  const lastY = height - 1;
  const stride = width * 3;
  let out = 0;
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1, out += 3) {
      const x = clamp(inverse.a * column - inverse.b * row + inverse.tx, 0, lastX);
      const y = clamp(inverse.b * column + inverse.a * row + inverse.ty, 0, lastY);
      const x0 = x | 0;
      const y0 = y | 0;
      const fx = x - x0;
      const fy = y - y0;
      const at = y0 * stride + x0 * 3;
      const right = x0 < lastX ? 3 : 0;
      const below = y0 < lastY ? stride : 0;
      const w11 = fx * fy;
      const w10 = fx - w11;
      const w01 = fy - w11;
      const w00 = 1 - fx - w01;
      for (let channel = 0; channel < 3; channel += 1) {
        const from = at + channel;
        data[out + channel] =
          (source[from] as number) * w00 +
          (source[from + right] as number) * w10 +
          (source[from + below] as number) * w01 +
          (source[from + below + right] as number) * w11 +
          0.5;
      }
    }
  }
  return { width: size, height: size, data };
}

function clamp(value: number, least: number, most: number): number {
  return value < least ? least : value > most ? most : value;
}
