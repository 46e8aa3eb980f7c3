import type { Sighting } from "../search/sightings.ts";
import { say, table } from "./output.ts";

/** Sightings printed behind a match; `assent photos` lists all. */
const SHOWN_MAX = 5;

/** Prints the first photos and videos behind a match. */
export function saySightings(sightings: readonly Sighting[]): void {
  const shown = sightings.slice(0, SHOWN_MAX).map(sightingCells);
  for (const row of table(shown)) say(`      ${row}`);
  const more = sightings.length - SHOWN_MAX;
  if (more > 0) say(`      and ${more} more (assent photos lists them)`);
}

/** A sighting as a row of a table: when it was taken, what was said of it, and its files. */
export function sightingCells(one: Sighting): readonly string[] {
  const taken = one.takenAt?.replace("T", " ") ?? "undated";
  const word = one.state === "proposed" ? one.verdict : one.state;
  return [taken, word, one.sources.join(", ")];
}

/** A sighting for programs. */
export function sightingJson(one: Sighting): unknown {
  const { id, media, face, verdict, state, score, takenAt, track, sources } = one;
  return { id, media, face, verdict, state, score, takenAt, track, sources, box: one.place.box };
}
