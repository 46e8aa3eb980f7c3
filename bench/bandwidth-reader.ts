import { isMainThread, parentPort, workerData } from "node:worker_threads";
import { assert } from "../src/base/errors.ts";
import { BLOCK_QUADS, BLOCK_ROWS, QUAD_ROWS } from "../src/search/gallery/kernel-layout.ts";
import { type Layout, layoutOf } from "../src/search/gallery/layout.ts";

/** What stream.as.ts exports. */
export interface Reader {
  read(from: number, apart: number, streams: number, bytes: number): number;
}

/** What the second reader is started with. */
export interface ReaderData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly templateSize: number;
  readonly control: SharedArrayBuffer;
}

/** Words of the block of memory that the two readers share. */
export const WORD_TURN = 0;
export const WORD_NEXT_BLOCK = 1;
export const WORD_FINISHED = 2;
export const WORD_ROWS = 3;
export const WORD_STREAMS = 4;
export const WORDS = 5;

/** Binds the compiled reader to a memory. */
export function bindReader(module: WebAssembly.Module, memory: WebAssembly.Memory): Reader {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  assert(isReader(exports), "The compiled reader reads");
  return exports;
}

function isReader(exports: object): exports is Reader {
  return "read" in exports && typeof exports.read === "function";
}

/** Reads blocks until there are none left to take; of the last one, what is filled. */
export function readBlocks(reader: Reader, layout: Layout, control: Int32Array): void {
  const rows = Atomics.load(control, WORD_ROWS);
  const streams = Atomics.load(control, WORD_STREAMS);
  const quarter = BLOCK_QUADS * layout.groupBytes;
  for (;;) {
    const firstRow = BLOCK_ROWS * Atomics.add(control, WORD_NEXT_BLOCK, 1);
    if (firstRow >= rows) return;
    const quads = Math.min(BLOCK_QUADS, Math.ceil((rows - firstRow) / QUAD_ROWS));
    const from = layout.blocks + (firstRow / BLOCK_ROWS) * layout.blockBytes;
    const bytes = quads * layout.groupBytes;
    for (let first = 0; first < 4; first += streams) {
      reader.read(from + first * quarter, quarter, streams, bytes);
    }
    Atomics.add(control, WORD_FINISHED, 1);
  }
}

function serve({ module, memory, templateSize, control: buffer }: ReaderData): void {
  const control = new Int32Array(buffer);
  const reader = bindReader(module, memory);
  const layout = layoutOf(templateSize);
  assert(parentPort, "The second reader runs in a worker thread");
  parentPort.postMessage("ready", []);
  for (let turn = 0; ;) {
    Atomics.wait(control, WORD_TURN, turn);
    turn = Atomics.load(control, WORD_TURN);
    readBlocks(reader, layout, control);
  }
}

if (!isMainThread) serve(workerData as ReaderData);
