import type { Box } from "../src/base/geometry.ts";
import { drawBeard } from "./draw-beard.ts";
import { drawBody, drawEars } from "./draw-body.ts";
import { drawBrows, drawEyes } from "./draw-eyes.ts";
import { drawHair } from "./draw-hair.ts";
import { drawGlasses } from "./draw-headwear.ts";
import { drawMouth } from "./draw-mouth.ts";
import { drawNose } from "./draw-nose.ts";
import { drawLines, drawMarks, drawShading } from "./draw-skin.ts";
import { facePlaces, headOutline } from "./head-shape.ts";
import { Pen, type Pose, path, smooth } from "./pen.ts";
import type { Person } from "./person.ts";
import { definitions, type Expression, type Light, type Sitting } from "./sitting.ts";

/** How a person is drawn once. */
export interface View {
  readonly pose: Pose;
  readonly light: Light;
  readonly expression: Expression;
  /** Begins every id of the SVG; two busts of one sheet need two keys. */
  readonly key: string;
}

/** A drawn bust: life-size millimetres around the point between the eyes, upright. */
export interface Bust {
  /** SVG elements, definitions included. */
  readonly svg: string;
  /** The face from above the brows to the chin, in the same millimetres. */
  readonly face: Box;
}

/** Draws one person from the chest up. */
export function drawBust(person: Person, view: View): Bust {
  const pen = new Pen(view.pose);
  const { key } = view;
  const sitting: Sitting = { person, pen, expression: view.expression, light: view.light, key };
  const outline = smooth(headOutline(person, pen), true);
  const hair = drawHair(sitting);
  const svg = [
    `<defs>${definitions(sitting, outline)}</defs>`,
    hair.behind,
    drawBody(sitting),
    drawEars(sitting),
    path(outline, { fill: `url(#${key}skin)` }),
    `<g clip-path="url(#${key}face)">`,
    drawShading(sitting, outline),
    drawLines(sitting),
    drawMarks(sitting),
    drawNose(sitting),
    "</g>",
    drawBeard(sitting),
    drawMouth(sitting),
    drawEyes(sitting),
    drawBrows(sitting),
    path(outline, { fill: `url(#${key}light)` }),
    hair.before,
    drawGlasses(sitting),
  ].join("");
  return { svg, face: extent(facePlaces(person, pen)) };
}

function extent(places: readonly (readonly [number, number])[]): Box {
  const xs = places.map(([x]) => x);
  const ys = places.map(([, y]) => y);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}
