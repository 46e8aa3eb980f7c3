import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test, { after } from "node:test";
import sharp from "sharp";
import { z } from "zod";
import { openPackageRuntime, type PackageFace } from "../../../scripts/package-runtime.ts";
import { shared } from "../../../test/shared.ts";
import type { Point } from "../../base/geometry.ts";
import type { Picture } from "../../media/picture.ts";
import { FacesError } from "../errors.ts";
import type { Detection, Embedding } from "../face.ts";
import { openModels, packManifest } from "../packs.ts";
import { bundledFolder, openBundled } from "./bundled.ts";
import { drawHeads, goldenCrops, goldenPictures } from "./golden/pictures.ts";

// What is promised is 1 pixel and a cosine of .9999; what is seen is far closer, so a mistake of a
// part of a pixel in sampling or padding shows.
const PIXELS_MAX = 0.02;
const SCORE_MAX = 1e-4;
const COSINE_MIN = 0.9999;

// The package's own default; below it only this pack looks.
const PACKAGE_SCORE_MIN = 0.5;

const pointSchema = z.object({ x: z.number(), y: z.number() });
const boxSchema = pointSchema.extend({ width: z.number(), height: z.number() });
const descriptorSchema = z.array(z.number()).length(128);
const goldenSchema = z.object({
  pictures: z.record(
    z.string(),
    z.array(
      z.object({
        score: z.number(),
        box: boxSchema,
        points: z.array(pointSchema).length(68),
        square: boxSchema,
        descriptor: descriptorSchema.transform((values) => Float32Array.from(values)),
      }),
    ),
  ),
  crops: z.record(z.string(), descriptorSchema),
});

const golden = goldenSchema.parse(
  JSON.parse(readFileSync(join(import.meta.dirname, "golden", "package-runtime.json"), "utf8")),
);

const models = await openBundled({ folder: bundledFolder(), threads: 1 });
after(() => models[Symbol.asyncDispose]());

async function embedAll(
  picture: Picture,
  faces: readonly Detection[],
): Promise<readonly Embedding[]> {
  return models.embed(faces.map((face) => models.align(picture, face)));
}

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let dot = 0;
  let squaredA = 0;
  let squaredB = 0;
  for (let at = 0; at < a.length; at++) {
    dot += a[at]! * b[at]!;
    squaredA += a[at]! ** 2;
    squaredB += b[at]! ** 2;
  }
  return dot / Math.sqrt(squaredA * squaredB);
}

function near(value: number, wanted: number, most: number, what: string): void {
  assert.ok(Math.abs(value - wanted) <= most, `${what}: ${value}, not ${wanted}`);
}

/** The mean of some of the 68 points, by their numbers. */
function mean(points: readonly Point[], from: number, until: number): Point {
  const part = points.slice(from, until);
  const sum = (of: (point: Point) => number): number => part.reduce((s, p) => s + of(p), 0);
  return { x: sum((p) => p.x) / part.length, y: sum((p) => p.y) / part.length };
}

async function assertSame(
  picture: Picture,
  wanted: readonly PackageFace[],
  name: string,
): Promise<void> {
  const faces = await models.detect(picture);
  const sure = faces.filter(({ score }) => score > PACKAGE_SCORE_MIN);
  assert.equal(sure.length, wanted.length, `faces in ${name}`);
  const embeddings = await embedAll(picture, sure);
  for (const [index, face] of wanted.entries()) {
    const { box, score, landmarks, outline } = sure[index]!;
    const what = `${name}, face ${index}`;
    near(score, face.score, SCORE_MAX, `score of ${what}`);
    near(box.x, face.box.x, PIXELS_MAX, `left of ${what}`);
    near(box.y, face.box.y, PIXELS_MAX, `top of ${what}`);
    // The package's boxes may end outside the picture.
    const right = Math.min(face.box.x + face.box.width, picture.width);
    const bottom = Math.min(face.box.y + face.box.height, picture.height);
    near(box.x + box.width, right, PIXELS_MAX, `right of ${what}`);
    near(box.y + box.height, bottom, PIXELS_MAX, `bottom of ${what}`);
    const { points } = face;
    const five = [
      mean(points, 36, 42),
      mean(points, 42, 48),
      points[30]!,
      points[48]!,
      points[54]!,
    ];
    for (const [part, point] of five.entries()) {
      near(landmarks[part]!.x, point.x, PIXELS_MAX, `x of landmark ${part} of ${what}`);
      near(landmarks[part]!.y, point.y, PIXELS_MAX, `y of landmark ${part} of ${what}`);
    }
    assert.deepEqual(outline, face.square, `square of ${what}`);
    const likeness = cosine(embeddings[index]!, face.descriptor);
    assert.ok(likeness >= COSINE_MIN, `descriptor of ${what}: ${likeness}`);
  }
}

for (const [name, picture] of Object.entries(goldenPictures)) {
  test(`finds, aligns and embeds as the package's own runtime: ${name}`, async () => {
    await assertSame(picture, golden.pictures[name]!, name);
  });
}

test("the golden pictures hold faces, one cut by no square, and a picture without", () => {
  const counts = Object.values(golden.pictures).map((faces) => faces.length);
  assert.deepEqual(counts, [1, 3, 1, 0]);
  const squares = Object.values(golden.pictures).flatMap((faces) => faces.map((f) => f.square));
  assert.ok(squares.some(({ width, height }) => width !== height));
});

