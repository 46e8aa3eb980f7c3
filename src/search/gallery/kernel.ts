import { readFileSync } from "node:fs";
import { assert } from "../../base/errors.ts";
import { BLOCK_QUADS, BLOCK_ROWS, QUAD_ROWS } from "./kernel-layout.ts";
import { type Layout, PROBES_MAX } from "./layout.ts";

/** The compiled kernel, bound to one gallery's memory. See kernel.as.ts. */
export interface Kernel {
  scanBlock(
    block: number,
    firstRow: number,
    quads: number,
    templateSize: number,
    probes: number,
    probeBytes: number,
    tops: number,
    topBytes: number,
    probeCount: number,
  ): void;
}

/** What is to be scanned: the first `rows` rows, with the first `probes` probes. */
export interface ScanTask {
  readonly rows: number;
  readonly probes: number;
}

/** Compiled once a process; helper threads are sent the module. */
let compiled: WebAssembly.Module | null = null;

export function kernelModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(readFileSync(new URL("kernel.wasm", import.meta.url)));
  return compiled;
}

/** Binds the kernel to a memory. Kernels have no state of their own, so threads may share one. */
export function bindKernel(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernel {
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const { exports } = instance;
  assert(isKernel(exports), "The compiled kernel has a scan");
  return exports;
}

function isKernel(exports: object): exports is Kernel {
  return "scanBlock" in exports && typeof exports.scanBlock === "function";
}

/**
 * Scans blocks until `next` (a counter that several threads may share) runs past the last one.
 * Each thread has its own lane of top records; every lane sees the same probes.
 */
export function scanBlocks(
  kernel: Kernel,
  layout: Layout,
  task: ScanTask,
  shares: { readonly lane: number; readonly next: () => number },
): void {
  const tops = topsOf(layout, shares.lane);
  const blocks = Math.ceil(task.rows / BLOCK_ROWS);
  for (let block = shares.next(); block < blocks; block = shares.next()) {
    const firstRow = block * BLOCK_ROWS;
    const quads = Math.min(BLOCK_QUADS, Math.ceil((task.rows - firstRow) / QUAD_ROWS));
    kernel.scanBlock(
      layout.blocks + block * layout.blockBytes,
      firstRow,
      quads,
      layout.templateSize,
      layout.probes,
      layout.probeBytes,
      tops,
      layout.topBytes,
      task.probes,
    );
  }
}

/** Address of a lane's first top record. */
export function topsOf(layout: Layout, lane: number): number {
  return layout.tops + lane * PROBES_MAX * layout.topBytes;
}
