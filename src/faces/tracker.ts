import { wipe } from "../base/bytes.ts";
import { type Box, overlap } from "../base/geometry.ts";
import type { FrameFace } from "./engine.ts";
import type { Embedding } from "./face.ts";
import { poolEmbeddings } from "./pool-faces.ts";
import { type KeptPlace, type PathPoint, type Track, TRACK_FACES_MAX } from "./track.ts";

/** How alike two faces must be to be one; cosines, of the pack at work. */
export interface LinkScores {
  /** Where the one lies over the other. */
  readonly over: number;
  /** Where it does not: the face has moved, or another has come. */
  readonly beside: number;
}

/** A face may be missed for so long (a blink, a hand) and be the same still. */
const GAP_SECONDS_MAX = 1.3;
/** Missed in looks so far apart it has gone, and what comes back is another track. */
const AWAY_SECONDS_MIN = 0.4;
/** From this overlap on two boxes may be of one face that has hardly moved. */
const OVERLAP_MIN = 0.3;
/** How far a face moves between two looks, in its own widths. */
const MOVE_WIDTHS_MAX = 3;
/** How its size changes meanwhile, at most. */
const GROWTH_MAX = 1.7;
/** A track is ended after ten minutes, and goes on as another: its path stays a row's size. */
const TRACK_SECONDS_MAX = 600;
/** Width from which more pixels make no better template (as cut.ts measured), and detail alike. */
const WIDTH_GOOD = 80;
const SHARPNESS_GOOD = 0.05;

interface KeptFace extends KeptPlace {
  readonly embedding: Embedding | null;
  readonly rank: number;
  readonly face: FrameFace;
}

interface LiveTrack {
  readonly from: number;
  readonly path: PathPoint[];
  last: { readonly at: number; readonly box: Box };
  /** The newest embedding: of one of `kept`, or this track's to wipe. */
  newest: Embedding | null;
  kept: KeptFace[];
  /** When it was first looked for in vain, since it was seen last. */
  missedAt: number | null;
}

/** A face of a frame and the track that it may go on. */
interface Link {
  readonly track: LiveTrack;
  readonly face: FrameFace;
  readonly score: number;
}

/**
 * Links the faces of a video's frames, taken one after the other, to tracks: by overlap where faces
 * hardly move, checked by what they look like, and by that alone where they have moved. It takes the
 * embeddings over, and wipes them; those of a track leave it pooled.
 */
export class Tracker {
  readonly #scores: LinkScores;
  #live: LiveTrack[] = [];
  /** When the frame before was seen. */
  #before: number | null = null;

  constructor(scores: LinkScores) {
    this.#scores = scores;
  }

  /** Takes the faces of the next frame; returns the tracks that have ended. */
  take(at: number, faces: readonly FrameFace[]): readonly Track[] {
    const ended = this.#endMissed(at);
    const began = this.#before === null ? at : (this.#before + at) / 2;
    const free = new Set(faces);
    const open = new Set(this.#live);
    for (const { track, face } of this.#links(faces)) {
      if (!free.has(face) || !open.has(track)) continue;
      free.delete(face);
      open.delete(track);
      extend(track, at, face);
    }
    for (const face of free) {
      const last = { at, box: face.box };
      const track: LiveTrack = {
        from: began,
        path: [],
        last,
        newest: null,
        kept: [],
        missedAt: null,
      };
      extend(track, at, face);
      this.#live.push(track);
    }
    this.#before = at;
    return ended;
  }

  /** The tracks that are open when the video ends. */
  finish(seconds: number): readonly Track[] {
    const last = this.#before ?? 0;
    const ended = this.#live.map((track) =>
      endOf(track, track.last.at >= last ? Math.max(seconds, last) : seenUntil(track)),
    );
    this.#live = [];
    return ended;
  }