test("embeds crops of any shape as the package does", async () => {
  const names = Object.keys(goldenCrops);
  const embeddings = await models.embed(Object.values(goldenCrops));
  for (const [index, name] of names.entries()) {
    const likeness = cosine(embeddings[index]!, golden.crops[name]!);
    assert.ok(likeness >= COSINE_MIN, `${name}: ${likeness}`);
  }
});

test("finds, aligns and embeds as the package's own runtime: photographs", async (t) => {
  const folder = shared("data/london/neutral_front");
  if (folder === null) return t.skip("../shared is absent: photographs are not compared");
  const group = shared("data/group/group12.jpg");
  const close = shared("data/lisa/lisa1.jpg");
  const first = readdirSync(folder)
    .filter((file) => file.endsWith(".jpg"))
    .sort()[0]!;
  const files = [join(folder, first), group, close].filter((file) => file !== null);
  const runtime = await openPackageRuntime();
  for (const file of files) {
    const image = sharp(file).rotate().removeAlpha().raw();
    const { data, info } = await image.toBuffer({ resolveWithObject: true });
    const picture = { width: info.width, height: info.height, data };
    await assertSame(picture, await runtime.analyse(picture), file);
  }
});

test("embeddings have unit length and do not depend on the batch", async () => {
  const picture = goldenPictures["group"]!;
  const crops = (await models.detect(picture)).map((face) => models.align(picture, face));
  // More than one batch, the last of one crop.
  const many = Array.from({ length: 17 }, (_, index) => crops[index % crops.length]!);
  const together = await models.embed(many);
  assert.equal(together.length, many.length);
  for (const [index, embedding] of together.entries()) {
    assert.equal(embedding.length, models.templateSize);
    near(Math.hypot(...embedding), 1, 1e-5, "length");
    const [alone] = await models.embed([many[index]!]);
    assert.ok(cosine(embedding, alone!) > 0.999999);
  }
});

test("embeds nothing and finds nothing where there is nothing", async () => {
  assert.deepEqual(await models.embed([]), []);
  const dot = { width: 1, height: 1, data: Uint8Array.of(200, 150, 120) };
  assert.deepEqual(await models.detect(dot), []);
});

test("calls side by side do not disturb each other", async () => {
  const pictures = Object.values(goldenPictures);
  const alone: (readonly Detection[])[] = [];
  for (const picture of pictures) alone.push(await models.detect(picture));
  const together = await Promise.all(pictures.map((picture) => models.detect(picture)));
  assert.deepEqual(together, alone);
});

test("a face known to lie on its side or upside down is embedded upright", async () => {
  const picture = drawHeads(400, 480, [{ x: 200, y: 200, radius: 100, light: 1 }]);
  const [face] = await models.detect(picture);
  const [upright] = await embedAll(picture, [face!]);
  let turned = { picture, face: face! };
  for (let turns = 1; turns <= 3; turns++) {
    turned = turnClockwise(turned.picture, turned.face);
    const [embedding] = await embedAll(turned.picture, [turned.face]);
    assert.ok(cosine(upright!, embedding!) > 0.995, `${turns} turns`);
  }
});

function turnClockwise(
  { width, height, data }: Picture,
  face: Detection,
): { readonly picture: Picture; readonly face: Detection } {
  const turned = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * 3;
      turned.set(data.subarray(from, from + 3), (x * height + (height - 1 - y)) * 3);
    }
  }
  const point = (p: Point): Point => ({ x: height - p.y, y: p.x });
  const [a, b, c, d, e] = face.landmarks;
  const { x, y, width: w, height: h } = face.outline!;
  return {
    picture: { width: height, height: width, data: turned },
    face: {
      ...face,
      landmarks: [point(a), point(b), point(c), point(d), point(e)],
      outline: { x: height - y - h, y: x, width: h, height: w },
    },
  };
}

test("aligning survives coordinates that went through 0..1", async () => {
  const picture = goldenPictures["portrait"]!;
  const [face] = await models.detect(picture);
  const { width, height } = picture;
  const { x, y, width: w, height: h } = face!.outline!;
  const there = { x: x / width, y: y / height, width: w / width, height: h / height };
  const outline = {
    x: there.x * width,
    y: there.y * height,
    width: there.width * width,
    height: there.height * height,
  };
  assert.deepEqual(
    models.align(picture, { ...face!, outline }).data,
    models.align(picture, face!).data,
  );
});

test("the pack's manifest vouches for the files of the package, and says how it errs", async () => {
  await using opened = await openModels("bundled", { folder: "no such folder", threads: 1 });
  const manifest = packManifest("bundled");
  assert.equal(manifest.templateSize, opened.templateSize);
  const { match, uncertain } = manifest.thresholds;
  assert.ok(uncertain < match);
  assert.ok(manifest.measuredError.some(({ at }) => at.some((one) => one.threshold === match)));
  const others = manifest.files.map(({ name }) => ({ name, sha256: "0".repeat(64) }));
  const options = { folder: bundledFolder(), threads: 1, files: others };
  await assert.rejects(openBundled(options), (error) => {
    return error instanceof FacesError && error.code === "model_changed";
  });
});

test("TensorFlow.js is no part of what runs", () => {
  const root = join(import.meta.dirname, "../..");
  const sources = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .map((file) => readFileSync(join(root, file), "utf8"));
  assert.ok(sources.some((source) => source.includes("@vladmandic/face-api/package.json")));
  const imports = /(?:from|import\(|require\()\s*["'](?:@tensorflow|@vladmandic)/;
  assert.ok(!sources.some((source) => imports.test(source)));
});
