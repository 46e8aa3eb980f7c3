import { openPhoto } from "../media/decode.ts";
import type { Picture } from "../media/picture.ts";
import type { PhotoSource } from "../media/source.ts";
import { cutFaces } from "./cut.ts";
import { detectFaces } from "./detect.ts";
import { embedCuts } from "./embed.ts";
import type {
  Analysis,
  AnalyseOptions,
  FacePlace,
  FrameFace,
  AnalyseFrameOptions,
} from "./engine.ts";
import type { Embedding } from "./face.ts";
import { halvePatch } from "./face-patch.ts";
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
  using pixels = new PhotoPixels(photo);
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

/** The faces of a video's frame, embedded where asked. Throws the reason of `signal`. */
export async function analyseFrame(
  models: FaceModels,
  frame: Picture,
  { embed, thorough = false, signal }: AnalyseFrameOptions,
): Promise<readonly FrameFace[]> {
  using pixels = new PhotoPixels(frame);
  const { faces } = await detectFaces(models, pixels, signal, thorough ? "photo" : "frame");
  const cuts = await cutFaces(models, pixels, faces, new Set(embed ? faces.keys() : []));
  const embeddings = await embedCuts(models, cuts, signal);
  return cuts.map(({ face, widthPixels, patch, measures }, index) => ({
    ...toPlace(face, frame),
    widthPixels,
    patch: patch && halvePatch(patch),
    sharpness: measures?.sharpness ?? 0,
    problems: judgeFace(widthPixels, measures, "scan"),
    embedding: embeddings[index] ?? null,
  }));
}

/** Embeds faces whose places are known; null for those too poor. Throws as `analysePhoto`. */
export async function embedPlaces(
  models: FaceModels,
  source: PhotoSource | Picture,
  places: readonly FacePlace[],
  signal?: AbortSignal,
): Promise<readonly (Embedding | null)[]> {
  const photo = "data" in source ? source : await openPhoto(source);
  using pixels = new PhotoPixels(photo);
  const faces = places.map((place) => fromPlace(place, photo));
  const cuts = await cutFaces(models, pixels, faces, new Set(faces.keys()));
  return await embedCuts(models, cuts, signal);
}
