import type { Command } from "commander";
import type { App } from "../app.ts";
import { writeFileDurably } from "../base/files.ts";
import type { MediaId, SubjectId } from "../base/ids.ts";
import { listPhotos } from "../rights/photos.ts";
import { timelineCsv, type TimelineLine, timelineVtt } from "../rights/timeline.ts";
import type { Sighting } from "../search/sightings.ts";
import { nameOf, subjectOf, withApp } from "./context.ts";
import { UsageError } from "./errors.ts";
import { count, say, table, writeJson } from "./output.ts";

interface TimelineOptions {
  readonly collection: string;
  readonly subject: string;
  readonly video?: string;
  readonly json?: string;
  readonly csv?: string;
  readonly vtt?: string;
}

/** timeline: when a person is in view in the videos of a collection. */
export function timelineCommand(assent: Command): void {
  assent
    .command("timeline")
    .description("List when a person is in view in the videos of a collection.")
    .requiredOption("--collection <name>", "the collection of the videos")
    .requiredOption("--subject <person>", "name, contact or id")
    .option("--video <id>", "this video only, by its id")
    .option("--json <file>", "write the list as JSON (- for standard output)")
    .option("--csv <file>", "write one video's list as CSV")
    .option("--vtt <file>", "write one video's list as WebVTT, for players")
    .action(async (options: TimelineOptions, command: Command) =>
      withApp(command, async (app) => timeline(app, options)),
    );
}

interface Video {
  readonly media: MediaId;
  readonly sources: readonly string[];
  readonly lines: readonly TimelineLine[];
}

async function timeline(app: App, options: TimelineOptions): Promise<void> {
  const subject = await subjectOf(app, options.subject);
  const of = { collection: options.collection, subject };
  const sightings = await listPhotos(app.db, app.recorder, of);
  const all = videosIn(sightings, subject, await nameOf(app, subject));
  const { video, json, csv, vtt } = options;
  const shown = video === undefined ? all : all.filter(({ media }) => media === video);
  if (json !== undefined) await writeJson(json, shown.map(videoJson));
  if (csv !== undefined) await writeFileDurably(csv, timelineCsv(onlyOne(shown).lines));
  if (vtt !== undefined) await writeFileDurably(vtt, timelineVtt(onlyOne(shown).lines));
  if (json === "-") return;
  say(`${count(shown.length, "video")}.`);
  for (const { media, sources, lines } of shown) {
    say(`  ${media}  ${sources.join(", ")}`);
    const rows = lines.map((one) => [
      `${one.from.toFixed(1)} to ${one.to.toFixed(1)} s`,
      one.state === "proposed" ? one.verdict : one.state,
      one.sighting,
    ]);
    for (const row of table(rows)) say(`      ${row}`);
  }
}

/** The sightings that are in videos, by video and in the order of its time. */
function videosIn(
  sightings: readonly Sighting[],
  subject: SubjectId,
  name: string,
): readonly Video[] {
  const byVideo = Map.groupBy(
    sightings.filter(({ track }) => track !== null),
    ({ media }) => media,
  );
  return [...byVideo].map(([media, found]) => ({
    media,
    sources: found[0]?.sources ?? [],
    lines: found
      .flatMap(({ id, place, track, verdict, state, score }) =>
        track
          ? [{ ...track, subject, name, sighting: id, box: place.box, verdict, state, score }]
          : [],
      )
      .toSorted((a, b) => a.from - b.from),
  }));
}

function videoJson({ media, sources, lines }: Video): unknown {
  const intervals = lines.map(({ sighting, from, to, at, verdict, state, score, box }) => ({
    sighting,
    from,
    to,
    best: at,
    verdict,
    state,
    score,
    box,
  }));
  return { media, sources, intervals };
}

function onlyOne(videos: readonly Video[]): Video {
  const [one, ...more] = videos;
  if (one && more.length === 0) return one;
  throw new UsageError("CSV and WebVTT are of one video: name it with --video and its id.");
}
