import assert from "node:assert/strict";
import { test } from "node:test";
import { joinIntervals } from "./appearances.ts";

test("intervals that touch are one, and the surer verdict is its", () => {
  const one = { from: 0, to: 2, best: 1, verdict: "uncertain", score: 0.53 } as const;
  const two = { from: 2.2, to: 4, best: 3, verdict: "match", score: 0.8 } as const;
  const three = { from: 6, to: 7, best: 6.5, verdict: "match", score: 0.7 } as const;
  assert.deepEqual(joinIntervals([three, two, one]), [
    { from: 0, to: 4, best: 3, verdict: "match", score: 0.8 },
    three,
  ]);
});
