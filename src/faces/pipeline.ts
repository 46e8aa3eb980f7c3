import { openPhoto } from "../media/decode.ts";
import type { PhotoSource } from "../media/source.ts";
import { cutFaces } from "./cut.ts";
import { detectFaces } from "./detect.ts";
import { embedCuts } from "./embed.ts";
import type { Analysis, AnalyseOptions, FacePlace } from "./engine.ts";
import type { Embedding } from "./face.ts";
import type { FaceModels } from "./models.ts";
import { PhotoPixels } from "./photo-pixels.ts";
import { chosenFaces, fromPlace, toPlace } from "./place.ts";
import { judgeFace } from "./quality.ts";

/** What one photo holds. Throws MediaError, and the reason of `signal` when that is aborted. */
export async function analysePhoto(
  models: FaceModels,
  source: PhotoSource,
  { embed, use, signal }: AnalyseOptions,
): Promise<Analysis> {
  const photo = await openPhoto(source);
  const pixels = new PhotoPixels(photo);
  const { faces, rotationsTried } = await detectFaces(models, pixels, signal);
  const cuts = await cutFaces(models, pixels, faces, chosenFaces(faces, embed, photo));
  const embeddings = await embedCuts(models, cuts, signal);
  const { width, height, format, takenAt } = photo;
  const analysed = cuts.map(({ face, widthPixels, measures }, index) => ({
    ...toPlace(face, photo),
    widthPixels,
    problems: judgeFace(widthPixels, measures, use),
    embedding: embeddings[index] ?? null,
  }));
  return { width, height, format, takenAt, faces: analysed, rotationsTried };
}

/** Embeds faces whose places are known; null for those too poor. Throws as `analysePhoto`. */
export async function embedPlaces(
  models: FaceModels,
  source: PhotoSource,
  places: readonly FacePlace[],
  signal?: AbortSignal,
): Promise<readonly (Embedding | null)[]> {
  const photo = await openPhoto(source);
  const pixels = new PhotoPixels(photo);
  const faces = places.map((place) => fromPlace(place, photo));
  const cuts = await cutFaces(models, pixels, faces, new Set(faces.keys()));
  return await embedCuts(models, cuts, signal);
}
