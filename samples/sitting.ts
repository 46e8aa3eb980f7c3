import { BLACK, type Colour, hex, mix, shaded, WHITE } from "./colour.ts";
import { ellipse, type Flat, type Pen } from "./pen.ts";
import type { Person } from "./person.ts";

export type Side = 1 | -1;
export const SIDES: readonly [Side, Side] = [-1, 1];

/** What a face does at the moment. */
export interface Expression {
  /** 0..1. */
  readonly smile: number;
  /** 0..1, how far the mouth is open. */
  readonly open: number;
  /** -1 lowered, 1 raised. */
  readonly brow: number;
  /** Where the eyes look, -1 left of the picture, 1 right. */
  readonly gaze: number;
}

/** Where the light comes from and how hard it is. */
export interface Light {
  /** -1 from the left of the picture, 1 from the right. */
  readonly side: number;
  /** 0 even, 1 one half of the face in deep shadow. */
  readonly contrast: number;
  /** 0 cold, 1 warm. */
  readonly warmth: number;
}

/** What every part of a drawing needs to know. `key` keeps ids of one sheet of SVG apart. */
export interface Sitting {
  readonly person: Person;
  readonly pen: Pen;
  readonly expression: Expression;
  readonly light: Light;
  readonly key: string;
}

type Tone = "deep" | "mild" | "glow" | "blush" | "ink";

/** A spot of shadow or light that fades out towards its edge. */
export function spot(
  sitting: Sitting,
  tone: Tone,
  centre: Flat,
  size: { readonly rx: number; readonly ry: number; readonly turn?: number },
  opacity: number,
): string {
  if (opacity <= 0.01) return "";
  const paint = { fill: `url(#${sitting.key}${tone})`, opacity };
  return ellipse(centre, size.rx, size.ry, paint, size.turn ?? 0);
}

/** The gradients that `spot` and the parts of a bust paint with. */
export function definitions(sitting: Sitting, outline: string): string {
  const { person, key, light } = sitting;
  const { skin, eyes, mouth, hair, clothes } = person;
  const warm: Colour = mix([224, 234, 255], [255, 238, 210], light.warmth);
  const focus = 50 + light.side * 14;
  return [
    `<clipPath id="${key}face"><path d="${outline}"/></clipPath>`,
    fading(`${key}deep`, shaded(skin, 0.72)),
    fading(`${key}mild`, shaded(skin, 0.42)),
    fading(`${key}ink`, shaded(skin, 1)),
    fading(`${key}glow`, mix(skin, warm, 0.62)),
    fading(`${key}blush`, mix(skin, [214, 60, 60], 0.6)),
    radial(
      `${key}skin`,
      [mix(skin, warm, 0.16), skin, shaded(skin, 0.3)],
      `cx="${focus}%" cy="44%" r="64%"`,
    ),
    radial(`${key}iris`, [mix(eyes.iris, WHITE, 0.25), eyes.iris, mix(eyes.iris, BLACK, 0.5)], ""),
    linear(`${key}lip`, [
      mix(mouth.colour, BLACK, 0.06),
      mix(mouth.colour, WHITE, 0.14),
      mix(mouth.colour, BLACK, 0.14),
    ]),
    linear(`${key}hair`, [
      mix(hair.colour, WHITE, 0.18),
      hair.colour,
      mix(hair.colour, BLACK, 0.35),
    ]),
    linear(`${key}cloth`, [
      mix(clothes.colour, WHITE, 0.18),
      clothes.colour,
      mix(clothes.colour, BLACK, 0.4),
    ]),
    linear(`${key}hat`, [
      mix(hair.second, WHITE, 0.16),
      hair.second,
      mix(hair.second, BLACK, 0.35),
    ]),
    sideLight(sitting, warm),
  ].join("");
}

/** Light from one side, shadow on the other, laid over the finished skin. */
function sideLight(sitting: Sitting, warm: Colour): string {
  const { light, person, key } = sitting;
  const bright = (0.2 * Math.abs(light.side)).toFixed(3);
  const dark = (0.78 * light.contrast * Math.abs(light.side)).toFixed(3);
  const [from, to] = light.side < 0 ? ["0", "1"] : ["1", "0"];
  const night = hex(mix(shaded(person.skin, 1), BLACK, 0.4));
  return [
    `<linearGradient id="${key}light" x1="${from}" x2="${to}" y1="0" y2="0.15">`,
    `<stop offset="0" stop-color="${hex(mix(person.skin, warm, 0.7))}" stop-opacity="${bright}"/>`,
    `<stop offset="0.38" stop-color="${hex(person.skin)}" stop-opacity="0"/>`,
    `<stop offset="0.46" stop-color="${night}" stop-opacity="0"/>`,
    `<stop offset="1" stop-color="${night}" stop-opacity="${dark}"/>`,
    "</linearGradient>",
  ].join("");
}

/** Shares of a bell curve, so that a spot has no visible edge. */
const BELL = [
  [0, 1],
  [0.25, 0.83],
  [0.5, 0.46],
  [0.75, 0.15],
  [1, 0],
] as const;

function fading(id: string, tone: Colour): string {
  const stops = BELL.map(
    ([at, share]) => `<stop offset="${at}" stop-color="${hex(tone)}" stop-opacity="${share}"/>`,
  );
  return `<radialGradient id="${id}">${stops.join("")}</radialGradient>`;
}

function radial(id: string, tones: readonly [Colour, Colour, Colour], place: string): string {
  return `<radialGradient id="${id}" ${place}>${threeStops(tones, 0.55)}</radialGradient>`;
}

function linear(id: string, tones: readonly [Colour, Colour, Colour]): string {
  const place = 'x1="0" y1="0" x2="0.25" y2="1"';
  return `<linearGradient id="${id}" ${place}>${threeStops(tones, 0.45)}</linearGradient>`;
}

function threeStops(tones: readonly [Colour, Colour, Colour], middle: number): string {
  return [0, middle, 1]
    .map((at, index) => `<stop offset="${at}" stop-color="${hex(tones[index] ?? BLACK)}"/>`)
    .join("");
}
