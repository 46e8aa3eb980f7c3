// Where things lie in the gallery's memory. The kernel (kernel.as.ts) imports this file too, so
// the two languages can't disagree; it may hold plain number constants only.

/**
 * Rows of one group. The four lanes of a 128-bit accumulator belong to four rows, and four
 * accumulators share each value loaded from the probe.
 */
export const GROUP_ROWS = 16;
/** Dimensions of a row that lie side by side: what one 32-bit lane of a dot product takes. */
export const SLICE_DIMENSIONS = 4;
/** One slice of every row of a group: one cache line. */
export const SLICE_BYTES = 64;

/** In a group, one byte a row: VISIBLE where the row may be compared, zero everywhere else. */
export const GROUP_VISIBLE = 0;
/** In a group, one float32 a row: what one unit of the row's codes is worth. */
export const GROUP_STEPS = 16;
/** In a group, one int32 a row: PROBE_OFFSET times the sum of the row's codes. */
export const GROUP_OFFSETS = 80;
/** In a group, slice after slice, the rows' codes. */
export const GROUP_CODES = 144;

/** All bits set, so that sixteen of these bytes are a vector mask. */
export const VISIBLE = 255;

/**
 * Groups are scanned in quads whose members lie a quarter of a block apart: four streams of memory
 * are read faster than one (measured on two threads: 28.8 against 20.7 GB/s).
 */
export const QUAD_ROWS = 64;
/**
 * Quads of a block. 4,096 rows are about 1 MB of codes and 40 microseconds of scanning: small
 * enough to share out between threads, large enough for the sharing to cost nothing.
 */
export const BLOCK_QUADS = 64;
export const BLOCK_ROWS = 4096;

/** Added to a probe's codes, which must lie in 0..127 for the dot product to be well defined. */
export const PROBE_OFFSET = 64;

/** In a probe's record: four float32 numbers that quantise.ts explains, then the three forms. */
export const PROBE_STEP = 0;
export const PROBE_FINE_STEP = 4;
export const PROBE_ROW_SLACK = 8;
export const PROBE_COARSE_SLACK = 12;
export const PROBE_FINE_SLACK = 16;
/** Coarse codes (a byte a dimension), fine codes (a byte), the exact probe (a float64). */
export const PROBE_CODES = 64;

/** In a top record: a float32 that no row below can change the result any more. */
export const TOP_THRESHOLD = 0;
export const TOP_COUNT = 4;
export const TOP_LIMIT = 8;
/** A float64: rows that score less are never recorded. */
export const TOP_FLOOR = 16;
export const TOP_ENTRIES = 32;
/** An entry: score (float64), row (uint32), owner (uint32). */
export const ENTRY_SCORE = 0;
export const ENTRY_ROW = 8;
export const ENTRY_OWNER = 12;
export const ENTRY_BYTES = 16;
