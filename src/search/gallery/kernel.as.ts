// The scan, in AssemblyScript (TypeScript's syntax, WebAssembly's types); compiled to kernel.wasm
// by scripts/build-kernel.ts. [Note: exact scan] in quantise.ts says why its result is exact.
import {
  BLOCK_QUADS,
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
  QUAD_ROWS,
  SLICE_BYTES,
  SLICE_DIMENSIONS,
  TOP_COUNT,
  TOP_ENTRIES,
  TOP_FLOOR,
  TOP_LIMIT,
  TOP_THRESHOLD,
} from "./kernel-layout";

/**
 * Scans the first `quads` quads of groups of one block with every probe. A quad (17 KB at 256
 * dimensions) stays in the first-level cache while the probes take turns, so many probes cost one
 * pass over memory. `block` is the block's address, `firstRow` the number of its first row;
 * `probes` and `tops` are the addresses of `probeCount` records each, `probeBytes` and `topBytes`
 * apart.
 */
export function scanBlock(
  block: usize,
  firstRow: u32,
  quads: u32,
  dimension: u32,
  probes: usize,
  probeBytes: u32,
  tops: usize,
  topBytes: u32,
  probeCount: u32,
): void {
  const groupBytes: u32 = GROUP_CODES + GROUP_ROWS * dimension;
  const apart: u32 = BLOCK_QUADS * groupBytes;
  const owners = block + 4 * apart;
  for (let quad: u32 = 0; quad < quads; quad++) {
    const group = block + quad * groupBytes;
    const seen01 = v128.or(v128.load(group), v128.load(group + apart));
    const seen23 = v128.or(v128.load(group + 2 * apart), v128.load(group + 3 * apart));
    if (!v128.any_true(v128.or(seen01, seen23))) continue;
    for (let probe: u32 = 0; probe < probeCount; probe++) {
      scanQuad(
        group,
        apart,
        dimension,
        probes + probe * probeBytes,
        tops + probe * topBytes,
        owners,
        quad * QUAD_ROWS,
        firstRow,
      );
    }
  }
}

// Coarse scores of 64 rows. Accumulators are written out because locals stay in registers.
function scanQuad(
  group: usize,
  apart: u32,
  dimension: u32,
  probe: usize,
  top: usize,
  owners: usize,
  slot: u32,
  firstRow: u32,
): void {
  let a0 = i32x4.splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  let b0 = a0;
  let b1 = a0;
  let b2 = a0;
  let b3 = a0;
  let c0 = a0;
  let c1 = a0;
  let c2 = a0;
  let c3 = a0;
  let d0 = a0;
  let d1 = a0;
  let d2 = a0;
  let d3 = a0;
  let a = group;
  let b = a + apart;
  let c = b + apart;
  let d = c + apart;
  const end = probe + dimension;
  for (let code = probe; code < end; code += 4 * SLICE_DIMENSIONS) {
    const x = v128.load32_splat(code, PROBE_CODES);
    const y = v128.load32_splat(code, PROBE_CODES + 4);
    const z = v128.load32_splat(code, PROBE_CODES + 8);
    const w = v128.load32_splat(code, PROBE_CODES + 12);
    a0 = addDots(a, x, y, z, w, a0);
    a1 = addDots(a + 16, x, y, z, w, a1);
    a2 = addDots(a + 32, x, y, z, w, a2);
    a3 = addDots(a + 48, x, y, z, w, a3);
    b0 = addDots(b, x, y, z, w, b0);
    b1 = addDots(b + 16, x, y, z, w, b1);
    b2 = addDots(b + 32, x, y, z, w, b2);
    b3 = addDots(b + 48, x, y, z, w, b3);
    c0 = addDots(c, x, y, z, w, c0);
    c1 = addDots(c + 16, x, y, z, w, c1);
    c2 = addDots(c + 32, x, y, z, w, c2);
    c3 = addDots(c + 48, x, y, z, w, c3);
    d0 = addDots(d, x, y, z, w, d0);
    d1 = addDots(d + 16, x, y, z, w, d1);
    d2 = addDots(d + 32, x, y, z, w, d2);
    d3 = addDots(d + 48, x, y, z, w, d3);
    a += 4 * SLICE_BYTES;
    b += 4 * SLICE_BYTES;
    c += 4 * SLICE_BYTES;
    d += 4 * SLICE_BYTES;
  }
  const step = v128.load32_splat(probe, PROBE_STEP);
  const slack = v128.load32_splat(probe, PROBE_ROW_SLACK);
  const least = f32x4.splat(load<f32>(top, TOP_THRESHOLD) - load<f32>(probe, PROBE_COARSE_SLACK));
  b = group + apart;
  c = b + apart;
  d = c + apart;
  const inA = hopefuls(group, a0, a1, a2, a3, step, slack, least);
  const inB = hopefuls(b, b0, b1, b2, b3, step, slack, least);
  const inC = hopefuls(c, c0, c1, c2, c3, step, slack, least);
  const inD = hopefuls(d, d0, d1, d2, d3, step, slack, least);
  if (v128.any_true(v128.or(v128.or(inA, inB), v128.or(inC, inD)))) {
    consider(group, i8x16.bitmask(inA), dimension, probe, top, owners, slot, firstRow);
    consider(b, i8x16.bitmask(inB), dimension, probe, top, owners, slot + GROUP_ROWS, firstRow);
    consider(c, i8x16.bitmask(inC), dimension, probe, top, owners, slot + 2 * GROUP_ROWS, firstRow);
    consider(d, i8x16.bitmask(inD), dimension, probe, top, owners, slot + 3 * GROUP_ROWS, firstRow);
  }
}

