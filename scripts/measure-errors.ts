import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { z } from "zod";
import { assert } from "../src/base/errors.ts";
import type { Box } from "../src/base/geometry.ts";
import type { Embedding } from "../src/faces/face.ts";
import type { FaceModels } from "../src/faces/models.ts";
import { openModels, packNames } from "../src/faces/packs.ts";
import type { Picture } from "../src/media/picture.ts";
import { shared } from "../test/shared.ts";

/*
 * Measures the error rates that a pack's manifest states, with its bare nets on photos that lie
 * beside the repository: `node scripts/measure-errors.ts PACK THRESHOLD...`. Prints one object of
 * the manifest's `measuredError` a line, and how far apart the extremes lie.
 */

interface Face {
  readonly person: string;
  readonly embedding: Embedding;
}

const groupSchema = z.object({
  people: z.array(
    z.object({
      id: z.coerce.string(),
      cell: z.tuple([z.number(), z.number(), z.number(), z.number()]),
    }),
  ),
});

const [packName, ...wanted] = process.argv.slice(2);
const pack = z.enum(packNames).parse(packName);
const thresholds = wanted.map(Number);
const data = shared("data");
const models = shared("models");
assert(data !== null && models !== null, "../shared is absent: there is nothing to measure on");

await using nets = await openModels(pack, { folder: models, threads: 1 });
const neutral = await portraits(nets, join(data, "london/neutral_front"));
const smiling = await portraits(nets, join(data, "london/smiling_front"));
report(
  "Face Research Lab London Set: neutral photo enrolled, smiling photo probed",
  compare(neutral, smiling),
);
const crowd: Face[] = [];
for (const name of ["group12", "group30", "group56_small"]) {
  crowd.push(...(await group(nets, join(data, "group", name))));
}
report(
  "Group photos composed of the smiling photos, against the neutral photos",
  compare(neutral, crowd),
);
const everyday = await portraits(nets, join(data, "lisa"), () => "everyday");
report("Everyday photos of one person, each against each and against the portraits", [
  ...everyday.flatMap((face, index) => compare(everyday.slice(0, index), [face])),
  ...compare([...neutral, ...smiling], everyday),
]);

async function readPicture(file: string): Promise<Picture> {
  const image = sharp(file).rotate().removeAlpha().raw();
  const { data: pixels, info } = await image.toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: pixels };
}

/** The best face of each photo. */
async function portraits(
  nets: FaceModels,
  folder: string,
  personOf = (file: string): string => file.slice(0, 3),
): Promise<readonly Face[]> {
  const faces: Face[] = [];
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith(".jpg"))
    .sort()) {
    const picture = await readPicture(join(folder, file));
    const [best] = (await nets.detect(picture)).toSorted((a, b) => b.score - a.score);
    if (best === undefined) continue;
    const [embedding] = await nets.embed([nets.align(picture, best)]);
    if (embedding !== undefined) faces.push({ person: personOf(file), embedding });
  }
  return faces;
}

/** Every face of a group photo; the cell in which its middle lies says who it is. */
async function group(nets: FaceModels, path: string): Promise<readonly Face[]> {
  const { people } = groupSchema.parse(JSON.parse(readFileSync(`${path}.json`, "utf8")));
  const picture = await readPicture(`${path}.jpg`);
  const found = await nets.detect(picture);
  const embeddings = await nets.embed(found.map((face) => nets.align(picture, face)));
  return found.flatMap(({ box }, index) => {
    const person = people.find(({ cell }) => holds(cell, box))?.id.padStart(3, "0");
    const embedding = embeddings[index];
    return person === undefined || embedding === undefined ? [] : [{ person, embedding }];
  });
}

function holds([left, top, width, height]: readonly number[], box: Box): boolean {
  const x = box.x + box.width / 2 - (left ?? 0);
  const y = box.y + box.height / 2 - (top ?? 0);
  return x >= 0 && y >= 0 && x < (width ?? 0) && y < (height ?? 0);
}

interface Pair {
  readonly probe: Face;
  readonly mated: boolean;
  readonly score: number;
}

function compare(enrolled: readonly Face[], probes: readonly Face[]): Pair[] {
  return probes.flatMap((probe) =>
    enrolled.map(({ person, embedding }) => ({
      probe,
      mated: person === probe.person,
      score: embedding.reduce((sum, value, at) => sum + value * (probe.embedding[at] ?? 0), 0),
    })),
  );
}

function report(name: string, pairs: readonly Pair[]): void {
  const scores = (mated: boolean, probe?: Face): readonly number[] =>
    pairs
      .filter((pair) => pair.mated === mated && (probe === undefined || pair.probe === probe))
      .map(({ score }) => score);
  const mated = scores(true);
  const nonMated = scores(false);
  const rate = (count: number, of: number): number => Number((count / of).toPrecision(3));
  const at = thresholds.map((threshold) => ({
    threshold,
    fmr: rate(nonMated.filter((score) => score >= threshold).length, nonMated.length),
    fnmr: rate(mated.filter((score) => score < threshold).length, mated.length),
  }));
  console.log(
    JSON.stringify({ data: name, pairs: { mated: mated.length, nonMated: nonMated.length }, at }),
  );
  const probes = new Set(pairs.map(({ probe }) => probe));
  const leads = [...probes].flatMap((probe) => {
    const own = Math.max(...scores(true, probe));
    return Number.isFinite(own) ? [own - Math.max(...scores(false, probe))] : [];
  });
  console.log({
    mostAlikeOfTwo: Math.max(...nonMated),
    leastAlikeOfOne: Math.min(...mated),
    leastLeadOverRunnerUp: Math.min(...leads),
  });
}
