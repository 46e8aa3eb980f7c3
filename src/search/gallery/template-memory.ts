import { assert } from "../../base/errors.ts";
import { SearchError } from "../errors.ts";
import type { Found } from "./found.ts";
import { bindKernel, type Kernel, kernelModule, topsOf } from "./kernel.ts";
import {
  BLOCK_ROWS,
  ENTRY_BYTES,
  ENTRY_OWNER,
  ENTRY_ROW,
  ENTRY_SCORE,
  GROUP_CODES,
  GROUP_OFFSETS,
  GROUP_ROWS,
  GROUP_STEPS,
  GROUP_VISIBLE,
  PROBE_CODES,
  PROBE_COARSE_SLACK,
  PROBE_FINE_SLACK,
  PROBE_FINE_STEP,
  PROBE_ROW_SLACK,
  PROBE_STEP,
  TOP_COUNT,
  TOP_ENTRIES,
  TOP_FLOOR,
  TOP_LIMIT,
  TOP_THRESHOLD,
  VISIBLE,
} from "./kernel-layout.ts";
import {
  LANES_MAX,
  type Layout,
  layoutOf,
  PAGE_BYTES,
  PAGES_MAX,
  placeOf,
  PROBES_MAX,
} from "./layout.ts";
import { quantiseProbe, quantiseRow, wipeLane } from "./quantise.ts";

/** Which rows a scan records: the best row of each owner, of owners the best. */
export interface Recording {
  /** Owners, 1 to CANDIDATES_MAX. */
  readonly limit: number;
  /** Rows that score less are never recorded anywhere. Without it, every row may be. */
  readonly scoreMin?: number;
}

/**
 * A gallery's templates as bytes: codes, visibility, owners and float vectors of numbered rows,
 * and the probes of the search under way. It knows nothing of people; `roster.ts` does. The memory
 * is shared, so helper threads read the same bytes; only the owning thread writes rows and probes,
 * and never while a scan runs.
 */
export class TemplateMemory {
  readonly layout: Layout;
  readonly memory: WebAssembly.Memory;
  readonly kernel: Kernel;
  #bytes: Uint8Array;
  #view: DataView;
  #blocks = 0;
  #probes = 0;
  #rowBounds = { errorSteps: 0, length: 0 };

  constructor(templateSize: number) {
    this.layout = layoutOf(templateSize);
    this.memory = new WebAssembly.Memory({
      initial: this.layout.blocks / PAGE_BYTES,
      maximum: PAGES_MAX,
      shared: true,
    });
    this.kernel = bindKernel(kernelModule(), this.memory);
    this.#bytes = new Uint8Array(this.memory.buffer);
    this.#view = new DataView(this.memory.buffer);
  }

  /** Every byte of the memory as it is now, for tests that look for what must be gone. */
  bytes(): Uint8Array {
    return this.#bytes;
  }

