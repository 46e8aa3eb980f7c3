import { AppError } from "../base/errors.ts";
import { MediaError } from "../media/errors.ts";

/** Everything that can fail in the room of faces, models and their files. */
export type FacesCode =
  /** A model file is not where it should be. */
  | "model_missing"
  /** A model file's bytes are not those that the manifest names. */
  | "model_changed"
  /** A model file or manifest can't be read as what it should be. */
  | "model_malformed"
  /** The network to convert has a layer, or a setting of one, that the converter does not know. */
  | "model_layer_unknown"
  /** The folder of models can't be written: rights, or a full disk. */
  | "folder_unwritable"
  /** No pack has this name. */
  | "pack_unknown"
  /** A photo took longer than any should. */
  | "photo_too_slow"
  /** A photo killed the worker that looked at it, twice; or no worker would start. */
  | "worker_died"
  /** The engine was closed before the photo's turn came, or while it was looked at. */
  | "engine_closed";

/** A failure of the faces room: models that can't be had, read or run. */
export class FacesError extends AppError<FacesCode> {}

const OF_A_PHOTO: ReadonlySet<FacesCode> = new Set(["photo_too_slow", "worker_died"]);

/**
 * The code of a failure that belongs to one photo and will come again with it: the photo is listed
 * and the work goes on. Null for any other (models, disk, the engine being closed): the work stops.
 */
export function photoProblem(error: unknown): string | null {
  if (error instanceof MediaError) return error.code;
  return error instanceof FacesError && OF_A_PHOTO.has(error.code) ? error.code : null;
}
