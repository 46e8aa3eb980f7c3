import type { FaceId, MediaId } from "../base/ids.ts";
import type { Reader } from "../storage/db.ts";

/** When a face is in view in a video, and when it is seen best; in seconds of the video. */
export interface TrackTimes {
  readonly from: number;
  readonly to: number;
  readonly at: number;
}

/** The columns of faces that say when. */
export const TRACK_TIMES = ["faces.from_ms", "faces.to_ms", "faces.best_ms"] as const;

/** When a row's face is in view; null for a face in a photo. */
export function trackTimes(row: {
  readonly from_ms: number | null;
  readonly to_ms: number | null;
  readonly best_ms: number | null;
}): TrackTimes | null {
  const { from_ms, to_ms, best_ms } = row;
  if (from_ms === null || to_ms === null || best_ms === null) return null;
  return { from: from_ms / 1000, to: to_ms / 1000, at: best_ms / 1000 };
}

/** When each face of a video is in view. */
export async function tracksOf(
  db: Reader,
  media: MediaId,
): Promise<ReadonlyMap<FaceId, TrackTimes>> {
  const rows = await db.read
    .selectFrom("faces")
    .select("faces.id")
    .select(TRACK_TIMES)
    .where("media_id", "=", media)
    .where("from_ms", "is not", null)
    .execute();
  return new Map(
    rows.flatMap(({ id, ...row }) => {
      const times = trackTimes(row);
      return times ? [[id, times] as const] : [];
    }),
  );
}
