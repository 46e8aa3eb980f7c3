import { openPackageRuntime, type PackageRuntime } from "../scripts/package-runtime.ts";
import { cast } from "../samples/cast.ts";
import { portraitOf } from "../samples/samples.ts";
import { takePhoto } from "../samples/scene.ts";
import { wipe } from "../src/base/bytes.ts";
import type { Engine, FacePlace } from "../src/faces/engine.ts";
import { inlineEngine } from "../src/faces/engine-inline.ts";
import type { FaceModels } from "../src/faces/models.ts";
import { locatePack, openModels, type PackName, packNames } from "../src/faces/packs.ts";
import { sharp } from "../src/media/codec.ts";
import { decodePhoto, openPhoto } from "../src/media/decode.ts";
import { shared } from "../test/shared.ts";

/** Enough rounds for a median that a busy neighbour does not move, half a minute in all. */
const ROUNDS = 15;

/**
 * One thread: photos scanned (decode, detect, judge, align, embed) and known faces embedded anew
 * (backfill), each beside the floor of the same round.
 */
export interface ScanFigures {
  readonly pack: PackName;
  /** A JPEG of 12 MP with 3 faces; the floor is decoding and the bare nets, nothing between. */
  readonly scan: {
    readonly photosPerSecond: number;
    readonly floorPerSecond: number;
    /** Median over the rounds of floor time / engine time: 1 would be no overhead. */
    readonly ofFloor: number;
    /** The same decoded photo through the weights of `bundled` in their package's own runtime. */
    readonly packagePerSecond: number;
    /** Median over the rounds of package time / engine time. */
    readonly timesFaster: number;
    readonly megabytes: number;
  };
  /** `bare` is the embedder alone; `decoding` is that and the smallest decode that shows the faces. */
  readonly backfill: readonly {
    readonly photo: string;
    readonly faces: number;
    readonly facesPerSecond: number;
    readonly barePerSecond: number;
    readonly decodingPerSecond: number;
    readonly ofDecoding: number;
  }[];
}

/** A pack whose files are not there is left out. Files lie below ASSENT_MODELS or the repository's neighbour. */
export async function benchScan(): Promise<readonly ScanFigures[]> {
  const folder = process.env["ASSENT_MODELS"] ?? shared("models") ?? ".";
  const large = await crowd(3, { width: 4032, height: 3024, scale: 2.8 });
  const group = await crowd(24, { width: 4032, height: 3024, scale: 1.2 });
  const runtime = await openPackageRuntime();
  const figures: ScanFigures[] = [];
  for (const pack of packNames) {
    if (pack !== "bundled" && (await locatePack(pack, [folder])).kind === "missing") continue;
    await using models = await openModels(pack, { folder, threads: 1 });
    const engine = inlineEngine(models);
    figures.push({
      pack,
      scan: await benchPhoto(engine, models, runtime, large),
      backfill: [
        await benchBackfill(engine, models, "12 MP, 3 faces", large),
        await benchBackfill(engine, models, "12 MP, 24 faces", group),
      ],
    });
  }
  return figures;
}

async function benchPhoto(
  engine: Engine,
  models: FaceModels,
  runtime: PackageRuntime,
  bytes: Buffer,
): Promise<ScanFigures["scan"]> {
  const options = { embed: { kind: "all" }, use: "scan" } as const;
  const { width, height, faces } = await engine.analyse({ bytes }, options);
  const photo = await openPhoto({ bytes });
  const longSideMax = Math.ceil(Math.max(width, height) / 4);
  const crops = await cropsOf(models, bytes, longSideMax);
  if (faces.length !== 3 || crops.length !== 3) throw new RangeError("The photo shows 3 people");
  const times = await inTurns(
    async () => {
      const analysis = await engine.analyse({ bytes }, options);
      wipe(...analysis.faces.map(({ embedding }) => embedding));
    },
    async () => {
      await models.detect(await decodePhoto(photo, { longSideMax }));
      wipe(...(await models.embed(crops)));
    },
    async () => {
      const found = await runtime.analyse(await decodePhoto(photo, { longSideMax }));
      wipe(...found.map(({ descriptor }) => descriptor));
    },
  );
  const { ours, floor, other } = times;
  return {
    photosPerSecond: 1000 / median(ours),
    floorPerSecond: 1000 / median(floor),
    ofFloor: median(ours.map((time, round) => (floor[round] ?? 0) / time)),
    packagePerSecond: 1000 / median(other),
    timesFaster: median(ours.map((time, round) => (other[round] ?? 0) / time)),
    megabytes: bytes.length / 1e6,
  };
}

