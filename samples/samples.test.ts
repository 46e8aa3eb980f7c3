import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import sharp, { type Sharp } from "sharp";
import { overlap, scaleBox } from "../src/base/geometry.ts";
import type { Detection } from "../src/faces/face.ts";
import type { FaceModels } from "../src/faces/models.ts";
import { openModels, packManifest } from "../src/faces/packs.ts";
import { openPhoto } from "../src/media/decode.ts";
import type { Picture } from "../src/media/picture.ts";
import { cast } from "./cast.ts";
import { personFrom } from "./person-from-seed.ts";
import { planPhotos } from "./photo-plan.ts";
import { makeSamples, type SamplePhoto, type SampleSet } from "./samples.ts";
import { type Condition, takePhoto, type TrueFace } from "./scene.ts";

/** The face's own width in the cut-out that the detector is shown, which it sees well. */
const SHOWN_WIDTH = 110;
const SHOWN_SIDE = 512;
/** A detection lies on a drawn face from this overlap on: detectors disagree on foreheads. */
const SAME_PLACE = 0.4;

describe("the drawn people", () => {
  let folder = "";
  let set: SampleSet = { people: [], photos: [] };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "assent-samples-"));
    set = await makeSamples(folder);
  });

  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  test("a seed is always the same person, and a scene the same bytes", async () => {
    assert.deepEqual(personFrom(7), personFrom(7));
    assert.notDeepEqual(personFrom(7), personFrom(8));
    const [scene] = planPhotos(cast());
    assert.ok(scene);
    const [once, again] = [await takePhoto(scene), await takePhoto(scene)];
    assert.deepEqual(Buffer.from(once.jpeg), Buffer.from(again.jpeg));
    const [written] = set.photos;
    assert.ok(written);
    assert.deepEqual(await readFile(join(folder, written.file)), Buffer.from(once.jpeg));
  });

  test("truth.json says what makeSamples returns", async () => {
    const truth: unknown = JSON.parse(await readFile(join(folder, "truth.json"), "utf8"));
    assert.deepEqual(truth, JSON.parse(JSON.stringify(set)));
  });

  test("everybody is named as drawn, and both kinds of people are there", () => {
    assert.equal(set.people.filter(({ consents }) => consents).length, 8);
    assert.equal(set.people.filter(({ consents }) => !consents).length, 10);
    assert.equal(new Set(set.people.map(({ id }) => id)).size, set.people.length);
    for (const { name } of set.people) assert.match(name, /^Drawn Person \d\d$/);
  });

  test("files have the size and the time that the truth says", async () => {
    for (const photo of set.photos) {
      const opened = await openPhoto({ file: join(folder, photo.file) });
      const { width, height, takenAt } = opened;
      assert.deepEqual({ width, height, takenAt }, pick(photo), photo.file);
      assert.ok(Math.max(width, height) <= 2400 && Math.max(width, height) >= 800, photo.file);
    }
    const days = new Set(set.photos.map(({ takenAt }) => takenAt.slice(0, 10)));
    assert.ok(days.size >= 3, `The photos are of ${days.size} days.`);
  });

  test("every condition occurs, and everybody who consents is in many photos", () => {
    const faces = set.photos.flatMap((photo) => photo.faces);
    const conditions: readonly Condition[] = [
      "alone",
      "group",
      "back-row",
      "turned",
      "dark",
      "too-turned",
    ];
    for (const condition of conditions) {
      assert.ok(
        faces.some((face) => face.condition === condition),
        condition,
      );
    }
    assert.ok(faces.some(({ widthPixels }) => widthPixels < 40));
    assert.ok(set.photos.some((photo) => photo.faces.length === 12));
    for (const { id } of set.people) {
      assert.ok(faces.filter(({ person }) => person === id).length >= 10, id);
    }
  });

  test("faces lie inside their photo, apart from each other, each person once", () => {
    for (const { file, width, height, faces } of set.photos) {
      assert.equal(new Set(faces.map(({ person }) => person)).size, faces.length, file);
      for (const [index, { box }] of faces.entries()) {
        assert.ok(box.x >= 0 && box.x + box.width <= width, file);
        assert.ok(box.y >= 0 && box.y + box.height <= height, file);
        for (const other of faces.slice(index + 1)) assert.ok(overlap(box, other.box) < 0.02, file);
      }
    }
  });

  describe("seen by the pack that needs no download", () => {
    let models: FaceModels;
    const portraits = new Map<string, Float32Array>();

    before(async () => {
      models = await openModels("bundled", { folder: "", threads: 1 });
      for (const { id, portrait } of set.people) {
        const picture = await raw(sharp(join(folder, portrait)));
        const { embedding } = await faceIn(picture, (face) => face.score);
        portraits.set(id, embedding);
      }
    });

    after(async () => {
      await models[Symbol.asyncDispose]();
    });

    test("nobody's portrait is taken for that of somebody who consents", () => {
      const { uncertain } = packManifest("bundled").thresholds;
      for (const { id } of set.people.filter(({ consents }) => consents)) {
        for (const [other, embedding] of portraits) {
          if (other === id) continue;
          const score = cosine(embedding, portraits.get(id));
          assert.ok(score < uncertain, `${other} and ${id}: ${score}`);
        }
      }
    });

    test("a face is where the truth says, and whose the truth says", async () => {
      for (const { photo, face } of someFaces(set)) {
        const label = `${face.person} in ${photo.file}, ${face.condition}`;
        const { picture, box } = await cutOut(folder, photo, face);
        const seen = await faceIn(picture, (found) => overlap(found.box, box));
        assert.ok(overlap(seen.box, box) >= SAME_PLACE, `${label}: ${overlap(seen.box, box)}`);
        const scores = [...portraits].map(([id, portrait]) => ({
          id,
          score: cosine(seen.embedding, portrait),
        }));
        const [best] = scores.toSorted((one, other) => other.score - one.score);
        assert.equal(best?.id, face.person, label);
      }
    });

    /** The face for which `rank` is greatest, with its template. */
    async function faceIn(picture: Picture, rank: (face: Detection) => number) {
      const faces = await models.detect(picture);
      const [face] = faces.toSorted((one, other) => rank(other) - rank(one));
      assert.ok(face, "The detector finds no face.");
      const [embedding] = await models.embed([models.align(picture, face)]);
      assert.ok(embedding);
      return { box: face.box, embedding };
    }
  });
});

