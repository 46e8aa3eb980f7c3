import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { compileKernel } from "../scripts/build-kernel.ts";
import { BLOCK_ROWS, QUAD_ROWS } from "../src/search/gallery/kernel-layout.ts";
import { type Layout, layoutOf } from "../src/search/gallery/layout.ts";
import {
  bindReader,
  readBlocks,
  type Reader,
  type ReaderData,
  WORD_FINISHED,
  WORD_NEXT_BLOCK,
  WORD_ROWS,
  WORD_STREAMS,
  WORD_TURN,
  WORDS,
} from "./bandwidth-reader.ts";

/** Streams read in turns, the ways that are tried; the fastest is the machine's bandwidth. */
export const READINGS = [1, 2, 4] as const;
export type Reading = (typeof READINGS)[number];

const READER = new URL("bandwidth-reader.ts", import.meta.url);

/**
 * Reads the very bytes that a scan of a gallery's memory reads, block by block, on one or two
 * threads, and does nothing with them.
 */
export class BandwidthMeter implements AsyncDisposable {
  readonly #layout: Layout;
  readonly #reader: Reader;
  readonly #control = new Int32Array(new SharedArrayBuffer(4 * WORDS));
  readonly #worker: Worker | null;

  private constructor(data: Omit<ReaderData, "control">, threads: 1 | 2) {
    this.#layout = layoutOf(data.templateSize);
    this.#reader = bindReader(data.module, data.memory);
    const workerData = { ...data, control: this.#control.buffer } satisfies ReaderData;
    this.#worker = threads === 2 ? new Worker(READER, { workerData }) : null;
  }

  /** A meter for the memory of a gallery with templates of this size. */
  static async open(
    memory: WebAssembly.Memory,
    templateSize: number,
    threads: 1 | 2,
  ): Promise<BandwidthMeter> {
    const source = fileURLToPath(new URL("stream.as.ts", import.meta.url));
    const module = new WebAssembly.Module(Uint8Array.from(await compileKernel(source)));
    const meter = new BandwidthMeter({ module, memory, templateSize }, threads);
    const worker = meter.#worker;
    if (worker) await new Promise((resolve) => worker.once("message", resolve));
    return meter;
  }

  /** Bytes that one reading of so many rows reads. */
  bytesOf(rows: number): number {
    return Math.ceil(rows / QUAD_ROWS) * 4 * this.#layout.groupBytes;
  }

  /** Reads what a scan of so many rows reads. Returns the milliseconds it took. */
  read(rows: number, streams: Reading): number {
    const start = performance.now();
    Atomics.store(this.#control, WORD_ROWS, rows);
    Atomics.store(this.#control, WORD_STREAMS, streams);
    Atomics.store(this.#control, WORD_NEXT_BLOCK, 0);
    Atomics.store(this.#control, WORD_FINISHED, 0);
    Atomics.add(this.#control, WORD_TURN, 1);
    Atomics.notify(this.#control, WORD_TURN);
    readBlocks(this.#reader, this.#layout, this.#control);
    // A reader that woke up too late is not waited for; neither does a scan wait for a helper.
    const blocks = Math.ceil(rows / BLOCK_ROWS);
    while (Atomics.load(this.#control, WORD_FINISHED) < blocks);
    return performance.now() - start;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker?.terminate();
  }
}
