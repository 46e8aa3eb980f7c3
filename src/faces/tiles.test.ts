import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { cutPicture, isPlain, padPicture, planTiles } from "./tiles.ts";

const plans = fc.record({
  width: fc.integer({ min: 1, max: 9000 }),
  height: fc.integer({ min: 1, max: 9000 }),
  side: fc.integer({ min: 100, max: 1500 }),
  overlap: fc.integer({ min: 0, max: 200 }),
});

test("whatever is no larger than the overlap lies whole in some tile", () => {
  fc.assert(
    fc.property(
      plans,
      fc.double({ min: 0, max: 1 }),
      fc.double({ min: 0, max: 1 }),
      (plan, u, v) => {
        fc.pre(Number.isFinite(u) && Number.isFinite(v));
        const { width, height, side } = plan;
        const overlap = Math.min(plan.overlap, Math.floor(side / 2));
        const size = Math.min(overlap, width, height);
        const x = u * (width - size);
        const y = v * (height - size);
        const tiles = planTiles(plan, plan);
        // Tile edges are whole pixels, so half a pixel may be lost at each.
        const whole = tiles.some(
          (tile) =>
            tile.x <= x + 0.5 &&
            tile.y <= y + 0.5 &&
            tile.x + tile.width >= x + size - 0.5 &&
            tile.y + tile.height >= y + size - 0.5,
        );
        assert.ok(whole, "the square is cut by every tile");
      },
    ),
  );
});

test("tiles lie inside the picture, reach its edges, and grow past their side by a quarter step", () => {
  fc.assert(
    fc.property(plans, (plan) => {
      const tiles = planTiles(plan, plan);
      for (const { x, y, width, height } of tiles) {
        assert.ok(x >= 0 && y >= 0 && x + width <= plan.width && y + height <= plan.height);
        assert.ok(width <= plan.side * 1.25 + 1 && height <= plan.side * 1.25 + 1);
        assert.ok(Number.isInteger(x) && Number.isInteger(y) && Number.isInteger(width));
      }
      assert.equal(Math.max(...tiles.map((tile) => tile.x + tile.width)), plan.width);
      assert.equal(Math.max(...tiles.map((tile) => tile.y + tile.height)), plan.height);
      assert.equal(Math.min(...tiles.map((tile) => tile.x)), 0);
    }),
  );
});

test("a picture that fits is one tile", () => {
  assert.deepEqual(planTiles({ width: 80, height: 60 }, { side: 80, overlap: 10 }), [
    { x: 0, y: 0, width: 80, height: 60 },
  ]);
});

const picture = {
  width: 3,
  height: 2,
  data: Uint8Array.from([...Array(6).keys()].flatMap((pixel) => [pixel, pixel, pixel])),
};

test("a part is cut out row by row", () => {
  const part = cutPicture(picture, { x: 1, y: 0, width: 2, height: 2 });
  assert.deepEqual([...part.data], [1, 1, 1, 2, 2, 2, 4, 4, 4, 5, 5, 5]);
});

test("a margin is black, and the picture stays in the corner", () => {
  const padded = padPicture(picture, 4 / 3);
  assert.deepEqual([padded.width, padded.height], [4, 4]);
  assert.deepEqual(cutPicture(padded, { x: 0, y: 0, width: 3, height: 2 }), picture);
  const total = (data: Uint8Array): number => data.reduce((sum, value) => sum + value, 0);
  assert.equal(total(padded.data), total(picture.data));
});

test("a picture is plain until any pixel's colour differs by more than noise", () => {
  const [width, height] = [7, 5];
  fc.assert(
    fc.property(
      fc.tuple(fc.nat(240), fc.nat(240), fc.nat(240)),
      fc.nat(width * height * 3 - 1),
      (colour, at) => {
        const data = Uint8Array.from({ length: width * height * 3 }, (_, index) => {
          const noise = index % 2;
          return (colour[index % 3] ?? 0) + noise;
        });
        assert.ok(isPlain({ width, height, data }));
        // Less than what tells the faintest face from what is behind it.
        data[at] = ((data[at] ?? 0) + 8) % 256;
        assert.ok(!isPlain({ width, height, data }));
      },
    ),
  );
});
