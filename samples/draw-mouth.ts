import { BLACK, colour, hex, mix, shaded, WHITE } from "./colour.ts";
import { ellipse, type Flat, path, pieced, smooth, softStroke } from "./pen.ts";
import { SIDES, type Side, type Sitting, spot } from "./sitting.ts";

interface Lips {
  readonly y: number;
  readonly half: number;
  readonly gap: number;
  readonly rise: number;
  readonly upper: number;
  readonly lower: number;
}

/** The mouth: two lips, and teeth when it opens. */
export function drawMouth(sitting: Sitting): string {
  const { person, pen, expression, key } = sitting;
  const { mouth, nose } = person;
  const thin = 1 - 0.2 * expression.smile;
  const lips: Lips = {
    y: nose.length + mouth.y,
    half: mouth.width * (1 + 0.18 * expression.smile),
    gap: 9 * expression.open,
    rise: -mouth.corner * 0.5 - 4.5 * expression.smile,
    upper: mouth.upper * thin,
    lower: mouth.lower * thin,
  };
  const lip = mouth.colour;
  const line = hex(mix(shaded(lip, 0.9), BLACK, 0.4));
  const [above, below] = [seam(sitting, lips, -1), seam(sitting, lips, 1)];
  const shine = pen.on(sitting.light.side * 3, lips.y + lips.gap / 2 + lips.lower * 0.45, 8);
  const corner = (side: Side): Flat => pen.on(side * (lips.half + 1), lips.y + lips.rise, 2);
  return [
    spot(
      sitting,
      "deep",
      pen.on(0, lips.y + lips.gap / 2 + lips.lower + 5),
      { rx: lips.half * 0.95, ry: 7 },
      0.55,
    ),
    path(pieced(above, topEdge(sitting, lips)), { fill: hex(mix(lip, BLACK, 0.16)) }),
    path(pieced(below, bottomEdge(sitting, lips)), { fill: `url(#${key}lip)` }),
    ellipse(shine, lips.half * 0.34, lips.lower * 0.2, {
      fill: hex(mix(lip, WHITE, 0.7)),
      opacity: 0.32,
    }),
    lips.gap > 1 ? teeth(sitting, lips, pieced(above, below.toReversed())) : "",
    lips.gap > 1 ? "" : path(smooth(above), { stroke: line, width: 1.5, opacity: 0.85 }),
    ...SIDES.map((side) => spot(sitting, "ink", corner(side), { rx: 4.5, ry: 4 }, 0.55)),
  ].join("");
}

function seam(sitting: Sitting, lips: Lips, way: number): readonly Flat[] {
  const { pen, person } = sitting;
  const { y, half, gap, rise } = lips;
  const part = (share: number, depth: number): Flat =>
    pen.on(
      share * half,
      y + rise * Math.abs(share) ** 1.6 + (way * gap * depth) / 2,
      8 - 6 * Math.abs(share),
    );
  const dip = pen.on(0, y + (way * gap) / 2 + 1.2 * person.mouth.bow, 8);
  return [
    part(-1, 0),
    part(-0.5, 0.8),
    part(-0.2, 1),
    dip,
    part(0.2, 1),
    part(0.5, 0.8),
    part(1, 0),
  ];
}

function topEdge(sitting: Sitting, lips: Lips): readonly Flat[] {
  const { pen, person } = sitting;
  const { y, half, gap, rise, upper } = lips;
  const side = (way: Side): readonly Flat[] => [
    pen.on(way * half, y + rise, 2),
    pen.on(way * half * 0.55, y - gap / 2 - upper * 0.6 + rise * 0.35, 6),
    pen.on(way * half * 0.2, y - gap / 2 - upper, 8),
  ];
  const bow = pen.on(0, y - gap / 2 - upper + 2.6 * person.mouth.bow, 8);
  return [...side(1), bow, ...side(-1).toReversed()];
}

function bottomEdge(sitting: Sitting, lips: Lips): readonly Flat[] {
  const { pen } = sitting;
  const { y, half, gap, rise, lower } = lips;
  const at = (share: number, depth: number): Flat =>
    pen.on(share * half, y + rise * Math.abs(share) ** 2 + gap / 2 + lower * depth, 6);
  const corner = (way: Side): Flat => pen.on(way * half, y + rise, 2);
  return [corner(1), at(0.6, 0.66), at(0.25, 0.98), at(-0.25, 0.98), at(-0.6, 0.66), corner(-1)];
}

function teeth(sitting: Sitting, lips: Lips, hole: string): string {
  const { pen, key } = sitting;
  const row = hex(mix(colour("#efe9dc"), BLACK, 0.05));
  const { y, half, gap, rise } = lips;
  const edge = smooth(
    [-0.8, -0.4, 0, 0.4, 0.8].map((share) =>
      pen.on(share * half, y + rise * share * share - gap * 0.5, 6),
    ),
  );
  return [
    `<clipPath id="${key}mouth"><path d="${hole}"/></clipPath>`,
    path(hole, { fill: "#35100f" }),
    `<g clip-path="url(#${key}mouth)">`,
    path(edge, { stroke: row, width: gap * 1.25 }),
    softStroke(edge, { stroke: "#35100f", width: 2, opacity: 0.5 }),
    "</g>",
  ].join("");
}
