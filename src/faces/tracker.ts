import { wipe } from "../base/bytes.ts";
import { type Box, overlap } from "../base/geometry.ts";
import type { FrameFace } from "./engine.ts";
import type { Embedding } from "./face.ts";
import { patchLikeness } from "./face-patch.ts";
import { poolEmbeddings } from "./pool-faces.ts";
import { cosine } from "./similarity.ts";
import {
  type KeptPlace,
  OVERLAP_MIN,
  type PathPoint,
  type Track,
  TRACK_FACES_MAX,
  TRACK_FACES_MIN,
} from "./track.ts";

/** How alike two faces must be to be one; cosines, of the pack at work. */
export interface LinkScores {
  /** Where the one lies over the other. */
  readonly over: number;
  /** Where it does not: the face has moved, or another has come. */
  readonly beside: number;
}

/** Embeds faces of the frame that is taken; null for those that are too poor. */
export type EmbedFaces = (faces: readonly FrameFace[]) => Promise<readonly (Embedding | null)[]>;

/**
 * [Note: seen again] An embedding costs more than all else that is done for a face, and says little
 * new of one that looks as it did half a second ago. A face is therefore not embedded where it lies
 * over one track alone of those seen in the frame before, which has embeddings enough, and where it
 * looks like a face that was embedded for that track, no worse seen than it. The patches tell: of
 * 20,604 pairs of different people in the light of one studio the most alike say .92; half of those
 * of one person in two looks say .94 and more. What was skipped is never compared with: likeness
 * can't drift from one face to another.
 */
const SEEN_AGAIN = 0.93;
/** By how much better a face must be seen than all that were embedded to be embedded too. */
const BETTER_BY = 0.15;

/** A face may be missed for so long (a blink, a hand) and be the same still. */
const GAP_SECONDS_MAX = 1.3;
/** Missed in looks so far apart it has gone, and what comes back is another track. */
const AWAY_SECONDS_MIN = 0.4;
/** How far a face moves between two looks, in its own widths. */
const MOVE_WIDTHS_MAX = 3;
/** How its size changes meanwhile, at most. */
const GROWTH_MAX = 1.7;
/** A track is ended after ten minutes, and goes on as another: its path stays a row's size. */
const TRACK_SECONDS_MAX = 600;
/** Width from which more pixels make no better template (as cut.ts measured), and detail alike. */
const WIDTH_GOOD = 80;
const SHARPNESS_GOOD = 0.05;

/** A face that was embedded, or is too poor for it. */
interface KeptFace extends KeptPlace {
  readonly embedding: Embedding | null;
  readonly rank: number;
  readonly face: FrameFace;
}

interface LiveTrack {
  readonly from: number;
  readonly path: PathPoint[];
  last: { readonly at: number; readonly box: Box };
  /** The newest that has an embedding: one of `kept`, or this track's to wipe. */
  newest: KeptFace | null;
  kept: KeptFace[];
  /** When it was first looked for in vain, since it was seen last. */
  missedAt: number | null;
}

/** A face of the frame at hand: embedded, or known to be of a track as it looks the same. */
interface SeenFace {
  readonly face: FrameFace;
  readonly embedding: Embedding | null;
  readonly again: LiveTrack | null;
}

/** A face of a frame and the track that it may go on. */
interface Link {
  readonly track: LiveTrack;
  readonly seen: SeenFace;
  readonly score: number;
}

/**
 * Links the faces of a video's frames, taken one after the other, to tracks: by overlap where faces
 * hardly move, checked by what they look like, and by that alone where they have moved. What it has
 * embedded it wipes; of a track, the embeddings leave it pooled.
 */
export class Tracker {
  readonly #scores: LinkScores;
  #live: LiveTrack[] = [];
  /** When the frame before was seen. */
  #before: number | null = null;

  constructor(scores: LinkScores) {
    this.#scores = scores;
  }

