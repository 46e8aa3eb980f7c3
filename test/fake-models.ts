import type { Box, Point } from "../src/base/geometry.ts";
import type { Detection } from "../src/faces/face.ts";
import type { DetectorTraits, FaceModels } from "../src/faces/models.ts";
import { sharp } from "../src/media/codec.ts";
import type { Picture } from "../src/media/picture.ts";

/**
 * A drawn face for tests of geometry: a green rectangle, a quarter higher than wide, whose upper
 * quarter is red. `x` and `y` are its middle; `roll` is clockwise, in degrees.
 */
export interface DrawnFace {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly roll?: number;
}

/** Height of a drawn face in widths. */
const HEIGHT = 1.25;

/** Landmarks of a drawn face from its middle, in widths, as an upright one has them. */
const LANDMARKS: readonly [Point, Point, Point, Point, Point] = [
  { x: -0.22, y: -0.15 },
  { x: 0.22, y: -0.15 },
  { x: 0, y: 0.09 },
  { x: -0.16, y: 0.31 },
  { x: 0.16, y: 0.31 },
];

/** A picture of drawn faces on grey, as a file of the format. */
export async function drawFaces(
  size: { readonly width: number; readonly height: number },
  faces: readonly DrawnFace[],
  format: "png" | "jpeg" = "png",
): Promise<Buffer> {
  const shapes = faces.map(({ x, y, width, roll = 0 }) => {
    const height = width * HEIGHT;
    const at = `x="${-width / 2}" width="${width}"`;
    return (
      `<g transform="translate(${x} ${y}) rotate(${roll})">` +
      `<rect ${at} y="${-height / 2}" height="${height}" fill="#00e000"/>` +
      `<rect ${at} y="${-height / 2}" height="${height / 4}" fill="#e00000"/></g>`
    );
  });
  const { width, height } = size;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
    `<rect width="${width}" height="${height}" fill="#808080"/>${shapes.join("")}</svg>`;
  const image = sharp(Buffer.from(svg), { unlimited: true }).removeAlpha();
  return format === "png"
    ? image.png({ compressionLevel: 1 }).toBuffer()
    : image.jpeg({ quality: 95, chromaSubsampling: "4:4:4" }).toBuffer();
}

