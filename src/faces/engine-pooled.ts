import { wipe } from "../base/bytes.ts";
import { assert } from "../base/errors.ts";
import { readInfo } from "../media/decode.ts";
import type { Picture } from "../media/picture.ts";
import type { PhotoSource } from "../media/source.ts";
import type {
  Analysis,
  AnalyseFrameOptions,
  AnalyseOptions,
  Engine,
  FacePlace,
  FrameFace,
} from "./engine.ts";
import { FacesError } from "./errors.ts";
import type { Embedding } from "./face.ts";
import { embeddingsIn, type Job, type Result } from "./messages.ts";
import type { PackName } from "./packs.ts";
import { type Outcome, PoolWorker } from "./pool-worker.ts";

/**
 * Pixels of all photos under work together, as their heads announce them: two of the largest
 * allowed. A photo takes about 3 bytes a pixel decoded, and half as much again in tiles.
 */
const PIXELS_MAX = 200_000_000;

/**
 * 300 s a photo. The slowest measured, a crowd of 48 MP with people turned all ways and the pack
 * `bundled`, took a third of that on a busy machine; most take a tenth of a second.
 */
const PHOTO_MS_MAX = 300_000;

/**
 * 512 MB of JavaScript heap a worker: the pipeline keeps pixels and tensors outside of it, and needs
 * about 20. What exceeds that has gone wrong, and ends its worker instead of the process.
 */
const HEAP_MB_MAX = 512;

/** A photo whose worker died is tried once more: the worker may have died of another's memory. */
const TRIES_MAX = 2;

/** How a pool is made; all that may be left out is for tests. */
export interface PoolOptions {
  readonly pack: PackName;
  readonly folder: string;
  readonly workers: number;
  readonly entry?: URL;
  readonly photoMsMax?: number;
  readonly pixelsMax?: number;
  readonly heapMbMax?: number;
}

/** Starts the workers and waits until all have opened the models. Throws FacesError. */
export async function openPooledEngine(options: PoolOptions): Promise<Engine> {
  const pool = new Pool(options);
  try {
    await pool.open();
    return pool;
  } catch (error) {
    await pool[Symbol.asyncDispose]();
    throw error;
  }
}

/** A photo that waits for a worker or has one. */
interface Task {
  readonly job: Extract<Job, { readonly kind: "analyse" | "frame" | "embed" }>;
  readonly pixels: number;
  /** Counts calls: heads are read side by side, but photos are begun as they came. */
  readonly arrival: number;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
  tries: number;
  /** True when nobody waits for the result any more. */
  abandoned: boolean;
  worker: PoolWorker | null;
}

/** First come, first served: a large photo is not overtaken while it waits for the budget. */
class Pool implements Engine {
  pack = "";
  templateSize = 0;
  readonly #options: PoolOptions;
  readonly #idle: PoolWorker[] = [];
  readonly #workers = new Set<PoolWorker>();
  readonly #waiting: Task[] = [];
  readonly #running = new Set<Task>();
  #pixels = 0;
  #arrivals = 0;
  #closed = false;
  /** Why no worker could be started any more. */
  #broken: unknown = null;

  readonly #onExit = (): void => {
    for (const worker of this.#workers) worker.prepareForExit();
  };

