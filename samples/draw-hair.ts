import { BLACK, hex, mix, shaded, WHITE } from "./colour.ts";
import { drawBeanie, drawScarf } from "./draw-headwear.ts";
import { type Cut, cutOf } from "./hair-cuts.ts";
import { silhouette } from "./head-shape.ts";
import { ellipse, type Flat, path, pieced, smooth, softStroke } from "./pen.ts";
import { randomFrom } from "./random.ts";
import type { Sitting } from "./sitting.ts";

/** What lies behind the head and what lies over it. */
export interface HairLayers {
  readonly behind: string;
  readonly before: string;
}

/** Hair, or what is worn over it. */
export function drawHair(sitting: Sitting): HairLayers {
  const { style } = sitting.person.hair;
  if (style === "scarf") return { behind: "", before: drawScarf(sitting) };
  if (style === "beanie") return { behind: "", before: drawBeanie(sitting) };
  const cut = cutOf(sitting.person);
  if (!cut) return { behind: "", before: "" };
  const shell = drawShell(sitting, cut);
  if (style === "curls" || style === "afro") {
    return { behind: shell, before: drawCap(sitting, cut, "") + drawRolls(sitting, cut) };
  }
  return {
    behind: shell + (style === "bun" ? drawBun(sitting) : drawFall(sitting, cut)),
    before: drawCap(sitting, cut, drawStrands(sitting, cut)),
  };
}

/** Hair of the outer edge lies behind the plane of the ears, that of the inner edge on the skin. */
function outerPlace(sitting: Sitting, [x, y]: Flat): Flat {
  return silhouette(sitting.pen, [x, y, -14]);
}

function innerPlace(sitting: Sitting, [x, y]: Flat): Flat {
  return sitting.pen.around(x, y, sitting.person.head.cheek * 1.01, 2);
}

/** The far side of the hair, seen beside a turned forehead. */
function drawShell(sitting: Sitting, cut: Cut): string {
  const high = cut.outer.filter(([, y]) => y < 6).map((place) => outerPlace(sitting, place));
  return path(pieced(high), { fill: hex(mix(sitting.person.hair.colour, BLACK, 0.4)) });
}

function drawCap(sitting: Sitting, cut: Cut, texture: string): string {
  const { person, key } = sitting;
  const buzz = person.hair.style === "buzz";
  const inner = cut.inner.map((place) => innerPlace(sitting, place));
  const outer = cut.outer.map((place) => outerPlace(sitting, place));
  const cap = pieced(outer, inner.toReversed());
  const shadow = softStroke(smooth(inner.map(([x, y]): Flat => [x, y + 2])), {
    stroke: hex(shaded(person.skin, 0.95)),
    width: buzz ? 6 : 9,
    opacity: 0.4,
  });
  const body = path(cap, { fill: `url(#${key}hair)`, opacity: buzz ? 0.7 : 1 });
  const gloss = softStroke(
    smooth([0.25, 0.4, 0.5, 0.6, 0.75].map((t) => between(sitting, cut, t, 0.62))),
    { stroke: hex(mix(person.hair.colour, WHITE, 0.5)), width: 13, opacity: buzz ? 0 : 0.2 },
  );
  return [
    `<g clip-path="url(#${key}face)">${shadow}</g>`,
    body,
    `<clipPath id="${key}cap"><path d="${cap}"/></clipPath>`,
    `<g clip-path="url(#${key}cap)">${texture}${gloss}</g>`,
  ].join("");
}

/** The place a share of the way along a list of places. */
function along(places: readonly Flat[], share: number): Flat {
  const at = Math.max(0, Math.min(1, share)) * (places.length - 1);
  const index = Math.min(places.length - 2, Math.floor(at));
  const [from, to] = [places[index] ?? [0, 0], places[index + 1] ?? [0, 0]];
  const rest = at - index;
  return [from[0] + (to[0] - from[0]) * rest, from[1] + (to[1] - from[1]) * rest];
}

/** A place inside the cap: `t` along it, `depth` 0 at the face, 1 at the air. */
function between(sitting: Sitting, cut: Cut, t: number, depth: number): Flat {
  const [ix, iy] = innerPlace(sitting, along(cut.inner, t));
  const [ox, oy] = outerPlace(sitting, along(cut.outer, t));
  return [ix + (ox - ix) * depth, iy + (oy - iy) * depth];
}

const STRANDS = 72;

