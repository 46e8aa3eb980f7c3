import { wipe } from "../base/bytes.ts";
import { overlap } from "../base/geometry.ts";
import { mapInOrder } from "../base/parallel.ts";
import { openVideo, type VideoFrame } from "../media/video.ts";
import type { Engine, FrameFace } from "./engine.ts";
import type { Embedding } from "./face.ts";
import { poolEmbeddings } from "./pool-faces.ts";
import { cosine } from "./similarity.ts";
import { OVERLAP_MIN, type Track, TRACK_FACES_MIN } from "./track.ts";

/**
 * [Note: lone faces] Nobody is told by a single frame, and whoever is in view for less than a second
 * may be seen well in one look alone, where nothing else changed suddenly. A face of which that is so
 * is looked at again a little before and after, in a second reading that decodes these moments alone.
 */

/** How far before and after: of seven tenths of a second one of the two lies within at least. */
const AGAIN_SECONDS = 0.17;

/** How a video is looked at again. */
export interface AgainOptions {
  /** Longest side of the frames, as in the first reading. */
  readonly longSideMax: number;
  /** Frames under work at a time. */
  readonly parallel: number;
  /** Cosine from which two faces that lie over each other are of one person. */
  readonly over: number;
  readonly signal?: AbortSignal;
}

interface Again extends FrameFace {
  readonly at: number;
  readonly embedding: Embedding;
}

/** The tracks, those seen in one frame alone with the frames beside it. Throws as `trackFaces`. */
export async function lookAgain(
  engine: Engine,
  file: string,
  tracks: readonly Track[],
  options: AgainOptions,
): Promise<readonly Track[]> {
  const lone = tracks.filter(({ problems, passage: { kept } }) => {
    return problems.length === 0 && kept.length > 0 && kept.length < TRACK_FACES_MIN;
  });
  if (lone.length === 0) return tracks;
  const seen = await seeAgain(engine, file, lone, options);
  return tracks.map((track) => joined(track, seen.get(track) ?? [], options.over));
}

/** The faces that lie over each track's, shortly before, then, and shortly after. */
async function seeAgain(
  engine: Engine,
  file: string,
  lone: readonly Track[],
  { longSideMax, parallel, signal }: AgainOptions,
): Promise<ReadonlyMap<Track, readonly Again[]>> {
  const wanted = new Map<number, readonly Track[]>();
  for (const track of lone)
    for (const away of [-AGAIN_SECONDS, 0, AGAIN_SECONDS]) {
      const time = Math.max(0, Math.round((track.passage.best + away) * 1000));
      wanted.set(time, [...(wanted.get(time) ?? []), track]);
    }
  const times = [...wanted.keys()].sort((a, b) => a - b);
  const seen = new Map<Track, Again[]>();
  const withSignal = signal && { signal };
  try {
    await using video = await openVideo(file);
    const seconds = times.map((time) => time / 1000);
    const frames = video.frames({
      sampling: { kind: "times", seconds },
      longSideMax,
      ...withSignal,
    });
    const look = async ({ at, picture, release }: VideoFrame) => {
      const faces = await engine.analyseFrame(picture, { embed: true, ...withSignal });
      release();
      return { at, faces };
    };
    const discard = ({ faces }: { readonly faces: readonly FrameFace[] }): void =>
      wipe(...faces.map(({ embedding }) => embedding));
    let next = 0;
    for await (const { at, faces } of mapInOrder(frames, parallel, look, discard)) {
      const free = new Set(faces);
      for (const track of wanted.get(times[next] ?? -1) ?? []) {
        const face = nearest(free, track);
        if (!face?.embedding) continue;
        free.delete(face);
        seen.set(track, [...(seen.get(track) ?? []), { ...face, at, embedding: face.embedding }]);
      }
      discard({ faces: [...free] });
      next += 1;
    }
  } catch (error) {
    wipe(...[...seen.values()].flat().map(({ embedding }) => embedding));
    throw error;
  }
  return seen;
}

function nearest(faces: ReadonlySet<FrameFace>, { box }: Track): FrameFace | null {
  let best: FrameFace | null = null;
  let shared = OVERLAP_MIN;
  for (const face of faces) {
    const both = overlap(face.box, box);
    if (both < shared) continue;
    best = face;
    shared = both;
  }
  return best;
}

/** A track with what was seen of it again: only what looks like the face that was there first. */
function joined(track: Track, again: readonly Again[], over: number): Track {
  const { passage } = track;
  const isFirst = ({ at }: Again): boolean => Math.abs(at - passage.best) < AGAIN_SECONDS / 2;
  const first = again.find(isFirst);
  const others = again.filter((one) => !isFirst(one));
  const same = others.filter(
    ({ embedding, problems }) =>
      first && problems.length === 0 && cosine(first.embedding, embedding) >= over,
  );
  const strangers = others.filter((one) => !same.includes(one));
  wipe(...strangers.map(({ embedding }) => embedding));
  const all = first ? [first, ...same] : [];
  const pooled = poolEmbeddings(all.map(({ embedding }) => embedding));
  if (pooled.embedding === null) return track;
  const path = [...passage.path, ...same.map(({ at, box }) => ({ at, box }))];
  const kept = all.map(({ at, box, landmarks, outline, score }) => ({
    at,
    place: { box, landmarks, outline, score },
  }));
  const times = all.map(({ at }) => at);
  return {
    ...track,
    ...pooled,
    passage: {
      from: Math.min(passage.from, ...times),
      to: Math.max(passage.to, ...times),
      best: passage.best,
      path: path.toSorted((a, b) => a.at - b.at),
      kept: kept.toSorted((a, b) => a.at - b.at),
    },
  };
}
