import { Worker } from "node:worker_threads";
import { assert } from "../base/errors.ts";
import { NativeGate } from "./native-gate.ts";
import {
  embeddingsIn,
  type Done,
  type Failed,
  type Job,
  type Result,
  toError,
} from "./messages.ts";
import { forbidReports } from "./onnx/no-reports.ts";

/** What a worker is told when it starts. */
export interface WorkerStart {
  /** The memory of its NativeGate. */
  readonly gate: SharedArrayBuffer;
}

/**
 * How long the end of a worker waits for a run of a net: a hundred times the longest. A worker that
 * is stuck in one is left behind, and its thread with it, rather than the process.
 */
const GATE_MS_MAX = 10_000;

/**
 * How long a worker may take to end by itself, its job cancelled: the longest step between two looks
 * at the signal, decoding a photo of 100 MP, takes about a second.
 */
const CLOSE_MS_MAX = 2_000;

/** How a worker is started. */
export interface WorkerSettings {
  /** The file that runs in the thread. */
  readonly entry: URL;
  /** A job that takes longer is given up, and its worker with it. */
  readonly jobMsMax: number;
  /** A worker whose JavaScript heap outgrows this dies. */
  readonly heapMbMax: number;
}

/**
 * What came of a job: its result; the error it threw; or no answer, because the worker died or was
 * killed for taking too long.
 */
export type Outcome =
  | { readonly kind: "done"; readonly result: Result }
  | { readonly kind: "failed"; readonly error: Error }
  | { readonly kind: "died" | "too_slow" };

/** One worker thread. Takes one job at a time; once dead, it stays so. */
export class PoolWorker {
  readonly #worker: Worker;
  readonly #gate = new NativeGate();
  readonly #settings: WorkerSettings;
  #settle: ((outcome: Outcome) => void) | null = null;
  #alive = true;
  readonly #ended: Promise<void>;

  constructor(settings: WorkerSettings) {
    this.#settings = settings;
    forbidReports();
    this.#worker = new Worker(settings.entry, {
      // Not the process's own flags: some make sense for its main script only.
      execArgv: [],
      workerData: { gate: this.#gate.memory } satisfies WorkerStart,
      resourceLimits: { maxOldGenerationSizeMb: settings.heapMbMax },
    });
    this.#worker.on("message", (message: Done | Failed) => this.#answered(message));
    // An error that nothing caught; the exit follows, and it is the exit that counts.
    this.#worker.on("error", () => {});
    this.#ended = new Promise((resolve) => {
      this.#worker.once("exit", () => {
        this.#alive = false;
        this.#finish({ kind: "died" });
        resolve();
      });
    });
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Runs one job. Never rejects. */
  async run(job: Job): Promise<Outcome> {
    assert(this.#settle === null, "A worker takes one job at a time");
    if (!this.#alive) return { kind: "died" };
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Outcome>((resolve) => {
        this.#settle = resolve;
        timer = setTimeout(() => {
          this.#finish({ kind: "too_slow" });
          void this.end();
        }, this.#settings.jobMsMax);
        this.#post(job);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Asks the worker to give up its job between two steps; its answer is still awaited. */
  cancel(): void {
    if (this.#settle) this.#post({ kind: "cancel" });
  }

  /**
   * Ends the thread; a job under way is `died`. The worker is asked to free its nets and to go; if
   * it does not, it is terminated as soon as no net runs in it ([Note: native gate]).
   */
  async end(): Promise<void> {
    this.#alive = false;
    this.#finish({ kind: "died" });
    this.#post({ kind: "close" });
    if (await this.#endsWithin(CLOSE_MS_MAX)) return;
    if (!(await this.#gate.close(GATE_MS_MAX))) return this.#worker.unref();
    await this.#worker.terminate();
    return this.#ended;
  }

  async #endsWithin(ms: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), ms);
    void this.#ended.then(() => resolve(true));
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** For the end of the process, which ends all threads: waits until no net runs in this one. */
  prepareForExit(): void {
    if (this.#alive) this.#gate.closeAndBlock(GATE_MS_MAX);
  }

  #post(job: Job): void {
    // The caller keeps its bytes (a job may be tried twice), so the worker is given a copy. Copied
    // here: cloning a view would copy all of the buffer behind it. Memory that is shared stays.
    if ("source" in job && "bytes" in job.source) {
      const bytes = Uint8Array.from(job.source.bytes);
      this.#worker.postMessage({ ...job, source: { bytes } }, [bytes.buffer]);
    } else if ("source" in job && "data" in job.source && !isShared(job.source.data)) {
      const data = Uint8Array.from(job.source.data);
      this.#worker.postMessage({ ...job, source: { ...job.source, data } }, [data.buffer]);
    } else {
      this.#worker.postMessage(job, []);
    }
  }

  #answered(message: Done | Failed): void {
    if (this.#settle === null) {
      // An answer that came after its job was given up.
      if (message.kind === "done") for (const one of embeddingsIn(message.result)) one.fill(0);
      return;
    }
    if (message.kind === "done") this.#finish({ kind: "done", result: message.result });
    else this.#finish({ kind: "failed", error: toError(message) });
  }

  #finish(outcome: Outcome): void {
    const settle = this.#settle;
    this.#settle = null;
    settle?.(outcome);
  }
}

function isShared({ buffer }: Uint8Array): boolean {
  return buffer instanceof SharedArrayBuffer;
}
