import type { MediaId, SightingId, SubjectId } from "../base/ids.ts";
import type { Box } from "../base/geometry.ts";
import type { TrackTimes } from "../collections/tracks.ts";
import { append, type Recorder } from "../ledger/ledger.ts";
import { type ListedSighting, pageOfSightings } from "../search/sighting-list.ts";
import type { Db, Reader } from "../storage/db.ts";
import type { SightingState, SightingVerdict } from "../storage/schema.ts";
import { RightsError } from "./errors.ts";
import type { OwnPlace } from "./own-photos.ts";
import type { ViewedPhoto } from "./photo-view.ts";

/** A person in view in a video, from when to when. */
export interface TimelineEntry extends TrackTimes {
  readonly subject: SubjectId;
  readonly sighting: SightingId;
  readonly box: Box;
  readonly verdict: SightingVerdict;
  readonly state: SightingState;
  readonly score: number;
}

/** A line of a timeline as a file: who (a name, or an id where names are not told), and when. */
export interface TimelineLine extends TimelineEntry {
  readonly name: string | null;
}

/** Who is in view when, in order of time. Throws RightsError video_unknown for a photo. */
export function timelineOf(viewed: ViewedPhoto): readonly TimelineEntry[] {
  if (viewed.kind !== "video") throw notAVideo();
  return viewed.viewed
    .flatMap(({ track, box, people }) =>
      track
        ? people.map(({ sighting, subject, verdict, state, score }) => ({
            ...track,
            subject,
            sighting,
            box,
            verdict,
            state,
            score,
          }))
        : [],
    )
    .toSorted((a, b) => a.from - b.from || a.to - b.to);
}

/** A video has a person's sightings by the hundred at most: a day with a cut every minute. */
const OWN_MAX = 10_000;

/**
 * When a person is in view in the video of one of their sightings, for themselves; it is noted that
 * they looked. Throws RightsError sighting_unknown, video_unknown.
 */
export async function ownTimeline(
  db: Db,
  recorder: Recorder,
  { collection, subject, sighting }: OwnPlace,
): Promise<{ readonly media: MediaId; readonly entries: readonly TimelineEntry[] }> {
  return db.write(async (tx) => {
    const page = { collection, subject, after: null, limit: OWN_MAX, reader: "person" } as const;
    const sightings = await pageOfSightings(tx, page);
    const asked = sightings.find(({ id }) => id === sighting);
    if (!asked) throw new RightsError("sighting_unknown", "No sighting of yours has this id.");
    if (!asked.track) throw notAVideo();
    await append(tx, recorder, { kind: "photos.listed", collection, subject, photos: 1 });
    const entries = sightings.flatMap((one) =>
      one.media === asked.media ? entryOf(one, subject) : [],
    );
    return { media: asked.media, entries: entries.toSorted((a, b) => a.from - b.from) };
  });
}

/** A video a person is seen in, and when. */
export interface OwnVideo {
  readonly media: MediaId;
  readonly takenAt: string | null;
  readonly seconds: number;
  readonly entries: readonly TimelineEntry[];
}

/** The videos of a collection that a person is seen in, for themselves; the caller notes it. */
export async function ownVideos(
  db: Reader,
  { collection, subject }: Pick<OwnPlace, "collection" | "subject">,
): Promise<readonly OwnVideo[]> {
  const page = { collection, subject, after: null, limit: OWN_MAX, reader: "person" } as const;
  const sightings = await pageOfSightings(db, page);
  const videos = new Map<MediaId, ListedSighting[]>();
  for (const one of sightings) {
    if (one.track) videos.set(one.media, [...(videos.get(one.media) ?? []), one]);
  }
  return [...videos].map(([media, found]) => ({
    media,
    takenAt: found[0]?.takenAt ?? null,
    seconds: found[0]?.seconds ?? 0,
    entries: found.flatMap((one) => entryOf(one, subject)).toSorted((a, b) => a.from - b.from),
  }));
}

function entryOf(one: ListedSighting, subject: SubjectId): readonly TimelineEntry[] {
  const { id, place, verdict, state, score, track } = one;
  return track ? [{ ...track, subject, sighting: id, box: place.box, verdict, state, score }] : [];
}

/** Which video a person's sighting is in. Throws RightsError sighting_unknown, video_unknown. */
export async function videoOfOwn(
  db: Db,
  { collection, subject, sighting }: OwnPlace,
): Promise<MediaId> {
  const row = await db.read
    .selectFrom("sightings")
    .innerJoin("faces", "faces.id", "sightings.face_id")
    .innerJoin("media", "media.id", "faces.media_id")
    .select(["media.id", "media.kind"])
    .where("sightings.id", "=", sighting)
    .where("sightings.collection_id", "=", collection)
    .where("sightings.subject_id", "=", subject)
    .where("sightings.state", "<>", "rejected")
    .executeTakeFirst();
  if (!row) throw new RightsError("sighting_unknown", "No sighting of yours has this id.");
  if (row.kind !== "video") throw notAVideo();
  return row.id;
}

const CSV_HEAD = "person,name,from,to,best,verdict,state,score";

/** The lines as CSV (RFC 4180), seconds to the thousandth. */
export function timelineCsv(lines: readonly TimelineLine[]): string {
  const rows = lines.map(({ subject, name, from, to, at, verdict, state, score }) =>
    [
      subject,
      csvText(name ?? ""),
      from.toFixed(3),
      to.toFixed(3),
      at.toFixed(3),
      verdict,
      state,
      score.toFixed(3),
    ].join(","),
  );
  return [CSV_HEAD, ...rows, ""].join("\r\n");
}

/** Quoted, and no formula to a spreadsheet, whatever somebody is called. */
function csvText(text: string): string {
  const safe = /^[=+\-@\t\r]/u.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

/** The lines as WebVTT cues: a player shows who is in view. */
export function timelineVtt(lines: readonly TimelineLine[]): string {
  const cues = lines.map(
    ({ sighting, subject, name, from, to }) =>
      `${sighting}\n${vttTime(from)} --> ${vttTime(Math.max(to, from + 0.001))}\n${vttText(name ?? subject)}\n`,
  );
  return ["WEBVTT\n", ...cues].join("\n");
}

function vttTime(seconds: number): string {
  const ms = Math.round(seconds * 1000);
  const part = (value: number, digits: number): string => String(value).padStart(digits, "0");
  const clock = [ms / 3_600_000, (ms / 60_000) % 60, (ms / 1000) % 60];
  return `${clock.map((one) => part(Math.floor(one), 2)).join(":")}.${part(ms % 1000, 3)}`;
}

/** No mark-up, no arrow, one line. */
function vttText(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/\s+/gu, " ");
}

function notAVideo(): RightsError {
  return new RightsError("video_unknown", "This is a photo: it has no times.");
}
