import { resolve } from "node:path";
import { parseArgs } from "node:util";
import sharp from "sharp";
import type { FaceModels } from "../src/faces/models.ts";
import { openModels, type PackName, packNames } from "../src/faces/packs.ts";
import type { Picture } from "../src/media/picture.ts";
import { personFrom } from "../samples/person-from-seed.ts";
import { portraitOf } from "../samples/samples.ts";
import { takePhoto } from "../samples/scene.ts";

/**
 * Searches seeds for people who are far apart for every pack: `node scripts/choose-samples.ts
 * --models DIR --seeds 600`. Prints the seeds for samples/cast.ts and how alike the chosen are.
 *
 * Each seed is drawn as a small enrolment portrait; what counts is the worst pair of two who
 * consent, and of one who consents with a stranger. Other views of a person move a score by some
 * hundredths: `samples/samples.test.ts` looks at the photos themselves.
 */

/** Cosines that a pair should stay under, a good way below each pack's `uncertain`. */
const ROOM = {
  recommended: { goal: 0.3, unit: 0.1 },
  bundled: { goal: 0.88, unit: 0.02 },
} as const satisfies Record<PackName, { readonly goal: number; readonly unit: number }>;

/** A detector that is less sure than this of any of the views would lose the face in a group. */
const SCORE_MIN = 0.75;
const RESTARTS = 40;

interface Candidate {
  readonly seed: number;
  /** The portrait's embedding by each pack. */
  readonly embeddings: ReadonlyMap<PackName, Float32Array>;
}

const { values } = parseArgs({
  options: {
    models: { type: "string", default: "../shared/models" },
    seeds: { type: "string", default: "600" },
    first: { type: "string", default: "1" },
    consenting: { type: "string", default: "8" },
    strangers: { type: "string", default: "10" },
    without: { type: "string", default: "" },
  },
});

const packs: FaceModels[] = [];
for (const name of packNames) {
  packs.push(await openModels(name, { folder: resolve(values.models), threads: 2 }));
}
const without = new Set(values.without.split(",").map(Number));
const candidates: Candidate[] = [];
const first = Number(values.first);
for (let seed = first; seed < first + Number(values.seeds); seed += 1) {
  const candidate = without.has(seed) ? null : await look(seed);
  if (candidate) candidates.push(candidate);
}
console.log(`${candidates.length} of ${values.seeds} seeds are found by every detector.`);
const badness = candidates.map((one) => candidates.map((other) => distanceShort(one, other)));
const chosen = choose(Number(values.consenting), Number(values.strangers));
print("Consenting", chosen.consenting);
print("Strangers", chosen.strangers);
printTable();
for (const pack of packs) await pack[Symbol.asyncDispose]();

/** Embeds a seed's portrait with every pack; null where a detector is unsure of the face. */
async function look(seed: number): Promise<Candidate | null> {
  const member = { id: String(seed), name: "", consents: false, person: personFrom(seed) };
  const { jpeg } = await takePhoto(portraitOf(member, 0.5));
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  const picture: Picture = { width: info.width, height: info.height, data };
  const embeddings = new Map<PackName, Float32Array>();
  for (const [index, name] of packNames.entries()) {
    const pack = packs[index];
    const faces = (await pack?.detect(picture)) ?? [];
    const [face] = faces.toSorted((one, other) => other.score - one.score);
    if (!pack || !face || faces.length > 1 || face.score < SCORE_MIN) return null;
    const [vector] = await pack.embed([pack.align(picture, face)]);
    if (!vector) return null;
    embeddings.set(name, vector);
  }
  return { seed, embeddings };
}

function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}

function alike(one: Candidate, other: Candidate, pack: PackName): number {
  const [mine, yours] = [one.embeddings.get(pack), other.embeddings.get(pack)];
  return mine && yours ? cosine(mine, yours) : 1;
}

