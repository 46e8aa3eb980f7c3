import { type Command, Option } from "commander";
import type { App } from "../app.ts";
import { writeFileDurably } from "../base/files.ts";
import type { MediaId, SightingId } from "../base/ids.ts";
import { decode } from "../media/decode.ts";
import { drawBoxes, type Mark } from "../media/draw.ts";
import { deliver } from "../rights/deliver.ts";
import { listPhotos } from "../rights/photos.ts";
import {
  type FaceAnswer,
  searchByPhoto,
  type SearchAnswer,
  type SearchRequest,
} from "../search/search.ts";
import { decide } from "../search/sightings.ts";
import { faceAdvice } from "./advice.ts";
import { probeCommand } from "./probe.ts";
import { saySightings, sightingCells, sightingJson } from "./sightings.ts";
import { searchVideo } from "./search-video.ts";
import { timelineCommand } from "./timeline.ts";
import { nameOf, subjectOf, withApp } from "./context.ts";
import { UsageError } from "./errors.ts";
import { count, progressBar, say, table, writeJson } from "./output.ts";

interface SearchOptions {
  readonly collection: string;
  readonly photo?: string;
  readonly video?: string;
  readonly purpose: string;
  readonly face?: string;
  readonly at?: string;
  readonly picture?: string;
  readonly json?: string;
  readonly keepUntil?: string;
}

/** Longest side of a drawn result: a screen's, not the camera's. */
const PICTURE_SIDE = 2400;

/** search, probe, photos, timeline, confirm, reject, deliver. */
export function searchCommands(assent: Command): void {
  assent
    .command("search")
    .description("Who of a collection's consenting people is in this photo or video?")
    .requiredOption("--collection <name>", "where to search; there is no search across several")
    .option("--photo <file>", "the photo to search with")
    .option("--video <file>", "the video to search with")
    .option("--keep-until <day>", "keep the photo or video, sealed, to the end of this day")
    .requiredOption("--purpose <text>", "why; everybody in the collection can read it")
    .option("--face <n>", "only the n-th face from the left (1 is the first)")
    .option("--at <x,y>", "only the face at this place, in 0..1 of the photo")
    .option("--picture <file.jpg>", "write the photo with boxes and names")
    .option("--json <file>", "write the result as JSON (- for standard output)")
    .action(async (options: SearchOptions, command: Command) =>
      withApp(command, async (app) => search(app, options)),
    );
  assent
    .command("photos")
    .description("List the photos and videos in which a person was seen.")
    .requiredOption("--collection <name>", "the collection of the photos")
    .requiredOption("--subject <person>", "name, contact or id")
    .option("--json <file>", "write the list as JSON (- for standard output)")
    .action(async (options: PhotosOptions, command: Command) =>
      withApp(command, async (app) => photos(app, options)),
    );
  timelineCommand(assent);
  probeCommand(assent);
  for (const [name, decision, description] of [
    ["confirm", "confirmed", "Say that a sighting is right. It is remembered."],
    ["reject", "rejected", "Say that it is not them. It is remembered for ever."],
  ] as const) {
    assent
      .command(name)
      .description(description)
      .argument("<sighting>", "its id, as assent photos lists it")
      .action(async (sighting: string, _: unknown, command: Command) =>
        withApp(command, async (app) => {
          await decide(app.db, app.recorder, sighting as SightingId, decision);
          say(decision === "confirmed" ? "Confirmed: it is them." : "Rejected: it is not them.");
        }),
      );
  }
  assent
    .command("deliver")
    .description("Write a person's photos and videos, full size, everybody else's face blurred.")
    .requiredOption("--collection <name>", "the collection of the photos")
    .requiredOption("--subject <person...>", "name, contact or id; several are shown together")
    .requiredOption(
      "--to <folder|file>",
      "a .zip, or of one video .mp4, appears whole or not at all",
    )
    .option("--video <id>", "only this video, as assent photos lists it")
    .option("--intervals", "of videos only the moments they are in view")
    .option("--no-videos", "photos alone")
    .addOption(
      new Option("--sound <keep|remove>", "of videos").choices(["keep", "remove"]).default("keep"),
    )
    .action(async (options: DeliverOptions, command: Command) =>
      withApp(command, async (app) => handOver(app, options)),
    );
}

async function search(app: App, options: SearchOptions): Promise<void> {
  const { photo, video } = options;
  if (photo !== undefined && video === undefined) return searchPhoto(app, { ...options, photo });
  if (video === undefined || photo !== undefined)
    throw new UsageError("Give --photo or --video: one of them.");
  if (options.face !== undefined || options.at !== undefined || options.picture !== undefined)
    throw new UsageError("--face, --at and --picture are for photos.");
  return searchVideo(app, { ...options, video });
}

async function searchPhoto(
  app: App,
  options: SearchOptions & { readonly photo: string },
): Promise<void> {
  if (options.picture !== undefined && !/\.jpe?g$/iu.test(options.picture)) {
    throw new UsageError("--picture writes a JPEG: give it a name that ends in .jpg.");
  }
  const answer = await searchByPhoto(searchDeps(app), app.recorder, {
    collection: options.collection,
    photo: { file: options.photo },
    purpose: options.purpose,
    pointed: parsePointed(options),
    keepUntil: options.keepUntil,
  });
  const names = await namesIn(app, answer);
  if (options.json !== undefined) await writeJson(options.json, toJson(answer, names));
  if (options.json !== "-") print(answer, names);
  if (options.picture !== undefined) {
    const picture = await decode({ file: options.photo }, { longSideMax: PICTURE_SIDE });
    const drawn = await drawBoxes(picture, marksOf(answer, names));
    await writeFileDurably(options.picture, drawn);
    if (options.json !== "-") say(`Drawn in ${options.picture}`);
  }
}

