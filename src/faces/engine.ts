import type { Box, Point } from "../base/geometry.ts";
import type { PhotoFormat } from "../media/sniff.ts";
import type { Picture } from "../media/picture.ts";
import type { PhotoSource } from "../media/source.ts";
import type { Embedding, Landmarks } from "./face.ts";
import type { FacePatch } from "./face-patch.ts";
import type { QualityProblem } from "./quality.ts";

/** Counts changes of how faces are found: photos analysed under another number are done anew. */
export const PIPELINE_VERSION = 1;

/**
 * A face as a place in a photo: everything in 0..1 of the upright photo. Not biometric data by
 * itself. `outline` as in Detection.
 */
export interface FacePlace {
  readonly box: Box;
  readonly landmarks: Landmarks;
  readonly outline: Box | null;
  /** The detector's confidence, 0..1. */
  readonly score: number;
}

/** A face found, judged, and (where asked) embedded. */
export interface AnalysedFace extends FacePlace {
  /** Width of the face in pixels of the full-size photo. */
  readonly widthPixels: number;
  /** Everything the quality stage holds against this face for the use named; empty is good. */
  readonly problems: readonly QualityProblem[];
  /** Null where not asked for, or where the face is too poor to embed at all. Wipe after use. */
  readonly embedding: Embedding | null;
}

/** A face in a frame of a video; `widthPixels` are the frame's own. */
export interface FrameFace extends AnalysedFace {
  /** As in FaceMeasures; 0 for a face too narrow to be measured. */
  readonly sharpness: number;
  /** By which two looks at a face are compared (see face-patch.ts); null for one too narrow. */
  readonly patch: FacePatch | null;
}

/** Which faces of a photo are embedded. `at` is in 0..1 of the upright photo. */
export type EmbedChoice =
  | { readonly kind: "none" }
  | { readonly kind: "all" }
  | { readonly kind: "face"; readonly index: number }
  | { readonly kind: "at"; readonly at: Point };

/** The gates differ: enrolment is stricter than a probe, a probe stricter than a scan. */
export type Use = "enrol" | "probe" | "scan";

/** What is asked of one photo. */
export interface AnalyseOptions {
  readonly embed: EmbedChoice;
  readonly use: Use;
  readonly signal?: AbortSignal;
}

/** What is asked of one frame of a video. */
export interface AnalyseFrameOptions {
  readonly embed: boolean;
  /** Small faces and turned ones too, as in a photo, at several times the work. */
  readonly thorough?: boolean;
  readonly signal?: AbortSignal;
}

/** What one photo holds. Faces are ordered left to right, then top to bottom. */
export interface Analysis {
  /** Of the upright photo, full size, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly format: PhotoFormat;
  /** Local time of EXIF DateTimeOriginal as `YYYY-MM-DDTHH:MM:SS`, if the photo says. */
  readonly takenAt: string | null;
  readonly faces: readonly AnalysedFace[];
  /** True when the whole photo was looked at turned by 90, 180 or 270 degrees too. */
  readonly rotationsTried: boolean;
}

/**
 * Pixels to vectors. Two implementations: in this thread (`inline`) and in a pool of workers
 * (`pooled`); both run the same pipeline. A photo that can't be used is thrown as MediaError (see
 * media); one that outlives the time limit, or kills its worker twice, as FacesError.
 */
export interface Engine extends AsyncDisposable {
  /** Name and template size of the pack loaded. Templates of two packs never meet. */
  readonly pack: string;
  readonly templateSize: number;
  /** Whether threads of its own look at photos now. */
  readonly busy: boolean;
  /** Decodes, detects, judges and embeds one photo. */
  analyse(source: PhotoSource, options: AnalyseOptions): Promise<Analysis>;
  /** Detects, judges and, where asked, embeds the faces of a video's frame. */
  analyseFrame(frame: Picture, options: AnalyseFrameOptions): Promise<readonly FrameFace[]>;
  /**
   * Embeds faces whose places are known (backfill), in a photo or a frame: no detection, decoded no
   * larger than they need. One entry a face, in order; null where the face is too poor to embed.
   */
  embed(
    source: PhotoSource | Picture,
    faces: readonly FacePlace[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<readonly (Embedding | null)[]>;
}
