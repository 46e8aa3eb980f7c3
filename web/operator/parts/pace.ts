/** Steps done at a moment, in ms. */
interface Mark {
  readonly at: number;
  readonly done: number;
}

/** The pace of the last while, not of the whole: it tells what is left better. */
const WINDOW_MS = 20_000;
/** From less than this, nothing is said. */
const SURE_MS = 1500;

/** How fast something goes, from what it tells of itself now and then. */
export class Pace {
  #marks: readonly Mark[] = [];

  /** Notes how much is done by now. */
  note(done: number, at: number): void {
    const recent = this.#marks.filter((mark) => at - mark.at <= WINDOW_MS);
    const before = this.#marks.at(-1);
    const anew = before !== undefined && done < before.done;
    this.#marks = [...(anew ? [] : recent), { at, done }];
  }

  /** Steps a second; null while that can't be said. */
  perSecond(): number | null {
    const [first] = this.#marks;
    const last = this.#marks.at(-1);
    if (!first || !last || last.at - first.at < SURE_MS || last.done <= first.done) return null;
    return ((last.done - first.done) / (last.at - first.at)) * 1000;
  }

  /** Seconds until `total` are done; null while that can't be said. */
  secondsLeft(total: number): number | null {
    const rate = this.perSecond();
    const last = this.#marks.at(-1);
    return rate === null || !last ? null : Math.max(0, total - last.done) / rate;
  }
}
