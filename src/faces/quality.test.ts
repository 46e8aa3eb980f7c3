import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import fc from "fast-check";
import { shared } from "../../test/shared.ts";
import type { Use } from "./engine.ts";
import type { FaceMeasures } from "./face-measures.ts";
import { openEngine } from "./faces.ts";
import { isEmbeddable, judgeFace, qualityAdvice } from "./quality.ts";

const good: FaceMeasures = {
  sharpness: 0.15,
  highlight: 170,
  burntShare: 0,
  yaw: 2,
  pitch: -3,
  mouthDetail: 0.7,
  eyeDetail: 2,
  eyeLight: 0.65,
};

test("a good face has no problem for any use", () => {
  for (const use of ["enrol", "probe", "scan"] as const) {
    assert.deepEqual(judgeFace(200, good, use), []);
  }
});

const worse: readonly (readonly [string, number, Partial<FaceMeasures>])[] = [
  ["too_small", 20, {}],
  ["too_blurred", 200, { sharpness: 0.003 }],
  ["too_dark", 200, { highlight: 10 }],
  ["too_bright", 200, { burntShare: 0.9 }],
  ["turned_away", 200, { yaw: 70 }],
  ["turned_away", 200, { pitch: -60 }],
  ["covered", 200, { mouthDetail: 0.01 }],
  ["covered", 200, { eyeDetail: 0.05 }],
  ["covered", 200, { eyeLight: 0.1 }],
];

for (const [problem, width, change] of worse) {
  test(`${JSON.stringify({ width, ...change })} is ${problem}, and nothing else`, () => {
    for (const use of ["enrol", "probe"] as const) {
      assert.deepEqual(judgeFace(width, { ...good, ...change }, use), [problem]);
    }
    const inScan = problem === "covered" ? [] : [problem];
    assert.deepEqual(judgeFace(width, { ...good, ...change }, "scan"), inScan);
  });
}

test("a face too narrow to be measured is too small", () => {
  assert.deepEqual(judgeFace(12, null, "scan"), ["too_small"]);
});

const measures: fc.Arbitrary<FaceMeasures> = fc.record({
  sharpness: fc.double({ min: 0, max: 0.3, noNaN: true }),
  highlight: fc.double({ min: 0, max: 255, noNaN: true }),
  burntShare: fc.double({ min: 0, max: 1, noNaN: true }),
  yaw: fc.double({ min: -90, max: 90, noNaN: true }),
  pitch: fc.double({ min: -90, max: 90, noNaN: true }),
  mouthDetail: fc.double({ min: 0, max: 2, noNaN: true }),
  eyeDetail: fc.double({ min: 0, max: 3, noNaN: true }),
  eyeLight: fc.double({ min: 0, max: 1, noNaN: true }),
});

test("what passes for a stricter use passes for a laxer one, and is embedded", () => {
  const width = fc.double({ min: 24, max: 400, noNaN: true });
  fc.assert(
    fc.property(width, measures, (pixels, face) => {
      const problems = (use: Use): ReadonlySet<string> => new Set(judgeFace(pixels, face, use));
      assert.ok(problems("scan").isSubsetOf(problems("probe")));
      assert.ok(problems("probe").isSubsetOf(problems("enrol")));
      assert.equal(isEmbeddable(pixels, face), problems("scan").size === 0);
    }),
  );
});

test("each problem has its advice: a sentence that says what to do", () => {
  for (const advice of Object.values(qualityAdvice)) assert.match(advice, /^[A-Z].*: [a-z].*\.$/);
  assert.equal(new Set(Object.values(qualityAdvice)).size, Object.keys(qualityAdvice).length);
});

test("102 people photographed from the front may all enrol", async (t) => {
  const folder = shared("data/london/neutral_front");
  const models = shared("models");
  if (!folder || !models) return t.skip("../shared is absent: needs data/london and models");
  await using engine = await openEngine({ pack: "recommended", folder: models, workers: 2 });
  const files = readdirSync(folder).filter((name) => name.endsWith(".jpg"));
  const refused = await Promise.all(
    files.map(async (name) => {
      const options = { embed: { kind: "none" }, use: "enrol" } as const;
      const { faces } = await engine.analyse({ file: join(folder, name) }, options);
      return faces.length === 1 ? faces[0]!.problems : ["several_faces"];
    }),
  );
  assert.equal(files.length, 102);
  assert.deepEqual(refused.flat(), []);
});
