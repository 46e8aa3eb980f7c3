import assert from "node:assert/strict";
import { test } from "node:test";
import { boundOfNone, meaningsOf } from "./error-rates.ts";

const sets = [
  {
    data: "one",
    people: 102,
    pairs: { mated: 102, nonMated: 10302 },
    at: [
      { threshold: 0.5, fmr: 9.7e-5, fnmr: 0 },
      { threshold: 0.45, fmr: 0.000388, fnmr: 0 },
      { threshold: 0.55, fmr: 0, fnmr: 0 },
    ],
  },
  { data: "two", people: 9, pairs: { mated: 9, nonMated: null }, at: [] },
];

test("a score is told by the highest threshold that it reaches", () => {
  const [told, ...more] = meaningsOf(sets, 0.51);
  assert.deepEqual(told, { data: "one", threshold: 0.5, pairs: 10302, asHigh: 1 });
  assert.deepEqual(more, []);
  assert.equal(meaningsOf(sets, 0.5)[0]?.threshold, 0.5);
  assert.equal(meaningsOf(sets, 0.9)[0]?.asHigh, 0);
  assert.deepEqual(meaningsOf(sets, 0.44), []);
});

test("none of many bounds the rate, and no better", () => {
  assert.equal(boundOfNone(10302), 3434);
});
