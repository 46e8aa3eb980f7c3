import { availableParallelism } from "node:os";
import { ScanCrew } from "./crew.ts";

/** Threads of a scan: with four it waits for memory rather than for them. */
const THREADS_MAX = 4;

/**
 * The threads that help the galleries of a process with large scans, started when they are first
 * of use: a command that searches once has answered before they would run.
 */
export class ScanHelpers implements AsyncDisposable {
  readonly #arePhotosLookedAt: () => boolean;
  readonly #threads: number;
  #asked = false;
  #crew: ScanCrew | null = null;

  /** `arePhotosLookedAt`: whether an engine of this process has any in hand. */
  constructor(
    arePhotosLookedAt: () => boolean,
    threads = Math.min(THREADS_MAX, availableParallelism()),
  ) {
    this.#arePhotosLookedAt = arePhotosLookedAt;
    this.#threads = threads;
  }

  /**
   * The crew for a large scan that is about to begin, or null where it is quicker alone. While photos
   * are looked at, a helper would lose its core in the middle of a block, and the scan wait for it.
   */
  forLargeScan(): ScanCrew | null {
    const isFirst = !this.#asked;
    this.#asked = true;
    if (isFirst || this.#threads < 2 || this.#arePhotosLookedAt()) return null;
    this.#crew ??= new ScanCrew(this.#threads);
    return this.#crew;
  }

  /** Stops the threads. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#crew?.[Symbol.asyncDispose]();
    this.#crew = null;
  }
}
