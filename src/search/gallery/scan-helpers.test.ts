import assert from "node:assert/strict";
import { test } from "node:test";
import { ScanHelpers } from "./scan-helpers.ts";

test("threads are started for the second large scan, and are the same from then on", async () => {
  await using helpers = new ScanHelpers(() => false, 2);
  assert.equal(helpers.forLargeScan(), null);
  const crew = helpers.forLargeScan();
  assert.equal(crew?.threads, 2);
  assert.equal(helpers.forLargeScan(), crew);
});

test("nobody helps while photos are looked at, nor on a single core", async () => {
  let looking = true;
  await using helpers = new ScanHelpers(() => looking, 2);
  for (let scan = 0; scan < 3; scan += 1) assert.equal(helpers.forLargeScan(), null);
  looking = false;
  assert.notEqual(helpers.forLargeScan(), null);
  looking = true;
  assert.equal(helpers.forLargeScan(), null);
  await using single = new ScanHelpers(() => false, 1);
  for (let scan = 0; scan < 3; scan += 1) assert.equal(single.forLargeScan(), null);
});
