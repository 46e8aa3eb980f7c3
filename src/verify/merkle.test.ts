import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import {
  consistencyRanges,
  EMPTY_ROOT,
  foldRight,
  hashLeaf,
  hashNode,
  inclusionRanges,
  perfectRanges,
  provesConsistency,
  provesInclusion,
  type Range,
} from "./merkle.ts";

// The eight leaves with which the implementations of Certificate Transparency test theirs, and the
// roots of the trees that they grow.
const LEAVES = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
].map((hex) => Buffer.from(hex, "hex"));
const ROOTS = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];
/** Audit paths and consistency proofs among those, as the same implementations publish them. */
const INCLUSIONS = [
  { index: 0, size: 1, path: [] },
  {
    index: 0,
    size: 8,
    path: [
      "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
  },
  {
    index: 5,
    size: 8,
    path: [
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
  },
  {
    index: 2,
    size: 3,
    path: ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
  },
];
const CONSISTENCIES = [
  {
    from: 1,
    to: 8,
    path: [
      "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
  },
  {
    from: 6,
    to: 8,
    path: [
      "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
  },
  {
    from: 2,
    to: 5,
    path: [
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
  },
];

/** RFC 6962 section 2.1 as it is written, by another implementation of the hash. */
function naiveRoot(leaves: readonly Uint8Array[]): Buffer {
  const sha256 = (...parts: readonly Uint8Array[]) =>
    createHash("sha256").update(Buffer.concat(parts)).digest();
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return sha256(Buffer.of(0), leaves[0]!);
  let split = 1;
  while (2 * split < leaves.length) split *= 2;
  return sha256(Buffer.of(1), naiveRoot(leaves.slice(0, split)), naiveRoot(leaves.slice(split)));
}

const headOf = (leaves: readonly Uint8Array[]) => ({
  size: leaves.length,
  root: naiveRoot(leaves),
});
const pathOf = (leaves: readonly Uint8Array[], ranges: readonly Range[]) =>
  ranges.map(({ from, to }) => naiveRoot(leaves.slice(from, to)));
const unhex = (hashes: readonly string[]) => hashes.map((hex) => Buffer.from(hex, "hex"));
const numbered = (count: number) => Array.from({ length: count }, (_, n) => Buffer.from(`${n}`));

/** Every path that differs in one bit, one hash more, or one hash less. */
function spoilt(path: readonly Uint8Array[], root: Uint8Array): readonly (readonly Uint8Array[])[] {
  const flipped = path.flatMap((hash, at) =>
    [0, 100, 255].map((bit) => {
      const copy = Buffer.from(hash);
      copy[bit >> 3]! ^= 1 << (bit & 7);
      return path.with(at, copy);
    }),
  );
  const shorter = path.map((_, at) => path.toSpliced(at, 1));
  const short = path.map((hash, at) => path.with(at, hash.subarray(1)));
  const longer = [root, new Uint8Array(32), Buffer.alloc(0)].flatMap((extra) => [
    [...path, extra],
    [extra, ...path],
  ]);
  return [...flipped, ...shorter, ...short, ...longer];
}

/** The root above so many hashes as a power of two, level by level. */
function perfectRoot(hashes: readonly Uint8Array[]): Uint8Array {
  const [one, two] = hashes;
  if (!one || !two) return one ?? EMPTY_ROOT;
  const pairs = Array.from({ length: hashes.length / 2 }, (_, n) =>
    hashNode(hashes[2 * n] ?? one, hashes[2 * n + 1] ?? two),
  );
  return perfectRoot(pairs);
}

test("grows the reference tree of Certificate Transparency, root by root", () => {
  for (const [size, root] of ROOTS.entries()) {
    const subtrees = perfectRanges({ from: 0, to: size }).map(({ from, to }) =>
      perfectRoot(LEAVES.slice(from, to).map(hashLeaf)),
    );
    assert.equal(Buffer.from(foldRight(subtrees)).toString("hex"), root);
    assert.equal(naiveRoot(LEAVES.slice(0, size)).toString("hex"), root);
  }
  assert.equal(Buffer.from(EMPTY_ROOT).toString("hex"), ROOTS[0]);
});

test("accepts the reference proofs, and finds the same nodes", () => {
  for (const { index, size, path } of INCLUSIONS) {
    const leaf = { hash: hashLeaf(LEAVES[index]!), index };
    const tree = headOf(LEAVES.slice(0, size));
    assert.ok(provesInclusion(leaf, unhex(path), tree), `${index} in ${size}`);
    assert.deepEqual(pathOf(LEAVES, inclusionRanges(index, size)), unhex(path));
  }
  for (const { from, to, path } of CONSISTENCIES) {
    const [older, newer] = [headOf(LEAVES.slice(0, from)), headOf(LEAVES.slice(0, to))];
    assert.ok(provesConsistency(older, newer, unhex(path)), `${from} to ${to}`);
    assert.deepEqual(pathOf(LEAVES, consistencyRanges(from, to)), unhex(path));
  }
});

test("proves every leaf of every small tree, and nothing with a proof that is spoilt", () => {
  for (let size = 1; size <= 20; size += 1) {
    const leaves = numbered(size);
    const tree = headOf(leaves);
    for (let index = 0; index < size; index += 1) {
      const leaf = { hash: hashLeaf(leaves[index]!), index };
      const path = pathOf(leaves, inclusionRanges(index, size));
      assert.ok(provesInclusion(leaf, path, tree), `${index} in ${size}`);
      for (const wrong of spoilt(path, tree.root)) {
        assert.equal(provesInclusion(leaf, wrong, tree), false, `${index} in ${size}, spoilt`);
      }
      for (const other of [index - 1, index + 1, index ^ 2, index + 0.5, -index, Number.NaN]) {
        if (Object.is(other, index) || Object.is(other, -0)) continue;
        assert.equal(provesInclusion({ ...leaf, index: other }, path, tree), false);
      }
      assert.equal(provesInclusion({ hash: hashLeaf(tree.root), index }, path, tree), false);
      assert.equal(provesInclusion(leaf, path, { size, root: EMPTY_ROOT }), false);
      const nothing = new Uint8Array();
      assert.equal(provesInclusion({ hash: nothing, index }, path, { size, root: nothing }), false);
    }
  }
});

test("proves that every small tree grew out of every smaller one, and nothing if spoilt", () => {
  for (let to = 1; to <= 20; to += 1) {
    const leaves = numbered(to);
    const newer = headOf(leaves);
    for (let from = 0; from <= to; from += 1) {
      const older = headOf(leaves.slice(0, from));
      const path = pathOf(leaves, consistencyRanges(from, to));
      assert.ok(provesConsistency(older, newer, path), `${from} to ${to}`);
      for (const wrong of spoilt(path, newer.root)) {
        assert.equal(provesConsistency(older, newer, wrong), false, `${from} to ${to}, spoilt`);
      }
      const changed = headOf(leaves.with(0, Buffer.from("changed")));
      if (from > 0) assert.equal(provesConsistency(older, changed, path), false);
      // Somebody was shown another beginning: the proof between two trees that were is none for it.
      const fork = { size: from, root: headOf(leaves.with(0, Buffer.from("forked"))).root };
      if (from > 0) assert.equal(provesConsistency(fork, newer, path), false, `${from} to ${to}`);
      if (from > 1)
        assert.equal(provesConsistency({ ...older, size: from - 1 }, newer, path), false);
      if (from < to) assert.equal(provesConsistency(newer, older, path), false);
    }
  }
});

test("a tree with one leaf changed, left out or put elsewhere is another tree", () => {
  const places = fc.tuple(fc.integer({ min: 1, max: 300 }), fc.nat(), fc.nat());
  fc.assert(
    fc.property(places, ([size, first, second]) => {
      const leaves = numbered(size);
      const [index, from] = [first % size, 1 + (second % size)];
      const path = pathOf(leaves, inclusionRanges(index, size));
      const proof = pathOf(leaves, consistencyRanges(from, size));
      const leaf = { hash: hashLeaf(leaves[index]!), index };
      const older = headOf(leaves.slice(0, from));
      assert.ok(provesInclusion(leaf, path, headOf(leaves)));
      assert.ok(provesConsistency(older, headOf(leaves), proof));
      const changed = headOf(leaves.with(second % size, Buffer.from("changed")));
      assert.equal(provesInclusion(leaf, path, changed), false);
      if (second % size < from) assert.equal(provesConsistency(older, changed, proof), false);
    }),
    { numRuns: 60 },
  );
});

test("paths stay within their bound in the largest tree that can be counted", () => {
  const size = Number.MAX_SAFE_INTEGER;
  assert.ok(inclusionRanges(size - 1, size).length <= 53);
  assert.ok(inclusionRanges(0, size).length <= 53);
  assert.ok(consistencyRanges(1, size).length <= 53);
  const hash = new Uint8Array(32);
  const path = Array.from({ length: 64 }, () => hash);
  assert.equal(provesInclusion({ hash, index: 0 }, path, { size, root: hash }), false);
});
