import { type Box, overlap } from "../base/geometry.ts";
import type { Span } from "../media/video-timeline.ts";
import type { FaceTrack, TrackedFace } from "./video-tracks.ts";

/** A face of somebody in a video: when they are there, and one moment and place of it. */
export interface Appearance extends Span {
  readonly at: number;
  readonly box: Box;
}

/** What is decided on by which to show, and what never to. */
export interface ShowRules {
  /** Appearances of each person who is to be shown, in their order. */
  readonly people: readonly (readonly Appearance[])[];
  /** Faces that are shown to nobody, or are not theirs by a person's word. */
  readonly withheld: readonly Appearance[];
  /** A cosine from which two faces are of one person. */
  readonly match: number;
}

/** What is done to one frame: places to be covered, and those of the people who are shown. */
export interface FramePlan {
  readonly covered: readonly Box[];
  readonly shown: readonly Box[];
}

/** Moments at which an appearance was sampled are as far apart as this, at the most. */
const SAMPLING_SECONDS = 0.6;

/** How long a face stays covered before it was found first and after it was found last. */
export const HOLD_SECONDS = 0.5;

/** A face too poor to recognise is shown if the same track was recognised within this, before and after. */
const POOR_SECONDS_MAX = 0.5;

/** How much larger a place is covered than the face was found: detectors tremble from frame to frame. */
const PADDING = 1.2;

/** Tracks whose every face is shown: those of the people, as far as there is no doubt. */
export function tracksShown(
  tracks: readonly FaceTrack[],
  rules: ShowRules,
): ReadonlyMap<FaceTrack, number> {
  const owned = tracks.flatMap((track) => {
    const person = rules.people.findIndex((_, index) => isOf(track, index, rules));
    return person < 0 ? [] : [{ track, person, sureness: meanLikeness(track, person) }];
  });
  // Nobody is at two places at once: of two that look alike, the less sure one is covered.
  const kept = new Map<FaceTrack, number>();
  for (const { track, person } of owned.toSorted((a, b) => b.sureness - a.sureness)) {
    const rivals = [...kept].filter(([, other]) => other === person).map(([other]) => other);
    if (rivals.every((rival) => !shareFrame(rival, track))) kept.set(track, person);
  }
  return kept;
}

/** True where a track is of a person: recognised in at least half of its faces, where they are. */
function isOf(track: FaceTrack, person: number, { people, withheld, match }: ShowRules): boolean {
  if (withheld.some((place) => passes(track, place))) return false;
  const known = track.faces.filter(({ likeness }) => likeness !== null);
  const sure = known.filter((face) => isLike(face, person, match));
  const there = sure.some(({ at }) =>
    people[person]?.some(
      ({ from, to }) => at >= from - SAMPLING_SECONDS && at <= to + SAMPLING_SECONDS,
    ),
  );
  return there && sure.length * 2 >= known.length;
}

function isLike({ likeness }: TrackedFace, person: number, match: number): boolean {
  const own = likeness?.[person] ?? -1;
  return own >= match && own === Math.max(...(likeness ?? []));
}

function meanLikeness({ faces }: FaceTrack, person: number): number {
  const known = faces.flatMap(({ likeness }) => (likeness ? [likeness[person] ?? -1] : []));
  return known.reduce((sum, one) => sum + one, 0) / Math.max(1, known.length);
}

/** True where a track's face lies at an appearance's moment in its place. */
function passes({ faces }: FaceTrack, { at, box }: Appearance): boolean {
  return faces.some((face) => Math.abs(face.at - at) < 0.1 && overlap(face.box, box) > 0.3);
}

function shareFrame(a: FaceTrack, b: FaceTrack): boolean {
  const frames = new Set(a.faces.map(({ frame }) => frame));
  return b.faces.some(({ frame }) => frames.has(frame));
}

/**
 * The plan of every frame, by its number. `moments` are all frames' moments. Whatever is not shown
 * for certain is covered, also between the frames in which it was found, and a while before and
 * after.
 */
export function planFrames(
  tracks: readonly FaceTrack[],
  moments: readonly number[],
  rules: ShowRules,
): readonly FramePlan[] {
  const plans = moments.map(() => ({ covered: [] as Box[], shown: [] as Box[] }));
  const shown = tracksShown(tracks, rules);
  for (const track of tracks) {
    const person = shown.get(track);
    if (person === undefined) coverTrack(plans, moments, track.faces);
    else showTrack(plans, moments, { faces: track.faces, person, match: rules.match });
  }
  return plans;
}

