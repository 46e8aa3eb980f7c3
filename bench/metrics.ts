/** Scores (cosines) of compared pairs, each sorted upwards by `sortedScores`. */
export interface PairScores {
  /** Two photos of the same person. */
  readonly mated: Float64Array;
  /** Photos of two people. */
  readonly nonMated: Float64Array;
}

/** One point of a DET curve. */
export interface DetPoint {
  readonly threshold: number;
  /** False match rate: non-mated pairs at or above the threshold. */
  readonly fmr: number;
  /** False non-match rate: mated pairs below the threshold. */
  readonly fnmr: number;
}

/** Sorts scores for the functions below. */
export function sortedScores(scores: Iterable<number>): Float64Array {
  return Float64Array.from(scores).sort();
}

/**
 * The lowest threshold at which no more than `far` of the non-mated pairs are at or above it, and
 * the share of mated pairs that reach it (true accept rate at a false accept rate, as ISO/IEC
 * 19795-1 counts them). With fewer pairs than 1/far not one may pass.
 */
export function trueAcceptRate(
  { mated, nonMated }: PairScores,
  far: number,
): { readonly threshold: number; readonly rate: number } {
  const allowed = Math.floor(nonMated.length * far);
  // The highest score that must not pass; a threshold just above it lets `allowed` through.
  const blocked = nonMated[nonMated.length - 1 - allowed];
  const threshold = blocked === undefined ? -1 : nextUp(blocked);
  return { threshold, rate: shareFrom(mated, threshold) };
}

/** The share of sorted scores at or above a threshold; of none, 0. */
export function shareFrom(sorted: Float64Array, threshold: number): number {
  if (sorted.length === 0) return 0;
  return (sorted.length - countBelow(sorted, threshold)) / sorted.length;
}

/** The curve at every distinct score, from the lowest threshold to above the highest score. */
export function detCurve(scores: PairScores): readonly DetPoint[] {
  const { mated, nonMated } = scores;
  const thresholds = new Set([...mated, ...nonMated].sort((a, b) => a - b));
  const highest = Math.max(mated.at(-1) ?? 0, nonMated.at(-1) ?? 0);
  return [...thresholds, nextUp(highest)].map((threshold) => ({
    threshold,
    fmr: shareFrom(nonMated, threshold),
    fnmr: mated.length === 0 ? 0 : 1 - shareFrom(mated, threshold),
  }));
}

function countBelow(sorted: Float64Array, threshold: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? Infinity) < threshold) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The next larger float64 of a number in -1..1. */
function nextUp(value: number): number {
  return value + Math.max(Number.EPSILON * Math.abs(value), Number.MIN_VALUE);
}
