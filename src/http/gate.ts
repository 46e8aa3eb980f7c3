import { comeBackLater } from "./errors.ts";
import { RETRY_SECONDS } from "./limits.ts";

/** How much goes through a gate at once, and how much may wait before it. */
export interface GateBounds {
  /** Pieces of work under way at once. */
  readonly slots: number;
  /** Those that may wait for a slot; one more is refused at once. */
  readonly queue: number;
  /** Whoever waits longer is refused. */
  readonly waitMsMax: number;
}

interface Waiting {
  readonly go: () => void;
}

/**
 * Lets a bounded number of requests in and a smaller number work at once. A place is taken before
 * the body is read, so that what waits in memory is bounded too: whoever finds no place is refused
 * within a moment and has cost nothing.
 */
export class Gate {
  readonly #bounds: GateBounds;
  #inside = 0;
  #working = 0;
  readonly #waiting = new Set<Waiting>();

  constructor(bounds: GateBounds) {
    this.#bounds = bounds;
  }

  /** Places taken: waiting, being read, or working. */
  get inside(): number {
    return this.#inside;
  }

  /** Takes a place. Throws HttpError overloaded. */
  enter(): Place {
    if (this.#inside >= this.#bounds.slots + this.#bounds.queue) {
      throw comeBackLater("overloaded", RETRY_SECONDS);
    }
    this.#inside += 1;
    let working = false;
    let gone = false;
    return {
      turn: async (signal) => {
        await this.#turn(signal);
        working = true;
      },
      [Symbol.dispose]: () => {
        if (gone) return;
        gone = true;
        this.#inside -= 1;
        if (working) this.#free();
      },
    };
  }

  /** Waits for a slot, first come first served. */
  async #turn(signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw comeBackLater("stopping", RETRY_SECONDS);
    if (this.#working < this.#bounds.slots) {
      this.#working += 1;
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting = { go: resolve };
    this.#waiting.add(waiting);
    // Out of the queue in the same step: nobody hands a slot to whoever has gone.
    const giveUp = (code: "overloaded" | "stopping"): void => {
      this.#waiting.delete(waiting);
      reject(comeBackLater(code, RETRY_SECONDS));
    };
    const late = setTimeout(() => giveUp("overloaded"), this.#bounds.waitMsMax);
    const left = (): void => giveUp("stopping");
    signal.addEventListener("abort", left, { once: true });
    try {
      await promise;
    } finally {
      clearTimeout(late);
      signal.removeEventListener("abort", left);
    }
  }

  /** Hands the slot on, or leaves it free. */
  #free(): void {
    const [next] = this.#waiting;
    if (next) {
      this.#waiting.delete(next);
      next.go();
    } else this.#working -= 1;
  }
}

/** A place inside a gate; left by disposing of it. */
export interface Place extends Disposable {
  /** Waits for a slot to work in. Throws HttpError overloaded after too long. */
  turn(signal: AbortSignal): Promise<void>;
}
