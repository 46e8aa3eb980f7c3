import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import type { Point } from "../base/geometry.ts";
import { sharp } from "../media/codec.ts";
import type { Picture } from "../media/picture.ts";
import type { Landmarks } from "./face.ts";
import { cutPatch, FACE_AREA, halvePatch, PATCH_SIDE, quantile, valuesIn } from "./face-patch.ts";
import { type FaceMeasures, measureFace, poseOf } from "./face-measures.ts";

/** A face of a few shapes, 200 px wide, on a ground of its own: enough for light and detail. */
const FACE = `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400">
  <rect width="400" height="400" fill="#506070"/>
  <ellipse cx="200" cy="210" rx="100" ry="135" fill="#c89878"/>
  <ellipse cx="152" cy="170" rx="17" ry="9" fill="#fff"/><circle cx="152" cy="170" r="8" fill="#302010"/>
  <ellipse cx="248" cy="170" rx="17" ry="9" fill="#fff"/><circle cx="248" cy="170" r="8" fill="#302010"/>
  <path d="M130 148 h44 M226 148 h44" stroke="#402818" stroke-width="7"/>
  <path d="M196 180 l-10 42 h26" stroke="#a07050" stroke-width="4" fill="none"/>
  <path d="M162 268 q38 26 76 0 z" fill="#803038"/></svg>`;

const LANDMARKS: Landmarks = [
  { x: 152, y: 170 },
  { x: 248, y: 170 },
  { x: 200, y: 222 },
  { x: 162, y: 268 },
  { x: 238, y: 268 },
];

