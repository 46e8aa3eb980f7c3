import type { SubjectId } from "../base/ids.ts";
import type { Track } from "../faces/track.ts";
import type { SightingVerdict } from "../storage/schema.ts";
import type { FaceAnswer } from "./search.ts";
import type { ListedSighting } from "./sighting-list.ts";

/** When somebody is in view, in seconds of the video; `best` is when they are best seen. */
export interface Interval {
  readonly from: number;
  readonly to: number;
  readonly best: number;
  readonly verdict: SightingVerdict;
  readonly score: number;
}

/** A person in a video. */
export interface Appearance {
  readonly subject: SubjectId;
  readonly verdict: SightingVerdict;
  /** The best track's. */
  readonly score: number;
  readonly intervals: readonly Interval[];
  readonly sightings: readonly ListedSighting[];
}

/** Between two tracks of one person nearer than this nobody would say that they were away. */
const AWAY_SECONDS_MIN = 0.5;

/** Who is in a video, and when: one entry a person, the first seen first. */
export function appearancesOf(answers: readonly FaceAnswer<Track>[]): readonly Appearance[] {
  const found = answers.flatMap((one) => ("subject" in one ? [one] : []));
  const bySubject = Map.groupBy(found, ({ subject }) => subject);
  const appearances = [...bySubject].map(([subject, tracks]): Appearance => {
    const intervals = tracks.map(({ kind, score, face: { passage } }) => ({
      from: passage.from,
      to: passage.to,
      best: passage.best,
      verdict: kind,
      score,
    }));
    const joined = joinIntervals(intervals);
    return {
      subject,
      verdict: joined.some(({ verdict }) => verdict === "match") ? "match" : "uncertain",
      score: Math.max(...joined.map(({ score }) => score)),
      intervals: joined,
      sightings: tracks[0]?.sightings ?? [],
    };
  });
  return appearances.toSorted((a, b) => startOf(a) - startOf(b));
}

function startOf({ intervals }: Appearance): number {
  return intervals[0]?.from ?? 0;
}

/** Intervals in the order of time, those that touch or overlap made one. */
export function joinIntervals(intervals: readonly Interval[]): readonly Interval[] {
  const joined: Interval[] = [];
  for (const next of intervals.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (!last || next.from - last.to > AWAY_SECONDS_MIN) {
      joined.push(next);
      continue;
    }
    const better = next.score > last.score ? next : last;
    const isMatch = next.verdict === "match" || last.verdict === "match";
    joined[joined.length - 1] = {
      from: last.from,
      to: Math.max(last.to, next.to),
      best: better.best,
      verdict: isMatch ? "match" : "uncertain",
      score: better.score,
    };
  }
  return joined;
}
