import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { AssertionError } from "../../base/errors.ts";
import { newId } from "../../base/ids.ts";
import { IdColumn } from "./id-column.ts";
import { IdIndex } from "./id-index.ts";

test("an id column gives back what was set, until it is cleared", () => {
  const column = new IdColumn<string>();
  const ids = Array.from({ length: 10_000 }, () => newId("sub"));
  for (const [row, id] of ids.entries()) column.set(row, id);
  for (const [row, id] of ids.entries()) {
    assert.equal(column.get(row), id);
    assert.ok(column.holds(row, id));
    assert.ok(!column.holds(row, ids[(row + 1) % ids.length]!));
  }
  column.clear(4711);
  assert.throws(() => column.get(4711), AssertionError);
  assert.equal(column.get(4710), ids[4710]);
  assert.equal(column.get(4712), ids[4712]);
});

test("a shorter id leaves nothing of a longer one behind", () => {
  const column = new IdColumn<string>();
  column.set(0, "abcdefgh");
  column.set(0, "xyz");
  assert.equal(column.get(0), "xyz");
  assert.ok(column.holds(0, "xyz"));
  assert.ok(!column.holds(0, "xyzdefgh"));
});

test("ids that do not fit a cell are refused", () => {
  const column = new IdColumn<string>();
  for (const id of ["", "x".repeat(24), "sub_ä", "sub_\u0000"]) {
    assert.throws(() => column.set(0, id), AssertionError);
  }
});

test("an id index agrees with a Map through any order of changes", () => {
  const operation = fc.record({
    kind: fc.constantFrom("set", "set", "move", "delete"),
    id: fc.integer({ min: 0, max: 400 }).map((number) => `sub_${number}`),
  });
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 2000, size: "max" }), (operations) => {
      const column = new IdColumn<string>();
      const index = new IdIndex(column);
      const model = new Map<string, number>();
      let rows = 0;
      for (const { kind, id } of operations) {
        if (kind === "delete") {
          index.delete(id);
          model.delete(id);
        } else if (kind === "set" || model.has(id)) {
          column.set(rows, id);
          index.set(id, rows);
          model.set(id, rows);
          rows += 1;
        }
        assert.equal(index.get(id), model.get(id) ?? null);
      }
      for (const [id, row] of model) assert.equal(index.get(id), row);
    }),
    { numRuns: 50 },
  );
});

test("an id index that keeps its size finds room again after deletions", () => {
  const column = new IdColumn<string>();
  const index = new IdIndex(column);
  for (let round = 0; round < 200_000; round += 1) {
    const id = `gra_${round}`;
    column.set(round % 100, id);
    index.set(id, round % 100);
    if (round >= 50) {
      assert.equal(index.get(`gra_${round - 50}`), (round - 50) % 100);
      index.delete(`gra_${round - 50}`);
    }
  }
  assert.equal(index.get("gra_199999"), 99);
  assert.equal(index.get("gra_0"), null);
});
