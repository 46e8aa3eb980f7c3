import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import type { TestContext } from "node:test";
import sharp from "sharp";
import { shared } from "../../../test/shared.ts";
import type { Box } from "../../base/geometry.ts";
import type { Picture } from "../../media/picture.ts";
import { FacesError } from "../errors.ts";
import type { Detection, Embedding } from "../face.ts";
import type { FaceModels } from "../models.ts";
import { locatePack, packManifest } from "../packs.ts";
import { alignFace, openRecommended } from "./recommended.ts";
import type { RecommendedFiles } from "./recommended.ts";

const FIXED = "yunet/face_detection_yunet_2023mar.onnx";
const DYNAMIC = "yunet/yunet_n_dynamic.onnx";

/** The nets with one of the two detector files, until the test ends; null without ../shared. */
async function modelsWith(t: TestContext, detector: string): Promise<FaceModels | null> {
  const folder = shared("models");
  if (folder === null || shared("data") === null) {
    t.skip("../shared is absent: its model files and photos are needed");
    return null;
  }
  const pack = await locatePack("recommended", [folder]);
  assert.equal(pack.kind, "found");
  const path = `${folder}/${detector}`;
  const [file] = packManifest("recommended").files;
  const known = [file, ...(file?.alternatives ?? [])].find((one) =>
    path.endsWith(one?.name ?? "?"),
  );
  const files: RecommendedFiles = {
    detector: { path, name: detector, sha256: known?.sha256 ?? "" },
    embedderGraph: pack.files.get("embedderGraph")!,
    embedderWeights: pack.files.get("embedderWeights")!,
  };
  const models = await openRecommended({ files, threads: 1 });
  t.after(() => models[Symbol.asyncDispose]());
  return models;
}

