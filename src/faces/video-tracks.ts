import { wipe } from "../base/bytes.ts";
import { mapInOrder } from "../base/parallel.ts";
import { Turn } from "../base/turn.ts";
import { MediaError } from "../media/errors.ts";
import { openVideo, type VideoFrame } from "../media/video.ts";
import type { Engine, FacePlace, FrameFace } from "./engine.ts";
import { lookAgain } from "./lone-faces.ts";
import { packManifest, parsePackName } from "./packs.ts";
import { poolEmbeddings } from "./pool-faces.ts";
import type { Passage, Track, VideoAnalysis } from "./track.ts";
import { type EmbedFaces, type LinkScores, Tracker } from "./tracker.ts";

/** Looks a second at least: nobody appears for less than that and means to be found. */
export const LOOKS_PER_SECOND = 2;

/**
 * Longest side of the frames that are looked at. A face of 1/40 of it can be recognised; the larger
 * frames of 4K would take nine times as long to look at, and show the same people.
 */
export const FRAME_SIDE = 1280;

/** More tracks than that are no recording of people: 12 hours hold a new face every two seconds. */
const TRACKS_MAX = 25_000;

/**
 * One video at a time: its decoder and the workers use all cores, and its frames the memory. And one
 * clip beside it that somebody searches with, who would not wait for hours of another to end.
 */
const turns = { scan: new Turn(), probe: new Turn() };

/** How a video is looked at. */
export interface TrackOptions {
  /** Whether faces are embedded, or only found and linked by their places. */
  readonly embed: boolean;
  /** `probe` where somebody waits for the answer; `scan` if it is not said. */
  readonly use?: keyof typeof turns;
  /** Frames under work at a time: a little more than there are workers. */
  readonly parallel: number;
  readonly signal?: AbortSignal;
  /** Told how far it is, in seconds of the video. */
  readonly onProgress?: (seconds: number, of: number) => void;
}

/** A frame that was looked at: its faces found and judged, none embedded yet. */
interface Looked extends VideoFrame {
  readonly faces: readonly FrameFace[];
}

/**
 * Finds the faces of a video and follows them through time. The embeddings of the tracks are the
 * caller's to wipe; all others are overwritten here. Throws MediaError, FacesError, and the reason
 * of `signal`.
 */
export async function trackFaces(
  engine: Engine,
  file: string,
  options: TrackOptions,
): Promise<VideoAnalysis> {
  return turns[options.use ?? "scan"].take(
    async () => track(engine, file, options),
    options.signal,
  );
}

async function track(engine: Engine, file: string, options: TrackOptions): Promise<VideoAnalysis> {
  const { signal } = options;
  const withSignal = signal && { signal };
  await using video = await openVideo(file);
  const scores = linkScores(engine.pack);
  using tracker = new Tracker(scores);
  const frames = video.frames({
    sampling: { kind: "rate", perSecond: LOOKS_PER_SECOND, atChanges: true },
    longSideMax: FRAME_SIDE,
    ...withSignal,
  });
  const look = async (one: VideoFrame): Promise<Looked> => ({
    ...one,
    faces: await engine.analyseFrame(one.picture, { embed: false, ...withSignal }),
  });
  // One more: while its new faces are embedded, the workers look at those that follow.
  const underWay = options.parallel + 1;
  let tracks: Track[] = [];
  // What a file says of itself may be less than it holds.
  let end = video.seconds;
  try {
    for await (const { at, picture, faces, release } of mapInOrder(frames, underWay, look)) {
      const embed: EmbedFaces = (chosen) => engine.embed(picture, chosen.map(placeOf), withSignal);
      tracks.push(...(await tracker.take(at, faces, options.embed ? embed : null)));
      release();
      if (tracks.length > TRACKS_MAX) throw new MediaError("video_too_heavy");
      end = Math.max(end, at);
      options.onProgress?.(at, end);
    }
    tracks.push(...tracker.finish(end));
    const { parallel } = options;
    const again = { longSideMax: FRAME_SIDE, over: scores.over, parallel, ...withSignal };
    if (options.embed) tracks = [...(await lookAgain(engine, file, tracks, again))];
  } catch (error) {
    wipe(...tracks.map(({ embedding }) => embedding));
    throw error;
  }
  const { width, height, container: format } = video;
  const inOrder = tracks.toSorted((a, b) => a.passage.from - b.passage.from || a.box.x - b.box.x);
  return { width, height, format, seconds: end, tracks: inOrder };
}

function linkScores(pack: string): LinkScores {
  const { match, uncertain, margin } = packManifest(parsePackName(pack)).thresholds;
  return { over: uncertain - margin, beside: match };
}

function placeOf({ box, landmarks, outline, score }: FrameFace): FacePlace {
  return { box, landmarks, outline, score };
}

/**
 * Embeds tracks anew at the places that were kept of them, decoding only these frames. One entry a
 * track, in order. Throws as `trackFaces`.
 */
export async function embedTracks(
  engine: Engine,
  file: string,
  passages: readonly Pick<Passage, "kept">[],
  options: Pick<TrackOptions, "parallel" | "signal">,
): Promise<readonly Pick<Track, "embedding" | "agreement">[]> {
  return turns.scan.take(async () => embedKept(engine, file, passages, options), options.signal);
}

async function embedKept(
  engine: Engine,
  file: string,
  passages: readonly Pick<Passage, "kept">[],
  options: Pick<TrackOptions, "parallel" | "signal">,
): Promise<readonly Pick<Track, "embedding" | "agreement">[]> {
  const { signal } = options;
  // By thousandths, as they are kept: many tracks share a frame.
  const wanted = new Map<number, { readonly track: number; readonly kept: number }[]>();
  for (const [track, { kept }] of passages.entries())
    for (const [index, { at }] of kept.entries()) {
      const time = Math.round(at * 1000);
      wanted.set(time, [...(wanted.get(time) ?? []), { track, kept: index }]);
    }
  const times = [...wanted.keys()].sort((a, b) => a - b);
  const found = passages.map((): Float32Array[] => []);
  try {
    await using video = await openVideo(file);
    const seconds = times.map((time) => time / 1000);
    const frames = video.frames({
      sampling: { kind: "times", seconds },
      longSideMax: FRAME_SIDE,
      ...(signal && { signal }),
    });
    let next = 0;
    const look = async ({ picture, release }: VideoFrame) => {
      const at = wanted.get(times[next] ?? -1) ?? [];
      next += 1;
      const places = at.flatMap(({ track, kept }) => passages[track]?.kept[kept]?.place ?? []);
      const embeddings = await engine.embed(picture, places, signal && { signal });
      release();
      return at.map(({ track }, index) => ({ track, embedding: embeddings[index] ?? null }));
    };
    const discard = (faces: Awaited<ReturnType<typeof look>>): void =>
      wipe(...faces.map(({ embedding }) => embedding));
    if (times.length > 0)
      for await (const faces of mapInOrder(frames, options.parallel, look, discard))
        for (const { track, embedding } of faces) if (embedding) found[track]?.push(embedding);
  } catch (error) {
    wipe(...found.flat());
    throw error;
  }
  return found.map(poolEmbeddings);
}
