import { overlap } from "../base/geometry.ts";
import type { FacePlace } from "../faces/engine.ts";
import { trackTimes } from "./tracks.ts";
import type { Passage, PathPoint } from "../faces/track.ts";

/** The columns of a face that make it a track. */
export interface PassageRow {
  readonly from_ms: number | null;
  readonly to_ms: number | null;
  readonly best_ms: number | null;
  readonly path: string | null;
  readonly kept: string | null;
}

/** What stands in the row of a face that lasts no time. */
export const NO_PASSAGE = {
  from_ms: null,
  to_ms: null,
  best_ms: null,
  path: null,
  kept: null,
} as const satisfies PassageRow;

/** Of a thousandth of a frame's side: far less than faces tremble. */
const DECIMALS = 1e4;

/** A passage as it is kept. */
export function passageRow({ from, to, best, path, kept }: Passage) {
  const points = path.map(({ at, box }) => [
    millis(at),
    ...[box.x, box.y, box.width, box.height].map(
      (value) => Math.round(value * DECIMALS) / DECIMALS,
    ),
  ]);
  const places = kept.map(({ at, place }) => ({ at: millis(at), place }));
  return {
    from_ms: millis(from),
    to_ms: Math.max(millis(to), millis(from)),
    best_ms: Math.min(Math.max(millis(best), millis(from)), Math.max(millis(to), millis(from))),
    path: JSON.stringify(points),
    kept: JSON.stringify(places),
  };
}

/** A passage from its row; null for a face in a photo. */
export function passageOf(row: PassageRow): Passage | null {
  const times = trackTimes(row);
  if (times === null) return null;
  const { path, kept } = row;
  const points = JSON.parse(path ?? "[]") as readonly [number, number, number, number, number][];
  const places = JSON.parse(kept ?? "[]") as readonly { at: number; place: FacePlace }[];
  return {
    from: times.from,
    to: times.to,
    best: times.at,
    path: points.map(([at, x, y, width, height]) => ({
      at: at / 1000,
      box: { x, y, width, height },
    })),
    kept: places.map(({ at, place }) => ({ at: at / 1000, place })),
  };
}

function millis(seconds: number): number {
  return Math.round(seconds * 1000);
}

/** Looks less far apart than this are of one moment: two passes need not take the same frames. */
const SAME_MOMENT_SECONDS = 0.3;

/** What part of the shorter of two passages lies over the other, in place and time: 0..1. */
export function passageOverlap(one: Passage, other: Passage): number {
  if (one.from > other.to || other.from > one.to) return 0;
  const [short, long] = one.path.length <= other.path.length ? [one, other] : [other, one];
  let shared = 0;
  for (const { at, box } of short.path) shared += Math.max(0, overlapAt(long.path, at, box));
  return short.path.length === 0 ? 0 : shared / short.path.length;
}

function overlapAt(path: readonly PathPoint[], at: number, box: PathPoint["box"]): number {
  let best = 0;
  for (const point of path)
    if (Math.abs(point.at - at) <= SAME_MOMENT_SECONDS)
      best = Math.max(best, overlap(point.box, box));
  return best;
}