// Adds four rows' dot products with sixteen dimensions of a probe.
function addDots(four: usize, x: v128, y: v128, z: v128, w: v128, sum: v128): v128 {
  sum = i32x4.relaxed_dot_i8x16_i7x16_add_s(v128.load(four, GROUP_CODES), x, sum);
  sum = i32x4.relaxed_dot_i8x16_i7x16_add_s(v128.load(four, GROUP_CODES + 64), y, sum);
  sum = i32x4.relaxed_dot_i8x16_i7x16_add_s(v128.load(four, GROUP_CODES + 128), z, sum);
  return i32x4.relaxed_dot_i8x16_i7x16_add_s(v128.load(four, GROUP_CODES + 192), w, sum);
}

// One byte a row: set where the row may be seen and its score may still reach the threshold.
// This `and` is the gate: what it hides is never looked at again.
function hopefuls(
  group: usize,
  dots0: v128,
  dots1: v128,
  dots2: v128,
  dots3: v128,
  step: v128,
  slack: v128,
  least: v128,
): v128 {
  const pass0 = f32x4.ge(ceiling(group, dots0, step, slack), least);
  const pass1 = f32x4.ge(ceiling(group + 16, dots1, step, slack), least);
  const pass2 = f32x4.ge(ceiling(group + 32, dots2, step, slack), least);
  const pass3 = f32x4.ge(ceiling(group + 48, dots3, step, slack), least);
  const pass = i8x16.narrow_i16x8_s(
    i16x8.narrow_i32x4_s(pass0, pass1),
    i16x8.narrow_i32x4_s(pass2, pass3),
  );
  return v128.and(pass, v128.load(group, GROUP_VISIBLE));
}

// Four rows' greatest possible scores, but for the slack that is the same for every row.
function ceiling(four: usize, dots: v128, step: v128, slack: v128): v128 {
  const whole = f32x4.convert_i32x4_s(i32x4.sub(dots, v128.load(four, GROUP_OFFSETS)));
  return f32x4.mul(v128.load(four, GROUP_STEPS), f32x4.add(f32x4.mul(whole, step), slack));
}

/** Judges the rows of one group that are set in `hopeful` again: by fine codes, then exactly. */
function consider(
  group: usize,
  hopeful: u32,
  dimension: u32,
  probe: usize,
  top: usize,
  owners: usize,
  slot: u32,
  firstRow: u32,
): void {
  const floats = owners + BLOCK_ROWS * 4;
  const slack = load<f32>(probe, PROBE_FINE_SLACK);
  while (hopeful) {
    const lane = ctz(hopeful);
    hopeful &= hopeful - 1;
    const most = fineCeiling(group, lane, dimension, probe) + slack;
    if (most < load<f32>(top, TOP_THRESHOLD)) continue;
    const index = slot + lane;
    const score = exactScore(floats + index * dimension * 4, probe, dimension);
    if (score < load<f64>(top, TOP_FLOOR)) continue;
    record(top, score, firstRow + index, load<u32>(owners + index * 4));
  }
}

