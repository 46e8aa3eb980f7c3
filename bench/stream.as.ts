// Reads memory as fast as WebAssembly can and does as little with it as possible: the yardstick
// that the scan is held against. Compiled when the benchmark runs.

/** Reads two stretches of `bytes` (rounded up to 1,024) each, in turns, as the scan does. */
export function readTwo(near: usize, far: usize, bytes: usize): i32 {
  let sum = i32x4.splat(0);
  for (let at: usize = 0; at < bytes; at += 1024) {
    sum = readKilobyte(near + at, sum);
    sum = readKilobyte(far + at, sum);
  }
  return i32x4.extract_lane(sum, 0);
}

/** Reads one stretch of `bytes` (rounded up to 1,024). */
export function readOne(from: usize, bytes: usize): i32 {
  let sum = i32x4.splat(0);
  for (let at: usize = 0; at < bytes; at += 1024) sum = readKilobyte(from + at, sum);
  return i32x4.extract_lane(sum, 0);
}

function readKilobyte(from: usize, sum: v128): v128 {
  const end = from + 1024;
  for (let at = from; at < end; at += 128) {
    const a = i32x4.add(v128.load(at), v128.load(at, 16));
    const b = i32x4.add(v128.load(at, 32), v128.load(at, 48));
    const c = i32x4.add(v128.load(at, 64), v128.load(at, 80));
    const d = i32x4.add(v128.load(at, 96), v128.load(at, 112));
    sum = i32x4.add(sum, i32x4.add(i32x4.add(a, b), i32x4.add(c, d)));
  }
  return sum;
}
