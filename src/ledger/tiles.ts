import type { Reader, Tx } from "../storage/db.ts";
import {
  foldRight,
  HASH_BYTES,
  hashNode,
  perfectRanges,
  type Range,
  type TreeHead,
} from "../verify/merkle.ts";
import { LedgerError } from "./errors.ts";

/** Hashes of a full tile: a subtree of eight levels (C2SP tlog-tiles). */
export const TILE_HASHES = 256;

/**
 * [Note: tiles] The tree is stored as C2SP tlog-tiles has it. A tile of level 0 holds the hashes of
 * 256 leaves side by side, one of level n the roots of 256 full tiles of level n - 1. Only the last
 * tile of a level may be shorter, and hashes are only ever added behind others: a tile serves every
 * size that the tree has ever had. What lies between two levels is hashed again when it is asked for.
 */
export interface Tile {
  readonly level: number;
  readonly position: number;
  readonly hashes: Uint8Array;
}

/** The right edge of a tree: all that is needed to add leaves and to know the root. */
export class TreeEdge {
  /** Of each level the hashes that fill no tile yet. */
  readonly #levels: Uint8Array[][];
  readonly #touched = new Set<number>();
  #size: number;
  #full: Tile[] = [];

  private constructor(size: number, levels: Uint8Array[][]) {
    this.#size = size;
    this.#levels = levels;
  }

  /** The edge of a tree without leaves. */
  static empty(): TreeEdge {
    return new TreeEdge(0, []);
  }

  /**
   * The edge of the tree that is stored, which must be the one that was signed. Throws LedgerError
   * tree_damaged.
   */
  static async read(db: Reader, head: TreeHead): Promise<TreeEdge> {
    const tiles = await readTiles(db, placesOfEdge(head.size));
    const levels: Uint8Array[][] = [];
    for (let level = 0; widthOf(level) <= head.size; level += 1) {
      const count = Math.floor(head.size / widthOf(level)) % TILE_HASHES;
      const position = Math.floor(head.size / widthOf(level + 1));
      levels.push(count === 0 ? [] : hashesIn(tiles, { level, position }, 0, count));
    }
    const edge = new TreeEdge(head.size, levels);
    if (Buffer.compare(edge.head().root, head.root) === 0) return edge;
    throw damaged();
  }

