import { assert } from "../base/errors.ts";

/** Cosines at which a pack is operated; they come from its manifest. */
export interface Thresholds {
  /** From here up a face is the subject. */
  readonly match: number;
  /** From here up, and below `match`, it may be. Not above `match`. */
  readonly uncertain: number;
  /** How far the best subject must be ahead of every other to be told without a doubt. */
  readonly margin: number;
}

/** What a verdict must know of a candidate. */
interface Scored {
  readonly subject: string;
  readonly score: number;
}

/** What may be said of a face. `none` carries nothing: there is no nearest person to be told. */
export type Verdict<Candidate> =
  | { readonly kind: "match"; readonly best: Candidate }
  | {
      readonly kind: "uncertain";
      readonly best: Candidate;
      /** Others from `uncertain` up and less than `margin` behind, best first. */
      readonly close: readonly Candidate[];
    }
  | { readonly kind: "none" };

/**
 * Judges the candidates of one face: distinct subjects, best first, as a gallery returns them.
 *
 * - `match`: the best reaches `match`, and is `margin` or more ahead of the runner-up, whatever
 *   the runner-up's own score: two people who look alike to the model are not told apart by it.
 * - `uncertain`: the best reaches `uncertain` but is no match, because it is below `match` or
 *   because the runner-up is close. Names the best, and of the others only those that reach
 *   `uncertain` themselves and are less than `margin` behind: nobody else is drawn into it.
 * - `none`: the best is below `uncertain`, or there are no candidates. Tells nothing.
 *
 * A runner-up counts only if it is among the candidates: ask the gallery for two at least.
 */
export function verdict<Candidate extends Scored>(
  candidates: readonly Candidate[],
  thresholds: Thresholds,
): Verdict<Candidate> {
  const { match, uncertain, margin } = thresholds;
  assert(uncertain <= match && margin >= 0, "Thresholds are in order");
  const [best, runnerUp] = candidates;
  if (!best || best.score < uncertain) return { kind: "none" };
  assert(!runnerUp || runnerUp.score <= best.score, "Candidates come best first");
  const ahead = runnerUp ? best.score - runnerUp.score : Infinity;
  if (best.score >= match && ahead >= margin) return { kind: "match", best };
  const close = candidates
    .slice(1)
    .filter(({ score }) => score >= uncertain && best.score - score < margin);
  return { kind: "uncertain", best, close };
}

/** Covers the rounding of a difference of two cosines. */
const ROUNDING = 1e-9;

/**
 * The score below which no candidate can change a verdict, to be given to the gallery as
 * `scoreMin`: whoever is below it is then never recorded, not even for the time of the search.
 */
export function scoreFloor({ match, uncertain, margin }: Thresholds): number {
  return Math.min(uncertain, match - margin) - ROUNDING;
}
