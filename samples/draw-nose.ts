import { BLACK, hex, mix, shaded } from "./colour.ts";
import { ellipse, path, pieced, smooth, softStroke } from "./pen.ts";
import { type Side, SIDES, type Sitting, spot } from "./sitting.ts";

/** The nose: sides, wings, nostrils and the light along its bridge. */
export function drawNose(sitting: Sitting): string {
  const { person, pen, light, expression } = sitting;
  const { nose } = person;
  const wing = nose.width * (1 + 0.08 * expression.smile);
  const base = nose.length;
  const bend = nose.bend * 0.5;
  const under = pen.on(-light.side * 4, base + 5, 2);
  const glow = { stroke: hex(mix(person.skin, [255, 246, 232], 0.55)) };
  const bridge = smooth([
    pen.on(light.side * 1.5, -8, 4),
    pen.on(bend + light.side * 2, base * 0.45, 14),
    pen.on(light.side * 2, base - 12, 22),
  ]);
  return [
    ...SIDES.map((side) => flank(sitting, side, wing)),
    spot(sitting, "deep", under, { rx: wing * 1.35, ry: 8 }, 0.62),
    spot(
      sitting,
      "mild",
      pen.on(0, base - 2, 18),
      { rx: nose.tip * 1.35, ry: nose.tip * 0.8 },
      0.75,
    ),
    softStroke(bridge, { ...glow, width: nose.bridge * 0.7, opacity: 0.32 }),
    spot(
      sitting,
      "glow",
      pen.on(light.side * 2.5, base - 9 - nose.rise, 24),
      { rx: nose.tip * 0.8, ry: nose.tip * 0.65 },
      0.85,
    ),
    ...SIDES.map((side) => wings(sitting, side, wing)),
  ].join("");
}

function flank(sitting: Sitting, side: Side, wing: number): string {
  const { person, pen, light } = sitting;
  const { nose } = person;
  const dark = 0.26 + 0.34 * Math.max(0, -side * light.side);
  const top = pen.on(side * (nose.bridge + 3), 2, 2);
  const low = pen.on(side * (wing * 0.62 + 3), nose.length * 0.62, 8);
  const [dx, dy] = [low[0] - top[0], low[1] - top[1]];
  const turn = (Math.atan2(dy, dx) * 180) / Math.PI;
  const middle = [(top[0] + low[0]) / 2, (top[1] + low[1]) / 2] as const;
  const crease = pen.on(side * (wing + 3), nose.length - 5, 0);
  return (
    spot(sitting, "deep", middle, { rx: Math.hypot(dx, dy) * 0.85, ry: 7, turn }, dark) +
    spot(sitting, "deep", crease, { rx: 6.5, ry: 9.5 }, dark + 0.12)
  );
}

function wings(sitting: Sitting, side: Side, wing: number): string {
  const { person, pen } = sitting;
  const { nose } = person;
  const base = nose.length;
  const deep = shaded(person.skin, 0.85);
  const curve = smooth([
    pen.on(side * (wing - 2.5), base - 10, 6),
    pen.on(side * (wing + 0.6), base - 5, 4),
    pen.on(side * (wing - 0.8), base + 1, 5),
    pen.on(side * wing * 0.74, base + 1.6, 9),
  ]);
  const tall = 1.6 + 0.35 * Math.max(0, nose.rise);
  const hole = pieced(
    [
      pen.on(side * wing * 0.2, base + 2.6, 16),
      pen.on(side * wing * 0.48, base + 0.4 - tall, 13),
      pen.on(side * wing * 0.78, base + 1, 9),
    ],
    [
      pen.on(side * wing * 0.78, base + 1, 9),
      pen.on(side * wing * 0.5, base + 2.4, 11),
      pen.on(side * wing * 0.2, base + 2.6, 16),
    ],
  );
  const shine = pen.on(side * (wing - 4), base - 5, 8);
  return [
    softStroke(curve, { stroke: hex(deep), width: 2, opacity: 0.6 }),
    path(hole, { fill: hex(mix(deep, BLACK, 0.62)), opacity: 0.88 }),
    ellipse(shine, 2.6, 3, { fill: `url(#${sitting.key}glow)`, opacity: 0.5 }),
  ].join("");
}
