import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { AssertionError } from "../../base/errors.ts";
import { cosine, drawFrom, drawUnit, toUnit } from "../../../test/vectors.ts";
import { PROBE_OFFSET, SLICE_BYTES } from "./kernel-layout.ts";
import { assertUnit, isTemplateSize, quantiseProbe, quantiseRow, wipeLane } from "./quantise.ts";

/** Unit vectors of every shape: even, spiky, and with most of their length in one number. */
const unitVector = (size: number): fc.Arbitrary<Float32Array> =>
  fc
    .tuple(fc.integer(), fc.double({ min: 0.2, max: 9, noNaN: true }))
    .map(([seed, sharpness]) =>
      toUnit(
        drawUnit(drawFrom(seed), size).map(
          (value) => Math.sign(value) * Math.abs(value) ** sharpness,
        ),
      ),
    );

function codesOfLane(group: Int8Array, lane: number, size: number): readonly number[] {
  return Array.from(
    { length: size },
    (_, index) => group[Math.floor(index / 4) * SLICE_BYTES + lane * 4 + (index % 4)] ?? 0,
  );
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);

for (const size of [16, 128, 256, 512]) {
  test(`scores from codes keep to their bounds, ${size} dimensions`, () => {
    fc.assert(
      fc.property(
        unitVector(size),
        unitVector(size),
        fc.integer({ min: 0, max: 15 }),
        (row, probe, lane) => {
          const group = new Int8Array(16 * size);
          const kept = quantiseRow(row, group, lane);
          const coarse = new Uint8Array(size);
          const fine = new Uint8Array(size);
          const asked = quantiseProbe(probe, { coarse, fine }, kept);
          assert.ok([...coarse, ...fine].every((code) => code >= 1 && code <= 127));

          const codes = codesOfLane(group, lane, size);
          const whole = dot(codes, [...coarse]) - kept.offset;
          const rest = dot(codes, [...fine]) - kept.offset;
          const exact = cosine(row, probe);
          const rowError = kept.step * asked.rowSlack;
          const coarseScore = kept.step * asked.step * whole;
          assert.ok(Math.abs(exact - coarseScore) <= rowError + asked.coarseSlack);
          const fineScore = coarseScore + kept.step * asked.fineStep * rest;
          assert.ok(Math.abs(exact - fineScore) <= rowError + asked.fineSlack);
          assert.ok(asked.fineSlack <= asked.coarseSlack);
        },
      ),
      { numRuns: 100 },
    );
  });
}

test("rows written side by side do not disturb each other, and a wiped one is zeros", () => {
  const draw = drawFrom(1);
  const size = 32;
  const group = new Int8Array(16 * size);
  const rows = Array.from({ length: 16 }, () => drawUnit(draw, size));
  const steps = rows.map((row, lane) => quantiseRow(row, group, lane).step);
  for (const [lane, row] of rows.entries()) {
    for (const [index, code] of codesOfLane(group, lane, size).entries()) {
      const step = steps[lane] ?? 0;
      assert.ok(Math.abs(code * step - (row[index] ?? 0)) <= step * 0.501);
    }
  }
  wipeLane(group, 5, size);
  assert.ok(codesOfLane(group, 5, size).every((code) => code === 0));
  assert.ok(codesOfLane(group, 4, size).some((code) => code !== 0));
  assert.ok(codesOfLane(group, 6, size).some((code) => code !== 0));
});

test("the offset is the codes' sum, so that adding it to a probe changes nothing", () => {
  const size = 128;
  const group = new Int8Array(16 * size);
  const { offset } = quantiseRow(drawUnit(drawFrom(2), size), group, 0);
  assert.equal(offset, PROBE_OFFSET * group.reduce((sum, code) => sum + code, 0));
});

test("vectors of another size, of another length, or not of numbers are refused", () => {
  const vector = drawUnit(drawFrom(3), 128);
  assertUnit(vector, 128);
  assert.throws(() => assertUnit(vector, 256), AssertionError);
  assert.throws(
    () =>
      assertUnit(
        vector.map((value) => value * 1.1),
        128,
      ),
    AssertionError,
  );
  assert.throws(() => assertUnit(new Float32Array(128), 128), AssertionError);
  assert.throws(() => assertUnit(new Float32Array(128).fill(Number.NaN), 128), AssertionError);
});

test("template sizes are multiples of 16 up to 512", () => {
  const sizes = [16, 128, 256, 512].every(isTemplateSize);
  assert.ok(sizes);
  assert.ok(![0, -16, 8, 100, 128.5, 528, Number.NaN].some(isTemplateSize));
});
