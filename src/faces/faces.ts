import type { Engine } from "./engine.ts";
import { inlineEngine } from "./engine-inline.ts";
import { openPooledEngine } from "./engine-pooled.ts";
import { openModels, type PackName } from "./packs.ts";

/**
 * Opens the engine of a pack: photos to places, quality and templates. `folder` is where model files
 * lie (`bundled` brings its own). With `workers` 0 it works in this thread, which is then busy; else
 * in so many threads, best as many as cores. Close it with `await using`. Throws FacesError.
 */
export async function openEngine(options: {
  readonly pack: PackName;
  readonly folder: string;
  readonly workers: number;
}): Promise<Engine> {
  const { pack, folder, workers } = options;
  if (workers > 0) return await openPooledEngine({ pack, folder, workers });
  return inlineEngine(await openModels(pack, { folder, threads: 1 }));
}
