/** One row that a scan found. `owner` is what was written with it. */
export interface Found {
  readonly row: number;
  readonly owner: number;
  readonly score: number;
}

/**
 * What several threads found, each in its own share of the rows, as one list: the best row of each
 * owner, best first, the first `limit`. Since every thread kept the best `limit` owners of its
 * share, nobody who belongs in the list is missing.
 */
export function mergeFound(found: readonly Found[], limit: number): readonly Found[] {
  const best = new Map<number, Found>();
  for (const one of found) {
    const other = best.get(one.owner);
    if (!other || one.score > other.score) best.set(one.owner, one);
  }
  return [...best.values()].sort((a, b) => b.score - a.score || a.row - b.row).slice(0, limit);
}
