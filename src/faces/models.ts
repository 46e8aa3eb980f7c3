import type { Picture } from "../media/picture.ts";
import type { Detection, Embedding } from "./face.ts";

/**
 * The two networks of a model pack, loaded. Each call is a pure function of its pixels; neither
 * knows of files, databases, threads or consent.
 */
export interface FaceModels extends AsyncDisposable {
  /**
   * Detects upright faces in one picture at the resolution given (no tiling, no rotation; the
   * pipeline decides on those). Scores below the pack's floor are left out, overlaps merged.
   */
  detect(picture: Picture): Promise<readonly Detection[]>;
  /** Cuts the aligned crop that `embed` takes. `detection` is in pixels of `picture`. */
  align(picture: Picture, detection: Detection): Picture;
  /** Embeds aligned crops, in order, in batches. Results are unit length. */
  embed(crops: readonly Picture[]): Promise<readonly Embedding[]>;
}
