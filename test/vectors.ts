/** Draws numbers in 0..1, the same for the same seed (mulberry32, Tommy Ettinger, public domain). */
export function drawFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A random direction: unit length, every direction near enough alike (sums of four draws). */
export function drawUnit(draw: () => number, size: number): Float32Array {
  const vector = new Float32Array(size);
  for (let index = 0; index < size; index += 1) {
    vector[index] = draw() + draw() + draw() + draw() - 2;
  }
  return toUnit(vector);
}

/** A unit vector beside another: 0 is the same, 1 is as much noise as signal. */
export function drawNear(draw: () => number, centre: Float32Array, spread: number): Float32Array {
  const noise = drawUnit(draw, centre.length);
  for (let index = 0; index < centre.length; index += 1) {
    noise[index] = (centre[index] ?? 0) + spread * (noise[index] ?? 0);
  }
  return toUnit(noise);
}

/** Scales a vector, in place, to unit length. */
export function toUnit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(cosine(vector, vector));
  for (let index = 0; index < vector.length; index += 1) {
    vector[index] = (vector[index] ?? 0) / length;
  }
  return vector;
}

/** The product of two vectors in float64, term by term: what a gallery's scores are checked by. */
export function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return sum;
}
