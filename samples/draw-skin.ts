import { hex, mix, shaded } from "./colour.ts";
import { ellipse, type Flat, path, smooth, softStroke } from "./pen.ts";
import { randomFrom } from "./random.ts";
import { SIDES, type Sitting, spot } from "./sitting.ts";

/** The roundness of a face: shadow and light on the bare skin. */
export function drawShading(sitting: Sitting, outline: string): string {
  const { person, pen, light } = sitting;
  const { head, eyes, nose, mouth, marks } = person;
  const lip = nose.length + mouth.y;
  const deep = hex(shaded(person.skin, 0.72));
  const rim = [8, 16, 26, 38].map((width) => path(outline, { stroke: deep, width, opacity: 0.13 }));
  const onBoth = (draw: (side: 1 | -1) => string): string => SIDES.map(draw).join("");
  return [
    ...rim,
    onBoth((side) =>
      spot(
        sitting,
        "deep",
        pen.on(side * eyes.spacing, -5),
        { rx: 30, ry: 20 },
        0.16 + 0.42 * eyes.depth,
      ),
    ),
    onBoth((side) =>
      spot(
        sitting,
        "deep",
        pen.on(side * (eyes.spacing - eyes.width), -5),
        { rx: 12, ry: 17 },
        0.2 + 0.42 * eyes.depth,
      ),
    ),
    onBoth((side) =>
      spot(
        sitting,
        "deep",
        pen.on(side * head.cheek * 0.76, 54),
        { rx: 19, ry: 46, turn: side * 22 },
        0.08 + 0.55 * head.cheekbone,
      ),
    ),
    onBoth((side) =>
      spot(sitting, "deep", pen.on(side * head.temple * 0.95, -42), { rx: 20, ry: 36 }, 0.35),
    ),
    spot(sitting, "deep", pen.on(0, head.chinY + 4), { rx: 62, ry: 20 }, 0.6),
    spot(sitting, "glow", pen.on(light.side * 14, -52), { rx: 50, ry: 30 }, 0.6),
    onBoth((side) =>
      spot(
        sitting,
        "glow",
        pen.on(side * 36 + light.side * 4, 24),
        { rx: 24, ry: 19 },
        0.55 + 0.2 * side * light.side,
      ),
    ),
    onBoth((side) =>
      spot(sitting, "blush", pen.on(side * 39, 34), { rx: 29, ry: 22 }, 0.08 + 0.4 * marks.blush),
    ),
    spot(sitting, "glow", pen.on(light.side * 4, head.chinY - 13, 6), { rx: 18, ry: 11 }, 0.55),
    onBoth((side) =>
      spot(
        sitting,
        "mild",
        pen.on(side * eyes.spacing, 10),
        { rx: 19, ry: 8 },
        0.3 + 0.7 * eyes.bags,
      ),
    ),
    onBoth((side) =>
      spot(sitting, "glow", pen.on(side * (eyes.spacing + 4), -11), { rx: 17, ry: 6 }, 0.4),
    ),
    onBoth((side) =>
      softStroke(
        smooth([pen.on(side * 3, nose.length + 7, 4), pen.on(side * 4, lip - mouth.upper - 2, 5)]),
        { stroke: deep, width: 2.5, opacity: 0.22 },
      ),
    ),
  ].join("");
}

/** What time writes: folds by the mouth, bags, lines of brow and eyes. */
export function drawLines(sitting: Sitting): string {
  const { person, pen, expression } = sitting;
  const { eyes, nose, mouth, marks } = person;
  const ink = hex(shaded(person.skin, 0.8));
  const lip = nose.length + mouth.y;
  const line = (places: readonly Flat[], width: number, opacity: number): string =>
    opacity <= 0.03 ? "" : softStroke(smooth(places), { stroke: ink, width, opacity });
  const both = SIDES.flatMap((side) => {
    const outer = eyes.spacing + eyes.width;
    return [
      line(
        [
          pen.on(side * (nose.width + 3), nose.length - 4, 2),
          pen.on(side * (mouth.width * 0.8 + 9), lip - 13, 2),
          pen.on(side * (mouth.width * 0.9 + 11), lip + 2, 0),
        ],
        2.6,
        0.1 + 0.24 * expression.smile + 0.5 * marks.lines,
      ),
      line(
        [
          pen.on(side * (eyes.spacing - 13), 7),
          pen.on(side * (eyes.spacing - 1), 12.5 + 2 * eyes.bags),
          pen.on(side * (eyes.spacing + 12), 9),
        ],
        1.6,
        0.45 * Math.max(eyes.bags, marks.lines * 0.8),
      ),
      ...[-3, 1, 5].map((rise) =>
        line(
          [pen.on(side * (outer + 4), rise), pen.on(side * (outer + 13), rise * 2.4 - 2)],
          1.1,
          0.5 * marks.lines,
        ),
      ),
    ];
  });
  const brow = [-42, -52, -61].map((y) =>
    line(
      [pen.on(-30, y + 2), pen.on(-10, y), pen.on(12, y + 0.5), pen.on(31, y + 2)],
      1.5,
      0.42 * marks.lines,
    ),
  );
  return [...both, ...brow].join("");
}

/** Freckles and moles. */
export function drawMarks(sitting: Sitting): string {
  const { person, pen } = sitting;
  const random = randomFrom(person.seed * 41 + 11);
  const ink = hex(shaded(mix(person.skin, [190, 110, 60], 0.35), 0.45));
  const dots: string[] = [];
  for (let index = 0; index < person.marks.freckles * 110; index += 1) {
    const place = pen.on(random.around(-60, 60), random.around(-10, 66));
    const size = random.between(0.5, 1.4);
    dots.push(ellipse(place, size, size, { fill: ink, opacity: random.between(0.3, 0.7) }));
  }
  const moles = person.marks.moles.map((mole) =>
    ellipse(pen.on(mole.x, mole.y, 2), mole.radius, mole.radius, { fill: "#3a2015", opacity: 0.8 }),
  );
  return [...dots, ...moles].join("");
}
