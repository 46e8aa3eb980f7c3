import assert from "node:assert/strict";
import { test } from "node:test";
import { AssertionError } from "../../base/errors.ts";
import { BLOCK_QUADS, BLOCK_ROWS, GROUP_CODES, GROUP_ROWS, QUAD_ROWS } from "./kernel-layout.ts";
import { LANES_MAX, layoutOf, PAGE_BYTES, PAGES_MAX, placeOf, PROBES_MAX } from "./layout.ts";

test("blocks, quads and groups add up", () => {
  assert.equal(BLOCK_ROWS, BLOCK_QUADS * QUAD_ROWS);
  assert.equal(QUAD_ROWS, 4 * GROUP_ROWS);
});

for (const size of [16, 128, 256, 512]) {
  test(`nothing lies on anything else, ${size} dimensions`, () => {
    const layout = layoutOf(size);
    assert.ok(layout.probes + PROBES_MAX * layout.probeBytes <= layout.tops);
    assert.ok(layout.tops + LANES_MAX * PROBES_MAX * layout.topBytes <= layout.blocks);
    assert.equal(layout.blocks % PAGE_BYTES, 0);
    assert.equal(layout.blockBytes % PAGE_BYTES, 0);
    const end = layout.blocks + layout.blocksMax * layout.blockBytes;
    assert.ok(end <= PAGES_MAX * PAGE_BYTES);

    // Every byte of two blocks is claimed once at most, and lanes of a group fill it.
    const claims = new Uint8Array(2 * layout.blockBytes);
    const claim = (from: number, bytes: number): void => {
      for (let at = from - layout.blocks; at < from - layout.blocks + bytes; at += 1) {
        claims[at] = (claims[at] ?? 0) + 1;
      }
    };
    const lanes = new Map<number, number>();
    for (let row = 0; row < 2 * BLOCK_ROWS; row += 1) {
      const place = placeOf(layout, row);
      assert.equal(place.group % 16, 0);
      assert.equal(place.floats % 16, 0);
      if (place.lane === 0) claim(place.group, layout.groupBytes);
      claim(place.owner, 4);
      claim(place.floats, 4 * size);
      lanes.set(place.group, (lanes.get(place.group) ?? 0) | (1 << place.lane));
    }
    assert.ok(claims.every((count) => count <= 1));
    assert.ok([...lanes.values()].every((mask) => mask === 0xff_ff));
    assert.equal(lanes.size, (2 * BLOCK_ROWS) / GROUP_ROWS);
  });
}

test("rows fill a block quad by quad", () => {
  const layout = layoutOf(128);
  const groupOf = (row: number): number =>
    (placeOf(layout, row).group - layout.blocks) / layout.groupBytes;
  assert.deepEqual([0, 15, 16, 47, 63, 64, 128].map(groupOf), [0, 0, 64, 128, 192, 1, 2]);
  assert.equal(layout.groupBytes, GROUP_CODES + 16 * 128);
});

test("a million templates of 256 dimensions take 1.31 GB, and there is room for three million", () => {
  const layout = layoutOf(256);
  assert.ok(Math.ceil(1e6 / BLOCK_ROWS) * layout.blockBytes < 1.31e9);
  assert.ok(layout.blocksMax * BLOCK_ROWS > 3e6);
});

test("a template size that does not fit the kernel is refused", () => {
  assert.throws(() => layoutOf(100), AssertionError);
});