type Plans = readonly { readonly covered: Box[]; readonly shown: Box[] }[];

/** Covers a place in every frame within a moment's reach. */
export function coverAround(
  plans: Plans,
  moments: readonly number[],
  { at, box }: { readonly at: number; readonly box: Box },
): void {
  for (const [frame, moment] of moments.entries()) {
    if (Math.abs(moment - at) <= HOLD_SECONDS)
      plans[frame]?.covered.push(grow(box, PADDING * PADDING));
  }
}

function coverTrack(plans: Plans, moments: readonly number[], faces: readonly TrackedFace[]): void {
  const [first] = faces;
  const last = faces.at(-1);
  if (!first || !last) return;
  for (const [index, face] of faces.entries()) {
    plans[face.frame]?.covered.push(grow(face.box, PADDING));
    const next = faces[index + 1];
    if (next) coverBetween(plans, moments, face, next);
  }
  for (let frame = first.frame - 1; frame >= 0; frame -= 1) {
    const before = first.at - (moments[frame] ?? 0);
    if (before > HOLD_SECONDS) break;
    hold(plans, frame, { face: first, other: faces[1], seconds: before });
  }
  for (let frame = last.frame + 1; frame < moments.length; frame += 1) {
    const after = (moments[frame] ?? 0) - last.at;
    if (after > HOLD_SECONDS) break;
    hold(plans, frame, { face: last, other: faces.at(-2), seconds: after });
  }
}

function coverBetween(
  plans: Plans,
  moments: readonly number[],
  from: TrackedFace,
  to: TrackedFace,
): void {
  for (let frame = from.frame + 1; frame < to.frame; frame += 1) {
    const part = ((moments[frame] ?? 0) - from.at) / Math.max(1e-6, to.at - from.at);
    plans[frame]?.covered.push(grow(between(from.box, to.box, part), PADDING * PADDING));
  }
}

/** Covers a face beyond the end of its track: where it was, and where it was going. */
function hold(
  plans: Plans,
  frame: number,
  end: {
    readonly face: TrackedFace;
    readonly other: TrackedFace | undefined;
    readonly seconds: number;
  },
): void {
  const { face, other, seconds } = end;
  plans[frame]?.covered.push(grow(face.box, PADDING));
  if (!other) return;
  const speed = seconds / Math.max(1e-6, Math.abs(face.at - other.at));
  plans[frame]?.covered.push(grow(between(face.box, other.box, -speed), PADDING));
}

/** Shows what is certain, and covers the faces of a track that nobody could recognise for too long. */
function showTrack(
  plans: Plans,
  moments: readonly number[],
  { faces, person, match }: { faces: readonly TrackedFace[]; person: number; match: number },
): void {
  const sure = faces.map((face) => (isLike(face, person, match) ? face.at : null));
  const since = running(sure);
  const until = running(sure.toReversed()).toReversed();
  for (const [index, face] of faces.entries()) {
    const gaps = [since[index], until[index]].map((at) => Math.abs(face.at - (at ?? Infinity)));
    if (Math.max(...gaps) > POOR_SECONDS_MAX) {
      plans[face.frame]?.covered.push(grow(face.box, PADDING));
      continue;
    }
    plans[face.frame]?.shown.push(face.box);
    const next = faces[index + 1] ?? face;
    for (let frame = face.frame + 1; frame < next.frame; frame += 1) {
      const part = ((moments[frame] ?? 0) - face.at) / Math.max(1e-6, next.at - face.at);
      plans[frame]?.shown.push(between(face.box, next.box, part));
    }
  }
}

/** For each place of a list, the last value up to there. */
function running(values: readonly (number | null)[]): readonly (number | null)[] {
  let last: number | null = null;
  return values.map((value) => (last = value ?? last));
}

/** A box on the way from one to the other: `part` 0 is the one, 1 the other, below 0 away from it. */
function between(from: Box, to: Box, part: number): Box {
  const at = (a: number, b: number): number => a + (b - a) * part;
  return {
    x: at(from.x, to.x),
    y: at(from.y, to.y),
    width: Math.max(from.width, at(from.width, to.width)),
    height: Math.max(from.height, at(from.height, to.height)),
  };
}

/** The same place, larger on every side. */
export function grow({ x, y, width, height }: Box, factor: number): Box {
  const wider = width * (factor - 1);
  const higher = height * (factor - 1);
  return {
    x: x - wider / 2,
    y: y - higher / 2,
    width: width + wider,
    height: height + higher,
  };
}
