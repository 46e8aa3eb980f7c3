import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { AssertionError } from "../base/errors.ts";
import { scoreFloor, type Thresholds, verdict } from "./verdict.ts";

interface Candidate {
  readonly subject: string;
  readonly score: number;
}

const THRESHOLDS: Thresholds = { match: 0.5, uncertain: 0.4, margin: 0.05 };

function ranked(...scores: readonly number[]): readonly Candidate[] {
  return scores.map((score, index) => ({ subject: `sub_${index}`, score }));
}

/** Hundredths, so that scores often lie on a threshold and the arithmetic stays readable. */
const hundredth = fc.integer({ min: -100, max: 100 }).map((value) => value / 100);

const anyThresholds: fc.Arbitrary<Thresholds> = fc
  .tuple(hundredth, hundredth, fc.integer({ min: 0, max: 30 }))
  .map(([a, b, margin]) => ({
    match: Math.max(a, b),
    uncertain: Math.min(a, b),
    margin: margin / 100,
  }));

const anyRanking = fc
  .array(hundredth, { maxLength: 6 })
  .map((scores) => ranked(...scores.sort((a, b) => b - a)));

test("a best candidate who is far enough ahead is a match", () => {
  const [best] = ranked(0.6);
  assert.deepEqual(verdict(ranked(0.6), THRESHOLDS), { kind: "match", best });
  assert.deepEqual(verdict(ranked(0.6, 0.5, 0.1), THRESHOLDS), { kind: "match", best });
  assert.equal(verdict(ranked(0.5), THRESHOLDS).kind, "match");
});

test("between the thresholds, only the best is named unless another is close", () => {
  const [best, second] = ranked(0.48, 0.45);
  assert.deepEqual(verdict(ranked(0.48, 0.42), THRESHOLDS), { kind: "uncertain", best, close: [] });
  assert.deepEqual(verdict(ranked(0.48, 0.45, 0.42), THRESHOLDS), {
    kind: "uncertain",
    best,
    close: [second],
  });
});

test("a close runner-up makes a match uncertain, even one who may not be named", () => {
  const candidates = ranked(0.7, 0.68, 0.64);
  const [best, second] = candidates;
  assert.deepEqual(verdict(candidates, THRESHOLDS), { kind: "uncertain", best, close: [second] });
  const wide = { match: 0.5, uncertain: 0.45, margin: 0.1 };
  const found = verdict(ranked(0.52, 0.44), wide);
  assert.deepEqual(found, { kind: "uncertain", best: ranked(0.52)[0], close: [] });
});

test("below the thresholds, and with nobody there, nothing is told", () => {
  assert.deepEqual(verdict(ranked(0.39, 0.38), THRESHOLDS), { kind: "none" });
  assert.deepEqual(verdict(ranked(), THRESHOLDS), { kind: "none" });
});

test("the verdict is what its definition says, for any ranking and thresholds", () => {
  fc.assert(
    fc.property(anyRanking, anyThresholds, (candidates, thresholds) => {
      const found = verdict(candidates, thresholds);
      const [best, ...others] = candidates;
      if (!best || best.score < thresholds.uncertain) {
        assert.deepEqual(found, { kind: "none" });
        return;
      }
      const clear = others.every(({ score }) => best.score - score >= thresholds.margin);
      assert.ok(found.kind !== "none");
      assert.equal(found.best, best);
      assert.equal(found.kind === "match", best.score >= thresholds.match && clear);
    }),
  );
});

test("nobody below the lower threshold, or further behind than the margin, is ever named", () => {
  fc.assert(
    fc.property(anyRanking, anyThresholds, (candidates, thresholds) => {
      const found = verdict(candidates, thresholds);
      if (found.kind === "none") return;
      const close = found.kind === "uncertain" ? found.close : [];
      for (const { score } of [found.best, ...close]) {
        assert.ok(score >= thresholds.uncertain);
        assert.ok(score === found.best.score || found.best.score - score < thresholds.margin);
      }
      for (const other of candidates) {
        const near = found.best.score - other.score < thresholds.margin;
        if (found.kind === "uncertain" && near && other.score >= thresholds.uncertain) {
          assert.ok(other === found.best || close.includes(other));
        }
      }
    }),
  );
});

test("a better best score never makes a verdict weaker", () => {
  const strength = { none: 0, uncertain: 1, match: 2 };
  fc.assert(
    fc.property(anyRanking, anyThresholds, fc.nat(50), (candidates, thresholds, more) => {
      const [best, ...others] = candidates;
      if (!best) return;
      const better = [{ ...best, score: best.score + more / 100 }, ...others];
      const before = verdict(candidates, thresholds).kind;
      const after = verdict(better, thresholds).kind;
      assert.ok(strength[after] >= strength[before]);
    }),
  );
});

test("nobody below the floor changes a verdict", () => {
  fc.assert(
    fc.property(anyRanking, anyThresholds, (candidates, thresholds) => {
      const floor = scoreFloor(thresholds);
      const seen = candidates.filter(({ score }) => score >= floor);
      assert.deepEqual(verdict(seen, thresholds), verdict(candidates, thresholds));
    }),
    { numRuns: 1000 },
  );
});

test("candidates out of order and thresholds out of order are bugs", () => {
  assert.throws(() => verdict(ranked(0.5, 0.6), THRESHOLDS), AssertionError);
  const swapped = { ...THRESHOLDS, uncertain: 0.6 };
  assert.throws(() => verdict(ranked(0.5), swapped), AssertionError);
});
