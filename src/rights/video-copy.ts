import { rm } from "node:fs/promises";
import { wipe } from "../base/bytes.ts";
import type { Engine } from "../faces/engine.ts";
import type { Embedding } from "../faces/face.ts";
import { packManifest, parsePackName } from "../faces/packs.ts";
import { blurFaces } from "../media/blur.ts";
import { type Span, WHOLE } from "../media/video-timeline.ts";
import { RightsError } from "./errors.ts";
import { type Exposed, findExposed } from "./video-check.ts";
import { lookThrough, referencesOf } from "./video-look.ts";
import {
  type Appearance,
  coverAround,
  type FramePlan,
  planFrames,
  tracksShown,
} from "./video-plan.ts";

/** A copy of a video in which only some people are shown. */
export interface ShownCopy {
  readonly from: string;
  /** Its folder exists. */
  readonly to: string;
  /** Where each person who is to be shown appears. */
  readonly people: readonly (readonly Appearance[])[];
  /** Faces that are shown to nobody. */
  readonly withheld: readonly Appearance[];
  /** What is left of the video; everything if it is not said. */
  readonly spans: readonly Span[] | null;
  readonly sound: "keep" | "remove";
}

/** What was written. */
export interface CopySummary {
  readonly frames: number;
  readonly seconds: number;
  /** Faces through time: how many are shown, and how many covered. */
  readonly shown: number;
  readonly covered: number;
}

/** What a copy works with. `isKnown` tells whether a vector resembles somebody of the gallery. */
export interface CopyDeps {
  readonly engine: Engine;
  readonly isKnown: (embedding: Embedding) => boolean;
}

/** How a copy goes: `part` 0..1 of the work, of which looking is the most. */
export interface CopyOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (part: number) => void;
}

/** A copy is written again with more covered so often, and then refused. */
const ROUNDS_MAX = 3;

/** Shares of the work: looking at every frame twice is nearly all of it. */
const LOOKED = 0.45;
const WRITTEN = 0.6;

/**
 * [Note: covered in every frame] Writes a copy in which everybody but the people asked for is
 * covered in every frame:
 *
 * 1. every frame is looked at, at full size, and its faces are linked into tracks (video-tracks);
 * 2. a track is shown only if it is one of the people's without a doubt; every other is covered,
 *    also between the frames in which it was found, and before and after (video-plan);
 * 3. the copy is written, and then every frame of what was written is looked at again
 *    (video-check). What can still be told is covered too, and the copy written anew.
 *
 * Vectors are in memory only and overwritten at the end. Null where nothing of it is left.
 * Throws RightsError video_not_coverable, MediaError; the reason of the signal.
 */
export async function writeShownCopy(
  deps: CopyDeps,
  copy: ShownCopy,
  options: CopyOptions = {},
): Promise<CopySummary | null> {
  const vectors: Embedding[] = [];
  try {
    return await writeChecked(deps, copy, options, vectors);
  } catch (error) {
    await rm(copy.to, { force: true });
    throw error;
  } finally {
    wipe(...vectors);
  }
}

async function writeChecked(
  { engine, isKnown }: CopyDeps,
  copy: ShownCopy,
  options: CopyOptions,
  vectors: Embedding[],
): Promise<CopySummary | null> {
  const { match, uncertain } = packManifest(parsePackName(engine.pack)).thresholds;
  const people: (readonly Embedding[])[] = [];
  for (const appearances of copy.people) {
    const references = await referencesOf(engine, copy.from, appearances, options.signal);
    vectors.push(...references);
    people.push(references);
  }
  const spans = copy.spans ?? WHOLE;
  const look = { spans, people, samePerson: uncertain };
  const { moments, tracks } = await lookThrough(engine, copy.from, look, part(options, 0, LOOKED));
  vectors.push(...tracks.flatMap(({ samples }) => samples));
  const rules = { people: copy.people, withheld: copy.withheld, match };
  const shown = tracksShown(tracks, rules);
  const hidden = tracks.filter((track) => !shown.has(track));
  const plans = planFrames(tracks, moments, rules);
  const expected = {
    hidden: hidden.flatMap(({ samples }) => samples),
    shown: people.flat(),
    uncertain,
    isKnown,
  };
  const write = { copy, plans, moments, options };
  const written = await writeUntilCovered(engine, write, expected);
  return written && { ...written, shown: shown.size, covered: hidden.length };
}

interface Write {
  readonly copy: ShownCopy;
  readonly plans: readonly FramePlan[];
  readonly moments: readonly number[];
  readonly options: CopyOptions;
}

async function writeUntilCovered(
  engine: Engine,
  write: Write,
  expected: Omit<Parameters<typeof findExposed>[2], "plans">,
) {
  const { copy, moments, options } = write;
  const plans = write.plans.map(({ covered, shown }) => ({
    covered: [...covered],
    shown: [...shown],
  }));
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const { written, frames } = await writeOnce({ ...write, plans });
    if (!written) return null;
    const against = { ...expected, plans: frames.map((frame) => plans[frame] ?? NOTHING) };
    const exposed = await findExposed(engine, copy.to, against, part(options, WRITTEN, 1));
    if (exposed.length === 0) return written;
    for (const { frame, box } of inSource(exposed, frames)) {
      coverAround(plans, moments, { at: moments[frame] ?? 0, box });
    }
  }
  throw new RightsError(
    "video_not_coverable",
    "A face in this video can't be covered well enough to hand out a copy. Leave the video out.",
  );
}

const NOTHING: FramePlan = { covered: [], shown: [] };

/** Writes the copy; tells which frame of the video each written one is. */
async function writeOnce({ copy, plans, options }: Write) {
  const frames: number[] = [];
  const { signal, onProgress } = part(options, LOOKED, WRITTEN);
  // FFmpeg loads here: in every command it would be a fifth of the start.
  const { copyVideo } = await import("../media/video-writer.ts");
  const written = await copyVideo(
    {
      from: copy.from,
      to: copy.to,
      sound: copy.sound,
      ...(copy.spans && { spans: copy.spans }),
      change: ({ index, picture }) => {
        frames.push(index);
        return blurFaces(picture, plans[index]?.covered ?? []);
      },
    },
    {
      ...(signal && { signal }),
      onProgress: (done, total) => onProgress(total > 0 ? Math.min(1, done / total) : 0),
    },
  );
  return { written, frames };
}

function inSource(exposed: readonly Exposed[], frames: readonly number[]): readonly Exposed[] {
  return exposed.map(({ frame, box }) => ({ frame: frames[frame] ?? 0, box }));
}

/** The part of a whole's progress that one step of it is. */
function part({ signal, onProgress }: CopyOptions, from: number, to: number) {
  return {
    ...(signal && { signal }),
    onProgress: (done: number): void => onProgress?.(from + (to - from) * done),
  };
}
