import { parse } from "csv-parse/sync";
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
import {
  groupErrors,
  type Grouping,
  type Pair,
  ratesAt,
  type Scores,
  scoresOf,
} from "./pack-rates.ts";

/**
 * Measures the error that a pack's manifest states: cosines between the neutral and the smiling
 * photos of the London set, and between the neutral ones and the faces of the group photos.
 * Detection at full size, without the pipeline's tiles and turns: this is about the embedder.
 *
 *     node bench/pack-errors.ts recommended
 *
 * The last lines are what the manifest takes: the London set's rates over a grid of thresholds, and
 * those of its groups, as its people described themselves.
 */

/** Everyone's template by their number in the set. */
type People = ReadonlyMap<string, Embedding>;

const groupSchema = z.object({
  people: z.array(
    z.object({ id: z.string(), cell: z.tuple([z.number(), z.number(), z.number(), z.number()]) }),
  ),
});

type Thresholds = ReturnType<typeof packManifest>["thresholds"];

/** Points of a curve. */
const GRID = 20;
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

/** Everyone against everyone. */
function compare(
  enrolled: People,
  probes: readonly (readonly [string, Embedding])[],
): readonly Pair[] {
  return probes.flatMap(([probe, embedding]) =>
    [...enrolled].map(([id, template]) => ({
      enrolled: id,
      probe,
      score: cosine(embedding, template),
    })),
  );
}

const infoSchema = z.array(
  z.object({ face_id: z.string(), face_gender: z.string(), face_eth: z.string() }),
);

/** How the set's people described themselves. */
async function readGroupings(path: string): Promise<readonly Grouping[]> {
  const rows = infoSchema.parse(parse(await readFile(path, "utf8"), { columns: true }));
  return [
    { by: "gender", groupOf: new Map(rows.map((row) => [row.face_id, row.face_gender])) },
    { by: "ethnicity", groupOf: new Map(rows.map((row) => [row.face_id, row.face_eth])) },
  ];
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
  for (const { threshold, fmr, fnmr } of ratesAt({ mated, nonMated }, thresholds)) {
    console.log(`  ${threshold.toFixed(3)}  FMR ${fmr.toExponential(2)}  FNMR ${fnmr.toFixed(4)}`);
  }
}

/** Thresholds around the pack's own, close enough for a curve. */
function gridAround({ match, uncertain, margin }: Thresholds): readonly number[] {
  const step = margin / 4;
  const around = Array.from({ length: GRID }, (_, at) => match + (at - GRID / 2) * step);
  const whole = [...around, match, uncertain].map((one) => Number(one.toFixed(4)));
  return [...new Set(whole)].filter((one) => one < 1).toSorted((one, other) => one - other);
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
  const own = packManifest(pack).thresholds;
  const grid = gridAround(own);
  const london = join(data, "london");
  const neutral = await portraits(models, join(london, "neutral_front"));
  const smiling = await portraits(models, join(london, "smiling_front"));
  const groups = await groupFaces(models, join(data, "group"));
  const pairs = compare(neutral, [...smiling]);
  report("London, smiling against neutral", scoresOf(pairs), grid);
  report("Group photos against neutral", scoresOf(compare(neutral, groups)), grid);
  const groupings = await readGroupings(join(london, "london_info.csv"));
  const at = ratesAt(scoresOf(pairs), grid);
  const of = [own.uncertain, own.match];
  const within = groupings.flatMap((grouping) => groupErrors(pairs, grouping, of));
  console.log(`\n${JSON.stringify({ at, groups: within })}`);
}