  /**
   * Makes room for so many rows, numbered from 0. Blocks are appended, nothing is copied; and the
   * operating system gives a page when it is first written to, so a block that is hardly used
   * costs hardly anything. Throws SearchError `gallery_full`.
   */
  reserve(rows: number): void {
    const blocks = Math.ceil(rows / BLOCK_ROWS);
    if (blocks <= this.#blocks) return;
    if (blocks > this.layout.blocksMax) {
      throw new SearchError("gallery_full", "The collection has more people than one can hold.");
    }
    this.memory.grow(((blocks - this.#blocks) * this.layout.blockBytes) / PAGE_BYTES);
    this.#blocks = blocks;
    this.#bytes = new Uint8Array(this.memory.buffer);
    this.#view = new DataView(this.memory.buffer);
  }

  /** Writes a row there is room for. It is invisible until `setVisible`. */
  write(row: number, owner: number, vector: Float32Array): void {
    const { group, lane, floats } = placeOf(this.layout, row);
    const { step, offset, errorSteps, length } = quantiseRow(vector, this.#codes(group), lane);
    this.#view.setFloat32(group + GROUP_STEPS + 4 * lane, step, true);
    this.#view.setInt32(group + GROUP_OFFSETS + 4 * lane, offset, true);
    this.#floats(floats).set(vector);
    this.setOwner(row, owner);
    this.#rowBounds = {
      errorSteps: Math.max(this.#rowBounds.errorSteps, errorSteps),
      length: Math.max(this.#rowBounds.length, length),
    };
  }

  setOwner(row: number, owner: number): void {
    this.#view.setUint32(placeOf(this.layout, row).owner, owner, true);
  }

  /** Flips the byte that the scan tests. The next scan sees it. */
  setVisible(row: number, visible: boolean): void {
    const { group, lane } = placeOf(this.layout, row);
    this.#bytes[group + GROUP_VISIBLE + lane] = visible ? VISIBLE : 0;
  }

  isVisible(row: number): boolean {
    const { group, lane } = placeOf(this.layout, row);
    return this.#bytes[group + GROUP_VISIBLE + lane] === VISIBLE;
  }

  /** Overwrites everything a row holds with zeros. */
  wipe(row: number): void {
    const { group, lane, floats } = placeOf(this.layout, row);
    this.setVisible(row, false);
    this.setOwner(row, 0);
    wipeLane(this.#codes(group), lane, this.layout.templateSize);
    this.#view.setFloat32(group + GROUP_STEPS + 4 * lane, 0, true);
    this.#view.setInt32(group + GROUP_OFFSETS + 4 * lane, 0, true);
    this.#floats(floats).fill(0);
  }

  /** Overwrites every row with zeros. */
  wipeAll(): void {
    this.#bytes.fill(0, this.layout.blocks);
  }

  /** Writes the probes of a scan and empties what every lane will find for them. */
  writeProbes(probes: readonly Float32Array[], recording: Recording): void {
    assert(probes.length <= PROBES_MAX, "More probes than one pass takes");
    this.#probes = probes.length;
    for (const [index, probe] of probes.entries()) {
      this.#writeProbe(this.layout.probes + index * this.layout.probeBytes, probe);
      for (let lane = 0; lane < LANES_MAX; lane += 1) {
        this.#emptyTop(this.#topOf(index, lane), recording);
      }
    }
  }

  /** What one lane found for one probe: the best row of each owner, in no order. */
  found(index: number, lane: number): readonly Found[] {
    const top = this.#topOf(index, lane);
    const entries = this.#view.getUint32(top + TOP_COUNT, true);
    return Array.from({ length: entries }, (_, entry) => {
      const at = top + TOP_ENTRIES + entry * ENTRY_BYTES;
      return {
        row: this.#view.getUint32(at + ENTRY_ROW, true),
        owner: this.#view.getUint32(at + ENTRY_OWNER, true),
        score: this.#view.getFloat64(at + ENTRY_SCORE, true),
      };
    });
  }

  /** Overwrites the probes and what was found for them with zeros. */
  wipeProbes(): void {
    const { probes, probeBytes, topBytes } = this.layout;
    this.#bytes.fill(0, probes, probes + this.#probes * probeBytes);
    for (let lane = 0; lane < LANES_MAX; lane += 1) {
      const tops = topsOf(this.layout, lane);
      this.#bytes.fill(0, tops, tops + this.#probes * topBytes);
    }
    this.#probes = 0;
  }

  #writeProbe(record: number, probe: Float32Array): void {
    const { templateSize } = this.layout;
    const { buffer } = this.#bytes;
    const coarse = new Uint8Array(buffer, record + PROBE_CODES, templateSize);
    const fine = new Uint8Array(buffer, record + PROBE_CODES + templateSize, templateSize);
    const codes = quantiseProbe(probe, { coarse, fine }, this.#rowBounds);
    const exact = record + PROBE_CODES + 2 * templateSize;
    new Float64Array(buffer, exact, templateSize).set(probe);
    this.#view.setFloat32(record + PROBE_STEP, codes.step, true);
    this.#view.setFloat32(record + PROBE_FINE_STEP, codes.fineStep, true);
    this.#view.setFloat32(record + PROBE_ROW_SLACK, codes.rowSlack, true);
    this.#view.setFloat32(record + PROBE_COARSE_SLACK, codes.coarseSlack, true);
    this.#view.setFloat32(record + PROBE_FINE_SLACK, codes.fineSlack, true);
  }

  #emptyTop(top: number, { limit, scoreMin = -Infinity }: Recording): void {
    this.#view.setFloat32(top + TOP_THRESHOLD, scoreMin, true);
    this.#view.setUint32(top + TOP_COUNT, 0, true);
    this.#view.setUint32(top + TOP_LIMIT, limit, true);
    this.#view.setFloat64(top + TOP_FLOOR, scoreMin, true);
  }

  #topOf(probe: number, lane: number): number {
    return topsOf(this.layout, lane) + probe * this.layout.topBytes;
  }

  #codes(group: number): Int8Array {
    const length = GROUP_ROWS * this.layout.templateSize;
    return new Int8Array(this.#bytes.buffer, group + GROUP_CODES, length);
  }

  #floats(at: number): Float32Array {
    return new Float32Array(this.#bytes.buffer, at, this.layout.templateSize);
  }
}
