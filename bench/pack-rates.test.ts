import assert from "node:assert/strict";
import { test } from "node:test";
import { groupErrors, type Pair, ratesAt, scoresOf } from "./pack-rates.ts";

const people = ["1", "2", "3", "4", "5", "6"];
/** Everybody against everybody: .9 with themselves, .3 with others, but 1 and 2 are much alike. */
const pairs: readonly Pair[] = people.flatMap((enrolled) =>
  people.map((probe) => ({ enrolled, probe, score: scoreOf(enrolled, probe) })),
);

function scoreOf(one: string, other: string): number {
  if (one === other) return one === "6" ? 0.5 : 0.9;
  return ["1", "2"].includes(one) && ["1", "2"].includes(other) ? 0.6 : 0.3;
}

test("rates count the pairs on the wrong side of a threshold", () => {
  assert.deepEqual(ratesAt(scoresOf(pairs), [0.3, 0.6, 0.95]), [
    { threshold: 0.3, fmr: 1, fnmr: 0 },
    { threshold: 0.6, fmr: 0.0667, fnmr: 0.167 },
    { threshold: 0.95, fmr: 0, fnmr: 1 },
  ]);
});

test("a group's error is of pairs within it, and a handful of people is no group", () => {
  const groupOf = new Map(people.map((id) => [id, id === "6" ? "small" : "large"]));
  assert.deepEqual(groupErrors(pairs, { by: "gender", groupOf }, [0.55]), [
    {
      by: "gender",
      group: "large",
      people: 5,
      pairs: { mated: 5, nonMated: 20 },
      mostAlike: 0.6,
      leastAlike: 0.9,
      at: [{ threshold: 0.55, fmr: 0.1, fnmr: 0 }],
    },
  ]);
});
