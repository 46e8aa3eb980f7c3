import { spawnSync } from "node:child_process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type GrantId, newId, type SubjectId } from "../src/base/ids.ts";
import { Gallery } from "../src/search/gallery.ts";
import { ScanCrew } from "../src/search/gallery/crew.ts";
import { TemplateMemory } from "../src/search/gallery/template-memory.ts";
import { cosine, drawFrom, drawNear, drawUnit } from "../test/vectors.ts";
import { BandwidthMeter, READINGS } from "./bandwidth.ts";

/** One gallery searched by one number of threads. Milliseconds are of one search for 10 subjects. */
export interface SearchFigures {
  readonly rows: number;
  readonly threads: 1 | 2;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The median where nobody below SCORE_FLOOR may be returned, as a pack's thresholds would say. */
  readonly p50WithFloorMs: number;
  /** Gigabytes a second at which the same threads read the same bytes and do nothing else. */
  readonly bandwidthGBs: number;
  /** The least time that this bandwidth allows for a scan, in per cent of the scan's median. */
  readonly bandwidthPercent: number;
  /** Median a probe when 30 are searched for together. */
  readonly groupPhotoMsPerProbe: number;
  /** Of the 10 best that a float scan finds, those that the search found too. */
  readonly recall: { readonly even: Share; readonly clustered: Share };
  /** Removed people who were not in the next search, and the median of a removal. */
  readonly removalsSeen: Share;
  readonly removeMicroseconds: number;
  readonly addMsPerThousand: number;
}

