import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { anySize, fixedSize } from "../../test/fake-models.ts";
import { planLevels } from "./levels.ts";

const photos = fc.record({
  width: fc.integer({ min: 24, max: 12_000 }),
  height: fc.integer({ min: 24, max: 9000 }),
});

for (const [name, traits] of [
  ["any size", anySize],
  ["fixed size", fixedSize],
] as const) {
  test(`${name}: the finest level shows faces of 24 px as large as the detector needs them`, () => {
    fc.assert(
      fc.property(photos, (photo) => {
        const finest = planLevels(photo, traits).at(-1)!;
        // A tile that is a fifth too large is not split in four.
        const least = traits.inputSide === null ? 1 : 1.2;
        const seen = 24 * finest.scale * (finest.when === "in_doubt" ? 1 / 0.55 : 1) * least;
        assert.ok(seen >= Math.min(24, traits.faceMinPixels) - 0.5, `${seen} px`);
      }),
    );
  });

  test(`${name}: what one level shows large enough, the next shows whole in a tile`, () => {
    fc.assert(
      fc.property(photos, (photo) => {
        const levels = planLevels(photo, traits).filter(({ margin }) => margin === 1);
        levels.forEach(({ tiles, longSide }, index) => {
          const previous = levels[index - 1];
          if (!tiles || !previous) return;
          const widest = traits.faceMinPixels / previous.scale;
          const inTile = widest * (longSide / Math.max(photo.width, photo.height));
          assert.ok(tiles.overlap >= 1.4 * inTile, `${tiles.overlap} for a face of ${inTile}`);
        });
      }),
    );
  });
}

test("a crowd is looked at in every level", () => {
  const levels = planLevels({ width: 8064, height: 6048 }, fixedSize);
  const when = levels.map((level) => level.when);
  assert.deepEqual(when, ["always", "in_doubt", "always", "always", "always"]);
});

test("a photo of 12 MP is first shown at a quarter", () => {
  const [first] = planLevels({ width: 4032, height: 3024 }, anySize);
  assert.equal(first.longSide, 1008);
  assert.equal(first.tiles, null);
});