  constructor(options: PoolOptions) {
    assert(options.workers >= 1, "A pool has at least one worker");
    this.#options = options;
    process.once("exit", this.#onExit);
  }

  get busy(): boolean {
    return this.#running.size > 0;
  }

  async open(): Promise<void> {
    const starts = Array.from({ length: this.#options.workers }, async () => this.#start());
    const opened = await Promise.allSettled(starts);
    for (const one of opened) if (one.status === "rejected") throw one.reason;
  }

  async analyse(source: PhotoSource, options: AnalyseOptions): Promise<Analysis> {
    const { embed, use, signal } = options;
    const result = await this.#submit({ kind: "analyse", source, embed, use }, signal);
    assert(result.kind === "analyse", "A worker answers what it was asked");
    return result.analysis;
  }

  async analyseFrame(
    frame: Picture,
    { embed, thorough = false, signal }: AnalyseFrameOptions,
  ): Promise<readonly FrameFace[]> {
    const result = await this.#submit({ kind: "frame", source: frame, embed, thorough }, signal);
    assert(result.kind === "frame", "A worker answers what it was asked");
    return result.faces;
  }

  async embed(
    source: PhotoSource | Picture,
    faces: readonly FacePlace[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<readonly (Embedding | null)[]> {
    const result = await this.#submit({ kind: "embed", source, faces }, options?.signal);
    assert(result.kind === "embed", "A worker answers what it was asked");
    return result.embeddings;
  }

  /** Ends all workers. Whoever still waits gets FacesError `engine_closed`. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    process.off("exit", this.#onExit);
    for (const task of this.#waiting.splice(0)) task.reject(closedError());
    for (const task of this.#running) task.reject(closedError());
    await Promise.all([...this.#workers].map((worker) => worker.end()));
    this.#workers.clear();
    this.#idle.length = 0;
  }

  async #submit(job: Task["job"], signal: AbortSignal | undefined): Promise<Result> {
    signal?.throwIfAborted();
    const arrival = this.#arrivals;
    this.#arrivals += 1;
    const { width, height } = "data" in job.source ? job.source : await readInfo(job.source);
    signal?.throwIfAborted();
    if (this.#closed) throw closedError();
    if (this.#broken) throw this.#broken;
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const task: Task = {
      job,
      pixels: width * height,
      arrival,
      resolve,
      reject,
      tries: 0,
      abandoned: false,
      worker: null,
    };
    const onAbort = (): void => this.#abandon(task, signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      this.#enqueue(task);
      this.#dispatch();
      return await promise;
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  }

  #enqueue(task: Task): void {
    const place = this.#waiting.findIndex(({ arrival }) => arrival > task.arrival);
    this.#waiting.splice(place < 0 ? this.#waiting.length : place, 0, task);
  }

  #abandon(task: Task, reason: unknown): void {
    const place = this.#waiting.indexOf(task);
    if (place >= 0) this.#waiting.splice(place, 1);
    task.abandoned = true;
    task.worker?.cancel();
    task.reject(reason);
    this.#dispatch();
  }

  /** Hands the first in the queue to idle workers, as long as its pixels fit the budget. */
  #dispatch(): void {
    const budget = this.#options.pixelsMax ?? PIXELS_MAX;
    for (;;) {
      const [task] = this.#waiting;
      const worker = this.#idle.at(-1);
      if (!task || !worker || this.#closed) return;
      if (!worker.alive) {
        this.#idle.pop();
        this.#replace(worker);
        continue;
      }
      // A photo larger than the whole budget runs alone.
      if (this.#pixels > 0 && this.#pixels + task.pixels > budget) return;
      this.#waiting.shift();
      this.#idle.pop();
      void this.#run(task, worker);
    }
  }

  async #run(task: Task, worker: PoolWorker): Promise<void> {
    task.tries += 1;
    task.worker = worker;
    this.#running.add(task);
    this.#pixels += task.pixels;
    const outcome = await worker.run(task.job);
    this.#pixels -= task.pixels;
    this.#running.delete(task);
    task.worker = null;
    this.#settle(task, outcome);
    if (worker.alive) this.#idle.push(worker);
    else this.#replace(worker);
    this.#dispatch();
  }

  #settle(task: Task, outcome: Outcome): void {
    switch (outcome.kind) {
      case "done":
        // Nobody takes an abandoned task's vectors.
        if (task.abandoned || this.#closed) wipe(...embeddingsIn(outcome.result));
        task.resolve(outcome.result);
        return;
      case "failed":
        task.reject(outcome.error);
        return;
      case "too_slow":
        task.reject(new FacesError("photo_too_slow", "The photo took too long to look at."));
        return;
      case "died":
        if (!task.abandoned && !this.#closed && task.tries < TRIES_MAX) this.#enqueue(task);
        else task.reject(diedError());
        return;
      default:
        outcome satisfies never;
    }
  }

  /** Starts a worker in a dead one's place; when none can be, nobody waits in vain. */
  #replace(dead: PoolWorker): void {
    void dead.end().then(() => this.#workers.delete(dead));
    if (this.#closed) return;
    this.#start().then(
      () => this.#dispatch(),
      (error: unknown) => {
        if ([...this.#workers].some((worker) => worker.alive)) return;
        this.#broken = error;
        for (const task of this.#waiting.splice(0)) task.reject(error);
      },
    );
  }

  async #start(): Promise<void> {
    const { pack, folder, entry, photoMsMax, heapMbMax } = this.#options;
    const worker = new PoolWorker({
      entry: entry ?? new URL("./worker.ts", import.meta.url),
      jobMsMax: photoMsMax ?? PHOTO_MS_MAX,
      heapMbMax: heapMbMax ?? HEAP_MB_MAX,
    });
    this.#workers.add(worker);
    const outcome = await worker.run({ kind: "open", pack, folder });
    if (outcome.kind === "done" && outcome.result.kind === "open") {
      this.pack = outcome.result.pack;
      this.templateSize = outcome.result.templateSize;
      this.#idle.push(worker);
      return;
    }
    await worker.end();
    this.#workers.delete(worker);
    throw outcome.kind === "failed" ? outcome.error : diedError();
  }
}

function closedError(): FacesError {
  return new FacesError("engine_closed", "The engine was closed before the photo was done.");
}

function diedError(): FacesError {
  return new FacesError("worker_died", "The photo ended the worker that looked at it.");
}