function searchDeps(app: App) {
  const { db, clock, galleries, engines, blobs } = app;
  return { db, clock, galleries, engines, blobs };
}

function parsePointed({ face, at }: SearchOptions): SearchRequest["pointed"] {
  if (face !== undefined && at !== undefined)
    throw new UsageError("Give --face or --at, not both.");
  if (face !== undefined) {
    const index = Number(face) - 1;
    if (Number.isInteger(index) && index >= 0) return { kind: "face", index };
    throw new UsageError("--face takes a number from 1, counted from the left.");
  }
  if (at === undefined) return null;
  const [x, y, ...rest] = at.split(",").map(Number);
  const inside = (value: number | undefined): value is number =>
    value !== undefined && value >= 0 && value <= 1;
  if (inside(x) && inside(y) && rest.length === 0) return { kind: "at", at: { x, y } };
  throw new UsageError("--at takes X,Y, each from 0 to 1: 0.5,0.5 is the middle.");
}

type Names = ReadonlyMap<string, string>;

async function namesIn(app: App, answer: SearchAnswer): Promise<Names> {
  const names = new Map<string, string>();
  for (const face of answer.faces) {
    if ("subject" in face) names.set(face.subject, await nameOf(app, face.subject));
  }
  return names;
}

const WORDS = {
  match: "match",
  uncertain: "uncertain: look at both before you say so",
  none: "no consenting match",
  not_compared: "not compared",
} as const satisfies Record<FaceAnswer["kind"], string>;

function print(answer: SearchAnswer, names: Names): void {
  say(`${count(answer.faces.length, "face")}. Search ${answer.id} is on record.`);
  for (const [index, face] of answer.faces.entries()) {
    const line = `  face ${index + 1}, ${Math.round(face.face.widthPixels)} px wide: `;
    if (!("subject" in face)) {
      say(`${line}${WORDS[face.kind]}`);
      for (const problem of face.face.problems) say(`      ${problem}: ${faceAdvice(problem)}`);
      continue;
    }
    const score = face.score.toFixed(2);
    say(`${line}${names.get(face.subject) ?? face.subject}, ${WORDS[face.kind]} (score ${score})`);
    saySightings(face.sightings);
  }
}

function marksOf(answer: SearchAnswer, names: Names): readonly Mark[] {
  return answer.faces.map((face) => ({
    box: face.face.box,
    tone: "subject" in face ? face.kind : "other",
    label: "subject" in face ? (names.get(face.subject) ?? "") : "",
  }));
}

function toJson(answer: SearchAnswer, names: Names): unknown {
  return {
    search: answer.id,
    collection: answer.collection.name,
    width: answer.width,
    height: answer.height,
    faces: answer.faces.map((face) => ({
      verdict: face.kind,
      box: face.face.box,
      widthPixels: Math.round(face.face.widthPixels),
      problems: face.face.problems,
      ...("subject" in face
        ? {
            subject: { id: face.subject, name: names.get(face.subject) },
            score: face.score,
            sightings: face.sightings.map(sightingJson),
          }
        : {}),
    })),
  };
}

interface PhotosOptions {
  readonly collection: string;
  readonly subject: string;
  readonly json?: string;
}

async function photos(app: App, options: PhotosOptions): Promise<void> {
  const subject = await subjectOf(app, options.subject);
  const of = { collection: options.collection, subject };
  const sightings = await listPhotos(app.db, app.recorder, of);
  if (options.json !== undefined) await writeJson(options.json, sightings.map(sightingJson));
  if (options.json === "-") return;
  say(`${count(sightings.length, "sighting")}.`);
  for (const row of table(sightings.map((one) => [one.id, ...sightingCells(one)]))) say(`  ${row}`);
}

interface DeliverOptions {
  readonly collection: string;
  readonly subject: readonly string[];
  readonly to: string;
  readonly video?: string;
  readonly intervals?: true;
  /** False where --no-videos was said. */
  readonly videos: boolean;
  readonly sound: "keep" | "remove";
}

async function handOver(app: App, options: DeliverOptions): Promise<void> {
  const { collection, to, sound } = options;
  if (/\.mp4$/iu.test(to) && options.video === undefined) {
    throw new UsageError("An .mp4 holds one video: say which with --video.");
  }
  const subjects = await Promise.all(options.subject.map(async (text) => subjectOf(app, text)));
  const video = (options.video ?? null) as MediaId | null;
  const share = options.intervals ? "intervals" : "whole";
  const videos = options.videos || video !== null ? share : "none";
  const summary = await (async () => {
    using bar = progressBar("Delivering", "photos and seconds of video");
    const delivery = { collection, subjects, to, video, videos, sound } as const;
    return await deliver(app, app.recorder, delivery, {
      onProgress: (done, total) => bar.update(done, total),
    });
  })();
  const films = summary.videos > 0 ? ` and ${count(summary.videos, "video")}` : "";
  say(
    `${count(summary.photos, "photo")}${films} in ${to}: ` +
      `${count(summary.facesShown, "face")} shown, ${summary.facesBlurred} blurred.`,
  );
  if (summary.videosLeftOut > 0) {
    const left = count(summary.videosLeftOut, "video");
    say(
      `Left out: ${left} in which nobody else could be covered, or they not be told, for certain.`,
    );
  }
}
