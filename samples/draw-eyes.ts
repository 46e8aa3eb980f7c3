import { BLACK, colour, hex, mix, shaded } from "./colour.ts";
import { ellipse, type Flat, path, pieced, smooth, softStroke } from "./pen.ts";
import { randomFrom } from "./random.ts";
import { type Side, SIDES, type Sitting } from "./sitting.ts";

/** Both eyes with their lids. */
export function drawEyes(sitting: Sitting): string {
  return SIDES.map((side) => drawEye(sitting, side)).join("");
}

function drawEye(sitting: Sitting, side: Side): string {
  const { person, pen, expression, key, light } = sitting;
  const { eyes, head } = person;
  const id = `${key}eye${side === 1 ? "r" : "l"}`;
  const middle = side * eyes.spacing * (1 + (side * head.lean) / 2);
  const open = Math.max(
    2.6,
    eyes.open * (1 - 0.22 * expression.smile) * (1 + 0.12 * expression.brow),
  );
  // From the inner corner (-1) to the outer (1).
  const place = (u: number, v: number, lift = -8): Flat =>
    pen.on(middle + side * u * eyes.width, v - ((u + 1) * eyes.tilt) / 2, lift);
  const upper = [
    place(-1, 1.8),
    place(-0.62, -open * 0.62),
    place(-0.1, -open),
    place(0.5, -open * 0.82),
    place(1, 0.6),
  ];
  const lower = [
    place(1, 0.6),
    place(0.55, open * 0.56),
    place(0, open * 0.7),
    place(-0.6, open * 0.5),
    place(-1, 1.8),
  ];
  const almond = pieced(upper, lower);
  const look = place(((expression.gaze * 3.4 * side) / eyes.width) * 1, -open * 0.12, -7);
  const rim = hex(mix(eyes.iris, BLACK, 0.72));
  const lid = hex(mix(shaded(person.skin, 0.9), BLACK, 0.55));
  const white = hex(mix(mix(colour("#f3efe8"), person.skin, 0.1), BLACK, 0.03));
  return [
    `<clipPath id="${id}"><path d="${almond}"/></clipPath>`,
    path(almond, { fill: white }),
    `<g clip-path="url(#${id})">`,
    ellipse(place(-0.95, 1.6), 2.6, 2, { fill: "#b4605a", opacity: 0.5 }),
    ellipse(look, eyes.irisRadius, eyes.irisRadius, { fill: `url(#${key}iris)`, stroke: rim }),
    ellipse(look, eyes.irisRadius * 0.42, eyes.irisRadius * 0.42, { fill: "#0a0706" }),
    softStroke(smooth(upper), { stroke: "#1a100c", width: 3.6, opacity: 0.42 }),
    "</g>",
    ellipse([look[0] + light.side * 2.3, look[1] - 2.3], 1.5, 1.3, { fill: "#fff", opacity: 0.92 }),
    lids(sitting, place, { upper, lower, open, lid }),
  ].join("");
}

function lids(
  sitting: Sitting,
  place: (u: number, v: number, lift?: number) => Flat,
  shape: {
    readonly upper: readonly Flat[];
    readonly lower: readonly Flat[];
    readonly open: number;
    readonly lid: string;
  },
): string {
  const { eyes } = sitting.person;
  const { open, lid } = shape;
  const rise = open + 2.4 + 2.2 * eyes.crease;
  const crease = [
    place(-0.98, -open * 0.3 - 1),
    place(-0.45, -rise * 0.94),
    place(0.15, -rise),
    place(0.75, -rise * 0.7),
    place(1.16, -0.8),
  ];
  const lashes = [0.3, 0.5, 0.7, 0.88, 1].map((u) => {
    const edge = -open * Math.sqrt(Math.max(0, 1 - u * u * 0.96));
    return smooth([place(u, edge + 0.6), place(u + 0.2, edge - 1 - 3 * eyes.lashes)]);
  });
  return [
    softStroke(smooth(crease), { stroke: lid, width: 1.2, opacity: 0.2 + 0.4 * eyes.crease }),
    path(smooth(shape.upper), { stroke: lid, width: 1.5 + 1.3 * eyes.lashes }),
    softStroke(smooth(shape.lower), { stroke: lid, width: 1, opacity: 0.6 }),
    eyes.lashes < 0.45 ? "" : path(lashes.join(""), { stroke: lid, width: 0.9 }),
  ].join("");
}

/** Eyebrows: a body and hairs that follow it. */
export function drawBrows(sitting: Sitting): string {
  const { person, pen, expression } = sitting;
  const { brows, head } = person;
  const random = randomFrom(person.seed * 31 + 7);
  const ink = hex(brows.colour);
  const hairs: string[] = [];
  const bodies = SIDES.map((side) => {
    const spine = (t: number): Flat => [
      side * (brows.gap + t * brows.length) * (1 + (side * head.lean) / 2),
      brows.y -
        3.5 * expression.brow -
        brows.tilt * (t - 0.5) -
        brows.arch * Math.sin(Math.min(1, t * 1.1) ** 1.4 * Math.PI) +
        side * head.lean * 30,
    ];
    const thick = (t: number): number =>
      (brows.thickness / 2) * (t < 0.3 ? 0.72 + t * 0.93 : 1 - ((t - 0.3) / 0.7) ** 1.7 * 0.88);
    const edge = (t: number, way: number): Flat => {
      const [x, y] = spine(t);
      return pen.on(x, y + way * thick(t), 1);
    };
    for (let index = 0; index < 30; index += 1) {
      const t = index / 30;
      const [x, y] = spine(t);
      const tall = thick(t) * random.between(0.95, 1.4);
      const low = pen.on(x, y + tall * (1 - t * 0.6), 1);
      hairs.push(smooth([low, pen.on(x + side * (2.5 + 4.5 * t), y - tall * (1 - t * 0.9), 1)]));
    }
    const steps = [0, 0.15, 0.35, 0.55, 0.75, 0.9, 1];
    const body = [...steps.map((t) => edge(t, -1)), ...steps.toReversed().map((t) => edge(t, 1))];
    return path(smooth(body, true), { fill: ink, opacity: 0.6 });
  });
  return bodies.join("") + path(hairs.join(""), { stroke: ink, width: 0.9, opacity: 0.75 });
}
