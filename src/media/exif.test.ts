import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { exifBomb, exifWithDate } from "../../test/hostile-bytes.ts";
import { exifDirectory, takenAtOf } from "./exif.ts";
import { EXIF_BYTES_MAX } from "./limits.ts";

test("DateTimeOriginal is read, with and without the Exif prefix", () => {
  const block = exifWithDate("2019:12:31 08:07:06");
  assert.equal(takenAtOf(block), "2019-12-31T08:07:06");
  assert.equal(takenAtOf(block.subarray(6)), "2019-12-31T08:07:06");
});

const UNREAL = [
  "0000:00:00 00:00:00",
  "2023:02:29 12:00:00",
  "2023:13:01 12:00:00",
  "2023:01:01 24:00:01",
  "1700:01:01 00:00:00",
  "9999:01:01 00:00:00",
  "2023-01-01 00:00:00",
  "                   ",
];
for (const text of UNREAL)
  test(`${JSON.stringify(text)} is no date`, () => {
    assert.equal(takenAtOf(exifWithDate(text)), null);
  });

test("a block over the bound is not looked at", () => {
  const block = exifWithDate("2019:12:31 08:07:06");
  const padded = Buffer.concat([block, Buffer.alloc(EXIF_BYTES_MAX)]);
  assert.equal(takenAtOf(padded), null);
});

test("entries that claim gigabytes are not unpacked", () => {
  assert.equal(takenAtOf(exifBomb()), null);
});

test("no damage to a block makes reading fail, and a date read is a real one", () => {
  const block = exifWithDate("2019:12:31 08:07:06");
  const change = fc.tuple(fc.nat(block.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 8 }), fc.nat(block.length), (changes, length) => {
      const damaged = Buffer.from(block);
      for (const [at, value] of changes) damaged[at] = value;
      const takenAt = takenAtOf(damaged.subarray(0, length));
      assert.ok(takenAt === null || !Number.isNaN(Date.parse(`${takenAt}Z`)));
    }),
    { numRuns: 2_000 },
  );
});

test("random bytes behind a right header never make reading fail", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(0xffff), (bytes, tag) => {
      const block = Buffer.concat([Buffer.from("II*\0\x08\0\0\0", "latin1"), bytes]);
      const directory = exifDirectory(block);
      directory?.numberOf(tag);
      directory?.textOf(tag, 19);
      directory?.follow(tag)?.follow(tag);
    }),
    { numRuns: 1_000 },
  );
});
