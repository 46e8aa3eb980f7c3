/** A stream of numbers that depends on its seed alone, the same on every machine. */
export interface Random {
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** Around the middle of [low, high): the mean of three, so that extremes are rare. */
  around(low: number, high: number): number;
  /** True with the chance given. */
  chance(probability: number): boolean;
  /** One of the entries. */
  pick<Entry>(entries: readonly [Entry, ...Entry[]]): Entry;
}

/** Mulberry32 (Tommy Ettinger, public domain): 32 bits of state are plenty for drawings. */
export function randomFrom(seed: number): Random {
  let state = (seed * 0x9e3779b1) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (low: number, high: number): number => low + (high - low) * next();
  return {
    between,
    around: (low, high) => low + ((high - low) * (next() + next() + next())) / 3,
    chance: (probability) => next() < probability,
    pick: (entries) => entries[Math.floor(next() * entries.length)] ?? entries[0],
  };
}
