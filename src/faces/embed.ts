import { wipe } from "../base/bytes.ts";
import { assert } from "../base/errors.ts";
import type { Picture } from "../media/picture.ts";
import type { Cut } from "./cut.ts";
import type { Embedding } from "./face.ts";
import type { FaceModels } from "./models.ts";

/**
 * Crops handed to the pack at once. It makes its own, smaller batches; between ours a photo with
 * hundreds of faces can be cancelled, within a tenth of a second.
 */
const BATCH_MAX = 32;

/** Embeds the crops, in order; null where there is none. */
export async function embedCuts(
  models: FaceModels,
  cuts: readonly Cut[],
  signal?: AbortSignal,
): Promise<readonly (Embedding | null)[]> {
  const crops = cuts.flatMap(({ crop }) => (crop ? [crop] : []));
  const embeddings = await embedCrops(models, crops, signal);
  const next = embeddings.values();
  return cuts.map(({ crop }) => (crop ? (next.next().value ?? null) : null));
}

async function embedCrops(
  models: FaceModels,
  crops: readonly Picture[],
  signal: AbortSignal | undefined,
): Promise<readonly Embedding[]> {
  const embeddings: Embedding[] = [];
  try {
    for (let start = 0; start < crops.length; start += BATCH_MAX) {
      signal?.throwIfAborted();
      embeddings.push(...(await models.embed(crops.slice(start, start + BATCH_MAX))));
    }
    assert(embeddings.length === crops.length, "A pack embeds every crop it is given");
    return embeddings;
  } catch (error) {
    wipe(...embeddings);
    throw error;
  }
}