  /** Overwrites what is left, where the video is broken off. */
  [Symbol.dispose](): void {
    for (const track of this.#live)
      wipe(track.newest, ...track.kept.map(({ embedding }) => embedding));
    this.#live = [];
  }

  /** Ends what was missed for too long, and notes since when the others have been. */
  #endMissed(at: number): readonly Track[] {
    const ended: Track[] = [];
    this.#live = this.#live.filter((track) => {
      const before = this.#before ?? at;
      if (track.last.at < before) track.missedAt ??= before;
      const isAway = before - (track.missedAt ?? before) >= AWAY_SECONDS_MIN;
      const isMissed = isAway || (at - track.last.at > GAP_SECONDS_MAX && track.missedAt !== null);
      const isLong = track.last.at - track.from >= TRACK_SECONDS_MAX;
      if (!isMissed && !isLong) return true;
      if (isMissed) ended.push(endOf(track, seenUntil(track)));
      else ended.push(endOf(track, (track.last.at + at) / 2));
      return false;
    });
    return ended;
  }

  /** What may go on, the surest first. */
  #links(faces: readonly FrameFace[]): readonly Link[] {
    const links: Link[] = [];
    for (const track of this.#live) {
      for (const face of faces) {
        const score = this.#scoreOf(track, face);
        if (score !== null) links.push({ track, face, score });
      }
    }
    return links.sort((a, b) => b.score - a.score);
  }

  #scoreOf(track: LiveTrack, face: FrameFace): number | null {
    const shared = overlap(track.last.box, face.box);
    const over = shared >= OVERLAP_MIN;
    if (!over && !isNear(track.last.box, face.box)) return null;
    const alike = likeness(track, face);
    // Faces that nothing is known of but their places are linked by these.
    if (alike === null) return over && track.missedAt === null ? shared - 1 : null;
    return alike >= (over ? this.#scores.over : this.#scores.beside) ? alike + shared : null;
  }
}

/** How much a face looks like a track: its newest face, or those that show it best. */
function likeness(track: LiveTrack, face: FrameFace): number | null {
  const { embedding } = face;
  if (!embedding) return null;
  const known = [track.newest, ...track.kept.map((one) => one.embedding)];
  const scores = known.flatMap((one) => (one ? [cosine(one, embedding)] : []));
  return scores.length === 0 ? null : Math.max(...scores);
}

function cosine(one: Embedding, other: Embedding): number {
  let sum = 0;
  for (let index = 0; index < one.length; index += 1)
    sum += (one[index] ?? 0) * (other[index] ?? 0);
  return sum;
}

function isNear(one: Box, other: Box): boolean {
  const growth = other.width / Math.max(one.width, Number.EPSILON);
  if (growth > GROWTH_MAX || growth < 1 / GROWTH_MAX) return false;
  // Frames may be twice as wide as high, in 0..1 both: a face's own measures tell how far it is.
  const x = (one.x + one.width / 2 - other.x - other.width / 2) / one.width;
  const y = (one.y + one.height / 2 - other.y - other.height / 2) / one.height;
  return Math.hypot(x, y) <= MOVE_WIDTHS_MAX;
}

/** Half-way to the first frame without the face. */
function seenUntil({ last, missedAt }: LiveTrack): number {
  return (last.at + (missedAt ?? last.at)) / 2;
}

function extend(track: LiveTrack, at: number, face: FrameFace): void {
  track.path.push({ at, box: face.box });
  track.last = { at, box: face.box };
  track.missedAt = null;
  const { box, landmarks, outline, score, embedding } = face;
  const place = { box, landmarks, outline, score };
  const kept = [...track.kept, { at, place, embedding, rank: rankOf(face), face }];
  kept.sort((a, b) => b.rank - a.rank);
  const previous = track.newest;
  track.kept = kept.slice(0, TRACK_FACES_MAX);
  track.newest = embedding ?? track.newest;
  // What is neither among the best nor the newest any more is overwritten.
  const held = new Set([track.newest, ...track.kept.map((one) => one.embedding)]);
  for (const one of [previous, ...kept.map((each) => each.embedding)])
    if (one && !held.has(one)) wipe(one);
}

/** How well a face is seen: what can't be embedded comes last. */
function rankOf({ widthPixels, sharpness, problems, score }: FrameFace): number {
  const size = Math.min(1, widthPixels / WIDTH_GOOD);
  const detail = Math.min(1, sharpness / SHARPNESS_GOOD);
  return (problems.length === 0 ? 1 : 0) + size * detail * score;
}

function endOf(track: LiveTrack, until: number): Track {
  const [best] = track.kept;
  if (!best) throw new Error("A track has a face");
  const embeddings = track.kept.flatMap(({ embedding }) => (embedding ? [embedding] : []));
  if (track.newest && !embeddings.includes(track.newest)) wipe(track.newest);
  const usable = track.kept.filter(({ face }) => face.problems.length === 0);
  const kept = usable.map(({ at, place }) => ({ at, place })).toSorted((a, b) => a.at - b.at);
  const to = Math.max(until, track.last.at);
  return {
    ...best.place,
    widthPixels: best.face.widthPixels,
    problems: best.face.problems,
    ...poolEmbeddings(embeddings),
    passage: { from: track.from, to, best: best.at, path: track.path, kept },
  };
}
