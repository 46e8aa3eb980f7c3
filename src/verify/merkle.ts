import { sha256 } from "@noble/hashes/sha2.js";
import { sameBytes } from "./base64.ts";

/** A hash of the tree: SHA-256. */
export const HASH_BYTES = 32;
/** No path is longer: a tree of 2^53 leaves, the largest whose sizes are exact here, has 53 levels. */
export const PATH_HASHES_MAX = 63;

const LEAF_PREFIX = Uint8Array.of(0);
const NODE_PREFIX = Uint8Array.of(1);

/** The root of a tree without leaves: the hash of nothing (RFC 6962 section 2.1). */
export const EMPTY_ROOT: Uint8Array = sha256(new Uint8Array());

/** The hash of a leaf (RFC 6962 section 2.1). */
export function hashLeaf(leaf: Uint8Array): Uint8Array {
  return sha256.create().update(LEAF_PREFIX).update(leaf).digest();
}

/** The hash of a node above two others (RFC 6962 section 2.1). */
export function hashNode(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256.create().update(NODE_PREFIX).update(left).update(right).digest();
}

/** Leaves `from` to `to` (exclusive) of a tree, and by that the node above just these. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** A state of the tree. */
export interface TreeHead {
  readonly size: number;
  readonly root: Uint8Array;
}

/**
 * The nodes of an audit path (RFC 6962 section 2.1.1) from the leaf upwards: what is hashed with
 * the leaf `index` to reach the root of a tree of `size` leaves.
 */
export function inclusionRanges(index: number, size: number): readonly Range[] {
  const path: Range[] = [];
  let node: Range = { from: 0, to: size };
  while (node.to - node.from > 1) {
    const middle = splitOf(node);
    const left = { from: node.from, to: middle };
    const right = { from: middle, to: node.to };
    path.push(index < middle ? right : left);
    node = index < middle ? left : right;
  }
  return path.toReversed();
}

/**
 * The nodes of a consistency proof between two sizes (RFC 6962 section 2.1.2), the first of them
 * not larger than the second.
 */
export function consistencyRanges(from: number, to: number): readonly Range[] {
  if (from === 0 || from === to) return [];
  const path: Range[] = [];
  let node: Range = { from: 0, to };
  // Whether the node is one of the older tree's own, from its first leaf on: then it is known.
  let known = true;
  while (node.to !== from) {
    const middle = splitOf(node);
    const left = { from: node.from, to: middle };
    const right = { from: middle, to: node.to };
    if (from <= middle) {
      path.push(right);
      node = left;
    } else {
      path.push(left);
      node = right;
      known = false;
    }
  }
  if (!known) path.push(node);
  return path.toReversed();
}

/**
 * The perfect subtrees that a node consists of, from the left: the hash of a node is theirs, folded
 * from the right (`foldRight`).
 */
export function perfectRanges({ from, to }: Range): readonly Range[] {
  const parts: Range[] = [];
  for (let start = from; start < to;) {
    let width = 1;
    while (start + 2 * width <= to && start % (2 * width) === 0) width *= 2;
    parts.push({ from: start, to: start + width });
    start += width;
  }
  return parts;
}

/** The root above hashes of perfect subtrees that stand side by side, the largest first. */
export function foldRight(hashes: readonly Uint8Array[]): Uint8Array {
  let root = hashes.at(-1) ?? EMPTY_ROOT;
  for (let index = hashes.length - 2; index >= 0; index -= 1) {
    root = hashNode(hashes[index] ?? EMPTY_ROOT, root);
  }
  return root;
}

/** Where RFC 6962 divides a node: at the largest power of two below its number of leaves. */
function splitOf({ from, to }: Range): number {
  let width = 1;
  while (2 * width < to - from) width *= 2;
  return from + width;
}

/**
 * Whether the path leads from the leaf's hash at `index` to the tree's root (RFC 9162 section
 * 2.1.3.2, the verification of RFC 6962 proofs).
 */
export function provesInclusion(
  leaf: { readonly hash: Uint8Array; readonly index: number },
  path: readonly Uint8Array[],
  tree: TreeHead,
): boolean {
  if (!isCount(leaf.index) || !isCount(tree.size) || leaf.index >= tree.size) return false;
  if (!arePathHashes([leaf.hash, ...path])) return false;
  let index = leaf.index;
  let last = tree.size - 1;
  let hash = leaf.hash;
  for (const beside of path) {
    if (last === 0) return false;
    const isRight = index % 2 === 1;
    hash = isRight || index === last ? hashNode(beside, hash) : hashNode(hash, beside);
    // At the right edge the node may stand alone for several levels.
    if (index === last && !isRight) [index, last] = aboveWhileLeft(index, last);
    [index, last] = above(index, last);
  }
  return last === 0 && sameBytes(hash, tree.root);
}

/**
 * Whether the path shows that the newer tree begins with all leaves of the older (RFC 9162 section
 * 2.1.4.2). The empty tree is the beginning of any; its proof is empty.
 */
export function provesConsistency(
  older: TreeHead,
  newer: TreeHead,
  path: readonly Uint8Array[],
): boolean {
  if (!isCount(older.size) || !isCount(newer.size) || older.size > newer.size) return false;
  if (!arePathHashes(path)) return false;
  if (older.size === 0 && !sameBytes(older.root, EMPTY_ROOT)) return false;
  if (older.size === newer.size) return path.length === 0 && sameBytes(older.root, newer.root);
  if (older.size === 0) return path.length === 0;
  // Where the older tree is perfect its root is the first node, and is not sent.
  const [start, ...rest] = isPowerOfTwo(older.size) ? [older.root, ...path] : path;
  if (!start || path.length === 0) return false;
  let [index, last] = aboveWhileRight(older.size - 1, newer.size - 1);
  let [olderHash, newerHash] = [start, start];
  for (const beside of rest) {
    if (last === 0) return false;
    const isRight = index % 2 === 1;
    if (isRight || index === last) {
      olderHash = hashNode(beside, olderHash);
      newerHash = hashNode(beside, newerHash);
      if (!isRight) [index, last] = aboveWhileLeft(index, last);
    } else {
      newerHash = hashNode(newerHash, beside);
    }
    [index, last] = above(index, last);
  }
  return last === 0 && sameBytes(olderHash, older.root) && sameBytes(newerHash, newer.root);
}

/** One level up. Not by shifting: sizes are exact beyond 32 bits. */
function above(index: number, last: number): [number, number] {
  return [Math.floor(index / 2), Math.floor(last / 2)];
}

/** Up to the level where the node is a right one, or the first. */
function aboveWhileLeft(index: number, last: number): [number, number] {
  let at: [number, number] = [index, last];
  while (at[0] !== 0 && at[0] % 2 === 0) at = above(...at);
  return at;
}

function aboveWhileRight(index: number, last: number): [number, number] {
  let at: [number, number] = [index, last];
  while (at[0] % 2 === 1) at = above(...at);
  return at;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isPowerOfTwo(size: number): boolean {
  let power = 1;
  while (power < size) power *= 2;
  return power === size;
}

function arePathHashes(path: readonly Uint8Array[]): boolean {
  return path.length <= PATH_HASHES_MAX && path.every(({ length }) => length === HASH_BYTES);
}
