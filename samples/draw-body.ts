import { BLACK, hex, mix, shaded, WHITE } from "./colour.ts";
import { ellipse, type Flat, path, pieced, polygon, smooth, softStroke } from "./pen.ts";
import { SIDES, type Sitting, spot } from "./sitting.ts";

/** How far a shirt reaches below the neck, and how far it is from there to the ground. */
const SHIRT_MM = 500;
const LEGS_MM = 860;

/** Ears, behind the face and before the hair that hangs. */
export function drawEars(sitting: Sitting): string {
  const { person, pen } = sitting;
  const { head } = person;
  const skin = hex(shaded(person.skin, 0.2));
  const inner = hex(shaded(person.skin, 0.75));
  return SIDES.map((side) => {
    const place = (x: number, y: number): Flat =>
      pen.at(side * (head.cheek + x * head.ear), 14 + y * head.ear, -14);
    const shape = smooth(
      [
        place(-6, -20),
        place(3, -27),
        place(10, -22),
        place(10, -4),
        place(4, 14),
        place(-2, 24),
        place(-8, 20),
      ],
      true,
    );
    const fold = smooth([place(-1, -17), place(6, -17), place(6, -3), place(1, 8)]);
    return (
      path(shape, { fill: skin }) + softStroke(fold, { stroke: inner, width: 3, opacity: 0.5 })
    );
  }).join("");
}

/** Neck, shoulders and clothes. */
export function drawBody(sitting: Sitting): string {
  const { person, pen, key } = sitting;
  const { head } = person;
  const { neck } = head;
  const base = head.chinY + 44;
  const shift = pen.at(0, head.chinY - 30, 20)[0] * 0.5;
  const column = pieced(
    [
      [-neck + shift, head.jawY - 14],
      [-neck * 0.93 + shift * 0.7, head.chinY + 12],
      [-neck * 1.02, base - 18],
      [-neck * 1.1, base + 4],
      [-neck * 0.5, base + 70],
    ],
    [
      [neck * 0.5, base + 70],
      [neck * 1.1, base + 4],
      [neck * 1.02, base - 18],
      [neck * 0.93 + shift * 0.7, head.chinY + 12],
      [neck + shift, head.jawY - 14],
    ],
  );
  const cords = SIDES.map((side) =>
    smooth([
      [side * neck * 0.72 + shift * 0.6, head.chinY + 16],
      [side * neck * 0.2, base + 14],
    ]),
  );
  return [
    path(column, { fill: hex(shaded(person.skin, 0.24)) }),
    `<clipPath id="${key}neck"><path d="${column}"/></clipPath>`,
    `<g clip-path="url(#${key}neck)">`,
    softStroke(cords.join(""), { stroke: hex(shaded(person.skin, 0.7)), width: 6, opacity: 0.2 }),
    spot(
      sitting,
      "ink",
      [shift - sitting.light.side * 8, head.chinY + 2],
      { rx: neck * 1.9, ry: 46 },
      0.85,
    ),
    "</g>",
    drawClothes(sitting, base),
  ].join("");
}

