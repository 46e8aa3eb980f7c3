import { wipe } from "../base/bytes.ts";
import { type Box, overlap } from "../base/geometry.ts";
import type { AnalysedFace, Engine } from "../faces/engine.ts";
import type { Embedding } from "../faces/face.ts";
import { cosine } from "../faces/similarity.ts";
import { coverOf, reach } from "../media/blur.ts";
import { eachFrame, facesIn } from "./video-look.ts";
import type { FramePlan } from "./video-plan.ts";

/** What a written copy is held against. */
export interface Expected {
  /** The plan of each written frame, in order. */
  readonly plans: readonly FramePlan[];
  /** Vectors of the covered faces, as they were. */
  readonly hidden: readonly Embedding[];
  /** Vectors of those who are shown. */
  readonly shown: readonly Embedding[];
  /** A cosine from which a face may be somebody's. */
  readonly uncertain: number;
  /** True where a vector resembles somebody of the gallery. */
  readonly isKnown: (embedding: Embedding) => boolean;
}

/** A face that can still be told in a written frame. */
export interface Exposed {
  readonly frame: number;
  readonly box: Box;
}

/** From this part on a face that is found lies under a cover: nothing of it is left there. */
const COVERED_MIN = 0.75;

/** Points along a side of the grid by which covered area is measured. */
const GRID = 12;

/**
 * Looks at every frame of a written copy and names each face that should not be there: one that is
 * not covered and nobody's who is shown, and a covered one that still resembles whom it was, or
 * anybody of the gallery. Vectors live until their frame is judged.
 */
export async function findExposed(
  engine: Engine,
  file: string,
  expected: Expected,
  options: { readonly signal?: AbortSignal; readonly onProgress?: (part: number) => void },
): Promise<readonly Exposed[]> {
  const exposed: Exposed[] = [];
  await eachFrame(
    file,
    async ({ picture }, frame) => {
      const faces = await facesIn(engine, picture, { embed: true, signal: options.signal });
      const plan = expected.plans[frame] ?? { covered: [], shown: [] };
      const bad = faces.filter((face) => isExposed(face, picture, plan, expected));
      wipe(...faces.map(({ embedding }) => embedding));
      return bad.map(({ box }) => ({ frame, box }));
    },
    (_, frame, bad) => {
      exposed.push(...bad);
      options.onProgress?.((frame + 1) / Math.max(1, expected.plans.length));
    },
    options.signal,
  );
  return exposed;
}

function isExposed(
  face: AnalysedFace,
  size: { readonly width: number; readonly height: number },
  plan: FramePlan,
  expected: Expected,
): boolean {
  const { box, embedding } = face;
  if (plan.shown.some((place) => overlap(place, box) > 0.4)) {
    return embedding !== null && isSomebodyElse(embedding, expected);
  }
  if (coveredPart(box, size, plan.covered) < COVERED_MIN) return true;
  if (!embedding) return false;
  const { hidden, uncertain, isKnown } = expected;
  return isKnown(embedding) || hidden.some((one) => cosine(one, embedding) >= uncertain);
}

/** True where a face in the place of somebody who is shown is rather one of those who are not. */
function isSomebodyElse(embedding: Embedding, { hidden, shown, uncertain }: Expected): boolean {
  const own = Math.max(-1, ...shown.map((one) => cosine(one, embedding)));
  return hidden.some((one) => {
    const likeness = cosine(one, embedding);
    return likeness >= uncertain && likeness > own;
  });
}

/** What part of a face's ellipse lies under covers, 0..1. */
function coveredPart(
  box: Box,
  size: { readonly width: number; readonly height: number },
  places: readonly Box[],
): number {
  const covers = places.map((place) => coverOf(place, size)).filter((one) => one !== null);
  let inside = 0;
  let covered = 0;
  for (let row = 0; row < GRID; row += 1)
    for (let column = 0; column < GRID; column += 1) {
      const u = (column + 0.5) / GRID;
      const v = (row + 0.5) / GRID;
      if ((u - 0.5) ** 2 + (v - 0.5) ** 2 > 0.25) continue;
      inside += 1;
      const x = (box.x + u * box.width) * size.width;
      const y = (box.y + v * box.height) * size.height;
      if (covers.some((cover) => reach(cover, x, y) <= 1)) covered += 1;
    }
  return covered / inside;
}
