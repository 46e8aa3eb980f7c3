import { assert } from "../base/errors.ts";
import type { Box } from "../base/geometry.ts";
import type { Picture } from "./picture.ts";

// [Note: what a covered face still tells]
// One colour: the average of its middle in 32 steps a channel, 15 bits, which neck and hands show
// anyway. All else is painted from pixels outside the covered ellipse, which stay in the picture.
// A mosaic looks as safe and is not. Measured on the London set (102 people, neutral against
// smiling, both covered, same lamp and chair): 16 cells told 76 people apart by their colours alone;
// the one colour tells 22, and what surrounds the ellipse, which nobody covers, 56.

/**
 * The covered ellipse is this much wider and higher than the face's box: over the square root of 2
 * so that it holds the box's corners, and a little more for hair, ears and chin.
 */
const ENLARGE = 1.6;

/** Half axes of the smallest ellipse: whatever the detector found, it was not smaller than this. */
const RADIUS_PIXELS_MIN = 4;

/** The middle whose average gives the one colour: about the face's own box. */
const TONE_RADIUS = 0.55;

/** Steps of a channel of that colour: skin and light stay plausible, small differences go. */
const TONE_STEPS = 32;

/** Where the one colour begins to turn into what surrounds it. */
const FADE_FROM = 0.35;

/** Directions in which the surroundings are looked at: smoothed, so that their number is not seen. */
const SPOKES = 48;

/** Directions that are painted: a finer ring, so that a pixel takes the nearest without steps. */
const PAINTED_SPOKES = SPOKES * 16;

/** Looks in one direction, from just outside the ellipse outwards; their average is taken. */
const LOOKS = [1.03, 1.07, 1.11, 1.15, 1.2];

/** How many neighbours on either side a direction is smoothed with. */
const SPREAD = 4;

/** The ellipse over one face and the rectangle round it, clipped to the picture; all in pixels. */
export interface Cover {
  readonly centreX: number;
  readonly centreY: number;
  readonly radiusX: number;
  readonly radiusY: number;
  readonly left: number;
  readonly top: number;
  /** Exclusive. */
  readonly right: number;
  /** Exclusive. */
  readonly bottom: number;
}

/**
 * Covers every face so that it can't be matched any more; all other pixels stay as they are.
 * `places` are boxes of faces in 0..1 of the picture; they may reach over its borders. Returns a
 * new picture; deterministic. Where two areas overlap, the later one is on top.
 */
export function blurFaces(picture: Picture, places: readonly Box[]): Picture {
  const data = new Uint8Array(picture.data);
  const covers = places
    .map((place) => coverOf(place, picture))
    .filter((cover): cover is Cover => cover !== null);
  for (const cover of covers) {
    const tone = toneOf(picture, cover);
    paint(data, picture.width, { cover, tone, rim: rimOf(picture, { cover, covers, tone }) });
  }
  return { width: picture.width, height: picture.height, data };
}

/** What is covered for one face, or null where it lies outside the picture altogether. */
export function coverOf(
  place: Box,
  size: { readonly width: number; readonly height: number },
): Cover | null {
  assert(
    [place.x, place.y, place.width, place.height].every(Number.isFinite),
    "a face's box is finite",
  );
  const radiusX = Math.max((place.width * size.width * ENLARGE) / 2, RADIUS_PIXELS_MIN);
  const radiusY = Math.max((place.height * size.height * ENLARGE) / 2, RADIUS_PIXELS_MIN);
  const centreX = (place.x + place.width / 2) * size.width;
  const centreY = (place.y + place.height / 2) * size.height;
  const left = Math.max(0, Math.floor(centreX - radiusX));
  const top = Math.max(0, Math.floor(centreY - radiusY));
  const right = Math.min(size.width, Math.ceil(centreX + radiusX));
  const bottom = Math.min(size.height, Math.ceil(centreY + radiusY));
  if (left >= right || top >= bottom) return null;
  return { centreX, centreY, radiusX, radiusY, left, top, right, bottom };
}

/** How far a pixel's middle lies from an ellipse's centre: 1 is on the ellipse. */
export function reach(cover: Cover, x: number, y: number): number {
  const dx = (x + 0.5 - cover.centreX) / cover.radiusX;
  const dy = (y + 0.5 - cover.centreY) / cover.radiusY;
  return Math.sqrt(dx * dx + dy * dy);
}

/** True for the pixels whose middle is averaged into the one colour that is kept. */
export function isTone(cover: Cover, x: number, y: number): boolean {
  return reach(cover, x, y) <= TONE_RADIUS;
}

type Colour = readonly [red: number, green: number, blue: number];