function drawClothes(sitting: Sitting, base: number): string {
  const { person, key } = sitting;
  const { clothes, head } = person;
  const { neck } = head;
  const wide = clothes.shoulders;
  const right: readonly Flat[] = [
    [neck * 1.04, base - 20],
    [wide * 0.5, base + 6],
    [wide * 0.86, base + 32],
    [wide * 1.0, base + 84],
    [wide * 1.08, base + 190],
    [wide * 1.1, base + SHIRT_MM - 60],
    [wide * 1.02, base + SHIRT_MM],
  ];
  const left = right.toReversed().map(([x, y]): Flat => [-x, y]);
  const opening = neckline(sitting, base);
  const body = pieced(left, opening, right);
  const dark = hex(mix(clothes.colour, BLACK, 0.6));
  const arms = SIDES.map((side) =>
    smooth([
      [side * wide * 0.66, base + 110],
      [side * wide * 0.74, base + 200],
      [side * wide * 0.76, base + SHIRT_MM],
    ]),
  );
  return [
    `<clipPath id="${key}body"><path d="${body}"/></clipPath>`,
    drawLegs(sitting, base + SHIRT_MM),
    path(body, { fill: `url(#${key}cloth)` }),
    `<g clip-path="url(#${key}body)">`,
    clothes.collar === "stripes" ? stripes(sitting, base) : "",
    softStroke(arms.join(""), { stroke: dark, width: 12, opacity: 0.3 }),
    softStroke(smooth(opening), { stroke: dark, width: 7, opacity: 0.55 }),
    "</g>",
    clothes.collar === "shirt" ? collar(sitting, base) : "",
  ].join("");
}

/** Trousers and shoes, for those who stand far enough away to show them. */
function drawLegs(sitting: Sitting, hip: number): string {
  const { clothes } = sitting.person;
  const wide = clothes.shoulders * 0.9;
  const cloth = mix(clothes.second, BLACK, 0.35);
  const foot = hip + LEGS_MM;
  const legs = SIDES.map((side) =>
    pieced([
      [side * 4, hip - 30],
      [side * wide, hip - 30],
      [side * wide * 0.86, hip + LEGS_MM * 0.5],
      [side * wide * 0.72, foot],
      [side * wide * 0.26, foot],
      [side * wide * 0.18, hip + LEGS_MM * 0.4],
    ]),
  );
  const shoes = SIDES.map((side) =>
    ellipse([side * wide * 0.54, foot + 4], wide * 0.32, 28, { fill: "#241d1a" }),
  );
  const hips = pieced([
    [-wide, hip - 60],
    [wide, hip - 60],
    [wide * 0.98, hip + 60],
    [0, hip + 130],
    [-wide * 0.98, hip + 60],
  ]);
  return [
    ...shoes,
    path(legs.join(""), { fill: hex(cloth) }),
    path(hips, { fill: hex(mix(cloth, BLACK, 0.12)) }),
  ].join("");
}

function neckline(sitting: Sitting, base: number): readonly Flat[] {
  const { head, clothes } = sitting.person;
  const { neck } = head;
  const drop = clothes.collar === "vee" ? 52 : clothes.collar === "shirt" ? 30 : 12;
  const start: Flat = [-neck * 1.04, base - 20];
  const end: Flat = [neck * 1.04, base - 20];
  if (drop > 20)
    return [
      start,
      [-neck * 0.5, base + drop * 0.35],
      [0, base + drop],
      [neck * 0.5, base + drop * 0.35],
      end,
    ];
  return [
    start,
    [-neck * 0.6, base + drop * 0.7],
    [0, base + drop],
    [neck * 0.6, base + drop * 0.7],
    end,
  ];
}

function stripes(sitting: Sitting, base: number): string {
  const { clothes } = sitting.person;
  const bands = Array.from({ length: 14 }, (_, index): string => {
    const y = base + 34 + index * 42;
    return smooth([
      [-300, y - 6],
      [0, y + 6],
      [300, y - 6],
    ]);
  });
  return path(bands.join(""), { stroke: hex(clothes.second), width: 16, opacity: 0.85 });
}

function collar(sitting: Sitting, base: number): string {
  const { head, clothes } = sitting.person;
  const { neck } = head;
  const tone = hex(mix(clothes.colour, WHITE, 0.3));
  const edge = hex(mix(clothes.colour, BLACK, 0.5));
  return SIDES.map((side) =>
    path(
      polygon([
        [side * neck * 1.02, base - 26],
        [side * 2, base + 32],
        [side * 30, base + 46],
        [side * (neck * 1.04 + 16), base - 8],
      ]),
      { fill: tone, stroke: edge, width: 1 },
    ),
  ).join("");
}
