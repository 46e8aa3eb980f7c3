import { resolve } from "node:path";
import { parseArgs } from "node:util";
import sharp from "sharp";
import type { Backdrop } from "../samples/backdrops.ts";
import { personFrom } from "../samples/person-from-seed.ts";
import type { Person } from "../samples/person.ts";
import { portraitOf } from "../samples/samples.ts";
import { type Scene, takePhoto } from "../samples/scene.ts";
import type { FaceModels } from "../src/faces/models.ts";
import { openModels, type PackName, packNames } from "../src/faces/packs.ts";

/**
 * Searches seeds for people whom every pack tells apart and knows again:
 * `node scripts/choose-samples.ts --models DIR --seeds 1100`. Prints the seeds for samples/cast.ts
 * and how alike the chosen are. About a second a seed on one core.
 *
 * 1. Each seed is drawn as an enrolment portrait and in other views; whoever a pack does not know
 *    again in one of them (STEADY_MIN) is left out.
 * 2. Of the rest, those are chosen whose portraits are far apart: what counts is the worst pair of
 *    two who consent, and of one who consents with a stranger, in the worse of the two packs.
 */

/** Cosine that a pair of portraits should stay under, and what counts as one step above it. */
const ROOM = {
  recommended: { goal: 0.28, step: 0.1 },
  bundled: { goal: 0.875, step: 0.02 },
} as const satisfies Record<PackName, { readonly goal: number; readonly step: number }>;

/** Least cosine of a person's portrait and each other view, above the packs' `match`. */
const STEADY_MIN: Readonly<Record<PackName, number>> = { recommended: 0.75, bundled: 0.974 };

/** A detector that is less sure than this of a portrait would lose the face in a group. */
const SCORE_MIN = 0.75;
/** Strangers may be somewhat alike among themselves, but nobody should look drawn twice. */
const STRANGERS_ALIKE_MAX = 2.5;
const RESTARTS = 60;

const VIEWS: readonly View[] = [
  { size: 0.5, backdrop: "hall", yaw: -8, pitch: 3, roll: -4, smile: 0.2, open: 0.6, side: -0.7 },
  { size: 0.34, backdrop: "park", yaw: 6, pitch: -3, roll: 3, smile: 0.9, open: 0, side: 0.4 },
  { size: 0.9, backdrop: "wall", yaw: -3, pitch: -4, roll: -2, smile: 0.6, open: 0.35, side: 0.6 },
  { size: 0.42, backdrop: "evening", yaw: -12, pitch: 4, roll: 2, smile: 0.1, open: 0, side: 0.7 },
  { size: 0.7, backdrop: "beach", yaw: 11, pitch: 0, roll: 5, smile: 0.5, open: 0, side: -0.3 },
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
  readonly seed: number;
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
    },
  });
  const folder = resolve(values.models);
  const packs = await Promise.all(
    packNames.map(async (name) => openModels(name, { folder, threads: 2 })),
  );
  const candidates: Candidate[] = [];
  for (let offset = 0; offset < Number(values.seeds); offset += 1) {
    const candidate = await look(packs, Number(values.first) + offset);
    if (candidate) candidates.push(candidate);
  }
  for (const pack of packs) await pack[Symbol.asyncDispose]();
  console.log(`${candidates.length} of ${values.seeds} seeds are steady for every pack.`);
  const steps = candidates.map((one) => candidates.map((other) => stepsAbove(one, other)));
  const choice = choose(steps, Number(values.consenting), Number(values.strangers));
  const named = (group: readonly number[]) => group.flatMap((index) => candidates[index] ?? []);
  report(named(choice.consenting), named(choice.strangers));
}

/** Embeds a seed's portrait with every pack; null where a pack is unsure or the person unsteady. */
async function look(packs: readonly FaceModels[], seed: number): Promise<Candidate | null> {
  const person = personFrom(seed);
  if (readsUpsideDown(person)) return null;
  const scene = portraitOf({ id: String(seed), name: "", consents: false, person });
  const portraits: Float32Array[] = [];
  for (const [index, pack] of packs.entries()) {
    const portrait = await embedOne(pack, scene, SCORE_MIN);
    if (!portrait) return null;
    portraits[index] = portrait;
  }
  for (const view of VIEWS) {
    const seen = otherView(scene, view);
    for (const [index, name] of packNames.entries()) {
      const [pack, portrait] = [packs[index], portraits[index]];
      const embedding = pack ? await embedOne(pack, seen, 0) : null;
      if (!embedding || !portrait || cosine(embedding, portrait) < STEADY_MIN[name]) return null;
    }
  }
  return { seed, portraits };
}

/** A full beard under a bare head is a face with hair and a bare chin the other way round too. */
function readsUpsideDown({ hair, beard }: Person): boolean {
  const bare = hair.style === "bald" || hair.style === "buzz" || hair.style === "receding";
  return bare && (beard === "goatee" || beard === "full" || beard === "long");
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
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  const picture = { width: info.width, height: info.height, data };
  const faces = await pack.detect(picture);
  const [face] = faces.toSorted((one, other) => other.score - one.score);
  if (!face || face.score < scoreMin) return null;
  const [embedding] = await pack.embed([pack.align(picture, face)]);
  return embedding ?? null;
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
  console.log(`Consenting: ${consenting.map(({ seed }) => seed).join(", ")}`);
  console.log(`Strangers: ${strangers.map(({ seed }) => seed).join(", ")}`);
  for (const pack of packNames) {
    console.log(`\n${pack}: cosine of each portrait with those of the people who consent`);
    console.log(`seed   ${consenting.map(({ seed }) => String(seed).padStart(7)).join("")}`);
    let worst = 0;
    for (const one of [...consenting, ...strangers]) {
      const cells = consenting.map((other) => {
        if (one === other) return "-".padStart(7);
        worst = Math.max(worst, alike(one, other, pack));
        return alike(one, other, pack).toFixed(3).padStart(7);
      });
      console.log(`${String(one.seed).padEnd(7)}${cells.join("")}`);
    }
    console.log(`worst pair ${worst.toFixed(3)}`);
  }
}

await main();
