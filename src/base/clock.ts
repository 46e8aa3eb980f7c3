declare const brand: unique symbol;
/** Milliseconds since 1970 UTC. */
export type Instant = number & { readonly [brand]: "Instant" };

/** What the time is. Tests hand in their own. */
export interface Clock {
  now(): Instant;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now() as Instant };

export const DAY_MS = 24 * 60 * 60 * 1000;

/** `instant` plus so many milliseconds. */
export function later(instant: Instant, milliseconds: number): Instant {
  return (instant + milliseconds) as Instant;
}

/** A clock that stands still until it is moved; for tests of expiry and retention. */
export function fixedClock(start: number): Clock & { move(milliseconds: number): void } {
  let time = start;
  return {
    now: () => time as Instant,
    move: (milliseconds) => {
      time += milliseconds;
    },
  };
}
