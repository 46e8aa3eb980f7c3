import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { type Found, mergeFound } from "./found.ts";

test("an owner whom two threads found counts once, by the better row", () => {
  const first: Found = { row: 1, owner: 7, score: 0.5 };
  const second: Found = { row: 9, owner: 7, score: 0.75 };
  const other: Found = { row: 2, owner: 8, score: 0.625 };
  assert.deepEqual(mergeFound([first, other, second], 5), [second, other]);
  assert.deepEqual(mergeFound([second, other, first], 5), [second, other]);
  assert.deepEqual(mergeFound([first, other, second], 1), [second]);
  assert.deepEqual(mergeFound([], 5), []);
});

test("shares merged are what one list of all rows would give", () => {
  const row = fc.record({ owner: fc.nat(20), score: fc.nat(100), share: fc.nat(2) });
  fc.assert(
    fc.property(fc.array(row), fc.integer({ min: 1, max: 8 }), (rows, limit) => {
      const found = rows.map((one, number) => ({ ...one, row: number }));
      const shares = [0, 1, 2].flatMap((share) =>
        mergeFound(
          found.filter((one) => one.share === share),
          limit,
        ),
      );
      const scores = (list: readonly Found[]): readonly number[] => list.map(({ score }) => score);
      assert.deepEqual(scores(mergeFound(shares, limit)), scores(mergeFound(found, limit)));
    }),
  );
});
