import { assert } from "../../base/errors.ts";
import {
  BLOCK_QUADS,
  BLOCK_ROWS,
  ENTRY_BYTES,
  GROUP_CODES,
  GROUP_ROWS,
  QUAD_ROWS,
  PROBE_CODES,
  TOP_ENTRIES,
} from "./kernel-layout.ts";
import { isTemplateSize } from "./quantise.ts";

/** What one WebAssembly memory can hold: 65,536 pages of 64 KiB. */
export const PAGE_BYTES = 65_536;
export const PAGES_MAX = 65_536;

/** Probes of one pass. A group photo has some tens of faces; more take another pass. */
export const PROBES_MAX = 64;
/** Subjects one search may return: a person looks at them one by one, so more serve nobody. */
export const CANDIDATES_MAX = 100;
/** Threads of one scan. Memory bandwidth, which is what a scan uses up, ends well before. */
export const LANES_MAX = 8;

/** Bytes of a row that the scan does not read: its owner (uint32), its float32 vector. */
const OWNER_BYTES = 4;
const FLOAT_BYTES = 4;
const GROUPS_PER_QUAD = QUAD_ROWS / GROUP_ROWS;
/** A probe's float64 form begins on this boundary, and records and blocks with it. */
const ALIGNMENT = 64;

/** Addresses and sizes, in bytes, of everything in the memory of a gallery of one template size. */
export interface Layout {
  readonly templateSize: number;
  readonly groupBytes: number;
  readonly probes: number;
  readonly probeBytes: number;
  readonly tops: number;
  readonly topBytes: number;
  readonly blocks: number;
  readonly blockBytes: number;
  readonly blocksMax: number;
}

/** Where one row lies. `lane` is its place in its group. */
export interface RowPlace {
  readonly group: number;
  readonly lane: number;
  readonly owner: number;
  readonly floats: number;
}

/**
 * Lays out a gallery's memory: the probes of the search under way, what each thread has found,
 * then blocks of rows to the end. A block holds what the scan reads in one piece, then what it
 * rarely touches. Blocks are only ever appended, so growing copies nothing.
 */
export function layoutOf(templateSize: number): Layout {
  assert(isTemplateSize(templateSize), "A template's size is a multiple of 16 up to 512");
  const groupBytes = GROUP_CODES + GROUP_ROWS * templateSize;
  const probeBytes = align(PROBE_CODES + (1 + 1 + 8) * templateSize, ALIGNMENT);
  const topBytes = align(TOP_ENTRIES + CANDIDATES_MAX * ENTRY_BYTES, ALIGNMENT);
  const tops = PROBES_MAX * probeBytes;
  const blocks = align(tops + LANES_MAX * PROBES_MAX * topBytes, PAGE_BYTES);
  const rowBytes = OWNER_BYTES + FLOAT_BYTES * templateSize;
  const blockBytes = align(
    GROUPS_PER_QUAD * BLOCK_QUADS * groupBytes + BLOCK_ROWS * rowBytes,
    PAGE_BYTES,
  );
  const blocksMax = Math.floor((PAGES_MAX * PAGE_BYTES - blocks) / blockBytes);
  return {
    templateSize,
    groupBytes,
    probes: 0,
    probeBytes,
    tops,
    topBytes,
    blocks,
    blockBytes,
    blocksMax,
  };
}

/** Rows are numbered so that a partly filled block is scanned to its last used quad only. */
export function placeOf(layout: Layout, row: number): RowPlace {
  const slot = row % BLOCK_ROWS;
  const block = layout.blocks + Math.floor(row / BLOCK_ROWS) * layout.blockBytes;
  const quad = Math.floor(slot / QUAD_ROWS);
  const quarter = Math.floor(slot / GROUP_ROWS) % GROUPS_PER_QUAD;
  const owners = block + GROUPS_PER_QUAD * BLOCK_QUADS * layout.groupBytes;
  const floats = owners + BLOCK_ROWS * OWNER_BYTES;
  return {
    group: block + (quarter * BLOCK_QUADS + quad) * layout.groupBytes,
    lane: slot % GROUP_ROWS,
    owner: owners + slot * OWNER_BYTES,
    floats: floats + slot * FLOAT_BYTES * layout.templateSize,
  };
}

function align(bytes: number, to: number): number {
  return Math.ceil(bytes / to) * to;
}