// As `ceiling` for one row, from coarse and fine codes together.
function fineCeiling(group: usize, lane: u32, dimension: u32, probe: usize): f32 {
  const row = group + lane * 4;
  let coarse = i32x4.splat(0);
  let fine = coarse;
  for (let at: usize = 0; at < dimension; at += SLICE_DIMENSIONS) {
    const codes = v128.load32_zero(row + at * GROUP_ROWS, GROUP_CODES);
    const from = probe + at;
    const x = v128.load32_zero(from, PROBE_CODES);
    const y = v128.load32_zero(from + dimension, PROBE_CODES);
    coarse = i32x4.relaxed_dot_i8x16_i7x16_add_s(codes, x, coarse);
    fine = i32x4.relaxed_dot_i8x16_i7x16_add_s(codes, y, fine);
  }
  const offset = load<i32>(row, GROUP_OFFSETS);
  const whole = <f32>(i32x4.extract_lane(coarse, 0) - offset) * load<f32>(probe, PROBE_STEP);
  const rest = <f32>(i32x4.extract_lane(fine, 0) - offset) * load<f32>(probe, PROBE_FINE_STEP);
  return load<f32>(row, GROUP_STEPS) * (whole + rest + load<f32>(probe, PROBE_ROW_SLACK));
}

// The cosine in float64: products of float32 values are exact, the sum is good to 1e-15.
function exactScore(row: usize, probe: usize, dimension: u32): f64 {
  let sum0 = f64x2.splat(0);
  let sum1 = sum0;
  let x = probe + 2 * dimension;
  const end = row + dimension * 4;
  for (; row < end; row += 16) {
    const low = f64x2.promote_low_f32x4(v128.load64_zero(row));
    const high = f64x2.promote_low_f32x4(v128.load64_zero(row, 8));
    sum0 = f64x2.add(sum0, f64x2.mul(low, v128.load(x, PROBE_CODES)));
    sum1 = f64x2.add(sum1, f64x2.mul(high, v128.load(x, PROBE_CODES + 16)));
    x += 32;
  }
  sum0 = f64x2.add(sum0, sum1);
  return f64x2.extract_lane(sum0, 0) + f64x2.extract_lane(sum0, 1);
}

/** Keeps the best row of each owner, and of owners the best `limit`. */
function record(top: usize, score: f64, row: u32, owner: u32): void {
  const limit = load<u32>(top, TOP_LIMIT);
  const count = load<u32>(top, TOP_COUNT);
  const end = top + count * ENTRY_BYTES;
  let worst: usize = 0;
  for (let entry = top; entry < end; entry += ENTRY_BYTES) {
    if (load<u32>(entry, TOP_ENTRIES + ENTRY_OWNER) == owner) {
      if (score > load<f64>(entry, TOP_ENTRIES + ENTRY_SCORE)) {
        write(entry, score, row, owner);
        if (count == limit) raiseThreshold(top, end);
      }
      return;
    }
    const least = worst ? load<f64>(worst, TOP_ENTRIES + ENTRY_SCORE) : f64.MAX_VALUE;
    if (load<f64>(entry, TOP_ENTRIES + ENTRY_SCORE) < least) worst = entry;
  }
  if (count < limit) {
    write(end, score, row, owner);
    store<u32>(top, count + 1, TOP_COUNT);
    if (count + 1 == limit) raiseThreshold(top, end + ENTRY_BYTES);
  } else if (score > load<f64>(worst, TOP_ENTRIES + ENTRY_SCORE)) {
    write(worst, score, row, owner);
    raiseThreshold(top, end);
  }
}

function write(entry: usize, score: f64, row: u32, owner: u32): void {
  store<f64>(entry, score, TOP_ENTRIES + ENTRY_SCORE);
  store<u32>(entry, row, TOP_ENTRIES + ENTRY_ROW);
  store<u32>(entry, owner, TOP_ENTRIES + ENTRY_OWNER);
}

// A full list: from here on only a row that beats its worst entry can change it.
function raiseThreshold(top: usize, end: usize): void {
  let worst = f64.MAX_VALUE;
  for (let entry = top; entry < end; entry += ENTRY_BYTES) {
    worst = min(worst, load<f64>(entry, TOP_ENTRIES + ENTRY_SCORE));
  }
  store<f32>(top, <f32>worst, TOP_THRESHOLD);
}
