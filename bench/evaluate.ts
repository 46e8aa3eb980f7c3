import { existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { parse } from "csv-parse/sync";
import { wipe } from "../src/base/bytes.ts";
import { AppError, assert } from "../src/base/errors.ts";
import { writeFileDurably } from "../src/base/files.ts";
import type { GrantId, SubjectId, TemplateId } from "../src/base/ids.ts";
import { inParallel } from "../src/base/parallel.ts";
import { progressBar, say } from "../src/cli/output.ts";
import { onlyFace } from "../src/collections/enrol.ts";
import type { Engine } from "../src/faces/engine.ts";
import type { Embedding } from "../src/faces/face.ts";
import { openEngine } from "../src/faces/faces.ts";
import { packManifest, type PackName, parsePackName } from "../src/faces/packs.ts";
import { readSource } from "../src/media/source.ts";
import { Gallery } from "../src/search/gallery.ts";
import { drawDet } from "./det-plot.ts";
import { detCurve, type PairScores, shareFrom, sortedScores, trueAcceptRate } from "./metrics.ts";

/** What a photo is for: a template, a search of an enrolled person, a search of another. */
type Role = "enrol" | "probe" | "stranger";

interface Entry {
  readonly path: string;
  readonly person: string;
  readonly role: Role;
}

interface Vector extends Entry {
  readonly embedding: Embedding;
}

/** What --json writes. */
interface Evaluation {
  readonly pack: PackName;
  readonly rank1: { readonly hit: number; readonly of: number };
  readonly fnir: number;
  readonly fpir: { readonly hit: number; readonly of: number };
  readonly tar: Readonly<Record<"1e-2" | "1e-3" | "1e-4", number>>;
  readonly pairs: { readonly mated: number; readonly nonMated: number };
  readonly failuresToEnrol: number;
  readonly failuresToProbe: number;
  readonly photosPerSecond: number;
}

const USAGE = `Usage: npm run evaluate -- --manifest FILE --pack bundled|recommended
    [--json OUT] [--plot OUT.png] [--models DIR] [--workers N]

FILE is a CSV with the columns path, person, role (enrol, probe or stranger); paths are relative to it
(or to the current folder). Model files are looked for below --models or ASSENT_MODELS.`;

/** Measures a pack on photos: through the same gates, embedder and gallery as the product. */
async function main(): Promise<number> {
  const options = readOptions();
  if (options === null) {
    console.error(USAGE);
    return 2;
  }
  const entries = readManifest(options.manifest);
  const { vectors, failures, seconds } = await embedAll(options, entries);
  const scores = compareAll(vectors);
  const evaluation = {
    ...summarise(options.pack, entries, vectors, scores),
    photosPerSecond: entries.length / seconds,
  };
  wipe(...vectors.map(({ embedding }) => embedding));
  print(evaluation, scores);
  for (const line of failures.toSorted()) say(line);
  if (options.json)
    await writeFileDurably(options.json, `${JSON.stringify(evaluation, null, 2)}\n`);
  if (options.plot) {
    const { match } = packManifest(options.pack).thresholds;
    const title = `${options.pack}: ${scores.mated.length} mated, ${scores.nonMated.length} non-mated pairs`;
    await writeFileDurably(options.plot, await drawDet(detCurve(scores), match, title));
    say(`DET curve in ${options.plot}`);
  }
  return 0;
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      manifest: { type: "string" },
      pack: { type: "string" },
      json: { type: "string" },
      plot: { type: "string" },
      models: { type: "string" },
      workers: { type: "string" },
    },
  });
  const { manifest, pack } = values;
  if (manifest === undefined || pack === undefined) return null;
  return {
    manifest,
    pack: parsePackName(pack),
    json: values.json,
    plot: values.plot,
    folder: resolve(values.models ?? process.env["ASSENT_MODELS"] ?? "assent-data/models"),
    workers: Number(values.workers ?? availableParallelism()),
  };
}

function readManifest(file: string): readonly Entry[] {
  const rows: string[][] = parse(readFileSync(file), {
    bom: true,
    trim: true,
    skip_empty_lines: true,
  });
  const heading = rows[0]?.map((cell) => cell.toLowerCase()) ?? [];
  const named = heading.includes("path");
  const [path, person, role] = named
    ? ["path", "person", "role"].map((name) => heading.indexOf(name))
    : [0, 1, 2];
  return rows.slice(named ? 1 : 0).map((row, index) => {
    const entry = { path: row[path ?? -1], person: row[person ?? -1], role: row[role ?? -1] };
    const known = entry.role === "enrol" || entry.role === "probe" || entry.role === "stranger";
    if (!entry.path || !entry.person || !known) {
      throw new Error(`Row ${index + 1} of the manifest needs path, person and role.`);
    }
    const { role: parsed } = entry as Entry;
    return { path: locate(file, entry.path), person: entry.person, role: parsed };
  });
}

function locate(manifest: string, path: string): string {
  if (isAbsolute(path)) return path;
  const beside = join(dirname(manifest), path);
  return existsSync(beside) ? beside : resolve(path);
}

