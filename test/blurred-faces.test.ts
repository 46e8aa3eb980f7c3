import assert from "node:assert/strict";
import { test } from "node:test";
import { join } from "node:path";
import { scaleBox } from "../src/base/geometry.ts";
import type { Detection, Embedding } from "../src/faces/face.ts";
import type { FaceModels } from "../src/faces/models.ts";
import { openModels, packManifest, packNames } from "../src/faces/packs.ts";
import { blurFaces } from "../src/media/blur.ts";
import { decode } from "../src/media/decode.ts";
import { encodePhoto } from "../src/media/encode.ts";
import type { Picture } from "../src/media/picture.ts";
import { shared } from "./shared.ts";

/** Enough to notice a cover that slipped; all 102 were measured when it was made. */
const PEOPLE = ["001", "004", "017", "036", "091"];

/** The photo as delivered with its face covered, read again from the bytes that are written. */
async function delivered(picture: Picture, face: Detection): Promise<Picture> {
  const place = scaleBox(face.box, 1 / picture.width, 1 / picture.height);
  const covered = blurFaces(picture, [place]);
  const { bytes } = await encodePhoto(covered, { from: "jpeg", takenAt: null });
  return await decode({ bytes });
}

async function embedOne(models: FaceModels, picture: Picture, face: Detection): Promise<Embedding> {
  const [embedding] = await models.embed([models.align(picture, face)]);
  return embedding!;
}

function cosine(a: Embedding, b: Embedding): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0);
}

for (const name of packNames)
  test(`a blurred face is neither found nor matched by ${name}`, async (t) => {
    const photos = shared("data/london/neutral_front");
    const folder = shared("models");
    if (photos === null || folder === null) {
      t.skip("../shared is absent: no photos of people to blur");
      return;
    }
    await using models = await openModels(name, { folder, threads: 1 });
    const { uncertain } = packManifest(name).thresholds;
    for (const person of PEOPLE) {
      const picture = await decode({ file: join(photos, `${person}_03.jpg`) });
      const [face] = await models.detect(picture);
      assert.ok(face, "the face is found before it is covered");
      const covered = await delivered(picture, face);
      assert.deepEqual(await models.detect(covered), []);
      // Even told where the face was, the embedder gets nothing of it.
      const sharp = await embedOne(models, picture, face);
      const score = cosine(sharp, await embedOne(models, covered, face));
      assert.ok(score < uncertain, `${person} still matches`);
    }
  });