  /** Adds the hash of a leaf. */
  add(leafHash: Uint8Array): void {
    this.#size += 1;
    let hash = leafHash;
    for (let level = 0; ; level += 1) {
      const hashes = (this.#levels[level] ??= []);
      hashes.push(hash);
      this.#touched.add(level);
      if (hashes.length < TILE_HASHES) return;
      const position = this.#size / widthOf(level + 1) - 1;
      this.#full.push({ level, position, hashes: Buffer.concat(hashes) });
      this.#levels[level] = [];
      hash = perfectRoot(hashes);
    }
  }

  /** The size and root with everything that was added. */
  head(): TreeHead {
    const subtrees = this.#levels
      .toReversed()
      .flatMap((hashes) =>
        perfectRanges({ from: 0, to: hashes.length }).map(({ from, to }) =>
          perfectRoot(hashes.slice(from, to)),
        ),
      );
    return { size: this.#size, root: foldRight(subtrees) };
  }

  /** The tiles that have changed since the last call. */
  takeTiles(): readonly Tile[] {
    const tiles = this.#full;
    for (const level of this.#touched) {
      const hashes = this.#levels[level] ?? [];
      if (hashes.length === 0) continue;
      const position = Math.floor(this.#size / widthOf(level + 1));
      tiles.push({ level, position, hashes: Buffer.concat(hashes) });
    }
    this.#full = [];
    this.#touched.clear();
    return tiles;
  }
}

/** The hashes of a stored tile, or null. */
export async function readTile(db: Reader, place: Place): Promise<Uint8Array | null> {
  return (await readTiles(db, [place])).get(nameOf(place)) ?? null;
}

/** Stores tiles, in place of shorter ones. */
export async function writeTiles(tx: Tx, tiles: readonly Tile[]): Promise<void> {
  for (const tile of tiles) {
    await tx.write
      .insertInto("tree_tiles")
      .values(tile)
      .onConflict((conflict) =>
        conflict.columns(["level", "position"]).doUpdateSet({ hashes: tile.hashes }),
      )
      .execute();
  }
}

/** Nodes kept in memory: about 1 MB. The upper levels of a tree of a million leaves fit. */
const NODES_MAX = 8192;

/**
 * Reads nodes of the stored tree: what proofs consist of. A perfect subtree never changes, so that
 * its hash is kept, as long as others are not asked for more lately: the upper levels and the right
 * edge are in every proof.
 */
export class TreeNodes {
  readonly #db: Reader;
  readonly #known = new Map<string, Uint8Array>();

  constructor(db: Reader) {
    this.#db = db;
  }

  /**
   * The hashes of these nodes (see inclusionRanges and consistencyRanges of merkle.ts). Throws
   * LedgerError tree_damaged.
   */
  async read(ranges: readonly Range[]): Promise<readonly Uint8Array[]> {
    const parts = ranges.map(perfectRanges);
    const unknown = parts.flat().filter((subtree) => !this.#known.has(keyOf(subtree)));
    const tiles = await readTiles(this.#db, unknown.map(placeOf));
    return parts.map((subtrees) => foldRight(subtrees.map((one) => this.#perfect(one, tiles))));
  }

  #perfect(subtree: Range, tiles: Tiles): Uint8Array {
    const key = keyOf(subtree);
    const known = this.#known.get(key);
    const place = placeOf(subtree);
    const hash = known ?? perfectRoot(hashesIn(tiles, place, place.offset, place.count));
    // The latest comes last; the first goes when there are too many.
    this.#known.delete(key);
    this.#known.set(key, hash);
    const [oldest] = this.#known.keys();
    if (this.#known.size > NODES_MAX && oldest !== undefined) this.#known.delete(oldest);
    return hash;
  }
}

function keyOf({ from, to }: Range): string {
  return `${from}/${to}`;
}

/** Where in which tile the hashes below a perfect subtree stand. */
function placeOf({ from, to }: Range): Place & { readonly offset: number; readonly count: number } {
  let level = 0;
  while (widthOf(level + 1) <= to - from) level += 1;
  const offset = Math.floor(from / widthOf(level)) % TILE_HASHES;
  const position = Math.floor(from / widthOf(level + 1));
  return { level, position, offset, count: (to - from) / widthOf(level) };
}

type Place = Pick<Tile, "level" | "position">;

function placesOfEdge(size: number): readonly Place[] {
  const places: Place[] = [];
  for (let level = 0; widthOf(level) <= size; level += 1) {
    places.push({ level, position: Math.floor(size / widthOf(level + 1)) });
  }
  return places;
}

type Tiles = ReadonlyMap<string, Uint8Array>;
const nameOf = ({ level, position }: Place): string => `${level}/${position}`;

async function readTiles(db: Reader, places: readonly Place[]): Promise<Tiles> {
  const wanted = [...new Map(places.map((place) => [nameOf(place), place])).values()];
  if (wanted.length === 0) return new Map();
  const rows = await db.read
    .selectFrom("tree_tiles")
    .selectAll()
    .where((where) =>
      where.or(
        wanted.map(({ level, position }) =>
          where("level", "=", level).and("position", "=", position),
        ),
      ),
    )
    .execute();
  return new Map(rows.map((row) => [nameOf(row), row.hashes]));
}

function hashesIn(tiles: Tiles, place: Place, offset: number, count: number): Uint8Array[] {
  const bytes = tiles.get(nameOf(place));
  if (!bytes || bytes.length < (offset + count) * HASH_BYTES) throw damaged();
  return Array.from({ length: count }, (_, index) => {
    const start = (offset + index) * HASH_BYTES;
    return bytes.subarray(start, start + HASH_BYTES);
  });
}

/** Leaves below one hash of a level. */
function widthOf(level: number): number {
  return TILE_HASHES ** level;
}

/** The root above a power of two of hashes. */
function perfectRoot(hashes: readonly Uint8Array[]): Uint8Array {
  let level = hashes;
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    for (let index = 0; index + 1 < level.length; index += 2) {
      const [left, right] = [level[index], level[index + 1]];
      if (left && right) above.push(hashNode(left, right));
    }
    level = above;
  }
  return level[0] ?? foldRight([]);
}

function damaged(): LedgerError {
  return new LedgerError(
    "tree_damaged",
    "The stored tree of the ledger is not the one that was signed. `assent ledger check` says more.",
  );
}