/** Bytes that a process with one gallery holds (resident set), before and after it is filled. */
export interface MemoryFigures {
  readonly rows: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/** So many of so many. */
export interface Share {
  readonly hit: number;
  readonly of: number;
}

/** All figures, and one plain loop over float32 to compare them with. */
export interface SearchBench {
  readonly templateSize: number;
  readonly searches: readonly SearchFigures[];
  readonly memory: MemoryFigures;
  readonly plainLoop: { readonly rows: number; readonly p50Ms: number };
}

const TEMPLATE_SIZE = 256;
const LIMIT = 10;
const SCORE_FLOOR = 0.4;
const GROUP_PHOTO_FACES = 30;
const REMOVALS = 50;
const RECALL_PROBES = 10;
const PLAIN_LOOP_ROWS = 100_000;
/** Rows of one cluster, about .8 alike: what approximate indexes find hardest. */
const CLUSTER_ROWS = 500;
const CLUSTER_SPREAD = 0.5;

/** Searches timed: enough for a p99 where they are short, few where each takes long. */
const runsFor = (rows: number): number => Math.max(100, Math.min(1000, 40_000_000 / rows));

/**
 * Times exact search in galleries of these sizes on one and two threads, checks it against a float
 * scan, and measures beside every search how fast the same bytes can be read at all. Needs 4 GB and
 * two minutes for a million rows.
 */
export async function benchSearch(
  sizes: readonly number[] = [10_000, 100_000, 1_000_000],
): Promise<SearchBench> {
  const searches: SearchFigures[] = [];
  for (const count of sizes) {
    const even = drawRows(count, "even");
    const clustered = drawRows(count, "clustered");
    for (const threads of [1, 2] as const) {
      searches.push(await benchGallery(even, clustered, threads));
    }
  }
  const plainLoop = { rows: PLAIN_LOOP_ROWS, p50Ms: timePlainLoop() };
  const memory = measureMemory(Math.max(...sizes));
  return { templateSize: TEMPLATE_SIZE, searches, memory, plainLoop };
}

async function benchGallery(even: Rows, clustered: Rows, threads: 1 | 2): Promise<SearchFigures> {
  await using crew = new ScanCrew(threads);
  const recallClustered = recallOf(clustered, crew);
  const memory = new TemplateMemory(TEMPLATE_SIZE);
  using gallery = new Gallery(TEMPLATE_SIZE, { helpers: () => crew, memory });
  const addMs = fill(gallery, even);
  await using meter = await BandwidthMeter.open(memory.memory, TEMPLATE_SIZE, threads);
  const { search, floored, read } = timeTogether(gallery, meter, even);
  const p50Ms = quantile(search, 0.5);
  const readMs = Math.min(...read.map((times) => quantile(times, 0.5)));
  return {
    rows: even.count,
    threads,
    p50Ms,
    p99Ms: quantile(search, 0.99),
    p50WithFloorMs: quantile(floored, 0.5),
    bandwidthGBs: meter.bytesOf(even.count) / readMs / 1e6,
    bandwidthPercent: (100 * readMs) / p50Ms,
    groupPhotoMsPerProbe: timeGroupPhoto(gallery),
    recall: { even: recallIn(gallery, even), clustered: recallClustered },
    ...removeSome(gallery, even),
    addMsPerThousand: (1000 * addMs) / even.count,
  };
}

function measureMemory(rows: number): MemoryFigures {
  const script = fileURLToPath(new URL("gallery-memory.ts", import.meta.url));
  const run = spawnSync(process.execPath, [script, String(rows), String(TEMPLATE_SIZE)]);
  if (run.status !== 0) throw new Error(`The memory could not be measured: ${String(run.stderr)}`);
  return JSON.parse(String(run.stdout)) as MemoryFigures;
}

interface Rows {
  readonly count: number;
  readonly vectors: Float32Array;
  readonly at: (row: number) => Float32Array;
}

function drawRows(count: number, kind: "even" | "clustered"): Rows {
  const draw = drawFrom(count);
  const vectors = new Float32Array(count * TEMPLATE_SIZE);
  const at = (row: number): Float32Array =>
    vectors.subarray(row * TEMPLATE_SIZE, (row + 1) * TEMPLATE_SIZE);
  const centres = Array.from({ length: Math.ceil(count / CLUSTER_ROWS) }, () =>
    drawUnit(draw, TEMPLATE_SIZE),
  );
  for (let row = 0; row < count; row += 1) {
    const centre = centres[row % centres.length]!;
    const clustered = kind === "clustered";
    at(row).set(clustered ? drawNear(draw, centre, CLUSTER_SPREAD) : drawUnit(draw, TEMPLATE_SIZE));
  }
  return { count, vectors, at };
}

const subjectOf = (row: number): SubjectId => `sub_${row}` as SubjectId;
const grantOf = (row: number): GrantId => `gra_${row}` as GrantId;

/** Milliseconds that adding took. */
function fill(gallery: Gallery, rows: Rows): number {
  const start = performance.now();
  for (let row = 0; row < rows.count; row += 1) {
    const vector = rows.at(row);
    gallery.add({ template: newId("tem"), subject: subjectOf(row), grant: grantOf(row), vector });
  }
  return performance.now() - start;
}

/** Searches and bare readings in turns, so that what else the machine does hits both alike. */
function timeTogether(gallery: Gallery, meter: BandwidthMeter, { count }: Rows) {
  const draw = drawFrom(1);
  const search: number[] = [];
  const floored: number[] = [];
  const read = READINGS.map((): number[] => []);
  const runs = runsFor(count);
  const warmUp = runs / 10;
  for (let run = -warmUp; run < runs; run += 1) {
    const probe = drawUnit(draw, TEMPLATE_SIZE);
    const searchMs = elapsed(() => gallery.search(probe, { limit: LIMIT }));
    const flooredMs = elapsed(() => gallery.search(probe, { limit: LIMIT, scoreMin: SCORE_FLOOR }));
    const readMs = READINGS.map((streams) => meter.read(count, streams));
    if (run < 0) continue;
    search.push(searchMs);
    floored.push(flooredMs);
    for (const [index, times] of read.entries()) times.push(readMs[index]!);
  }
  return { search, floored, read };
}

function timeGroupPhoto(gallery: Gallery): number {
  const draw = drawFrom(2);
  const times = Array.from({ length: 9 }, () => {
    const probes = Array.from({ length: GROUP_PHOTO_FACES }, () => drawUnit(draw, TEMPLATE_SIZE));
    return elapsed(() => gallery.searchMany(probes, { limit: LIMIT })) / GROUP_PHOTO_FACES;
  });
  return quantile(times, 0.5);
}

function recallOf(rows: Rows, crew: ScanCrew): Share {
  using gallery = new Gallery(TEMPLATE_SIZE, { helpers: () => crew });
  fill(gallery, rows);
  return recallIn(gallery, rows);
}

function recallIn(gallery: Gallery, rows: Rows): Share {
  const draw = drawFrom(3);
  let hit = 0;
  for (let probes = 0; probes < RECALL_PROBES; probes += 1) {
    const beside = rows.at(Math.floor(draw() * rows.count));
    const probe = drawNear(draw, beside, CLUSTER_SPREAD);
    const expected = new Set(bestRows(rows, probe).map(subjectOf));
    const found = gallery.search(probe, { limit: LIMIT });
    hit += found.filter(({ subject }) => expected.has(subject)).length;
  }
  return { hit, of: RECALL_PROBES * LIMIT };
}

/** The exact answer, by comparing everything in float64. */
function bestRows(rows: Rows, probe: Float32Array): readonly number[] {
  const scores = new Float64Array(rows.count);
  for (let row = 0; row < rows.count; row += 1) scores[row] = cosine(rows.at(row), probe);
  const least = scores.toSorted().at(-LIMIT) ?? -1;
  const best = [...scores.keys()].filter((row) => (scores[row] ?? -1) >= least);
  return best.slice(0, LIMIT);
}

function removeSome(
  gallery: Gallery,
  rows: Rows,
): Pick<SearchFigures, "removalsSeen" | "removeMicroseconds"> {
  let hit = 0;
  const times: number[] = [];
  for (let removal = 0; removal < REMOVALS; removal += 1) {
    const row = Math.floor((removal * rows.count) / REMOVALS);
    const found = gallery.search(rows.at(row), { limit: LIMIT })[0]?.subject === subjectOf(row);
    times.push(elapsed(() => gallery.remove(grantOf(row))));
    const after = gallery.search(rows.at(row), { limit: LIMIT });
    if (found && after.every(({ subject }) => subject !== subjectOf(row))) hit += 1;
  }
  return { removalsSeen: { hit, of: REMOVALS }, removeMicroseconds: 1000 * quantile(times, 0.5) };
}

/** What the same search costs as a loop over float32 in JavaScript. */
function timePlainLoop(): number {
  const { vectors } = drawRows(PLAIN_LOOP_ROWS, "even");
  const draw = drawFrom(4);
  const times = Array.from({ length: 15 }, () => {
    const probe = drawUnit(draw, TEMPLATE_SIZE);
    return elapsed(() => plainLoop(vectors, probe));
  });
  return quantile(times, 0.5);
}

function plainLoop(vectors: Float32Array, probe: Float32Array): readonly number[] {
  const best = Array.from({ length: LIMIT }, () => ({ row: -1, score: -Infinity }));
  for (let from = 0; from < vectors.length; from += TEMPLATE_SIZE) {
    let score = 0;
    for (let index = 0; index < TEMPLATE_SIZE; index += 1) {
      score += vectors[from + index]! * probe[index]!;
    }
    if (score <= best[LIMIT - 1]!.score) continue;
    best[LIMIT - 1] = { row: from / TEMPLATE_SIZE, score };
    best.sort((a, b) => b.score - a.score);
  }
  return best.map(({ row }) => row);
}

function elapsed(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const sizes = process.argv.slice(2).map(Number);
  const bench = await benchSearch(sizes.length > 0 ? sizes : undefined);
  for (const { recall, removalsSeen, ...figures } of bench.searches) {
    console.table({
      ...figures,
      "recall, even": `${recall.even.hit}/${recall.even.of}`,
      "recall, clustered": `${recall.clustered.hit}/${recall.clustered.of}`,
      "removals seen": `${removalsSeen.hit}/${removalsSeen.of}`,
    });
  }
  console.log("plain loop over float32", bench.plainLoop, "memory", bench.memory);
}