function drawStrands(sitting: Sitting, cut: Cut): string {
  const { person } = sitting;
  const random = randomFrom(person.seed * 17 + 3);
  const [light, dark]: [string[], string[]] = [[], []];
  for (let index = 0; index < STRANDS; index += 1) {
    const share = (Math.floor(index / 2) + random.between(0.1, 0.9)) / (STRANDS / 2);
    const stray = (): number => random.between(-1, 1) * (1 + 2.5 * cut.wave);
    const nudge = ([x, y]: Flat): Flat => [x + stray(), y + stray() * 0.6];
    const steps = [0, 0.2, 0.4, 0.6, 0.8, 1];
    const way = index % 4 < 2 ? 0 : 1;
    const places =
      cut.flow === "along"
        ? steps.map((step) => between(sitting, cut, cut.part + (way - cut.part) * step, share))
        : steps.map((step) => between(sitting, cut, share, cut.flow === "up" ? step : 1 - step));
    (index % 2 === 0 ? light : dark).push(smooth(places.map(nudge)));
  }
  const { colour, style } = person.hair;
  const share = style === "buzz" ? 0.5 : 1;
  const [pale, deep] = [hex(mix(colour, WHITE, 0.3)), hex(mix(colour, BLACK, 0.5))];
  return (
    path(light.join(""), { stroke: pale, width: 1.5, opacity: 0.26 * share }) +
    path(dark.join(""), { stroke: deep, width: 1.9, opacity: 0.34 * share })
  );
}

/** Curls: many small rolls, dark at the roots and lighter outside, that break up the edges. */
function drawRolls(sitting: Sitting, cut: Cut): string {
  const { person } = sitting;
  const { hair } = person;
  const random = randomFrom(person.seed * 13 + 5);
  const afro = hair.style === "afro";
  const radius = afro ? 4.6 : 8.5;
  const count = afro ? 300 : 170;
  const rolls: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const depth = 0.04 + 0.98 * Math.sqrt(index / count);
    const place = between(sitting, cut, random.between(0, 1), depth);
    const share = random.between(0, 0.55) + 0.45 * depth;
    const tone = mix(mix(hair.colour, BLACK, 0.55), mix(hair.colour, WHITE, 0.2), share);
    const size = radius * random.between(0.7, 1.25);
    const shape = { fill: hex(tone), opacity: 0.72 };
    rolls.push(ellipse(place, size, size * 0.8, shape, random.between(0, 180)));
    const [x, y] = place;
    const arc = smooth([
      [x - size * 0.6, y],
      [x, y - size * 0.55],
      [x + size * 0.6, y],
    ]);
    const ink = { stroke: hex(mix(hair.colour, BLACK, 0.7)), width: 0.9, opacity: 0.4 };
    if (!afro || index % 3 === 0) rolls.push(path(arc, ink));
  }
  return rolls.join("");
}

/** What hangs behind the head and on the back of the shoulders. */
function drawFall(sitting: Sitting, cut: Cut): string {
  const { person, pen } = sitting;
  const { hair, head } = person;
  if (cut.falls === 0) return "";
  const random = randomFrom(person.seed * 19 + 1);
  const wide = head.temple + 6;
  const sides = [-50, 0, 50, 100, 150, 200]
    .filter((y) => y < cut.falls)
    .concat(cut.falls)
    .map((y): Flat => [wide * (1 + 0.1 * Math.min(1, Math.max(0, y) / 120)), y]);
  const outline = pieced(
    sides.map(([x, y]) => pen.at(-x, y, -30)).toReversed(),
    sides.map(([x, y]) => pen.at(x, y, -30)),
  );
  const strokes = Array.from({ length: 24 }, () => {
    const x = random.between(-1.05, 1.05) * wide;
    return smooth([
      pen.at(x, 0, -28),
      pen.at(x * 1.03, cut.falls * 0.6, -28),
      pen.at(x * 1.05, cut.falls, -28),
    ]);
  });
  return (
    path(outline, { fill: hex(mix(hair.colour, BLACK, 0.42)) }) +
    path(strokes.join(""), { stroke: hex(mix(hair.colour, BLACK, 0.15)), width: 1.6, opacity: 0.4 })
  );
}

function drawBun(sitting: Sitting): string {
  const { person, pen } = sitting;
  const { colour, volume } = person.hair;
  const size = 22 + 12 * volume;
  const [x, y] = pen.at(0, person.head.crownY - size * 0.55, -40);
  const light = { stroke: hex(mix(colour, WHITE, 0.3)), width: 2, opacity: 0.35 };
  return [
    ellipse([x, y], size, size * 0.85, { fill: hex(mix(colour, BLACK, 0.15)) }),
    ...[0.75, 0.5, 0.25].map((part) =>
      ellipse([x, y - size * 0.1], size * part, size * part * 0.7, light, -16),
    ),
  ].join("");
}