async function render(
  change: (image: ReturnType<typeof sharp>) => unknown = () => null,
): Promise<Picture> {
  const image = sharp(await sharp(Buffer.from(FACE)).removeAlpha().png().toBuffer());
  change(image);
  const { data, info } = await image.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

function scaled(by: number): Landmarks {
  const at = ({ x, y }: Point): Point => ({ x: x * by, y: y * by });
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = LANDMARKS;
  return [at(leftEye), at(rightEye), at(nose), at(leftMouth), at(rightMouth)];
}

/** Measures a face of a picture. */
function measured(picture: Picture, landmarks: Landmarks): FaceMeasures {
  return measureFace(cutPatch(picture, landmarks), landmarks);
}

const plain = measured(await render(), LANDMARKS);

test("blurring takes sharpness, more the more", async () => {
  let before = plain.sharpness;
  for (const sigma of [4, 8, 12, 16]) {
    const { sharpness } = measured(await render((image) => image.blur(sigma)), LANDMARKS);
    assert.ok(sharpness < before, `${sharpness} after ${before} at ${sigma}`);
    before = sharpness;
  }
  assert.ok(before < plain.sharpness / 10);
});

test("neither light, nor contrast, nor size changes sharpness much", async () => {
  const changes = [
    { by: 1, picture: await render((image) => image.linear(0.5, 0)) },
    { by: 1, picture: await render((image) => image.linear(0.6, 60)) },
    { by: 0.5, picture: await render((image) => image.resize(200)) },
    { by: 0.25, picture: await render((image) => image.resize(100)) },
  ];
  for (const { by, picture } of changes) {
    const { sharpness } = measured(picture, scaled(by));
    const ratio = sharpness / plain.sharpness;
    assert.ok(ratio > 0.6 && ratio < 1.5, `${ratio}`);
  }
});

test("light is what it is", async () => {
  const dark = measured(await render((image) => image.linear(0.25, 0)), LANDMARKS);
  assert.ok(Math.abs(dark.highlight - plain.highlight / 4) < 2);
  const bright = measured(await render((image) => image.linear(2.5, 0)), LANDMARKS);
  assert.ok(plain.burntShare < 0.02);
  assert.ok(bright.burntShare > 0.5);
});

test("covering mouth or eye takes its detail, dark glass its light", async () => {
  const cover = (left: number, top: number, width: number, height: number, background: string) =>
    render((image) =>
      image.composite([
        { input: { create: { width, height, channels: 3, background } }, left, top },
      ]),
    );
  const mask = measured(await cover(90, 225, 220, 120, "#88a0c0"), LANDMARKS);
  assert.ok(mask.mouthDetail < plain.mouthDetail / 10);
  assert.ok(mask.eyeDetail > 0.5);
  const patch = measured(await cover(115, 135, 75, 70, "#302018"), LANDMARKS);
  assert.ok(patch.eyeDetail < plain.eyeDetail / 2);
  const glasses = measured(await cover(105, 140, 190, 60, "#101010"), LANDMARKS);
  assert.ok(glasses.eyeLight < 0.3 && plain.eyeLight > 0.5);
});

test("a flat picture has no detail and divides by nothing", () => {
  const flat = { width: 400, height: 400, data: new Uint8Array(400 * 400 * 3).fill(128) };
  const measures = measured(flat, LANDMARKS);
  for (const value of Object.values(measures)) assert.ok(Number.isFinite(value));
  assert.ok(measures.sharpness < 0.001);
});

test("a patch shows the eyes where the layout has them, whatever the roll", async () => {
  const upright = cutPatch(await render(), LANDMARKS);
  const turned = await render((image) => image.rotate(90));
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = LANDMARKS;
  const at = ({ x, y }: Point): Point => ({ x: 399 - y, y: x });
  const rolled = cutPatch(turned, [
    at(leftEye),
    at(rightEye),
    at(nose),
    at(leftMouth),
    at(rightMouth),
  ]);
  // Shrinking averages by whole blocks, which fall otherwise after a turn: edges differ a little.
  const differences = upright.values.map((value, index) => Math.abs(value - rolled.values[index]!));
  const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
  assert.ok(mean < 2, `differs by ${mean}`);
  const eye =
    upright.values[Math.round(0.4 * PATCH_SIDE) * PATCH_SIDE + Math.round(0.32 * PATCH_SIDE)]!;
  assert.ok(eye < 120, `the eye is ${eye}`);
  assert.equal(halvePatch(upright).side, PATCH_SIDE / 2);
  assert.ok(quantile(valuesIn(upright, FACE_AREA), 0.95) > 140);
});

/** Landmarks of the average head under a turn, projected from far away. */
function project(yaw: number, pitch: number, roll: number, scale: number): Landmarks {
  const [cy, sy] = [Math.cos(yaw), Math.sin(yaw)];
  const [cp, sp] = [Math.cos(pitch), Math.sin(pitch)];
  const [cr, sr] = [Math.cos(roll) * scale, Math.sin(roll) * scale];
  const at = (x: number, y: number, before: number): Point => {
    // Nodding first, about the line of the eyes; then turning; then leaning.
    const [down, near] = [y * cp + before * sp, before * cp - y * sp];
    const across = x * cy + near * sy;
    return { x: 500 + across * cr - down * sr, y: 500 + across * sr + down * cr };
  };
  return [at(-0.5, 0, 0), at(0.5, 0, 0), at(0, 0.57, 0.45), at(-0.4, 1.04, 0), at(0.4, 1.04, 0)];
}

test("the turn of a head is told from its landmarks, whatever its roll and size", () => {
  const angle = (most: number) => fc.double({ min: -most, max: most, noNaN: true });
  fc.assert(
    fc.property(
      angle(45),
      angle(25),
      angle(180),
      fc.double({ min: 20, max: 300, noNaN: true }),
      (yaw, pitch, roll, scale) => {
        const radians = (degrees: number): number => (degrees / 180) * Math.PI;
        const pose = poseOf(project(radians(yaw), radians(pitch), radians(roll), scale));
        assert.ok(Math.abs(pose.pitch - pitch) < 2, `pitch ${pose.pitch} for ${pitch}`);
        // Nodding brings the nose nearer or farther, which passes for a little less or more turning.
        assert.ok(Math.abs(pose.yaw - yaw) < 3 + Math.abs(pitch), `yaw ${pose.yaw} for ${yaw}`);
        if (Math.abs(yaw) > 5) assert.equal(Math.sign(pose.yaw), Math.sign(yaw));
      },
    ),
    { numRuns: 3000 },
  );
});
