import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesOf } from "../../base/bytes.ts";
import { SearchError } from "../errors.ts";
import { drawFrom, drawUnit } from "../../../test/vectors.ts";
import { scanBlocks } from "./kernel.ts";
import { BLOCK_ROWS } from "./kernel-layout.ts";
import { LANES_MAX } from "./layout.ts";
import { TemplateMemory } from "./template-memory.ts";

function holds(memory: TemplateMemory, needle: Float32Array): boolean {
  return Buffer.from(memory.bytes().buffer).includes(Buffer.from(bytesOf(needle)));
}

test("a wiped row leaves no byte behind, and its neighbours as they were", () => {
  const draw = drawFrom(1);
  const memory = new TemplateMemory(128);
  memory.reserve(40);
  const empty = memory.bytes().slice();
  const rows = Array.from({ length: 40 }, () => drawUnit(draw, 128));
  const write = (row: number): void => {
    memory.write(row, row + 1, rows[row]!);
    memory.setVisible(row, true);
  };
  for (const row of rows.keys()) if (row !== 17) write(row);
  const without = memory.bytes().slice();
  write(17);
  assert.ok(!Buffer.from(memory.bytes()).equals(without));
  for (let at = 0; at < 128; at += 4) {
    assert.ok(holds(memory, rows[17]!.subarray(at, at + 4)));
  }
  memory.wipe(17);
  assert.ok(Buffer.from(memory.bytes()).equals(without));
  for (const row of rows.keys()) memory.wipe(row);
  assert.ok(Buffer.from(memory.bytes()).equals(empty));
  assert.ok(empty.every((byte) => byte === 0));
});

test("probes and what was found for them leave no byte behind", () => {
  const draw = drawFrom(2);
  const memory = new TemplateMemory(128);
  memory.reserve(100);
  for (let row = 0; row < 100; row += 1) {
    memory.write(row, row, drawUnit(draw, 128));
    memory.setVisible(row, true);
  }
  const before = memory.bytes().slice();
  const probes = [drawUnit(draw, 128), drawUnit(draw, 128), drawUnit(draw, 128)];
  memory.writeProbes(probes, { limit: 5 });
  for (let lane = 0; lane < LANES_MAX; lane += 1) {
    let block = 0;
    const task = { rows: 100, probes: probes.length };
    scanBlocks(memory.kernel, memory.layout, task, { lane, next: () => block++ });
    assert.equal(memory.found(2, lane).length, 5);
  }
  assert.ok(!Buffer.from(memory.bytes()).equals(before));
  memory.wipeProbes();
  assert.ok(Buffer.from(memory.bytes()).equals(before));
});

test("rows keep their bytes when the memory grows", () => {
  const draw = drawFrom(3);
  const memory = new TemplateMemory(16);
  const row = drawUnit(draw, 16);
  memory.reserve(1);
  memory.write(0, 7, row);
  memory.setVisible(0, true);
  const length = memory.bytes().length;
  memory.reserve(BLOCK_ROWS);
  assert.equal(memory.bytes().length, length);
  memory.reserve(3 * BLOCK_ROWS + 1);
  assert.equal(memory.bytes().length, length + 3 * memory.layout.blockBytes);
  assert.ok(memory.isVisible(0));
  assert.ok(!memory.isVisible(3 * BLOCK_ROWS));
  assert.ok(holds(memory, row));
  memory.wipeAll();
  assert.ok(!holds(memory, row));
});

test("more rows than the memory can ever hold are refused, and nothing has changed", () => {
  const memory = new TemplateMemory(512);
  const { length } = memory.bytes();
  assert.throws(
    () => memory.reserve(memory.layout.blocksMax * BLOCK_ROWS + 1),
    (error) => error instanceof SearchError && error.code === "gallery_full",
  );
  assert.equal(memory.bytes().length, length);
});
