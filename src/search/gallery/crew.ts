import { Worker } from "node:worker_threads";
import { assert } from "../../base/errors.ts";
import { kernelModule, type ScanTask } from "./kernel.ts";
import { LANES_MAX } from "./layout.ts";

/**
 * [Note: crew] Helper threads sleep in Atomics.wait on a word of shared memory each. A scan is an
 * offer: the word says OPEN, whoever wakes up in time takes part (JOINED) and says when it has no
 * more blocks to take (DONE). Blocks are handed out by one shared counter, so a helper that comes
 * late or is slowed down by other processes costs nothing: the asking thread scans what is left,
 * withdraws the offer, and waits only for helpers that are in the middle of a block.
 *
 *     IDLE --ask--> OPEN --helper--> JOINED --helper--> DONE
 *       ^------ask's end------'
 *
 * The word's upper bits count the offers, so an old offer can't be taken for a new one.
 */
export const PHASE_IDLE = 0;
export const PHASE_OPEN = 1;
export const PHASE_JOINED = 2;
export const PHASE_DONE = 3;
const PHASES = 4;
/** Keeps the word within int32. */
const OFFERS_MAX = 2 ** 28;

/** Words of the shared control block; a helper's own word is at WORD_PHASES plus its number. */
export const WORD_NEXT_BLOCK = 0;
export const WORD_GALLERY = 1;
export const WORD_ROWS = 2;
export const WORD_PROBES = 3;
export const WORD_PHASES = 16;
const WORDS = WORD_PHASES + LANES_MAX;

/** A block takes well under a millisecond; a helper silent for this long is not coming back. */
const SILENCE_MS_MAX = 5_000;

/** What a helper is started with. */
export interface HelperData {
  readonly control: SharedArrayBuffer;
  readonly module: WebAssembly.Module;
  /** The word this helper sleeps on. */
  readonly word: number;
  /** The lane of top records that it writes. */
  readonly lane: number;
}

/** What a helper is told between scans. */
export type HelperMessage =
  | {
      readonly kind: "attach";
      readonly gallery: number;
      readonly memory: WebAssembly.Memory;
      readonly templateSize: number;
    }
  | { readonly kind: "detach"; readonly gallery: number }
  | { readonly kind: "stop" };

/** The phase in a helper's word. */
export function phaseOf(word: number): number {
  return word % PHASES;
}

/** A helper's word in another phase of the same offer. */
export function inPhase(word: number, phase: number): number {
  return word - (word % PHASES) + phase;
}

interface Helper {
  readonly worker: Worker;
  readonly word: number;
  readonly lane: number;
  lost: boolean;
}

/** Threads that help with the scans of all galleries of a process, one scan at a time. */
export class ScanCrew implements AsyncDisposable {
  readonly #control = new Int32Array(new SharedArrayBuffer(4 * WORDS));
  readonly #helpers: Helper[] = [];
  readonly #silenceMsMax: number;
  #galleries = 0;
  #offers = 0;
  #broken = false;

  /** Starts the threads; `threads` counts the asking one too. They don't keep a process alive. */
  constructor(threads: number, { silenceMsMax = SILENCE_MS_MAX } = {}) {
    assert(threads >= 1 && threads <= LANES_MAX, "A scan has 1 to 8 threads");
    this.#silenceMsMax = silenceMsMax;
    for (let lane = 1; lane < threads; lane += 1) {
      const word = WORD_PHASES + lane;
      const workerData = { control: this.#control.buffer, module: kernelModule(), word, lane };
      const worker = new Worker(new URL("crew-worker.ts", import.meta.url), {
        workerData: workerData satisfies HelperData,
      });
      worker.unref();
      const helper = { worker, word, lane, lost: false };
      // A dead helper is no failure: the scan is done by those that are left.
      worker.on("error", () => {
        helper.lost = true;
      });
      this.#helpers.push(helper);
    }
  }

  /** Threads that may take part in a scan now, the asking one included. */
  get threads(): number {
    if (this.#broken) return 1;
    return 1 + this.#helpers.filter(({ lost }) => !lost).length;
  }

  /** Makes a gallery's memory known to the helpers. Returns its number for `scan` and `detach`. */
  attach(memory: WebAssembly.Memory, templateSize: number): number {
    const gallery = this.#galleries;
    this.#galleries += 1;
    this.#tell({ kind: "attach", gallery, memory, templateSize });
    return gallery;
  }

  /** Makes the helpers forget a memory, so that it can be given back. */
  detach(gallery: number): void {
    this.#tell({ kind: "detach", gallery });
    this.#offer(PHASE_IDLE);
  }

  /**
   * Runs `own` (which scans blocks until `next` runs out) while helpers do the same. Returns the
   * lanes that hold results, or null when a helper was lost in the middle, now or ever: what it
   * scanned is unknown, it may yet take blocks that are another's, and so the caller scans alone.
   */
  scan(
    gallery: number,
    task: ScanTask,
    own: (next: () => number) => void,
  ): readonly number[] | null {
    if (this.#broken) return null;
    Atomics.store(this.#control, WORD_NEXT_BLOCK, 0);
    Atomics.store(this.#control, WORD_GALLERY, gallery);
    Atomics.store(this.#control, WORD_ROWS, task.rows);
    Atomics.store(this.#control, WORD_PROBES, task.probes);
    this.#offer(PHASE_OPEN);
    own(() => Atomics.add(this.#control, WORD_NEXT_BLOCK, 1));
    const lanes = [0];
    for (const helper of this.#helpers) {
      const end = this.#endOffer(helper);
      if (end === "done") lanes.push(helper.lane);
      if (end === "lost") this.#break(helper);
    }
    return this.#broken ? null : lanes;
  }

  /** Stops the threads. */
  async [Symbol.asyncDispose](): Promise<void> {
    const running = this.#helpers.filter(({ lost }) => !lost);
    const ends = running.map(async ({ worker }) => {
      worker.ref();
      await new Promise((resolve) => worker.once("exit", resolve));
    });
    this.#tell({ kind: "stop" });
    this.#offer(PHASE_IDLE);
    await Promise.all(ends);
  }

  #tell(message: HelperMessage): void {
    for (const { worker } of this.#helpers) worker.postMessage(message, []);
  }

  // Wakes every helper with a new word.
  #offer(phase: number): void {
    this.#offers = (this.#offers + 1) % OFFERS_MAX;
    for (const { word } of this.#helpers) {
      Atomics.store(this.#control, word, this.#offers * PHASES + phase);
      Atomics.notify(this.#control, word);
    }
  }

  #endOffer(helper: Helper): "absent" | "done" | "lost" {
    const open = this.#offers * PHASES + PHASE_OPEN;
    const joined = inPhase(open, PHASE_JOINED);
    const idle = inPhase(open, PHASE_IDLE);
    const found = Atomics.compareExchange(this.#control, helper.word, open, idle);
    if (found === open) return "absent";
    if (found === joined) {
      Atomics.wait(this.#control, helper.word, joined, this.#silenceMsMax);
    }
    const done = Atomics.load(this.#control, helper.word) === inPhase(open, PHASE_DONE);
    return done ? "done" : "lost";
  }

  #break(helper: Helper): void {
    this.#broken = true;
    helper.lost = true;
    void helper.worker.terminate();
  }
}
