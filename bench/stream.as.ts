// Reads memory as fast as WebAssembly can and does as little with it as possible: the yardstick
// that the scan is held against. Compiled when the benchmark runs.

/**
 * Reads `streams` stretches (1, 2 or 4) of `bytes` each, `apart` bytes from one to the next, in
 * turns of 512 bytes, as the scan does. The last turn is read to its end.
 */
export function read(from: usize, apart: u32, streams: u32, bytes: u32): i32 {
  let sum = i32x4.splat(0);
  for (let at: u32 = 0; at < bytes; at += 512) {
    for (let stream: u32 = 0; stream < streams; stream++) {
      sum = readTurn(from + stream * apart + at, sum);
    }
  }
  return i32x4.extract_lane(sum, 0);
}

function readTurn(from: usize, sum: v128): v128 {
  const end = from + 512;
  for (let at = from; at < end; at += 128) {
    const a = i32x4.add(v128.load(at), v128.load(at, 16));
    const b = i32x4.add(v128.load(at, 32), v128.load(at, 48));
    const c = i32x4.add(v128.load(at, 64), v128.load(at, 80));
    const d = i32x4.add(v128.load(at, 96), v128.load(at, 112));
    sum = i32x4.add(sum, i32x4.add(i32x4.add(a, b), i32x4.add(c, d)));
  }
  return sum;
}
