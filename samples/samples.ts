import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cast, type Member } from "./cast.ts";
import { planPhotos } from "./photo-plan.ts";
import { type Scene, takePhoto, type TrueFace } from "./scene.ts";

/** A drawn person of the set. Paths are relative to the set's folder, with forward slashes. */
export interface SamplePerson {
  readonly id: string;
  readonly name: string;
  /** A photo to enrol with: the face alone, from the front, in even light. */
  readonly portrait: string;
  /** More photos to enrol with, the head turned a little to either side. */
  readonly sidePortraits: readonly string[];
  readonly consents: boolean;
}

/** A photo of the set with everything that is drawn in it. */
export interface SamplePhoto {
  readonly file: string;
  /** Of the upright photo, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Local time, `YYYY-MM-DDTHH:MM:SS`, as in its EXIF. */
  readonly takenAt: string;
  readonly faces: readonly TrueFace[];
}

/** What `makeSamples` wrote; `truth.json` in its folder says the same. */
export interface SampleSet {
  readonly people: readonly SamplePerson[];
  readonly photos: readonly SamplePhoto[];
}

/** Photos painted at a time: one for each of a small machine's cores. */
const PHOTOS_AT_ONCE = 2;

/**
 * Draws the people of the demo, who do not exist: an enrolment portrait of each under
 * `portraits/`, the photos they appear in under `photos/`, and `truth.json`. The same files with
 * the same sharp, every time.
 */
export async function makeSamples(folder: string): Promise<SampleSet> {
  const members = cast();
  await mkdir(join(folder, "portraits"), { recursive: true });
  await mkdir(join(folder, "photos"), { recursive: true });
  const people = await inTurn(members, async (member): Promise<SamplePerson> => {
    const { id, name, consents } = member;
    const portrait = `portraits/${id}.jpg`;
    const { jpeg } = await takePhoto(portraitOf(member));
    await writeFile(join(folder, portrait), jpeg);
    if (!consents) return { id, name, portrait, sidePortraits: [], consents };
    const sidePortraits: string[] = [];
    for (const yaw of SIDE_YAWS) {
      const side = `portraits/${id}-${yaw < 0 ? "left" : "right"}.jpg`;
      await writeFile(join(folder, side), (await takePhoto(portraitOf(member, { yaw }))).jpeg);
      sidePortraits.push(side);
    }
    return { id, name, portrait, sidePortraits, consents };
  });
  const photos = await inTurn(planPhotos(members), async (scene, index): Promise<SamplePhoto> => {
    const file = `photos/drawn-${String(index + 1).padStart(3, "0")}.jpg`;
    const { jpeg, width, height, faces } = await takePhoto(scene);
    await writeFile(join(folder, file), jpeg);
    return { file, width, height, takenAt: scene.takenAt, faces };
  });
  const set: SampleSet = { people, photos };
  await writeFile(join(folder, "truth.json"), `${JSON.stringify(set, null, 2)}\n`);
  return set;
}

/** Degrees to either side in the further portraits: within what enrolment takes. */
const SIDE_YAWS = [-15, 15] as const;

/**
 * The scene of an enrolment portrait, `size` times the usual 900 by 1100 pixels, the head turned by
 * `yaw` degrees.
 */
export function portraitOf(
  member: Member,
  { size = 1, yaw = 0 }: { readonly size?: number; readonly yaw?: number } = {},
): Scene {
  const [width, height, scale] = [900 * size, 1100 * size, 2.3 * size];
  return {
    seed: 1,
    width,
    height,
    backdrop: "studio",
    light: { side: -0.3, contrast: 0.2, warmth: 0.5 },
    darkness: 0,
    turn: 0,
    sideways: false,
    takenAt: "2026-06-01T09:00:00",
    figures: [
      {
        id: member.id,
        person: member.person,
        x: width / 2,
        y: height * 0.44,
        scale,
        pose: { yaw, pitch: 0 },
        roll: 0,
        expression: { smile: 0.2, open: 0, brow: 0, gaze: 0 },
        condition: "alone",
      },
    ],
  };
}

/** Runs `work` on each entry, some at a time; results in the order of the entries. */
async function inTurn<Entry, Result>(
  entries: readonly Entry[],
  work: (entry: Entry, index: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const waiting = entries.entries();
  const worker = async (): Promise<void> => {
    for (const [index, entry] of waiting) results[index] = await work(entry, index);
  };
  await Promise.all(Array.from({ length: PHOTOS_AT_ONCE }, worker));
  return results;
}
