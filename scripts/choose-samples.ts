import { resolve } from "node:path";
import { parseArgs } from "node:util";
import sharp, { type Sharp } from "sharp";
import type { Backdrop } from "../samples/backdrops.ts";
import { cast } from "../samples/cast.ts";
import { personFrom } from "../samples/person-from-seed.ts";
import type { Person } from "../samples/person.ts";
import { portraitOf } from "../samples/samples.ts";
import { type Scene, takePhoto } from "../samples/scene.ts";
import { credit } from "../src/faces/found.ts";
import type { FaceModels } from "../src/faces/models.ts";
import { openModels, type PackName, packNames } from "../src/faces/packs.ts";
import type { Picture } from "../src/media/picture.ts";

/**
 * Searches seeds for people whom every pack tells apart and knows again:
 * `node scripts/choose-samples.ts --models DIR --seeds 1100`. Prints the seeds for samples/cast.ts
 * and how alike the chosen are; with `--cast`, how alike those of samples/cast.ts are. About a
 * second a seed on one core.
 *
 * 1. Each seed is drawn as an enrolment portrait and in other views; whoever a pack does not know
 *    again in one of them (STEADY_MIN), or sees nearly as well upside down, is left out.
 * 2. Of the rest, those are chosen whose portraits are far apart: what counts is the worst pair of
 *    two who consent, and of one who consents with a stranger, in the worse of the two packs.
 */

/** Cosine that a pair of portraits should stay under, and what counts as one step above it. */
const ROOM = {
  recommended: { goal: 0.28, step: 0.1 },
  bundled: { goal: 0.875, step: 0.02 },
} as const satisfies Record<PackName, { readonly goal: number; readonly step: number }>;

/**
 * Least cosine of a person's portrait and each other view, near and far, above the packs' `match`.
 * Far means that the detector of `bundled` sees the face 23 pixels wide.
 */
const STEADY_MIN: Readonly<Record<PackName, { readonly near: number; readonly far: number }>> = {
  recommended: { near: 0.75, far: 0.65 },
  bundled: { near: 0.976, far: 0.962 },
};

/**
 * How much better an upright face must be seen than the same face turned: a full beard under a bare
 * head is a face with hair and a bare chin the other way round too.
 */
const UPRIGHT_MARGIN = 0.04;
const CELL_SIDE = 256;
const CELL_FACE_WIDTH = 160;

/** A detector that is less sure than this of a portrait would lose the face in a group. */
const SCORE_MIN = 0.75;
/** Strangers may be somewhat alike among themselves, but nobody should look drawn twice. */
const STRANGERS_ALIKE_MAX = 2.5;
const RESTARTS = 60;

const FAR_SIZE = 0.15;
const VIEWS: readonly View[] = [
  { size: 0.5, backdrop: "hall", yaw: -8, pitch: 3, roll: -4, smile: 0.2, open: 0.6, side: -0.7 },
  { size: 0.34, backdrop: "park", yaw: 6, pitch: -3, roll: 3, smile: 0.9, open: 0, side: 0.4 },
  { size: 0.9, backdrop: "wall", yaw: -3, pitch: -4, roll: -2, smile: 0.6, open: 0.35, side: 0.6 },
  { size: 0.42, backdrop: "evening", yaw: -12, pitch: 4, roll: 2, smile: 0.1, open: 0, side: 0.7 },
  { size: 0.7, backdrop: "beach", yaw: 11, pitch: 0, roll: 5, smile: 0.5, open: 0, side: -0.3 },
  {
    size: FAR_SIZE,
    backdrop: "park",
    yaw: -3,
    pitch: 0,
    roll: 4,
    smile: 0.8,
    open: 0,
    side: -0.6,
  },
];

interface View {
  /** Of the face, as a share of the portrait's. */
  readonly size: number;
  readonly backdrop: Backdrop;
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
  readonly smile: number;
  readonly open: number;
  readonly side: number;
}

interface Candidate {
  readonly person: Person;
  /** The portrait's embedding by each pack, in the order of `packNames`. */
  readonly portraits: readonly Float32Array[];
}

interface Choice {
  readonly consenting: readonly number[];
  readonly strangers: readonly number[];
  readonly worst: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      models: { type: "string", default: "../shared/models" },
      first: { type: "string", default: "1" },
      seeds: { type: "string", default: "1100" },
      consenting: { type: "string", default: "8" },
      strangers: { type: "string", default: "10" },
      cast: { type: "boolean", default: false },
    },
  });
  const folder = resolve(values.models);
  const packs = await Promise.all(
    packNames.map(async (name) => openModels(name, { folder, threads: 2 })),
  );
  if (values.cast) await reportCast(packs);
  else {
    const seeds = Array.from(
      { length: Number(values.seeds) },
      (_, at) => Number(values.first) + at,
    );
    await search(packs, seeds, [Number(values.consenting), Number(values.strangers)]);
  }
  for (const pack of packs) await pack[Symbol.asyncDispose]();
}

