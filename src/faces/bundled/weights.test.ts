import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { sha256Hex } from "../../base/bytes.ts";
import { FacesError, type FacesCode } from "../errors.ts";
import { channelsFirst, outputsFirst, readWeights, scaleFilters } from "./weights.ts";

const MANIFEST = "tiny_model-weights_manifest.json";

// One byte quantised, then floats that so lie at an odd place, then an integer as one byte.
const TENSORS = [
  { name: "bytes", shape: [1, 1], dtype: "float32", quantization: quantised(0.5, -1) },
  { name: "floats", shape: [2], dtype: "float32" },
  { name: "count", shape: [], dtype: "int32", quantization: quantised(1, 3) },
];
const FLOATS = Float32Array.of(1.5, -2.25);
const DATA = Buffer.concat([Buffer.of(6), Buffer.from(FLOATS.buffer), Buffer.of(0)]);

function quantised(scale: number, min: number): object {
  return { scale, min, dtype: "uint8" };
}

async function folderWith(t: TestContext, manifest: unknown, data: Uint8Array): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "assent-weights-"));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, MANIFEST), JSON.stringify(manifest));
  await writeFile(join(folder, "tiny.bin"), data);
  return folder;
}

function failsWith(code: FacesCode): (error: unknown) => boolean {
  return (error) => error instanceof FacesError && error.code === code;
}

test("reads quantised and plain tensors that lie end to end", async (t) => {
  const folder = await folderWith(t, [{ paths: ["tiny.bin"], weights: TENSORS }], DATA);
  const weights = await readWeights(folder, "tiny");
  assert.deepEqual(weights.tensor("bytes", [1, 1]).data, Float32Array.of(2));
  assert.deepEqual(weights.vector("floats", 2), FLOATS);
  assert.throws(() => weights.vector("floats", 3), /shape/);
  assert.throws(() => weights.vector("count", 1), /No float tensor/);
});

test("refuses files that are missing, damaged or not as the format says", async (t) => {
  const manifest = [{ paths: ["tiny.bin"], weights: TENSORS }];
  const folder = await folderWith(t, manifest, DATA);
  await assert.rejects(readWeights(folder, "other"), failsWith("model_missing"));
  const short = await folderWith(t, manifest, DATA.subarray(1));
  await assert.rejects(readWeights(short, "tiny"), failsWith("model_malformed"));
  const outside = await folderWith(t, [{ paths: ["../tiny.bin"], weights: TENSORS }], DATA);
  await assert.rejects(readWeights(outside, "tiny"), failsWith("model_malformed"));
  const odd = [{ name: "a", shape: [1], dtype: "float32", quantization: { dtype: "uint4" } }];
  const unknown = await folderWith(t, [{ paths: ["tiny.bin"], weights: odd }], DATA);
  await assert.rejects(readWeights(unknown, "tiny"), failsWith("model_malformed"));
});

test("takes only files that are vouched for by name and hash", async (t) => {
  const manifest = [{ paths: ["tiny.bin"], weights: TENSORS }];
  const folder = await folderWith(t, manifest, DATA);
  const json = { name: MANIFEST, sha256: sha256Hex(JSON.stringify(manifest)) };
  const data = { name: "tiny.bin", sha256: sha256Hex(DATA) };
  await readWeights(folder, "tiny", [json, data]);
  await assert.rejects(readWeights(folder, "tiny", [json]), failsWith("model_changed"));
  const other = { ...data, sha256: sha256Hex("other") };
  await assert.rejects(readWeights(folder, "tiny", [json, other]), failsWith("model_changed"));
});

test("turns filters into the order of ONNX", () => {
  // Height 1, width 2, 2 in, 3 out: the value says where it stands.
  const data = Float32Array.from({ length: 12 }, (_, index) => index);
  const turned = outputsFirst({ shape: [1, 2, 2, 3], data });
  assert.deepEqual(turned.shape, [3, 2, 1, 2]);
  assert.deepEqual([...turned.data], [0, 6, 3, 9, 1, 7, 4, 10, 2, 8, 5, 11]);
  const depthwise = channelsFirst({ shape: [2, 1, 3, 1], data: data.subarray(0, 6) });
  assert.deepEqual(depthwise.shape, [3, 1, 2, 1]);
  assert.deepEqual([...depthwise.data], [0, 3, 1, 4, 2, 5]);
});

test("scales each output's filter", () => {
  const filters = { shape: [2, 1, 1, 2], data: Float32Array.of(1, 2, 3, 4) };
  assert.deepEqual([...scaleFilters(filters, Float32Array.of(10, -1)).data], [10, 20, -3, -4]);
});