/** The box and landmarks that a drawn face has in its picture. */
export function truthOf(face: DrawnFace): {
  readonly box: Box;
  readonly landmarks: readonly Point[];
} {
  const turn = turner(face);
  const corners = [-0.5, 0.5].flatMap((x) => [-HEIGHT / 2, HEIGHT / 2].map((y) => turn({ x, y })));
  const xs = corners.map(({ x }) => x);
  const ys = corners.map(({ y }) => y);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  const box = { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
  return { box, landmarks: LANDMARKS.map(turn) };
}

function turner({ x, y, width, roll = 0 }: DrawnFace): (point: Point) => Point {
  const angle = (roll / 180) * Math.PI;
  const [cos, sin] = [Math.cos(angle) * width, Math.sin(angle) * width];
  return (point) => ({
    x: x + point.x * cos - point.y * sin,
    y: y + point.x * sin + point.y * cos,
  });
}

/** How a fake detector behaves. */
export interface FakeTraits extends DetectorTraits {
  /** What it makes of faces turned by more than 45 degrees. */
  readonly turned: "missed" | "taken for upright";
  /** What part of a face's roll its landmarks show. */
  readonly rollShown: number;
}

/** A detector like YuNet: any size, taken in by turned faces. */
export const anySize: FakeTraits = {
  inputSide: null,
  faceMinPixels: 16,
  sureScores: [{ widthMin: 0, score: 0.9 }],
  followsRoll: false,
  turned: "taken for upright",
  rollShown: 0.6,
};

/** A detector like SSD: a square of fixed size, blind to turned faces. */
export const fixedSize: FakeTraits = {
  inputSide: 512,
  faceMinPixels: 16,
  sureScores: [],
  followsRoll: true,
  turned: "missed",
  rollShown: 1,
};

/** Models that find drawn faces, and what they were asked. */
export interface FakeModels extends FaceModels {
  /** Pictures that were looked at, by width and height. */
  readonly looks: { readonly width: number; readonly height: number }[];
  readonly embedded: Picture[];
}

/** Models for drawn faces. A template says where its crop came from: it is not one of a person. */
export function fakeModels(traits: FakeTraits): FakeModels {
  const looks: { readonly width: number; readonly height: number }[] = [];
  const embedded: Picture[] = [];
  return {
    pack: "fake",
    templateSize: 4,
    detector: traits,
    cropFaceWidth: 100,
    looks,
    embedded,
    detect: async (picture) => {
      looks.push({ width: picture.width, height: picture.height });
      const scale = traits.inputSide
        ? traits.inputSide / Math.max(picture.width, picture.height)
        : 1;
      return blobsIn(picture).flatMap((blob) => detectionOf(blob, traits, scale));
    },
    align: (picture, { box }) => ({ ...picture, data: picture.data.subarray(0, box.width) }),
    embed: async (crops) => {
      embedded.push(...crops);
      return crops.map(() => Float32Array.of(0.5, 0.5, 0.5, 0.5));
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** A connected piece of red and green. */
interface Blob {
  pixels: number;
  readonly red: { x: number; y: number; count: number };
  readonly green: { x: number; y: number; count: number };
  left: number;
  top: number;
  right: number;
  bottom: number;
}

function blobsIn(picture: Picture): readonly Blob[] {
  const { width, height, data } = picture;
  const kinds = new Uint8Array(width * height);
  for (let index = 0; index < kinds.length; index += 1) {
    const [red, green, blue] = [data[index * 3]!, data[index * 3 + 1]!, data[index * 3 + 2]!];
    if (blue > 90) continue;
    kinds[index] = red > green ? 1 : 2;
  }
  const blobs: Blob[] = [];
  const stack: number[] = [];
  for (let start = 0; start < kinds.length; start += 1) {
    if (kinds[start] === 0) continue;
    const blob: Blob = {
      pixels: 0,
      red: { x: 0, y: 0, count: 0 },
      green: { x: 0, y: 0, count: 0 },
      left: width,
      top: height,
      right: 0,
      bottom: 0,
    };
    stack.push(start);
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const kind = kinds[at]!;
      if (kind === 0) continue;
      kinds[at] = 0;
      const [x, y] = [at % width, Math.floor(at / width)];
      grow(blob, kind === 1 ? blob.red : blob.green, x, y);
      if (x > 0) stack.push(at - 1);
      if (x < width - 1) stack.push(at + 1);
      if (y > 0) stack.push(at - width);
      if (y < height - 1) stack.push(at + width);
    }
    blobs.push(blob);
  }
  return blobs;
}

function grow(blob: Blob, part: Blob["red"], x: number, y: number): void {
  blob.pixels += 1;
  part.x += x;
  part.y += y;
  part.count += 1;
  blob.left = Math.min(blob.left, x);
  blob.top = Math.min(blob.top, y);
  blob.right = Math.max(blob.right, x + 1);
  blob.bottom = Math.max(blob.bottom, y + 1);
}

function detectionOf(blob: Blob, traits: FakeTraits, scale: number): readonly Detection[] {
  const { red, green } = blob;
  // A face cut in two by a tile's edge shows only one colour, or too little of one.
  if (red.count < 0.15 * blob.pixels || green.count < 0.5 * blob.pixels) return [];
  const width = Math.sqrt(blob.pixels / HEIGHT);
  if (width * scale < traits.faceMinPixels) return [];
  const up = {
    x: red.x / red.count - green.x / green.count,
    y: red.y / red.count - green.y / green.count,
  };
  const roll = (Math.atan2(up.x, -up.y) * 180) / Math.PI;
  const turned = Math.abs(roll) > 50;
  if (turned && traits.turned === "missed") return [];
  const x = (blob.left + blob.right) / 2;
  const y = (blob.top + blob.bottom) / 2;
  const shown = { x, y, width, roll: turned ? 0 : roll * traits.rollShown };
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = truthOf(shown).landmarks as [
    Point,
    Point,
    Point,
    Point,
    Point,
  ];
  return [
    {
      box: {
        x: blob.left,
        y: blob.top,
        width: blob.right - blob.left,
        height: blob.bottom - blob.top,
      },
      landmarks: [leftEye, rightEye, nose, leftMouth, rightMouth],
      score: turned ? 0.8 : 0.95 - Math.abs(roll) / 1000,
      outline: null,
    },
  ];
}
