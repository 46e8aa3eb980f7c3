import sharp from "sharp";
import { unreachable } from "../src/base/errors.ts";
import type { Box } from "../src/base/geometry.ts";
import { type Backdrop, drawBackdrop } from "./backdrops.ts";
import { type Bust, drawBust } from "./draw-face.ts";
import type { Flat, Pose } from "./pen.ts";
import type { Person } from "./person.ts";
import type { Expression, Light } from "./sitting.ts";

export type Condition = "alone" | "group" | "back-row" | "turned" | "dark" | "too-turned";

/** Someone in a scene. Places are pixels of the scene before it is turned as a whole. */
export interface Figure {
  readonly id: string;
  readonly person: Person;
  /** The place between the eyes. */
  readonly x: number;
  readonly y: number;
  /** Pixels a millimetre. */
  readonly scale: number;
  readonly pose: Pose;
  /** Clockwise lean in degrees. */
  readonly roll: number;
  readonly expression: Expression;
  readonly condition: Condition;
}

/** A photo before it is taken. Figures are painted in order: those behind come first. */
export interface Scene {
  readonly seed: number;
  readonly width: number;
  readonly height: number;
  readonly backdrop: Backdrop;
  readonly light: Light;
  /** 0 daylight, 1 black. */
  readonly darkness: number;
  /** The finished picture turned clockwise, as a scanned print may be. */
  readonly turn: 0 | 90 | 180 | 270;
  /** Stored sideways with EXIF orientation 6, as phones do; viewers show it upright. */
  readonly sideways: boolean;
  /** Local time, `YYYY-MM-DDTHH:MM:SS`. */
  readonly takenAt: string;
  readonly figures: readonly Figure[];
}

/** Where a face is in the finished photo, in pixels of the upright photo. */
export interface TrueFace {
  readonly person: string;
  readonly box: Box;
  /** From cheek to cheek along the face's own axis, whichever way it is turned. */
  readonly widthPixels: number;
  readonly condition: Condition;
}

/** A photo taken: JPEG bytes and where its faces are. */
export interface Taken {
  readonly jpeg: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly faces: readonly TrueFace[];
}

/** High enough that small faces keep their features, low enough for a folder of some megabytes. */
const JPEG_QUALITY = 86;

/** Paints a scene and takes its photo. The same scene gives the same bytes with one sharp. */
export async function takePhoto(scene: Scene): Promise<Taken> {
  const busts = scene.figures.map((figure, index) => ({
    figure,
    bust: drawBust(figure.person, {
      pose: figure.pose,
      light: scene.light,
      expression: figure.expression,
      key: `f${index}`,
    }),
  }));
  const { width, height } = scene;
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">`,
    drawBackdrop(scene.backdrop, width, height, scene.seed),
    ...busts.map(({ figure, bust }) => `<g transform="${placing(figure)}">${bust.svg}</g>`),
    night(scene),
    "</svg>",
  ].join("");
  // EXIF orientation 6 asks the viewer to turn by 90 degrees, so the file is turned back by them.
  const turn = (scene.turn + (scene.sideways ? 270 : 0)) % 360;
  const jpeg = await sharp(Buffer.from(svg), { unlimited: true })
    .removeAlpha()
    .rotate(turn)
    .withExif({ IFD2: { DateTimeOriginal: exifTime(scene.takenAt) } })
    .withMetadata({ orientation: scene.sideways ? 6 : 1 })
    .jpeg({ quality: JPEG_QUALITY })
    .toBuffer();
  const upright = scene.turn % 180 === 0 ? { width, height } : { width: height, height: width };
  const faces = busts.map(({ figure, bust }) => trueFace(scene, figure, bust));
  return { jpeg, ...upright, faces };
}

function placing(figure: Figure): string {
  const [x, y] = [figure.x.toFixed(2), figure.y.toFixed(2)];
  return `translate(${x} ${y}) rotate(${figure.roll.toFixed(2)}) scale(${figure.scale.toFixed(4)})`;
}

function night(scene: Scene): string {
  if (scene.darkness === 0) return "";
  const share = scene.darkness.toFixed(2);
  const size = `width="${scene.width}" height="${scene.height}"`;
  return `<rect ${size} fill="#080a16" fill-opacity="${share}"/>`;
}

function exifTime(takenAt: string): string {
  return takenAt.replaceAll("-", ":").replace("T", " ");
}

function trueFace(scene: Scene, figure: Figure, bust: Bust): TrueFace {
  const { x, y, width, height } = bust.face;
  const corners: readonly Flat[] = [
    [x, y],
    [x + width, y],
    [x, y + height],
    [x + width, y + height],
  ];
  // A leaning face does not reach into the corners of its box: half of each overshoot is given up.
  const lean = Math.abs(Math.sin((figure.roll * Math.PI) / 90)) / 2;
  const placed = corners.map((corner) => turned(scene, leaned(figure, corner)));
  const xs = placed.map(([across]) => across);
  const ys = placed.map(([, down]) => down);
  const trim = lean * Math.min(width, height) * figure.scale * 0.35;
  const [left, top] = [Math.min(...xs) + trim, Math.min(...ys) + trim];
  return {
    person: figure.id,
    box: {
      x: left,
      y: top,
      width: Math.max(...xs) - trim - left,
      height: Math.max(...ys) - trim - top,
    },
    widthPixels: width * figure.scale,
    condition: figure.condition,
  };
}

function leaned(figure: Figure, [x, y]: Flat): Flat {
  const angle = (figure.roll * Math.PI) / 180;
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  return [
    figure.x + (x * cos - y * sin) * figure.scale,
    figure.y + (x * sin + y * cos) * figure.scale,
  ];
}

function turned(scene: Scene, [x, y]: Flat): Flat {
  switch (scene.turn) {
    case 0:
      return [x, y];
    case 90:
      return [scene.height - y, x];
    case 180:
      return [scene.width - x, scene.height - y];
    case 270:
      return [y, scene.width - x];
    default:
      return unreachable(scene.turn);
  }
}
