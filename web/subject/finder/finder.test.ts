import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import sharp from "sharp";
import { cast } from "../../../samples/cast.ts";
import { portraitOf } from "../../../samples/samples.ts";
import { type Scene, takePhoto } from "../../../samples/scene.ts";
import { DETECTOR_SIDE, findFaces, type Found } from "./detector.ts";
import { LANDMARK_SIDE, turnOf } from "./turn.ts";
import { type Manifest, readWeights, type Weights } from "./weights.ts";

const require = createRequire(import.meta.url);

function weightsOf(net: string): Weights {
  const path = require.resolve(`@vladmandic/face-api/model/${net}.bin`);
  const manifest = readFileSync(path.replace(".bin", "-weights_manifest.json"), "utf8");
  return readWeights(JSON.parse(manifest) as Manifest, readFileSync(path));
}

const detector = weightsOf("tiny_face_detector_model");
const landmarks = weightsOf("face_landmark_68_tiny_model");

/** A drawn picture as a camera gives it: made square with black on the right or below. */
async function look(scene: Scene) {
  const { jpeg, faces } = await takePhoto(scene);
  const side = Math.max(scene.width, scene.height);
  const square = await sharp(jpeg)
    .extend({ right: side - scene.width, bottom: side - scene.height, background: "#000" })
    .toBuffer();
  const pixels = async (part: Found | null, width: number) => {
    const image = sharp(square);
    if (part) {
      const left = Math.max(0, Math.round(part.x * side));
      const top = Math.max(0, Math.round(part.y * side));
      image.extract({
        left,
        top,
        width: Math.min(side - left, Math.round(part.width * side)),
        height: Math.min(side - top, Math.round(part.height * side)),
      });
    }
    const fit = { width, height: width, fit: "contain", background: "#000" } as const;
    const data = await image.resize(fit).ensureAlpha().raw().toBuffer();
    return new Uint8ClampedArray(data);
  };
  return { side, faces, pixels, found: findFaces(await pixels(null, DETECTOR_SIDE), detector) };
}

const people = cast().slice(0, 4);

test("each drawn face is found where it is, and nothing else", async () => {
  for (const member of people) {
    const { side, faces, found } = await look(portraitOf(member));
    assert.equal(found.length, 1, member.id);
    const [face] = found;
    const [truth] = faces;
    assert.ok(face && truth);
    const middle = (face.x + face.width / 2) * side;
    const wanted = truth.box.x + truth.box.width / 2;
    assert.ok(Math.abs(middle - wanted) < truth.box.width * 0.3, member.id);
    // Its boxes have the hair in them.
    const larger = (face.height * side) / truth.box.height;
    assert.ok(larger > 0.8 && larger < 1.6, `${member.id}: ${larger}`);
  }
});

test("a head that is turned is told from one that looks straight ahead", async () => {
  for (const member of people.slice(0, 2)) {
    for (const yaw of [-35, 0, 35]) {
      const { found, pixels } = await look(portraitOf(member, { yaw }));
      const [face] = found;
      assert.ok(face, `${member.id} at ${yaw}`);
      const told = turnOf(await pixels(face, LANDMARK_SIDE), landmarks).yaw;
      assert.ok(Math.abs(told - yaw) < 12, `${member.id} at ${yaw}: ${told}`);
    }
  }
});

test("an empty wall has no face", () => {
  for (const light of [0, 90, 255]) {
    const wall = new Uint8ClampedArray(DETECTOR_SIDE * DETECTOR_SIDE * 4).fill(light);
    assert.deepEqual(findFaces(wall, detector), []);
  }
});
