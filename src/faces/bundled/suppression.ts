import { overlap } from "../../base/geometry.ts";
import type { Candidate } from "./priors.ts";

// Both as the package has them.
const OVERLAP_MAX = 0.5;
const FACES_MAX = 100;

/** Keeps the best of boxes that overlap by more than half, best first, 100 at most. */
export function suppress(candidates: readonly Candidate[]): Candidate[] {
  const kept: Candidate[] = [];
  for (const candidate of candidates.toSorted((a, b) => b.score - a.score)) {
    if (kept.length >= FACES_MAX) break;
    if (kept.every(({ box }) => overlap(box, candidate.box) <= OVERLAP_MAX)) kept.push(candidate);
  }
  return kept;
}