async function embedAll(
  options: { readonly pack: PackName; readonly folder: string; readonly workers: number },
  entries: readonly Entry[],
): Promise<{
  readonly vectors: readonly Vector[];
  /** A line for each photo that the product would refuse, with the reason. */
  readonly failures: readonly string[];
  readonly seconds: number;
}> {
  await using engine = await openEngine(options);
  const started = performance.now();
  using bar = progressBar("Embedding", "photos");
  const vectors: Vector[] = [];
  const failures: string[] = [];
  let done = 0;
  await inParallel(entries, options.workers + 1, async (entry) => {
    const embedding = await embed(engine, entry);
    if (typeof embedding === "string") failures.push(`  ${entry.role} ${entry.path}: ${embedding}`);
    else vectors.push({ ...entry, embedding });
    done += 1;
    bar.update(done, entries.length);
  });
  return { vectors, failures, seconds: (performance.now() - started) / 1000 };
}

/** The reason where the product would refuse. Of several faces in a probe the largest is meant. */
async function embed(engine: Engine, entry: Entry): Promise<Embedding | string> {
  try {
    if (entry.role === "enrol") {
      const face = await onlyFace(engine, await readSource({ file: entry.path }));
      return face.kind === "face" ? face.embedding : face.problems.join(", ");
    }
    const options = { embed: { kind: "all" }, use: "probe" } as const;
    const { faces } = await engine.analyse({ file: entry.path }, options);
    const [largest] = [...faces].sort((a, b) => b.widthPixels - a.widthPixels);
    for (const face of faces) if (face !== largest) wipe(face.embedding);
    return largest?.embedding ?? largest?.problems.join(", ") ?? "no_face";
  } catch (error) {
    if (error instanceof AppError && error.name === "MediaError") return error.code;
    throw error;
  }
}

function compareAll(vectors: readonly Vector[]): PairScores {
  const mated: number[] = [];
  const nonMated: number[] = [];
  const templates = vectors.filter(({ role }) => role === "enrol");
  for (const probe of vectors) {
    if (probe.role === "enrol") continue;
    for (const template of templates) {
      const score = cosine(probe.embedding, template.embedding);
      (probe.person === template.person ? mated : nonMated).push(score);
    }
  }
  return { mated: sortedScores(mated), nonMated: sortedScores(nonMated) };
}

function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return sum;
}

/** Identification counts (NIST's FNIR and FPIR at rank 1), through the product's own gallery. */
function summarise(
  pack: PackName,
  entries: readonly Entry[],
  vectors: readonly Vector[],
  scores: PairScores,
): Omit<Evaluation, "photosPerSecond"> {
  const { templateSize, thresholds } = packManifest(pack);
  using gallery = new Gallery(templateSize);
  for (const [index, { role, person, embedding }] of vectors.entries()) {
    if (role !== "enrol") continue;
    gallery.add({
      template: `tem_${index}` as TemplateId,
      subject: person as SubjectId,
      grant: `gra_${person}` as GrantId,
      vector: embedding,
    });
  }
  let ranked = 0;
  let identified = 0;
  let falsePositives = 0;
  for (const { role, person, embedding } of vectors) {
    if (role === "enrol") continue;
    const [best] = gallery.search(embedding, { limit: 2 });
    const passes = best !== undefined && best.score >= thresholds.match;
    if (role === "stranger" && passes) falsePositives += 1;
    if (role === "probe" && best?.subject === person) ranked += 1;
    if (role === "probe" && best?.subject === person && passes) identified += 1;
  }
  const of = (role: Role) => entries.filter((entry) => entry.role === role).length;
  const got = (role: Role) => vectors.filter((vector) => vector.role === role).length;
  const probes = of("probe");
  return {
    pack,
    rank1: { hit: ranked, of: probes },
    fnir: probes === 0 ? 0 : 1 - identified / probes,
    fpir: { hit: falsePositives, of: of("stranger") },
    tar: {
      "1e-2": trueAcceptRate(scores, 1e-2).rate,
      "1e-3": trueAcceptRate(scores, 1e-3).rate,
      "1e-4": trueAcceptRate(scores, 1e-4).rate,
    },
    pairs: { mated: scores.mated.length, nonMated: scores.nonMated.length },
    failuresToEnrol: of("enrol") - got("enrol"),
    failuresToProbe: probes + of("stranger") - got("probe") - got("stranger"),
  };
}

function print(evaluation: Evaluation, scores: PairScores): void {
  const { pack, rank1, fpir, pairs } = evaluation;
  const { match } = packManifest(pack).thresholds;
  assert(pairs.mated === scores.mated.length, "Every mated pair is counted.");
  say(`Pack ${pack}, threshold ${match} (cosine)`);
  say(`  rank-1                 ${rank1.hit}/${rank1.of}`);
  say(`  FNIR at the threshold  ${percent(evaluation.fnir)} of ${rank1.of} probes`);
  say(`  FPIR at the threshold  ${fpir.hit}/${fpir.of} strangers`);
  for (const far of [1e-2, 1e-3, 1e-4]) {
    const { threshold, rate } = trueAcceptRate(scores, far);
    const few =
      pairs.nonMated * far < 1 ? `  (fewer than ${1 / far} non-mated pairs: none may pass)` : "";
    say(
      `  TAR at FAR ${far.toExponential(0)}        ${percent(rate)} (cosine ${threshold.toFixed(3)})${few}`,
    );
  }
  say(`  pairs                  ${pairs.mated} mated, ${pairs.nonMated} non-mated`);
  say(`  at the threshold       FMR ${shareFrom(scores.nonMated, match)}`);
  say(`  failures to enrol      ${evaluation.failuresToEnrol}`);
  say(`  failures to probe      ${evaluation.failuresToProbe}`);
  say(`  photos a second        ${evaluation.photosPerSecond.toFixed(1)}`);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

process.exitCode = await main().catch((error: unknown) => {
  if (!(error instanceof AppError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  return 1;
});
