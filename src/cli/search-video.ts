import type { App } from "../app.ts";
import { type Appearance, appearancesOf, type Interval } from "../search/appearances.ts";
import { searchByVideo, type VideoAnswer } from "../search/search-video.ts";
import { nameOf } from "./context.ts";
import { count, progressBar, say, writeJson } from "./output.ts";
import { saySightings, sightingJson } from "./sightings.ts";
import { StopAsked } from "./stop.ts";

interface VideoSearchOptions {
  readonly collection: string;
  readonly video: string;
  readonly purpose: string;
  readonly json?: string;
  readonly keepUntil?: string;
}

/** `search --video`: who is in it, and when. */
export async function searchVideo(app: App, options: VideoSearchOptions): Promise<void> {
  const answer = await (async () => {
    using stop = new StopAsked();
    using bar = progressBar("Looking", "seconds");
    const { db, clock, galleries, engines, blobs } = app;
    const deps = { db, clock, galleries, engines, blobs, parallel: app.importDeps.parallel };
    return await searchByVideo(deps, app.recorder, {
      ...options,
      signal: stop.signal,
      onProgress: (seconds, of) => bar.update(Math.round(seconds), Math.round(of)),
    });
  })();
  const appearances = appearancesOf(answer.faces);
  const names = new Map<string, string>();
  for (const { subject } of appearances) names.set(subject, await nameOf(app, subject));
  if (options.json !== undefined) await writeJson(options.json, toJson(answer, appearances, names));
  if (options.json !== "-") print(answer, appearances, names);
}

function print(
  answer: VideoAnswer,
  appearances: readonly Appearance[],
  names: ReadonlyMap<string, string>,
): void {
  say(`${count(answer.faces.length, "track")}. Search ${answer.id} is on record.`);
  for (const { subject, verdict, score, intervals, sightings } of appearances) {
    const doubt = verdict === "match" ? "" : ", uncertain: look before you say so";
    say(`  ${names.get(subject) ?? subject} (score ${score.toFixed(2)})${doubt}`);
    for (const one of intervals) say(`      ${clockTime(one.from)} to ${clockTime(one.to)}`);
    if (sightings.length > 0) say("    seen as well in:");
    saySightings(sightings);
  }
  if (appearances.length === 0) say("  no consenting match");
}

/** Seconds as people read them: 1:02:03.4. */
function clockTime(seconds: number): string {
  const tenths = Math.round(seconds * 10);
  const whole = Math.floor(tenths / 10);
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const rest = `${two(whole % 60)}.${tenths % 10}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** People of whom one track at least is a match, and beside them those who may be in it. */
function toJson(
  answer: VideoAnswer,
  appearances: readonly Appearance[],
  names: ReadonlyMap<string, string>,
): unknown {
  const entry = (one: Appearance): unknown => ({
    id: one.subject,
    name: names.get(one.subject),
    verdict: one.verdict,
    score: one.score,
    intervals: one.intervals.map(intervalJson),
    sightings: one.sightings.map(sightingJson),
  });
  return {
    search: answer.id,
    collection: answer.collection.name,
    seconds: answer.seconds,
    tracks: answer.faces.length,
    subjects: appearances.filter(({ verdict }) => verdict === "match").map(entry),
    uncertain: appearances.filter(({ verdict }) => verdict === "uncertain").map(entry),
  };
}

function intervalJson({ from, to, best, verdict, score }: Interval): unknown {
  const round = (seconds: number): number => Math.round(seconds * 1000) / 1000;
  return { from: round(from), to: round(to), best: round(best), verdict, score };
}