async function search(
  packs: readonly FaceModels[],
  seeds: readonly number[],
  [consenting, strangers]: readonly [number, number],
): Promise<void> {
  const candidates: Candidate[] = [];
  for (const seed of seeds) {
    const candidate = await look(packs, personFrom(seed));
    if (candidate && (await isSteady(packs, candidate))) candidates.push(candidate);
  }
  console.log(`${candidates.length} of ${seeds.length} seeds are steady for every pack.`);
  const steps = candidates.map((one) => candidates.map((other) => stepsAbove(one, other)));
  const choice = choose(steps, consenting, strangers);
  const named = (group: readonly number[]) => group.flatMap((index) => candidates[index] ?? []);
  report(named(choice.consenting), named(choice.strangers));
}

async function reportCast(packs: readonly FaceModels[]): Promise<void> {
  const sides: { consenting: Candidate[]; strangers: Candidate[] } = {
    consenting: [],
    strangers: [],
  };
  for (const { person, consents } of cast()) {
    const candidate = await look(packs, person);
    if (!candidate) throw new Error(`A pack does not find the portrait of seed ${person.seed}.`);
    (consents ? sides.consenting : sides.strangers).push(candidate);
  }
  report(sides.consenting, sides.strangers);
}

/** Embeds somebody's portrait with every pack; null where one is unsure of the face. */
async function look(packs: readonly FaceModels[], person: Person): Promise<Candidate | null> {
  const portraits: Float32Array[] = [];
  for (const pack of packs) {
    const portrait = await embedOne(pack, portraitScene(person), SCORE_MIN);
    if (!portrait) return null;
    portraits.push(portrait);
  }
  return { person, portraits };
}

function portraitScene(person: Person): Scene {
  return portraitOf({ id: String(person.seed), name: "", consents: false, person });
}

/** True where every pack knows the person again in all views, and the right way up. */
async function isSteady(
  packs: readonly FaceModels[],
  { person, portraits }: Candidate,
): Promise<boolean> {
  for (const [index, name] of packNames.entries()) {
    const [pack, portrait] = [packs[index], portraits[index]];
    if (!pack || !portrait || !(await isUpright(pack, person))) return false;
    for (const view of VIEWS) {
      const seen = await embedOne(pack, otherView(portraitScene(person), view), 0);
      const least = view.size === FAR_SIZE ? STEADY_MIN[name].far : STEADY_MIN[name].near;
      if (!seen || cosine(seen, portrait) < least) return false;
    }
  }
  return true;
}

/** Shows the face in four turns at once, as the pipeline does when it is in doubt. */
async function isUpright(pack: FaceModels, person: Person): Promise<boolean> {
  const scene = portraitScene(person);
  const scale = CELL_FACE_WIDTH / (2 * person.head.cheek);
  const middle = CELL_SIDE / 2;
  const place = { x: middle, y: middle - 35 * scale, scale };
  const figures = scene.figures.map((figure) => ({ ...figure, ...place }));
  const cell = {
    ...scene,
    width: CELL_SIDE,
    height: CELL_SIDE,
    backdrop: "hall",
    figures,
  } as const;
  const { jpeg } = await takePhoto(cell);
  const sheet = {
    width: 2 * CELL_SIDE,
    height: 2 * CELL_SIDE,
    channels: 3,
    background: "#000",
  } as const;
  const turned = await Promise.all(
    [0, 90, 180, 270].map(async (angle, index) => ({
      input: await sharp(jpeg).rotate(angle).toBuffer(),
      left: (index % 2) * CELL_SIDE,
      top: Math.floor(index / 2) * CELL_SIDE,
    })),
  );
  const faces = await pack.detect(await pictureOf(sharp({ create: sheet }).composite(turned)));
  const credits = turned.map(({ left, top }) => {
    const inside = faces.filter(
      ({ box }) =>
        Math.hypot(box.x + box.width / 2 - left - middle, box.y + box.height / 2 - top - middle) <
        CELL_FACE_WIDTH / 2,
    );
    return Math.max(0, ...inside.map(credit));
  });
  const [upright = 0, ...others] = credits;
  return upright - Math.max(...others) >= UPRIGHT_MARGIN;
}

function otherView(portrait: Scene, view: View): Scene {
  const { yaw, pitch, roll, smile, open, side, backdrop } = view;
  const pose = { yaw, pitch };
  const expression = { smile, open, brow: 0.2, gaze: 0.2 };
  const figures = portrait.figures.map((figure) => {
    return { ...figure, scale: figure.scale * view.size, pose, roll, expression };
  });
  return { ...portrait, backdrop, light: { side, contrast: 0.4, warmth: 0.5 }, figures };
}