async function photo(name: string, width?: number): Promise<Picture> {
  const opened = sharp(shared(`data/${name}`)!).rotate();
  const { data, info } = await (width === undefined ? opened : opened.resize(width))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

/** The only face of a photo, as a template. */
async function template(models: FaceModels, picture: Picture): Promise<Embedding> {
  const faces = await models.detect(picture);
  assert.equal(faces.length, 1);
  const [embedding] = await models.embed([models.align(picture, faces[0]!)]);
  return embedding!;
}

function cosine(one: Embedding, other: Embedding): number {
  return one.reduce((sum, value, index) => sum + value * other[index]!, 0);
}

function holds(cell: readonly number[], box: Box): boolean {
  const [left = 0, top = 0, width = 0, height = 0] = cell;
  const x = box.x + box.width / 2 - left;
  const y = box.y + box.height / 2 - top;
  return x > 0 && y > 0 && x < width && y < height;
}

for (const detector of [FIXED, DYNAMIC]) {
  test(`${detector} finds every face of the group photos, one in each place`, async (t) => {
    const models = await modelsWith(t, detector);
    if (models === null) return;
    for (const [name, count] of [
      ["group12", 12],
      ["group30", 30],
      ["group56_small", 56],
    ] as const) {
      const faces = await models.detect(await photo(`group/${name}.jpg`));
      const described: { people: { cell: number[] }[] } = JSON.parse(
        await readFile(shared(`data/group/${name}.json`)!, "utf8"),
      );
      assert.equal(faces.length, count);
      for (const { cell } of described.people) {
        assert.equal(faces.filter((face) => holds(cell, face.box)).length, 1);
      }
    }
  });

  test(`${detector} takes any size and finds the same face at each`, async (t) => {
    const models = await modelsWith(t, detector);
    if (models === null) return;
    const whole = await models.detect(await photo("lisa/lisa2.jpg"));
    const reference = whole[0]!.box;
    for (const width of [601, 480, 333, 160]) {
      const picture = await photo("lisa/lisa2.jpg", width);
      const faces = await models.detect(picture);
      assert.equal(faces.length, 1, `at ${width} px`);
      const scale = width / 600;
      const shift = Math.abs(faces[0]!.box.x / scale - reference.x);
      assert.ok(shift < reference.width * 0.15, `at ${width} px shifted by ${shift}`);
    }
  });
}

test("the same person is alike and another is not, with either detector", async (t) => {
  for (const detector of [FIXED, DYNAMIC]) {
    const models = await modelsWith(t, detector);
    if (models === null) return;
    const { match } = packManifest("recommended").thresholds;
    const lisa = await template(models, await photo("lisa/lisa2.jpg"));
    const again = await template(models, await photo("lisa/lisa4.jpg"));
    const other = await template(models, await photo("london/neutral_front/001_03.jpg"));
    assert.ok(cosine(lisa, again) > match);
    assert.ok(cosine(lisa, other) < match);
  }
});

test("templates are unit length and do not depend on the batch they were made in", async (t) => {
  const models = await modelsWith(t, FIXED);
  if (models === null) return;
  const picture = await photo("group/group12.jpg");
  const faces = await models.detect(picture);
  const crops = faces.map((face) => models.align(picture, face));
  const together = await models.embed(crops);
  assert.equal(together.length, crops.length);
  for (const [index, crop] of crops.entries()) {
    const [alone] = await models.embed([crop]);
    assert.equal(alone!.length, models.templateSize);
    assert.ok(Math.abs(Math.hypot(...alone!) - 1) < 1e-5);
    assert.ok(cosine(alone!, together[index]!) > 0.99999);
  }
  assert.deepEqual(await models.embed([]), []);
});

test("the aligned crop has the eyes where the embedder wants them", () => {
  // A white dot on each landmark of a face turned by 30 degrees and enlarged by 1.7.
  const side = 400;
  const data = new Uint8Array(side * side * 3);
  const template = [
    [40.4, 59.1],
    [87.4, 59.1],
    [64, 82],
    [44.7, 105.6],
    [83.6, 105.6],
  ] as const;
  const turned = template.map(([x, y]) => ({
    x: 180 + 1.7 * (Math.cos(0.52) * (x - 64) - Math.sin(0.52) * (y - 64)),
    y: 190 + 1.7 * (Math.sin(0.52) * (x - 64) + Math.cos(0.52) * (y - 64)),
  }));
  for (const { x, y } of turned) {
    for (let dy = -2; dy <= 2; dy += 1) {
      for (let dx = -2; dx <= 2; dx += 1) {
        const at = ((Math.round(y) + dy) * side + Math.round(x) + dx) * 3;
        data.fill(255, at, at + 3);
      }
    }
  }
  const crop = alignFace({ width: side, height: side, data }, detectionAt(turned));
  assert.equal(crop.width, 128);
  for (const [x, y] of template) {
    const at = (Math.round(y) * 128 + Math.round(x)) * 3;
    assert.ok(crop.data[at]! > 200, `no dot at ${x}, ${y}`);
  }
});

test("a file whose bytes are not those of the manifest is not loaded", async () => {
  const file = { path: import.meta.filename, name: "x", sha256: "0".repeat(64) };
  const files = { detector: file, embedderGraph: file, embedderWeights: file };
  await assert.rejects(openRecommended({ files, threads: 1 }), (error) => {
    return error instanceof FacesError && error.code === "model_changed";
  });
  const absent = { ...file, path: `${file.path}.gone` };
  const gone = { detector: absent, embedderGraph: absent, embedderWeights: absent };
  await assert.rejects(openRecommended({ files: gone, threads: 1 }), (error) => {
    return error instanceof FacesError && error.code === "model_missing";
  });
});

function detectionAt(points: readonly { x: number; y: number }[]): Detection {
  const [a, b, c, d, e] = points;
  assert.ok(a && b && c && d && e);
  const box = { x: 0, y: 0, width: 1, height: 1 };
  return { box, landmarks: [a, b, c, d, e], score: 1, outline: null };
}