async function benchBackfill(
  engine: Engine,
  models: FaceModels,
  name: string,
  bytes: Buffer,
): Promise<ScanFigures["backfill"][number]> {
  const { faces, width } = await engine.analyse(
    { bytes },
    { embed: { kind: "none" }, use: "scan" },
  );
  const places: readonly FacePlace[] = faces;
  const photo = await openPhoto({ bytes });
  const crops = await cropsOf(models, bytes, width);
  const least = Math.min(...faces.map(({ widthPixels }) => widthPixels));
  const halvings = Math.max(0, Math.floor(Math.log2((least * 2) / models.cropFaceWidth)));
  const longSideMax = Math.ceil(width / 2 ** halvings);
  const times = await inTurns(
    async () => wipe(...(await engine.embed({ bytes }, places))),
    async () => {
      await decodePhoto(photo, { longSideMax });
      wipe(...(await models.embed(crops)));
    },
    async () => wipe(...(await models.embed(crops))),
  );
  const perSecond = (all: readonly number[]): number => (faces.length * 1000) / median(all);
  return {
    photo: name,
    faces: faces.length,
    facesPerSecond: perSecond(times.ours),
    barePerSecond: perSecond(times.other),
    decodingPerSecond: perSecond(times.floor),
    ofDecoding: median(times.ours.map((time, round) => (times.floor[round] ?? 0) / time)),
  };
}

async function cropsOf(models: FaceModels, bytes: Buffer, longSideMax: number) {
  const picture = await decodePhoto(await openPhoto({ bytes }), { longSideMax });
  const seen = await inlineEngine(models).analyse(
    { bytes },
    { embed: { kind: "none" }, use: "scan" },
  );
  return seen.faces.map(({ box, landmarks, outline, score }) => {
    const { width, height } = picture;
    const at = <T extends { readonly x: number; readonly y: number }>(one: T): T => ({
      ...one,
      x: one.x * width,
      y: one.y * height,
    });
    const area = (one: typeof box): typeof box => ({
      ...at(one),
      width: one.width * width,
      height: one.height * height,
    });
    const [leftEye, rightEye, nose, leftMouth, rightMouth] = landmarks;
    return models.align(picture, {
      box: area(box),
      landmarks: [at(leftEye), at(rightEye), at(nose), at(leftMouth), at(rightMouth)],
      outline: outline && area(outline),
      score,
    });
  });
}

/** Times of engine, floor and a third way, round by round, one after the other in each. */
async function inTurns(
  ours: () => Promise<void>,
  floor: () => Promise<void>,
  other: () => Promise<void>,
) {
  const times = { ours: [] as number[], floor: [] as number[], other: [] as number[] };
  for (let round = -2; round < ROUNDS; round += 1) {
    for (const [name, work] of [
      ["ours", ours],
      ["floor", floor],
      ["other", other],
    ] as const) {
      const start = performance.now();
      await work();
      if (round >= 0) times[name].push(performance.now() - start);
    }
  }
  return times;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Drawn people in rows, as a JPEG with a sensor's noise, so that it decodes as slowly as real ones. */
async function crowd(
  people: number,
  size: { readonly width: number; readonly height: number; readonly scale: number },
): Promise<Buffer> {
  const members = cast();
  const rows = people > 6 ? 3 : 1;
  const columns = Math.ceil(people / rows);
  const figures = Array.from({ length: people }, (_, index) => {
    const member = members[index % members.length];
    const [figure] = member ? portraitOf(member).figures : [];
    if (!figure) throw new RangeError("A portrait shows somebody");
    return {
      ...figure,
      x: ((index % columns) + 0.5) * (size.width / columns),
      y: (Math.floor(index / columns) + 0.45) * (size.height / rows),
      scale: size.scale,
    };
  });
  const [member] = members;
  if (!member) throw new RangeError("There are drawn people");
  const scene = { ...portraitOf(member), ...size, backdrop: "park" as const, figures };
  const { jpeg } = await takePhoto(scene);
  const { width, height } = size;
  const noise = await sharp({
    create: {
      width,
      height,
      channels: 3,
      background: "#808080",
      noise: { type: "gaussian", mean: 128, sigma: 8 },
    },
  })
    .png({ compressionLevel: 0 })
    .toBuffer();
  return sharp(jpeg)
    .composite([{ input: noise, blend: "soft-light" }])
    .jpeg({ quality: 90 })
    .toBuffer();
}

function report(figures: ScanFigures): string {
  const { pack, scan, backfill } = figures;
  const lines = backfill.map(
    ({ photo, facesPerSecond, barePerSecond, decodingPerSecond, ofDecoding }) =>
      `  backfill, ${photo}: ${facesPerSecond.toFixed(0)} faces/s; embedder alone ` +
      `${barePerSecond.toFixed(0)}, with decoding ${decodingPerSecond.toFixed(0)}; ` +
      `${(ofDecoding * 100).toFixed(0)} % of that`,
  );
  return [
    `${pack}, one thread`,
    `  scan, 12 MP (${scan.megabytes.toFixed(1)} MB), 3 faces: ` +
      `${scan.photosPerSecond.toFixed(1)} photos/s; decoding and bare nets ` +
      `${scan.floorPerSecond.toFixed(1)}; ${(scan.ofFloor * 100).toFixed(0)} % of that`,
    `  the same through the package's own runtime: ${scan.packagePerSecond.toFixed(1)} photos/s; ` +
      `ours is ${scan.timesFaster.toFixed(1)} times as fast`,
    ...lines,
  ].join("\n");
}

if (import.meta.main) for (const figures of await benchScan()) console.log(report(figures));
