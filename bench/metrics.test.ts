import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { detCurve, shareFrom, sortedScores, trueAcceptRate } from "./metrics.ts";

test("the true accept rate lets no more non-mated pairs through than allowed", () => {
  const scores = {
    mated: sortedScores([0.9, 0.3, 0.6, 0.5]),
    nonMated: sortedScores([0.1, 0.5, 0.2, 0.4]),
  };
  assert.equal(trueAcceptRate(scores, 0.25).rate, 3 / 4, "one of four may pass: 0.5");
  assert.equal(trueAcceptRate(scores, 0.2).rate, 2 / 4, "none may pass, and 0.5 is tied with one");
  assert.equal(trueAcceptRate(scores, 1).rate, 1);
});

test("rates agree with counting, for any scores", () => {
  const score = fc.double({ min: -1, max: 1, noNaN: true });
  const list = fc.array(score, { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(list, list, fc.double({ min: 0, max: 1, noNaN: true }), (mated, nonMated, far) => {
      const scores = { mated: sortedScores(mated), nonMated: sortedScores(nonMated) };
      const { threshold, rate } = trueAcceptRate(scores, far);
      const passed = nonMated.filter((one) => one >= threshold).length;
      assert.ok(passed <= nonMated.length * far);
      assert.equal(rate, mated.filter((one) => one >= threshold).length / mated.length);
      for (const point of detCurve(scores)) {
        const fmr = nonMated.filter((one) => one >= point.threshold).length / nonMated.length;
        assert.equal(point.fmr, fmr);
      }
      assert.equal(detCurve(scores).at(-1)?.fmr, 0);
      assert.equal(shareFrom(scores.mated, -1), 1);
    }),
  );
});