/** The one colour that is kept of a face; grey where its middle lies outside the picture. */
function toneOf(picture: Picture, cover: Cover): Colour {
  const tone = new Average();
  for (let y = cover.top; y < cover.bottom; y += 1)
    for (let x = cover.left; x < cover.right; x += 1)
      if (isTone(cover, x, y)) tone.add(picture, x, y);
  const step = 255 / (TONE_STEPS - 1);
  const [red, green, blue] = tone.colour() ?? [128, 128, 128];
  return [
    Math.round(red / step) * step,
    Math.round(green / step) * step,
    Math.round(blue / step) * step,
  ];
}

/** Sums colours of pixels. */
class Average {
  #red = 0;
  #green = 0;
  #blue = 0;
  #count = 0;

  add(picture: Picture, x: number, y: number): void {
    const at = (y * picture.width + x) * 3;
    this.#red += picture.data[at] ?? 0;
    this.#green += picture.data[at + 1] ?? 0;
    this.#blue += picture.data[at + 2] ?? 0;
    this.#count += 1;
  }

  colour(): Colour | null {
    const count = this.#count;
    return count === 0 ? null : [this.#red / count, this.#green / count, this.#blue / count];
  }
}

/** Smoothed colours round an ellipse, from pixels that no face covers; `tone` where there are none. */
function rimOf(
  picture: Picture,
  { cover, covers, tone }: { cover: Cover; covers: readonly Cover[]; tone: Colour },
): readonly Colour[] {
  const seen = Array.from({ length: SPOKES }, (_, spoke): Colour => {
    const angle = (2 * Math.PI * spoke) / SPOKES;
    const outside = new Average();
    for (const look of LOOKS) {
      const x = Math.floor(cover.centreX + Math.cos(angle) * cover.radiusX * look);
      const y = Math.floor(cover.centreY + Math.sin(angle) * cover.radiusY * look);
      if (x < 0 || y < 0 || x >= picture.width || y >= picture.height) continue;
      if (covers.every((other) => reach(other, x, y) > 1)) outside.add(picture, x, y);
    }
    return outside.colour() ?? tone;
  });
  return seen.map((_, spoke) => smoothed(seen, spoke));
}

function smoothed(colours: readonly Colour[], spoke: number): Colour {
  let sum: Colour = [0, 0, 0];
  let weights = 0;
  for (let step = -SPREAD; step <= SPREAD; step += 1) {
    const weight = Math.exp(-(step * step) / (2 * SPREAD));
    const [red, green, blue] = around(colours, spoke + step);
    sum = [sum[0] + red * weight, sum[1] + green * weight, sum[2] + blue * weight];
    weights += weight;
  }
  return [sum[0] / weights, sum[1] / weights, sum[2] / weights];
}

/** Paints the ellipse: the tone in the middle, the rim's colours outwards. */
function paint(
  data: Uint8Array,
  width: number,
  { cover, tone, rim }: { cover: Cover; tone: Colour; rim: readonly Colour[] },
): void {
  const ring = Float64Array.from({ length: PAINTED_SPOKES * 3 }, (_, index) => {
    const spoke = (Math.floor(index / 3) * SPOKES) / PAINTED_SPOKES;
    const first = Math.floor(spoke);
    return mix(around(rim, first), around(rim, first + 1), spoke - first)[index % 3] ?? 0;
  });
  const [red, green, blue] = tone;
  for (let y = cover.top; y < cover.bottom; y += 1)
    for (let x = cover.left; x < cover.right; x += 1) {
      const far = reach(cover, x, y);
      if (far > 1) continue;
      const dx = (x + 0.5 - cover.centreX) / cover.radiusX;
      const dy = (y + 0.5 - cover.centreY) / cover.radiusY;
      const turn = Math.atan2(dy, dx) / (2 * Math.PI) + 1;
      const spoke = (Math.round(turn * PAINTED_SPOKES) % PAINTED_SPOKES) * 3;
      const part = fade(far);
      const at = (y * width + x) * 3;
      data[at] = red + ((ring[spoke] ?? 0) - red) * part;
      data[at + 1] = green + ((ring[spoke + 1] ?? 0) - green) * part;
      data[at + 2] = blue + ((ring[spoke + 2] ?? 0) - blue) * part;
    }
}

/** 0 in the middle, 1 at the rim, without a corner in between. */
function fade(far: number): number {
  const part = Math.min(1, Math.max(0, (far - FADE_FROM) / (1 - FADE_FROM)));
  return part * part * (3 - 2 * part);
}

function around(colours: readonly Colour[], spoke: number): Colour {
  const colour = colours[(spoke + 2 * SPOKES) % SPOKES];
  assert(colour !== undefined, "a spoke is a whole number within two turns");
  return colour;
}

function mix(from: Colour, to: Colour, part: number): Colour {
  return [
    from[0] + (to[0] - from[0]) * part,
    from[1] + (to[1] - from[1]) * part,
    from[2] + (to[2] - from[2]) * part,
  ];
}
