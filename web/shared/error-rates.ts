/** How a pack erred with one set of photos, as its manifest has it. */
export interface MeasuredError {
  readonly data: string;
  readonly people: number;
  readonly pairs: { readonly mated: number | null; readonly nonMated: number | null };
  readonly at: readonly RateAt[];
  readonly note?: string | undefined;
  readonly groups?: readonly GroupErrors[] | undefined;
}

export interface RateAt {
  readonly threshold: number;
  readonly fmr: number;
  readonly fnmr: number;
}

/** How it erred with one group of the people. */
export interface GroupErrors {
  readonly by: string;
  readonly group: string;
  readonly people: number;
  readonly pairs: { readonly mated: number; readonly nonMated: number };
  readonly mostAlike: number;
  readonly leastAlike: number;
  readonly at: readonly RateAt[];
}

/** What a measured set says of a score. */
export interface ScoreMeaning {
  readonly data: string;
  /** The measured threshold that the score reaches. */
  readonly threshold: number;
  /** Pairs of different people that were compared. */
  readonly pairs: number;
  /** How many of them scored as high as the threshold or higher. */
  readonly asHigh: number;
}

/**
 * What each set says of a score: of how many pairs of different people, how many reach the highest
 * measured threshold at or below it. So it never says less than there were.
 */
export function meaningsOf(sets: readonly MeasuredError[], score: number): readonly ScoreMeaning[] {
  return sets.flatMap(({ data, pairs, at }) => {
    const reached = at.filter(({ threshold }) => threshold <= score);
    const nearest = reached.toSorted((one, other) => other.threshold - one.threshold)[0];
    if (!nearest || pairs.nonMated === null) return [];
    const asHigh = Math.round(nearest.fmr * pairs.nonMated);
    return [{ data, threshold: nearest.threshold, pairs: pairs.nonMated, asHigh }];
  });
}

/**
 * What none of so many pairs still allows: with 95 % confidence the rate is below 3 in as many (the
 * rule of three; Hanley and Lippman-Hand 1983). As `one in N`.
 */
export function boundOfNone(pairs: number): number {
  return Math.floor(pairs / 3);
}