/** How far a pair is above the room it should keep, in the worse of the packs' units. */
function distanceShort(one: Candidate, other: Candidate): number {
  const shares = packNames.map(
    (pack) => (alike(one, other, pack) - ROOM[pack].goal) / ROOM[pack].unit,
  );
  return Math.max(...shares);
}

function between(one: number, other: number): number {
  return badness[one]?.[other] ?? Number.POSITIVE_INFINITY;
}

interface Choice {
  readonly consenting: readonly number[];
  readonly strangers: readonly number[];
  readonly worst: number;
}

/** Best of some greedy choices, each improved by exchanging one person at a time. */
function choose(consenting: number, strangers: number): Choice {
  let best: Choice | null = null;
  for (let restart = 0; restart < RESTARTS; restart += 1) {
    const start = Math.floor((restart * candidates.length) / RESTARTS);
    const choice = improved(grown(start, consenting), strangers);
    if (!best || choice.worst < best.worst) best = choice;
  }
  if (!best) throw new Error("There are no seeds to choose from.");
  return best;
}

/** Adds, one after the other, whoever is farthest from everybody already in. */
function grown(start: number, size: number): readonly number[] {
  const group = [start];
  while (group.length < size) {
    const rest = candidates.keys().filter((index) => !group.includes(index));
    const next = [...rest].toSorted((a, b) => worstWith(group, a) - worstWith(group, b))[0];
    if (next === undefined) break;
    group.push(next);
  }
  return group;
}

function worstWith(group: readonly number[], one: number): number {
  return Math.max(...group.filter((other) => other !== one).map((other) => between(one, other)));
}

function improved(start: readonly number[], strangers: number): Choice {
  let best = withStrangers(start, strangers);
  for (let better = true; better;) {
    better = false;
    for (let place = 0; place < start.length; place += 1) {
      for (const index of candidates.keys()) {
        if (best.consenting.includes(index)) continue;
        const group = best.consenting.with(place, index);
        if (Math.max(...group.map((one) => worstWith(group, one))) >= best.worst) continue;
        const choice = withStrangers(group, strangers);
        if (choice.worst < best.worst) [best, better] = [choice, true];
      }
    }
  }
  return best;
}

/** Strangers may be alike among themselves, but nobody should look drawn twice. */
const STRANGERS_ALIKE_MAX = 3;

function withStrangers(consenting: readonly number[], count: number): Choice {
  const rest = [...candidates.keys()]
    .filter((index) => !consenting.includes(index))
    .toSorted((a, b) => worstWith(consenting, a) - worstWith(consenting, b));
  const strangers: number[] = [];
  for (const index of rest) {
    if (strangers.length === count) break;
    if (strangers.some((other) => between(index, other) > STRANGERS_ALIKE_MAX)) continue;
    strangers.push(index);
  }
  const worst = Math.max(
    ...consenting.map((one) => worstWith(consenting, one)),
    ...strangers.map((one) => worstWith(consenting, one)),
  );
  return { consenting, strangers, worst };
}

function print(title: string, group: readonly number[]): void {
  console.log(`${title}: ${group.map((index) => candidates[index]?.seed).join(", ")}`);
}

function printTable(): void {
  const everybody = [...chosen.consenting, ...chosen.strangers].flatMap(
    (index) => candidates[index] ?? [],
  );
  const consenting = everybody.slice(0, chosen.consenting.length);
  for (const pack of packNames) {
    console.log(`\n${pack}: cosine of a consenting person (column) with anybody (row)`);
    console.log(`seed   ${consenting.map(({ seed }) => String(seed).padStart(6)).join("")}`);
    let worst = 0;
    for (const one of everybody) {
      const scores = consenting.map((other) => (one === other ? null : alike(one, other, pack)));
      worst = Math.max(worst, ...scores.map((score) => score ?? 0));
      const cells = scores.map((score) => (score === null ? "-" : score.toFixed(3)).padStart(6));
      console.log(`${String(one.seed).padEnd(7)}${cells.join("")}`);
    }
    console.log(`worst pair ${worst.toFixed(3)}`);
  }
}
