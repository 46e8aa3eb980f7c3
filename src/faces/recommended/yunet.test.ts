import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeYunet } from "./yunet.ts";
import type { YunetLevel } from "./yunet.ts";

interface Cell {
  readonly stride: 8 | 16 | 32;
  readonly row: number;
  readonly column: number;
  readonly cls: number;
  readonly obj: number;
  readonly bbox?: readonly number[];
}

/** The net's output for a picture, 0 but for the cells given. */
function output(columns: number, rows: number, cells: readonly Cell[]): readonly YunetLevel[] {
  return [8, 16, 32].map((stride) => {
    const count = (columns / stride) * (rows / stride);
    const level = {
      stride,
      cls: new Float32Array(count),
      obj: new Float32Array(count),
      bbox: new Float32Array(count * 4),
      kps: new Float32Array(count * 10),
    };
    for (const cell of cells) {
      if (cell.stride !== stride) continue;
      const index = cell.row * (columns / stride) + cell.column;
      level.cls[index] = cell.cls;
      level.obj[index] = cell.obj;
      level.bbox.set(cell.bbox ?? [0.5, 0.25, Math.log(4), Math.log(6)], index * 4);
      level.kps.set([-1, -1, 1, -1, 0, 0.5, -0.75, 1, 0.75, 1.25], index * 10);
    }
    return level;
  });
}

test("decodes box, landmarks and score of a cell at each stride", () => {
  for (const stride of [8, 16, 32] as const) {
    const cell = { stride, row: 2, column: 5, cls: 0.9, obj: 0.81 };
    const found = decodeYunet(output(320, 192, [cell]), { columns: 320, scoreMin: 0.6 });
    assert.equal(found.length, 1);
    const [face] = found;
    assert.ok(face);
    near(face.score, Math.sqrt(0.9 * 0.81));
    near(face.box.width, 4 * stride);
    near(face.box.height, 6 * stride);
    near(face.box.x, (5 + 0.5 - 2) * stride);
    near(face.box.y, (2 + 0.25 - 3) * stride);
    const expected = [
      [4, 1],
      [6, 1],
      [5, 2.5],
      [4.25, 3],
      [5.75, 3.25],
    ];
    face.landmarks.forEach((point, index) => {
      near(point.x, expected[index]![0]! * stride);
      near(point.y, expected[index]![1]! * stride);
    });
    assert.equal(face.outline, null);
  }
});

test("values beyond 0..1 count as the nearest within", () => {
  const cell = { stride: 8, row: 0, column: 0, cls: 1.7, obj: 1 } as const;
  const below = { stride: 8, row: 9, column: 9, cls: -3, obj: -3 } as const;
  const found = decodeYunet(output(96, 96, [cell, below]), { columns: 96, scoreMin: 0.6 });
  assert.deepEqual(
    found.map((face) => face.score),
    [1],
  );
});

test("leaves out what scores under the floor", () => {
  const cells: readonly Cell[] = [
    { stride: 8, row: 1, column: 1, cls: 0.6001, obj: 0.6 },
    { stride: 8, row: 8, column: 8, cls: 0.5999, obj: 0.6 },
  ];
  const found = decodeYunet(output(96, 96, cells), { columns: 96, scoreMin: 0.6 });
  assert.equal(found.length, 1);
  assert.ok((found[0]?.box.x ?? 99) < 20);
});

test("keeps the best of boxes that overlap, best first, across strides", () => {
  const cells: readonly Cell[] = [
    { stride: 8, row: 4, column: 4, cls: 0.7, obj: 0.9 },
    { stride: 8, row: 4, column: 5, cls: 0.9, obj: 0.9 },
    // The same place seen at the next stride: half the cells, half the size in cells.
    { stride: 16, row: 2, column: 2, cls: 0.8, obj: 0.9, bbox: [0.5, 0.1, 0.69, 1.1] },
    { stride: 8, row: 20, column: 20, cls: 0.95, obj: 0.95 },
  ];
  const found = decodeYunet(output(256, 256, cells), { columns: 256, scoreMin: 0.6 });
  assert.equal(found.length, 2);
  near(found[0]?.score ?? 0, 0.95);
  near(found[1]?.score ?? 0, 0.9);
});

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-4, `${actual} is not ${expected}`);
}
