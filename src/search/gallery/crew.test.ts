import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { drawFrom, drawUnit } from "../../../test/vectors.ts";
import { ScanCrew } from "./crew.ts";
import { scanBlocks } from "./kernel.ts";
import { TemplateMemory } from "./template-memory.ts";

const ROWS = 9000;
const RECORDING = { limit: 7 };
/** A helper that has not woken up after this many offers, each 10 ms apart, never will. */
const OFFERS_MAX = 1000;

function filledMemory(seed: number): TemplateMemory {
  const draw = drawFrom(seed);
  const memory = new TemplateMemory(16);
  memory.reserve(ROWS);
  for (let row = 0; row < ROWS; row += 1) {
    memory.write(row, row, drawUnit(draw, 16));
    memory.setVisible(row, true);
  }
  return memory;
}

const byScore = (a: { readonly score: number }, b: { readonly score: number }): number =>
  b.score - a.score;

function scanAlone(memory: TemplateMemory, probe: Float32Array): readonly object[] {
  let block = 0;
  memory.writeProbes([probe], RECORDING);
  scanBlocks(
    memory.kernel,
    memory.layout,
    { rows: ROWS, probes: 1 },
    { lane: 0, next: () => block++ },
  );
  return [...memory.found(0, 0)].sort(byScore);
}

/** Offers a scan in which the asking thread takes no block, until a helper has done all of it. */
async function scanByHelper(
  crew: ScanCrew,
  gallery: number,
  memory: TemplateMemory,
  probe: Float32Array,
): Promise<readonly object[]> {
  for (let offer = 0; offer < OFFERS_MAX; offer += 1) {
    memory.writeProbes([probe], RECORDING);
    const idle = new Int32Array(new SharedArrayBuffer(4));
    const lanes = crew.scan(gallery, { rows: ROWS, probes: 1 }, () => {
      Atomics.wait(idle, 0, 0, 10);
    });
    if (lanes?.includes(1)) return [...memory.found(0, 1)].sort(byScore);
    await sleep(10);
  }
  throw new Error("No helper took part");
}

test("a helper finds what the asking thread would, in every gallery it was told of", async () => {
  await using crew = new ScanCrew(2);
  const draw = drawFrom(9);
  const memories = [filledMemory(1), filledMemory(2)];
  for (const memory of memories) {
    const gallery = crew.attach(memory.memory, 16);
    const probe = drawUnit(draw, 16);
    const expected = scanAlone(memory, probe);
    assert.equal(expected.length, 7);
    assert.deepEqual(await scanByHelper(crew, gallery, memory, probe), expected);
    memory.wipeProbes();
    crew.detach(gallery);
  }
});

test("a helper sees rows that were written, and blocks that were added, after it was told", async () => {
  await using crew = new ScanCrew(2);
  const memory = new TemplateMemory(16);
  const gallery = crew.attach(memory.memory, 16);
  const draw = drawFrom(3);
  memory.reserve(ROWS);
  const probe = drawUnit(draw, 16);
  assert.deepEqual(await scanByHelper(crew, gallery, memory, probe), []);
  memory.write(ROWS - 1, 5, probe);
  memory.setVisible(ROWS - 1, true);
  const [found] = (await scanByHelper(crew, gallery, memory, probe)) as { row: number }[];
  assert.equal(found?.row, ROWS - 1);
  memory.setVisible(ROWS - 1, false);
  assert.deepEqual(await scanByHelper(crew, gallery, memory, probe), []);
});

test("a crew that lost a helper in the middle of a scan says so, and shares no scan again", async () => {
  await using crew = new ScanCrew(2, { silenceMsMax: 20 });
  const unknown = 99;
  let lanes: readonly number[] | null = [];
  for (let offer = 0; offer < OFFERS_MAX && lanes; offer += 1) {
    lanes = crew.scan(unknown, { rows: ROWS, probes: 0 }, () => undefined);
    await sleep(10);
  }
  assert.equal(lanes, null);
  assert.equal(crew.threads, 1);
  assert.equal(
    crew.scan(unknown, { rows: ROWS, probes: 0 }, () => assert.fail("blocks may be missing")),
    null,
  );
});

test("a crew nobody disposed of does not keep its process alive", () => {
  const crew = JSON.stringify(new URL("crew.ts", import.meta.url).href);
  const wait = "await new Promise((resolve) => setTimeout(resolve, 300));";
  const script = `import { ScanCrew } from ${crew}; new ScanCrew(3); ${wait}`;
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--input-type=module", "--eval", script],
    { timeout: 60_000, encoding: "utf8" },
  );
  assert.equal(status, 0, stderr);
});
