import type { Box } from "../base/geometry.ts";
import type { AnalysedFace, FacePlace } from "./engine.ts";

/** Where a face was at a time of the video, in seconds. */
export interface PathPoint {
  readonly at: number;
  readonly box: Box;
}

/** One of the few places of a track at which its face is embedded. */
export interface KeptPlace {
  readonly at: number;
  readonly place: FacePlace;
}

/** How a face goes through a video; times in seconds from its beginning. */
export interface Passage {
  readonly from: number;
  readonly to: number;
  /** When the face is best seen. */
  readonly best: number;
  /** In the order of time, one for each frame in which it was seen. */
  readonly path: readonly PathPoint[];
  readonly kept: readonly KeptPlace[];
}

/**
 * A face that lasts: its place is where it is best seen, and its embedding the mean of several, of
 * unit length. Null where fewer than TRACK_FACES_MIN could be embedded.
 */
export interface Track extends AnalysedFace {
  readonly passage: Passage;
  /**
   * Length of the mean before it was made a unit vector: 1 where all agree. What the mean scores,
   * times this, is the mean of what they score, so the thresholds of single faces hold for it.
   */
  readonly agreement: number;
}

/** What one video holds: its tracks in the order they began. */
export interface VideoAnalysis {
  readonly width: number;
  readonly height: number;
  readonly format: string;
  readonly seconds: number;
  readonly tracks: readonly Track[];
}

/** Faces of a track that are embedded and pooled: more add little, and backfill decodes each. */
export const TRACK_FACES_MAX = 5;

/** From this overlap on two boxes may be of one face that has hardly moved. */
export const OVERLAP_MIN = 0.3;

/** Nobody is told by a single frame: it may be the one that is blurred. */
export const TRACK_FACES_MIN = 2;
