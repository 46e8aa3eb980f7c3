import { wipe } from "../base/bytes.ts";
import type { Embedding } from "./face.ts";
import { TRACK_FACES_MIN } from "./track.ts";

/** The mean of the embeddings of one track, and how far they agree (see Track). Wipes them. */
export function poolEmbeddings(embeddings: readonly Embedding[]): {
  readonly embedding: Embedding | null;
  readonly agreement: number;
} {
  const [first] = embeddings;
  if (!first || embeddings.length < TRACK_FACES_MIN) {
    wipe(...embeddings);
    return { embedding: null, agreement: 0 };
  }
  const mean = new Float32Array(first.length);
  for (const one of embeddings)
    for (const [index, value] of one.entries())
      mean[index] = (mean[index] ?? 0) + value / embeddings.length;
  wipe(...embeddings);
  const agreement = Math.hypot(...mean);
  // Vectors that cancel out are of no face at all.
  if (agreement < Number.EPSILON) return { embedding: null, agreement: 0 };
  for (const [index, value] of mean.entries()) mean[index] = value / agreement;
  return { embedding: mean, agreement };
}
