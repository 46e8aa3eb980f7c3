/** Cosines of pairs of photos of the same person, and of two people. */
export interface Scores {
  readonly mated: readonly number[];
  readonly nonMated: readonly number[];
}

/** How often scores are on the wrong side of a threshold. */
export interface RateAt {
  readonly threshold: number;
  readonly fmr: number;
  readonly fnmr: number;
}

/** A pair of people's numbers, and how alike their two photos are. */
export interface Pair {
  readonly enrolled: string;
  readonly probe: string;
  readonly score: number;
}

/** What a manifest says of one group. */
export interface GroupErrors {
  readonly by: string;
  readonly group: string;
  readonly people: number;
  readonly pairs: { readonly mated: number; readonly nonMated: number };
  readonly mostAlike: number;
  readonly leastAlike: number;
  readonly at: readonly RateAt[];
}

/** Who is of which group, by number; `by` is what the groups are made of. */
export interface Grouping {
  readonly by: string;
  readonly groupOf: ReadonlyMap<string, string>;
}

/** Digits that so few pairs carry. */
const DIGITS = 3;
/** With fewer people than this there is next to no pair to compare. */
const PEOPLE_MIN = 5;

/** False matches and false non-matches at each threshold, as shares of the pairs. */
export function ratesAt(
  { mated, nonMated }: Scores,
  thresholds: readonly number[],
): readonly RateAt[] {
  return thresholds.map((threshold) => ({
    threshold,
    fmr: share(nonMated, (score) => score >= threshold),
    fnmr: share(mated, (score) => score < threshold),
  }));
}

/**
 * The error of each group by itself: pairs of two people are of people of the same group, who are
 * more alike to a net than people of two groups. Groups of a handful are left out.
 */
export function groupErrors(
  pairs: readonly Pair[],
  { by, groupOf }: Grouping,
  thresholds: readonly number[],
): readonly GroupErrors[] {
  const groups = [...new Set(groupOf.values())].toSorted();
  return groups.flatMap((group) => {
    const within = pairs.filter(
      ({ enrolled, probe }) => groupOf.get(enrolled) === group && groupOf.get(probe) === group,
    );
    const people = new Set(within.map(({ enrolled }) => enrolled)).size;
    if (people < PEOPLE_MIN) return [];
    const scores = scoresOf(within);
    const { mated, nonMated } = scores;
    return [
      {
        by,
        group,
        people,
        pairs: { mated: mated.length, nonMated: nonMated.length },
        mostAlike: rounded(Math.max(...nonMated)),
        leastAlike: rounded(Math.min(...mated)),
        at: ratesAt(scores, thresholds),
      },
    ];
  });
}

/** Pairs of one person's photos, and of two people's. */
export function scoresOf(pairs: readonly Pair[]): Scores {
  const mated = pairs.filter(({ enrolled, probe }) => enrolled === probe);
  const nonMated = pairs.filter(({ enrolled, probe }) => enrolled !== probe);
  return { mated: mated.map(({ score }) => score), nonMated: nonMated.map(({ score }) => score) };
}

function share(scores: readonly number[], wrong: (score: number) => boolean): number {
  return Number((scores.filter(wrong).length / scores.length).toPrecision(DIGITS));
}

function rounded(score: number): number {
  return Number(score.toFixed(DIGITS));
}
