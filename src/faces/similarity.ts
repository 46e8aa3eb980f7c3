import type { Embedding } from "./face.ts";

/** How alike two faces are, -1..1: the cosine of their vectors, which are of length 1. */
export function cosine(one: Embedding, other: Embedding): number {
  let sum = 0;
  for (let index = 0; index < one.length; index += 1) {
    sum += (one[index] ?? 0) * (other[index] ?? 0);
  }
  return sum;
}
