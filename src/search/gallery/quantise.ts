import { assert } from "../../base/errors.ts";
import { GROUP_ROWS, PROBE_OFFSET, SLICE_BYTES, SLICE_DIMENSIONS } from "./kernel-layout.ts";

/**
 * [Note: exact scan] The scan reads 8-bit codes, a quarter of the float32 bytes, and yet its
 * result is that of a float scan, by bounds and not by luck.
 *
 * A row v is kept as codes c and a step a, with v = a c + r, where r is what rounding left over.
 * A probe p is kept twice over, p = s c1 + t c2 + r2: coarse codes c1 with step s, fine codes c2
 * with step t for what the coarse ones left over, and a remainder r2. Leaving the fine codes out
 * leaves r1 = p - s c1. By the Cauchy-Schwarz inequality
 *
 *   | p.v - a s (c1.c) |            <= |r1| |a c| + |p| |r|      (coarse)
 *   | p.v - a (s (c1.c) + t (c2.c)) | <= |r2| |a c| + |p| |r|    (fine)
 *
 * The gallery keeps the greatest |r| / a and the greatest |a c| of all rows it ever held, so a
 * row's score is at most a (s (c1.c) + |p| max(|r| / a)) + |r1| max |a c|. Only when that reaches
 * the worst score that would still enter the result is the row looked at again: by its fine codes
 * first, then in float64. Nothing else is ever left out, whatever the rows are like; rows that
 * crowd together cost time, never an answer.
 *
 * A step for each row (its largest component is 127) needs no clipping and adapts to the
 * template's size and shape by itself. A probe's codes use 7 bits and are stored plus
 * PROBE_OFFSET: that is what the fastest byte dot product of WebAssembly takes, one instruction on
 * processors that have VNNI. The offset's share of a dot product, PROBE_OFFSET times the sum of
 * the row's codes, is kept beside the row and subtracted.
 */

const ROW_CODE_MAX = 127;
const PROBE_CODE_MAX = 63;

/** Covers the kernel's float32 arithmetic: a few roundings of 6e-8 of numbers not above 1.1. */
const ROUNDING_SLACK = 2e-6;

/** How far from 1 the squared length of a template or a probe may be: float32 sums and file
 * formats with half floats stay inside; a vector that was never normalised does not. */
const SQUARED_LENGTH_TOLERANCE = 1e-2;

/** What one row's codes stand for; the lengths bound the error of a score made from them. */
export interface RowCodes {
  readonly step: number;
  /** PROBE_OFFSET times the sum of the codes. */
  readonly offset: number;
  /** Length of v - step * codes, divided by step. */
  readonly errorSteps: number;
  /** Length of step * codes. */
  readonly length: number;
}

/** The greatest `errorSteps` and `length` of a gallery's rows. */
export interface RowBounds {
  readonly errorSteps: number;
  readonly length: number;
}

/** The steps and slacks of one probe, as the kernel uses them. */
export interface ProbeCodes {
  readonly step: number;
  readonly fineStep: number;
  readonly rowSlack: number;
  readonly coarseSlack: number;
  readonly fineSlack: number;
}

/** Throws AssertionError unless the vector has this many finite numbers and unit length. */
export function assertUnit(vector: Float32Array, templateSize: number): void {
  assert(vector.length === templateSize, "The vector's size is not the gallery's");
  let squared = 0;
  for (let index = 0; index < templateSize; index += 1) {
    const value = vector[index] ?? 0;
    squared += value * value;
  }
  assert(Math.abs(squared - 1) < SQUARED_LENGTH_TOLERANCE, "The vector is not of unit length");
}

/**
 * Writes the int8 codes of a unit vector into one lane of a group's codes (four dimensions side by
 * side, then the next row's four) and returns what they stand for.
 */
export function quantiseRow(vector: Float32Array, group: Int8Array, lane: number): RowCodes {
  const step = Math.fround(largest(vector) / ROW_CODE_MAX);
  let sum = 0;
  let codesSquared = 0;
  let errorSquared = 0;
  for (let index = 0; index < vector.length; index += 1) {
    const value = vector[index] ?? 0;
    const code = clamp(Math.round(value / step), ROW_CODE_MAX);
    group[codePlace(index, lane)] = code;
    const error = value - step * code;
    sum += code;
    codesSquared += code * code;
    errorSquared += error * error;
  }
  const errorSteps = Math.sqrt(errorSquared) / step;
  const length = step * Math.sqrt(codesSquared);
  return { step, offset: PROBE_OFFSET * sum, errorSteps, length };
}

/** Overwrites one lane of a group's codes with zeros. */
export function wipeLane(group: Int8Array, lane: number, templateSize: number): void {
  for (let index = 0; index < templateSize; index += 1) group[codePlace(index, lane)] = 0;
}

/** Writes the coarse and the fine codes of a probe and returns what the kernel must know of them. */
export function quantiseProbe(
  probe: Float32Array,
  { coarse, fine }: { readonly coarse: Uint8Array; readonly fine: Uint8Array },
  rows: RowBounds,
): ProbeCodes {
  const step = Math.fround(largest(probe) / PROBE_CODE_MAX);
  const fineStep = Math.fround(step / (2 * PROBE_CODE_MAX));
  let squared = 0;
  let coarseError = 0;
  let fineError = 0;
  for (let index = 0; index < probe.length; index += 1) {
    const value = probe[index] ?? 0;
    const code = clamp(Math.round(value / step), PROBE_CODE_MAX);
    const rest = value - step * code;
    const fineCode = clamp(Math.round(rest / fineStep), PROBE_CODE_MAX);
    coarse[index] = code + PROBE_OFFSET;
    fine[index] = fineCode + PROBE_OFFSET;
    squared += value * value;
    const remainder = rest - fineStep * fineCode;
    coarseError += rest * rest;
    fineError += remainder * remainder;
  }
  return {
    step,
    fineStep,
    rowSlack: Math.sqrt(squared) * rows.errorSteps,
    coarseSlack: Math.sqrt(coarseError) * rows.length + ROUNDING_SLACK,
    fineSlack: Math.sqrt(fineError) * rows.length + ROUNDING_SLACK,
  };
}

function codePlace(index: number, lane: number): number {
  const within = index % SLICE_DIMENSIONS;
  const slice = Math.floor(index / SLICE_DIMENSIONS);
  return slice * SLICE_BYTES + lane * SLICE_DIMENSIONS + within;
}

function largest(vector: Float32Array): number {
  let most = 0;
  for (let index = 0; index < vector.length; index += 1) {
    const size = Math.abs(vector[index] ?? 0);
    if (size > most) most = size;
  }
  return most;
}

function clamp(code: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, code));
}

/** The dimensions a template may have: whole 16-byte steps of the exact score, sums within int32. */
export function isTemplateSize(size: number): boolean {
  return Number.isInteger(size) && size >= GROUP_ROWS && size <= 512 && size % GROUP_ROWS === 0;
}
