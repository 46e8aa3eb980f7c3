import { wipe } from "../base/bytes.ts";
import { overlap } from "../base/geometry.ts";
import type { AnalysedFace, Engine } from "../faces/engine.ts";
import type { Embedding } from "../faces/face.ts";
import type { Picture } from "../media/picture.ts";
import { openVideo, type VideoFrame } from "../media/video.ts";
import type { Span } from "../media/video-timeline.ts";
import { type Appearance, HOLD_SECONDS } from "./video-plan.ts";
import { type FaceTrack, FaceTracker } from "./video-tracks.ts";

/** Frames looked at at a time: enough for every worker of a small machine, 100 MB at 4K. */
const FRAMES_AT_ONCE = 4;

/** Moments of one person that are taken as reference: many light and turns, few seconds. */
const REFERENCES_MAX = 12;

/** Moments are kept in thousandths of a second. */
const MOMENT_SECONDS = 0.002;

/** The faces of a frame, found at full size, small ones too, and whichever way they are turned. */
export async function facesIn(
  engine: Engine,
  picture: Picture,
  options: { readonly embed: boolean; readonly signal?: AbortSignal | undefined },
): Promise<readonly AnalysedFace[]> {
  const { embed, signal } = options;
  return engine.analyseFrame(picture, { embed, thorough: true, ...(signal && { signal }) });
}

/** Calls `look` for every frame, several at a time, and `take` with what came of it, in order. */
export async function eachFrame<T>(
  file: string,
  look: (frame: VideoFrame, index: number) => Promise<T>,
  take: (frame: { readonly at: number; readonly seconds: number }, index: number, seen: T) => void,
  signal?: AbortSignal,
): Promise<void> {
  await using video = await openVideo(file);
  const { seconds } = video;
  let pending: { readonly at: number; readonly index: number; readonly seen: Promise<T> }[] = [];
  const settle = async (): Promise<void> => {
    const batch = pending;
    pending = [];
    const seen = await Promise.all(batch.map((one) => one.seen));
    for (const [place, { at, index }] of batch.entries()) {
      take({ at, seconds }, index, seen[place] as T);
    }
  };
  let index = 0;
  const options = { sampling: { kind: "all" }, ...(signal && { signal }) } as const;
  for await (const frame of video.frames(options)) {
    const seen = look(frame, index).finally(frame.release);
    // Where another fails first, nobody is left to hear of this one.
    seen.catch(() => undefined);
    pending.push({ at: frame.at, index, seen });
    index += 1;
    if (pending.length >= FRAMES_AT_ONCE) await settle();
  }
  await settle();
}

/** Vectors of a person at moments of theirs. The caller wipes them. */
export async function referencesOf(
  engine: Engine,
  file: string,
  appearances: readonly Appearance[],
  signal?: AbortSignal,
): Promise<readonly Embedding[]> {
  const step = Math.max(1, appearances.length / REFERENCES_MAX);
  const chosen = Array.from(
    { length: Math.min(appearances.length, REFERENCES_MAX) },
    (_, index) => appearances[Math.floor(index * step)],
  )
    .filter((one) => one !== undefined)
    .toSorted((a, b) => a.at - b.at);
  await using video = await openVideo(file);
  const references: Embedding[] = [];
  const sampling = { kind: "times", seconds: chosen.map(({ at }) => at) } as const;
  let next = 0;
  for await (const frame of video.frames({ sampling, ...(signal && { signal }) })) {
    const place = chosen[next];
    if (!place) break;
    if (frame.at < place.at - MOMENT_SECONDS) continue;
    next += 1;
    const faces = await facesIn(engine, frame.picture, { embed: true, signal });
    for (const { box, embedding } of faces) {
      if (embedding && overlap(box, place.box) > 0.3) references.push(embedding);
      else wipe(embedding);
    }
  }
  return references;
}

/** A video, looked through: the moments of its frames, and its faces through time. */
export interface LookedThrough {
  readonly moments: readonly number[];
  readonly tracks: readonly FaceTrack[];
}

/** Looks at every frame of some spans, and shortly before and after. */
export async function lookThrough(
  engine: Engine,
  file: string,
  look: {
    readonly spans: readonly Span[];
    readonly people: readonly (readonly Embedding[])[];
    readonly samePerson: number;
  },
  options: {
    readonly signal?: AbortSignal;
    readonly onProgress?: (part: number) => void;
  },
): Promise<LookedThrough> {
  const { spans, people, samePerson } = look;
  const { signal, onProgress } = options;
  const margin = 2 * HOLD_SECONDS;
  const isNear = (at: number): boolean =>
    spans.some(({ from, to }) => at >= from - margin && at <= to + margin);
  const tracker = new FaceTracker(people, samePerson);
  const moments: number[] = [];
  await eachFrame(
    file,
    async ({ at, picture }) =>
      isNear(at) ? facesIn(engine, picture, { embed: true, signal }) : [],
    ({ at, seconds }, frame, faces) => {
      moments.push(at);
      tracker.add(frame, at, faces);
      onProgress?.(seconds > 0 ? Math.min(1, at / seconds) : 0);
    },
    signal,
  );
  return { moments, tracks: tracker.finish() };
}