function pick({ width, height, takenAt }: SamplePhoto) {
  return { width, height, takenAt };
}

/** The first face of every third photo that shows its people upright and large enough. */
function someFaces(
  set: SampleSet,
): readonly { readonly photo: SamplePhoto; readonly face: TrueFace }[] {
  return set.photos
    .filter((_, index) => index % 3 === 0)
    .flatMap((photo) => {
      const upright = photo.faces.filter(
        ({ condition, widthPixels }) =>
          condition !== "turned" && condition !== "too-turned" && widthPixels >= 40,
      );
      return upright.slice(0, 1).map((face) => ({ photo, face }));
    });
}

/** The face with its surroundings, and where in them the truth has it. */
async function cutOut(folder: string, photo: SamplePhoto, { box, widthPixels }: TrueFace) {
  const scale = SHOWN_WIDTH / widthPixels;
  const reach = SHOWN_SIDE / scale / 2;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const left = Math.max(0, Math.round(x - reach));
  const top = Math.max(0, Math.round(y - reach));
  const width = Math.min(photo.width, Math.round(x + reach)) - left;
  const height = Math.min(photo.height, Math.round(y + reach)) - top;
  const upright = await sharp(join(folder, photo.file)).autoOrient().toBuffer();
  const part = sharp(upright).extract({ left, top, width, height });
  const picture = await raw(part.resize(Math.round(width * scale)));
  const shown = scaleBox({ ...box, x: box.x - left, y: box.y - top }, scale, scale);
  return { picture, box: shown };
}

async function raw(image: Sharp): Promise<Picture> {
  const { data, info } = await image.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

function cosine(a: Float32Array, b: Float32Array | undefined): number {
  return a.reduce((sum, value, index) => sum + value * (b?.[index] ?? 0), 0);
}
