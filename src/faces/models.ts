import type { Picture } from "../media/picture.ts";
import type { Detection, Embedding } from "./face.ts";

/** What the detection policy must know of a detector (see detect.ts). */
export interface DetectorTraits {
  /**
   * Side of the square to which the detector scales every picture, so that what it sees depends on
   * the tile it is given; null when it works at the resolution of the picture.
   */
  readonly inputSide: number | null;
  /** Width of the smallest face found reliably, in pixels of what the detector sees. Measured. */
  readonly faceMinPixels: number;
  /**
   * Scores from which a face was upright when it was seen, by its width in pixels of what the
   * detector saw, widest first; lower ones may be turned. Narrower ones than all: no telling.
   */
  readonly sureScores: readonly { readonly widthMin: number; readonly score: number }[];
  /** True where the landmarks of a face tilted by 45 degrees still lie on the face. */
  readonly followsRoll: boolean;
}

/**
 * The two networks of a model pack, loaded. Each call is a pure function of its pixels; neither
 * knows of files, databases, threads or consent.
 */
export interface FaceModels extends AsyncDisposable {
  /** Name of the pack, and numbers in its template. Templates of two packs never meet. */
  readonly pack: string;
  readonly templateSize: number;
  readonly detector: DetectorTraits;
  /**
   * Width in pixels that a face's box has in the crop that `align` makes: a source with more
   * pixels than that adds nothing, one with fewer is enlarged.
   */
  readonly cropFaceWidth: number;
  /**
   * Detects upright faces in one picture at the resolution given (no tiling, no rotation; the
   * pipeline decides on those). Scores below the pack's floor are left out, overlaps merged.
   */
  detect(picture: Picture): Promise<readonly Detection[]>;
  /**
   * Cuts the aligned crop that `embed` takes, whatever the roll of the face. `detection` is in
   * pixels of `picture`.
   */
  align(picture: Picture, detection: Detection): Picture;
  /** Embeds aligned crops, in order, in batches. Results are unit length. */
  embed(crops: readonly Picture[]): Promise<readonly Embedding[]>;
}