  /**
   * Takes the faces of the next frame; returns the tracks that have ended. With `embed` null faces
   * are linked by their places alone. Throws as `embed`.
   */
  async take(
    at: number,
    faces: readonly FrameFace[],
    embed: EmbedFaces | null,
  ): Promise<readonly Track[]> {
    const seen = await this.#see(faces, embed);
    const ended = this.#endMissed(at);
    const free = new Set(seen);
    const open = new Set(this.#live);
    for (const { track, seen: one } of this.#links(seen)) {
      if (!free.has(one) || !open.has(track)) continue;
      free.delete(one);
      open.delete(track);
      extend(track, at, one);
    }
    const began = this.#before === null ? at : (this.#before + at) / 2;
    for (const one of free) this.#live.push(begin(began, at, one));
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
      wipe(track.newest?.embedding, ...track.kept.map(({ embedding }) => embedding));
    this.#live = [];
  }

  /** Embeds the faces that are not seen again. */
  async #see(faces: readonly FrameFace[], embed: EmbedFaces | null): Promise<readonly SeenFace[]> {
    if (!embed) return faces.map((face) => ({ face, embedding: null, again: null }));
    const again = faces.map((face) => this.#trackSeenAgain(face, faces));
    const fresh = faces.filter((_, index) => !again[index]);
    const embeddings = (fresh.length > 0 ? await embed(fresh) : []).values();
    return faces.map((face, index) => {
      const track = again[index] ?? null;
      return { face, again: track, embedding: track ? null : (embeddings.next().value ?? null) };
    });
  }

  /** The track that a face goes on without doubt ([Note: seen again]); null where there is none. */
  #trackSeenAgain(face: FrameFace, faces: readonly FrameFace[]): LiveTrack | null {
    const seenBefore = this.#live.filter(({ last }) => last.at === this.#before);
    const [track, another] = seenBefore.filter((one) => isOver(one, face));
    if (!track || another) return null;
    if (faces.some((other) => other !== face && isOver(track, other))) return null;
    return isSeenAgain(track, face) ? track : null;
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
  #links(faces: readonly SeenFace[]): readonly Link[] {
    const links: Link[] = [];
    for (const track of this.#live) {
      for (const seen of faces) {
        const score = this.#scoreOf(track, seen);
        if (score !== null) links.push({ track, seen, score });
      }
    }
    return links.sort((a, b) => b.score - a.score);
  }

  #scoreOf(track: LiveTrack, { face, embedding, again }: SeenFace): number | null {
    const shared = overlap(track.last.box, face.box);
    // Surer than any cosine: it lies over no other.
    if (again) return again === track ? 2 + shared : null;
    const over = shared >= OVERLAP_MIN;
    if (!over && !isNear(track.last.box, face.box)) return null;
    const alike = embedding && likeness(track, embedding);
    // Faces that nothing is known of but their places are linked by these.
    if (alike === null) return over && track.missedAt === null ? shared - 1 : null;
    return alike >= (over ? this.#scores.over : this.#scores.beside) ? alike + shared : null;
  }
}

function isOver(track: LiveTrack, face: FrameFace): boolean {
  return overlap(track.last.box, face.box) >= OVERLAP_MIN;
}

function isSeenAgain(track: LiveTrack, face: FrameFace): boolean {
  const embedded = embeddedOf(track);
  const { patch } = face;
  if (!patch || embedded.length < TRACK_FACES_MIN) return false;
  if (rankOf(face) > Math.max(...embedded.map(({ rank }) => rank)) + BETTER_BY) return false;
  return embedded.some(
    (one) => one.face.patch && patchLikeness(one.face.patch, patch) >= SEEN_AGAIN,
  );
}

/** What is held of a track that was embedded: the best, and the newest. */
function embeddedOf({ newest, kept }: LiveTrack): readonly KeptFace[] {
  const held = new Set(newest ? [newest, ...kept] : kept);
  return [...held].filter(({ embedding }) => embedding !== null);
}

/** How much a face looks like a track: its newest face, or those that show it best. */
function likeness(track: LiveTrack, embedding: Embedding): number | null {
  const scores = embeddedOf(track).flatMap((one) =>
    one.embedding ? [cosine(one.embedding, embedding)] : [],
  );
  return scores.length === 0 ? null : Math.max(...scores);
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

function begin(from: number, at: number, seen: SeenFace): LiveTrack {
  const last = { at, box: seen.face.box };
  const track: LiveTrack = { from, path: [], last, newest: null, kept: [], missedAt: null };
  extend(track, at, seen);
  return track;
}

function extend(track: LiveTrack, at: number, { face, embedding, again }: SeenFace): void {
  track.path.push({ at, box: face.box });
  track.last = { at, box: face.box };
  track.missedAt = null;
  if (again === track) return;
  const { box, landmarks, outline, score } = face;
  const place = { box, landmarks, outline, score };
  const fresh: KeptFace = { at, place, embedding, rank: rankOf(face), face };
  const before = embeddedOf(track);
  track.kept = [...track.kept, fresh].sort((a, b) => b.rank - a.rank).slice(0, TRACK_FACES_MAX);
  if (embedding) track.newest = fresh;
  // What is neither among the best nor the newest any more is overwritten.
  const held = new Set(embeddedOf(track));
  for (const one of before) if (!held.has(one)) wipe(one.embedding);
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
  if (track.newest && !track.kept.includes(track.newest)) wipe(track.newest.embedding);
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
