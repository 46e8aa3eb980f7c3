import { BLACK, hex, mix, shaded, WHITE } from "./colour.ts";
import { silhouette } from "./head-shape.ts";
import { ellipse, type Flat, mirrored, path, pieced, smooth, softStroke } from "./pen.ts";
import { SIDES, type Sitting } from "./sitting.ts";

/** A cloth around head and neck that leaves the face free. */
export function drawScarf(sitting: Sitting): string {
  const { person, pen, key } = sitting;
  const { head, hair } = person;
  const cloth = hair.second;
  const outer = mirrored([
    [0, head.crownY - 11],
    [head.temple * 0.75, head.crownY + 3],
    [head.temple * 1.16, -44],
    [head.cheek * 1.18, 24],
    [head.jaw * 1.26, head.jawY + 18],
    [head.neck * 1.35, head.chinY + 32],
    [head.neck * 2.1, head.chinY + 82],
    [0, head.chinY + 104],
  ]).map(([x, y]) => silhouette(pen, [x, y, -8]));
  const opening = mirrored([
    [0, -56],
    [head.temple * 0.6, -47],
    [head.temple * 0.9, -14],
    [head.cheek * 0.93, 26],
    [head.jaw * 0.95, head.jawY + 2],
    [head.chin * 1.1, head.chinY - 4],
    [0, head.chinY + 1],
  ]).map(([x, y]) => (y > head.jawY ? pen.at(x, y, 30) : pen.on(x, y)));
  const edge = smooth(opening, true);
  const folds = SIDES.flatMap((side) =>
    [0, 1, 2, 3].map((fold) =>
      smooth([
        pen.at(side * head.temple * (0.35 + fold * 0.2), head.crownY + 12 + fold * 13, 4),
        pen.at(side * head.cheek * (1.0 + fold * 0.05), 16 + fold * 9, 0),
        pen.at(side * head.jaw * (0.9 - fold * 0.3), head.chinY + 10 + fold * 20, 10),
      ]),
    ),
  );
  const inside = softStroke(edge, {
    stroke: hex(shaded(person.skin, 1)),
    width: 11,
    opacity: 0.55,
  });
  return [
    `<g clip-path="url(#${key}face)">${inside}</g>`,
    `<path d="${smooth(outer, true)}${edge}" fill="url(#${key}hat)" fill-rule="evenodd"/>`,
    softStroke(folds.join(""), { stroke: hex(mix(cloth, BLACK, 0.6)), width: 4, opacity: 0.4 }),
    path(edge, { stroke: hex(mix(cloth, WHITE, 0.22)), width: 2.2, opacity: 0.7 }),
  ].join("");
}

/** A knitted cap with a turned-up rim. */
export function drawBeanie(sitting: Sitting): string {
  const { person, pen, key } = sitting;
  const { head, hair } = person;
  const around = (y: number, lift: number): readonly Flat[] =>
    [-1.04, -0.8, -0.4, 0, 0.4, 0.8, 1.04].map((t) =>
      pen.on(t * head.temple, y - 8 * (1 - t * t), lift),
    );
  const [low, high] = [around(-44, 6), around(-72, 5)];
  const wide = head.temple + 5;
  const shell = Array.from({ length: 11 }, (_, index) => {
    const angle = (index / 10 - 0.5) * Math.PI;
    const [x, y] = [wide * Math.sin(angle), -48 - (-head.crownY - 34) * Math.cos(angle)];
    return silhouette(pen, [x, y, -12]);
  });
  const ribs = Array.from({ length: 21 }, (_, index) => {
    const t = -1 + index / 10;
    const bend = 8 * (1 - t * t);
    return smooth([pen.on(t * head.temple, -44 - bend, 6), pen.on(t * head.temple, -72 - bend, 5)]);
  });
  const sides = SIDES.map((side) =>
    ellipse(pen.at(side * head.temple * 0.97, -28), 4, 19, {
      fill: hex(mix(hair.colour, BLACK, 0.2)),
    }),
  );
  const shadow = softStroke(smooth(low.map(([x, y]): Flat => [x, y + 2])), {
    stroke: hex(shaded(person.skin, 1)),
    width: 11,
    opacity: 0.5,
  });
  return [
    ...sides,
    `<g clip-path="url(#${key}face)">${shadow}</g>`,
    path(pieced(shell, low.toReversed()), { fill: `url(#${key}hat)` }),
    path(pieced(high, low.toReversed()), { fill: hex(mix(hair.second, WHITE, 0.12)) }),
    path(ribs.join(""), { stroke: hex(mix(hair.second, BLACK, 0.5)), width: 2, opacity: 0.4 }),
    softStroke(smooth(high), { stroke: hex(mix(hair.second, BLACK, 0.6)), width: 4, opacity: 0.5 }),
  ].join("");
}

/** Glasses, if worn. */
export function drawGlasses(sitting: Sitting): string {
  const { person, pen } = sitting;
  const { glasses, eyes, head } = person;
  if (glasses === "none") return "";
  const ink = hex(person.glassesColour);
  const { wide, tall, square, rim } = FRAMES[glasses];
  const lenses = SIDES.map((side) => {
    const place = (u: number, v: number): Flat =>
      pen.on(side * (eyes.spacing + 1) + u * wide, 2 + v * tall, 8);
    // Where the diagonal meets the rim: on a circle, or further out on a squarer lens.
    const k = Math.SQRT1_2 + 0.17 * square;
    const lens = smooth(
      [
        place(0, -1),
        place(k, -k),
        place(1, 0),
        place(k, k),
        place(0, 1),
        place(-k, k),
        place(-1, 0),
        place(-k, -k),
      ],
      true,
    );
    const glint = smooth([place(-0.5, -0.55), place(-0.7, 0.2)]);
    const arm = smooth([place(side, -0.3), pen.at(side * head.cheek * 1.03, -3)]);
    return [
      path(lens, { fill: "#dfeaf2", opacity: 0.09 }),
      path(lens, { stroke: ink, width: rim }),
      path(glint, { stroke: "#ffffff", width: 2.4, opacity: 0.22 }),
      path(arm, { stroke: ink, width: 2.6 }),
    ].join("");
  });
  const inner = eyes.spacing + 1 - wide;
  const bridge = smooth([pen.on(-inner, -2, 8), pen.on(0, -6, 14), pen.on(inner, -2, 8)]);
  return lenses.join("") + path(bridge, { stroke: ink, width: rim });
}

const FRAMES = {
  round: { wide: 20, tall: 19, square: 0, rim: 2.2 },
  square: { wide: 23, tall: 17, square: 1, rim: 4 },
  wide: { wide: 26, tall: 20, square: 0.5, rim: 2.8 },
} as const;
