import type { Box } from "../../base/geometry.ts";
import { GRIDS } from "./detector.ts";
import type { Tensor } from "./weights.ts";

/** A box as the detector first says it: 0..1 of the padded square. */
export interface Candidate {
  readonly box: Box;
  /** 0..1 */
  readonly score: number;
}

/** Prior boxes of all grids, and the numbers (y0, x0, y1, x1) that name each. */
export const PRIORS = GRIDS.reduce((sum, { cells, priors }) => sum + cells * cells * priors, 0);
export const PRIOR_SHAPE = [1, PRIORS, 4] as const;

// The variances of SSD: codes were multiplied by these in training.
const CENTRE_DIVISOR = 10;
const SIZE_DIVISOR = 5;

/**
 * Reads the boxes above `scoreMin` out of the detector's grids (one tensor a grid, laid out as
 * detectorNet says). `priors` are [1, 5118, 4], grid by grid, cell by cell, prior by prior.
 * Source: box coding of SSD (Liu et al. 2016, arxiv.org/abs/1512.02325, section 2.2).
 */
export function decode(
  grids: readonly Float32Array[],
  priors: Tensor,
  scoreMin: number,
): Candidate[] {
  const logitMin = Math.log(scoreMin / (1 - scoreMin));
  const found: Candidate[] = [];
  let first = 0;
  for (const [index, shape] of GRIDS.entries()) {
    const grid = grids[index] ?? new Float32Array();
    const plane = shape.cells * shape.cells;
    for (let at = 0; at < shape.priors * plane; at++) {
      const logit = grid[at] ?? Number.NEGATIVE_INFINITY;
      if (logit <= logitMin) continue;
      const which = Math.floor(at / plane);
      const cell = at % plane;
      const code = (k: number): number => grid[(shape.priors + which * 4 + k) * plane + cell] ?? 0;
      const prior = (first + cell * shape.priors + which) * 4;
      const box = decodeBox(priors.data.subarray(prior, prior + 4), code);
      found.push({ box, score: 1 / (1 + Math.exp(-logit)) });
    }
    first += plane * shape.priors;
  }
  return found;
}

function decodeBox(prior: Float32Array, code: (k: number) => number): Box {
  const [top = 0, left = 0, bottom = 0, right = 0] = prior;
  const priorHeight = bottom - top;
  const priorWidth = right - left;
  const y = (code(0) / CENTRE_DIVISOR) * priorHeight + top + priorHeight / 2;
  const x = (code(1) / CENTRE_DIVISOR) * priorWidth + left + priorWidth / 2;
  const height = Math.exp(code(2) / SIZE_DIVISOR) * priorHeight;
  const width = Math.exp(code(3) / SIZE_DIVISOR) * priorWidth;
  return { x: x - width / 2, y: y - height / 2, width, height };
}
