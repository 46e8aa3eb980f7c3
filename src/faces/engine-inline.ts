import type { Engine } from "./engine.ts";
import type { FaceModels } from "./models.ts";
import { analyseFrame, analysePhoto, embedPlaces } from "./pipeline.ts";

/** Runs the pipeline in this thread. The engine owns the models and closes them. */
export function inlineEngine(models: FaceModels): Engine {
  return {
    pack: models.pack,
    templateSize: models.templateSize,
    busy: false,
    analyse: (source, options) => analysePhoto(models, source, options),
    analyseFrame: (frame, options) => analyseFrame(models, frame, options),
    embed: (source, places, options) => embedPlaces(models, source, places, options?.signal),
    [Symbol.asyncDispose]: () => models[Symbol.asyncDispose](),
  };
}
