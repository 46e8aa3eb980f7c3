import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { shared } from "../../test/shared.ts";
import { type Box, overlap } from "../base/geometry.ts";
import { sharp } from "../media/codec.ts";
import { decode } from "../media/decode.ts";
import type { AnalysedFace } from "./engine.ts";
import { inlineEngine } from "./engine-inline.ts";
import type { FaceModels } from "./models.ts";
import { openModels } from "./packs.ts";

const CROWD = { width: 8064, height: 6048 };
const SMALL = 60;
const LARGE_WIDTHS = [520, 610, 700];

interface Placed {
  readonly box: Box;
  readonly width: number;
}

/** A photo of 48 MP on a ground without faces: a crowd of 24 to 60 px, and three in front. */
async function composeCrowd(
  models: FaceModels,
  files: readonly string[],
): Promise<{ readonly bytes: Buffer; readonly people: readonly Placed[] }> {
  const widths = Array.from({ length: SMALL }, (_, index) => 24 + (36 * index) / (SMALL - 1));
  const overlays: { input: Buffer; left: number; top: number }[] = [];
  const people: Placed[] = [];
  for (const [index, width] of [...widths, ...LARGE_WIDTHS].entries()) {
    const { head, box } = await cutHead(models, files[index % files.length] ?? "", width);
    // Rows of 20 with odd steps, so that tile edges and the detector's grid fall everywhere.
    const left = index < SMALL ? 80 + (index % 20) * 391 : 300 + (index - SMALL) * 2500;
    const top = index < SMALL ? 150 + Math.floor(index / 20) * 907 + (index % 7) * 13 : 3300;
    overlays.push({ input: head, left, top });
    people.push({ box: { ...box, x: box.x + left, y: box.y + top }, width });
  }
  const ground = await sharp(clouds(252, 189), { raw: { width: 252, height: 189, channels: 3 } })
    .blur(2)
    .resize({ ...CROWD, fit: "fill", kernel: "cubic" })
    .png({ compressionLevel: 1 })
    .toBuffer();
  const bytes = await sharp(ground).composite(overlays).jpeg({ quality: 88 }).toBuffer();
  return { bytes, people };
}

/** Pixels that look random and are the same at every run (a linear congruential generator). */
function clouds(width: number, height: number): Uint8Array {
  let state = 7;
  return Uint8Array.from({ length: width * height * 3 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return 60 + (state >>> 24) / 2;
  });
}

/** A head at the size at which its face is `width` wide, and the face's box in it. */
async function cutHead(models: FaceModels, file: string, width: number) {
  const picture = await decode({ file });
  const [face] = await models.detect(picture);
  assert.ok(face, file);
  const { box } = face;
  const side = Math.round(box.height * 1.7);
  const left = Math.max(0, Math.round(box.x + box.width / 2 - side / 2));
  const top = Math.max(0, Math.round(box.y + box.height / 2 - side / 2));
  const area = {
    left,
    top,
    width: Math.min(side, picture.width - left),
    height: Math.min(side, picture.height - top),
  };
  const scale = width / box.width;
  const head = await sharp(file)
    .extract(area)
    .resize({ width: Math.round(area.width * scale), height: Math.round(area.height * scale) })
    .png()
    .toBuffer();
  return {
    head,
    box: {
      x: (box.x - left) * scale,
      y: (box.y - top) * scale,
      width,
      height: box.height * scale,
    },
  };
}

test("every face of 24 px and more is found in a crowd of 48 MP, large ones in front too", async (t) => {
  const people = shared("data/london/smiling_front");
  const folder = shared("models");
  if (!people || !folder) return t.skip("../shared is absent: needs data/london and models");
  await using models = await openModels("recommended", { folder, threads: 2 });
  const files = readdirSync(people)
    .filter((name) => name.endsWith(".jpg"))
    .map((name) => join(people, name));
  const crowd = await composeCrowd(models, files);
  const { faces, width, height } = await inlineEngine(models).analyse(
    { bytes: crowd.bytes },
    { embed: { kind: "none" }, use: "scan" },
  );
  assert.deepEqual({ width, height }, CROWD);
  const inPixels = ({ box }: AnalysedFace): Box => ({
    x: box.x * width,
    y: box.y * height,
    width: box.width * width,
    height: box.height * height,
  });
  const missed = crowd.people.filter(
    (one) => !faces.some((face) => overlap(inPixels(face), one.box) > 0.3),
  );
  assert.deepEqual(
    missed.map((one) => Math.round(one.width)),
    [],
  );
  assert.equal(faces.length, crowd.people.length);
});