async function embedOne(
  pack: FaceModels,
  scene: Scene,
  scoreMin: number,
): Promise<Float32Array | null> {
  const { jpeg } = await takePhoto(scene);
  const picture = await pictureOf(sharp(jpeg));
  const faces = await pack.detect(picture);
  const [face] = faces.toSorted((one, other) => other.score - one.score);
  if (!face || face.score < scoreMin) return null;
  const [embedding] = await pack.embed([pack.align(picture, face)]);
  return embedding ?? null;
}

async function pictureOf(image: Sharp): Promise<Picture> {
  const { data, info } = await image.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}

function alike(one: Candidate, other: Candidate, pack: PackName): number {
  const index = packNames.indexOf(pack);
  const [mine, yours] = [one.portraits[index], other.portraits[index]];
  return mine && yours ? cosine(mine, yours) : 1;
}

function stepsAbove(one: Candidate, other: Candidate): number {
  const { goal, step } = ROOM.recommended;
  const recommended = (alike(one, other, "recommended") - goal) / step;
  return Math.max(
    recommended,
    (alike(one, other, "bundled") - ROOM.bundled.goal) / ROOM.bundled.step,
  );
}

type Steps = readonly (readonly number[])[];

/** Best of some greedy choices, each improved by exchanging one person at a time. */
function choose(steps: Steps, consenting: number, strangers: number): Choice {
  const choices = Array.from({ length: RESTARTS }, (_, restart) => {
    const start = Math.floor((restart * steps.length) / RESTARTS);
    return improved(steps, grown(steps, start, consenting), strangers);
  });
  const [best] = choices.toSorted((one, other) => one.worst - other.worst);
  if (!best) throw new Error("There are no seeds to choose from.");
  return best;
}

/** Adds, one after the other, whoever is farthest from everybody already in. */
function grown(steps: Steps, start: number, size: number): readonly number[] {
  const group = [start];
  while (group.length < size) {
    const rest = [...steps.keys()].filter((index) => !group.includes(index));
    const next = rest.toSorted(
      (a, b) => worstWith(steps, group, a) - worstWith(steps, group, b),
    )[0];
    if (next === undefined) break;
    group.push(next);
  }
  return group;
}

function worstWith(steps: Steps, group: readonly number[], one: number): number {
  let worst = Number.NEGATIVE_INFINITY;
  for (const other of group) {
    if (other !== one) worst = Math.max(worst, steps[one]?.[other] ?? 0);
  }
  return worst;
}

function improved(steps: Steps, start: readonly number[], strangers: number): Choice {
  let best = withStrangers(steps, start, strangers);
  for (let better = true; better;) {
    better = false;
    for (const place of start.keys()) {
      for (const index of steps.keys()) {
        if (best.consenting.includes(index)) continue;
        const group = best.consenting.with(place, index);
        if (worstInside(steps, group) >= best.worst) continue;
        const choice = withStrangers(steps, group, strangers);
        if (choice.worst < best.worst) [best, better] = [choice, true];
      }
    }
  }
  return best;
}

function worstInside(steps: Steps, group: readonly number[]): number {
  return Math.max(...group.map((one) => worstWith(steps, group, one)));
}

function withStrangers(steps: Steps, consenting: readonly number[], count: number): Choice {
  const rest = [...steps.keys()]
    .filter((index) => !consenting.includes(index))
    .map((index) => ({ index, worst: worstWith(steps, consenting, index) }))
    .toSorted((one, other) => one.worst - other.worst);
  const strangers: number[] = [];
  let worst = worstInside(steps, consenting);
  for (const one of rest) {
    if (strangers.length === count) break;
    if (worstWith(steps, strangers, one.index) > STRANGERS_ALIKE_MAX) continue;
    strangers.push(one.index);
    worst = Math.max(worst, one.worst);
  }
  return { consenting, strangers, worst };
}

function report(consenting: readonly Candidate[], strangers: readonly Candidate[]): void {
  console.log(`Consenting: ${consenting.map(({ person }) => person.seed).join(", ")}`);
  console.log(`Strangers: ${strangers.map(({ person }) => person.seed).join(", ")}`);
  for (const pack of packNames) {
    console.log(`\n${pack}: cosine of each portrait with those of the people who consent`);
    console.log(
      `seed   ${consenting.map(({ person }) => String(person.seed).padStart(7)).join("")}`,
    );
    let worst = 0;
    for (const one of [...consenting, ...strangers]) {
      const cells = consenting.map((other) => {
        if (one === other) return "-".padStart(7);
        worst = Math.max(worst, alike(one, other, pack));
        return alike(one, other, pack).toFixed(3).padStart(7);
      });
      console.log(`${String(one.person.seed).padEnd(7)}${cells.join("")}`);
    }
    console.log(`worst pair ${worst.toFixed(3)}`);
  }
}

await main();
