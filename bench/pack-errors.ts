import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { z } from "zod";
import type { Box } from "../src/base/geometry.ts";
import type { Embedding } from "../src/faces/face.ts";
import type { FaceModels } from "../src/faces/models.ts";
import { openModels, packManifest, parsePackName } from "../src/faces/packs.ts";
import type { Picture } from "../src/media/picture.ts";
import { shared } from "../test/shared.ts";

/**
 * Measures the error that a pack's manifest states: cosines between the neutral and the smiling
 * photos of the London set, and between the neutral ones and the faces of the group photos.
 * Detection at full size, without the pipeline's tiles and turns: this is about the embedder.
 *
 *     node bench/pack-errors.ts recommended
 */
interface Scores {
  readonly mated: readonly number[];
  readonly nonMated: readonly number[];
}

/** Everyone's template by their number in the set. */
type People = ReadonlyMap<string, Embedding>;

const groupSchema = z.object({
  people: z.array(
    z.object({ id: z.string(), cell: z.tuple([z.number(), z.number(), z.number(), z.number()]) }),
  ),
});

const GROUPS = ["group12", "group30", "group56_small"];

async function portraits(models: FaceModels, folder: string): Promise<People> {
  const people = new Map<string, Embedding>();
  for (const name of (await readdir(folder)).filter((file) => file.endsWith(".jpg"))) {
    const picture = await decode(join(folder, name));
    const [face] = await models.detect(picture);
    const [embedding] = face ? await models.embed([models.align(picture, face)]) : [];
    if (embedding) people.set(name.slice(0, 3), embedding);
    else console.log(`No face in ${name}.`);
  }
  return people;
}

/** Everyone against everyone: mated where the numbers are the same. */
function compare(enrolled: People, probes: readonly (readonly [string, Embedding])[]): Scores {
  const mated: number[] = [];
  const nonMated: number[] = [];
  for (const [id, probe] of probes) {
    for (const [other, template] of enrolled) {
      (id === other ? mated : nonMated).push(cosine(probe, template));
    }
  }
  return { mated, nonMated };
}

async function groupFaces(
  models: FaceModels,
  folder: string,
): Promise<readonly (readonly [string, Embedding])[]> {
  const faces: (readonly [string, Embedding])[] = [];
  for (const name of GROUPS) {
    const text = await readFile(join(folder, `${name}.json`), "utf8");
    const { people } = groupSchema.parse(JSON.parse(text));
    const picture = await decode(join(folder, `${name}.jpg`));
    for (const face of await models.detect(picture)) {
      const person = people.find(({ cell }) => isIn(cell, face.box));
      const [embedding] = await models.embed([models.align(picture, face)]);
      if (person && embedding) faces.push([person.id, embedding]);
    }
    console.log(`${name}: ${people.length} people.`);
  }
  return faces;
}

function isIn([x, y, width, height]: readonly [number, number, number, number], box: Box): boolean {
  const dx = box.x + box.width / 2 - x;
  const dy = box.y + box.height / 2 - y;
  return dx > 0 && dy > 0 && dx < width && dy < height;
}

function report(what: string, { mated, nonMated }: Scores, thresholds: readonly number[]): void {
  console.log(`\n${what}: ${mated.length} mated and ${nonMated.length} non-mated pairs`);
  console.log(`  least mated ${Math.min(...mated).toFixed(3)}, most non-mated`, top(nonMated));
  for (const threshold of thresholds) {
    const falseMatches = nonMated.filter((score) => score >= threshold).length;
    const falseNonMatches = mated.filter((score) => score < threshold).length;
    const fmr = (falseMatches / nonMated.length).toExponential(2);
    const fnmr = (falseNonMatches / mated.length).toFixed(4);
    console.log(
      `  ${threshold.toFixed(2)}  FMR ${fmr} (${falseMatches})  FNMR ${fnmr} (${falseNonMatches})`,
    );
  }
}

function top(scores: readonly number[]): string {
  const best = scores.toSorted((one, other) => other - one).slice(0, 5);
  return best.map((score) => score.toFixed(3)).join(" ");
}

async function decode(path: string): Promise<Picture> {
  const opened = sharp(path).rotate().removeAlpha().toColourspace("srgb").raw();
  const { data, info } = await opened.toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

function cosine(one: Embedding, other: Embedding): number {
  return one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);
}

const pack = parsePackName(process.argv[2] ?? "recommended");
const data = shared("data");
const folder = process.env["ASSENT_MODELS"] ?? shared("models");
if (data === null || folder === null) {
  console.log("../shared is absent: its photos and model files are needed.");
} else {
  await using models = await openModels(pack, { folder, threads: 2 });
  const { match, uncertain } = packManifest(pack).thresholds;
  const thresholds = [0.35, 0.4, 0.45, 0.5, uncertain, match, 0.6];
  const neutral = await portraits(models, join(data, "london", "neutral_front"));
  const smiling = await portraits(models, join(data, "london", "smiling_front"));
  const groups = await groupFaces(models, join(data, "group"));
  const ordered = [...new Set(thresholds)].toSorted((one, other) => one - other);
  report("London, smiling against neutral", compare(neutral, [...smiling]), ordered);
  report("Group photos against neutral", compare(neutral, groups), ordered);
}
