import assert from "node:assert/strict";
import test from "node:test";
import { anySize, fakeModels } from "../../test/fake-models.ts";
import type { Picture } from "../media/picture.ts";
import type { Cut } from "./cut.ts";
import { embedCuts } from "./embed.ts";
import type { Embedding } from "./face.ts";
import type { FaceModels } from "./models.ts";

function cutOf(crop: Picture | null): Cut {
  const face = {
    box: { x: 0, y: 0, width: 1, height: 1 },
    landmarks: [1, 2, 3, 4, 5].map((x) => ({ x, y: 0 })) as unknown as Cut["face"]["landmarks"],
    score: 1,
    outline: null,
  };
  return { face, widthPixels: 50, patch: null, measures: null, crop };
}

/** A crop of one pixel that holds a number. */
function cropOf(value: number): Picture {
  return { width: 1, height: 1, data: Uint8Array.of(value, 0, 0) };
}

/** Models whose template is the number in the crop, and the batches they were given. */
function countingModels(fail: (batch: number) => boolean = () => false) {
  const batches: number[] = [];
  const made: Embedding[] = [];
  const models: FaceModels = {
    ...fakeModels(anySize),
    embed: async (crops) => {
      if (fail(batches.length)) throw new Error("broken");
      batches.push(crops.length);
      const vectors = crops.map(({ data }) => Float32Array.of(data[0] ?? 0, 1));
      made.push(...vectors);
      return vectors;
    },
  };
  return { models, batches, made };
}

test("templates come in the order of the faces, with gaps where there is no crop", async () => {
  const { models } = countingModels();
  const cuts = [cropOf(7), null, cropOf(8), null, cropOf(9)].map(cutOf);
  const embeddings = await embedCuts(models, cuts);
  assert.deepEqual(
    embeddings.map((one) => one?.[0] ?? null),
    [7, null, 8, null, 9],
  );
});

test("nobody is embedded who was not asked for", async () => {
  const { models, batches } = countingModels();
  await embedCuts(models, [cutOf(null), cutOf(cropOf(1)), cutOf(null)]);
  assert.deepEqual(batches, [1]);
  await embedCuts(models, [cutOf(null)]);
  assert.deepEqual(batches, [1]);
});

test("many faces are embedded in batches", async () => {
  const { models, batches } = countingModels();
  const cuts = Array.from({ length: 70 }, (_, index) => cutOf(cropOf(index)));
  const embeddings = await embedCuts(models, cuts);
  assert.deepEqual(batches, [32, 32, 6]);
  assert.deepEqual(
    embeddings.map((one) => one?.[0]),
    cuts.map((_, index) => index),
  );
});

test("when a batch fails, the templates made so far are wiped", async () => {
  const { models, made } = countingModels((batch) => batch === 1);
  const cuts = Array.from({ length: 40 }, () => cutOf(cropOf(5)));
  await assert.rejects(embedCuts(models, cuts), /broken/);
  assert.equal(made.length, 32);
  for (const one of made) assert.deepEqual([...one], [0, 0]);
});

test("when it is cancelled, the templates made so far are wiped", async () => {
  const controller = new AbortController();
  const { models, made } = countingModels(() => {
    if (made.length > 0) return false;
    controller.abort(new Error("enough"));
    return false;
  });
  const cuts = Array.from({ length: 40 }, () => cutOf(cropOf(5)));
  await assert.rejects(embedCuts(models, cuts, controller.signal), /enough/);
  assert.equal(made.length, 32);
  for (const one of made) assert.deepEqual([...one], [0, 0]);
});
