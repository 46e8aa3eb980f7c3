import type { Reader } from "../storage/db.ts";
import { HASH_BYTES } from "../verify/merkle.ts";
import { readTile, TILE_HASHES } from "./tiles.ts";

/** Which tile: hashes of a level of the tree, or the leaves themselves, by its spelling. */
export interface TileName {
  readonly level: number | "entries";
  readonly position: number;
  /** How many it holds: 256, or fewer in the last of its level. */
  readonly width: number;
}

const NAME = /^((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/u;

/**
 * Reads the name of a tile as C2SP tlog-tiles spells it: groups of three digits, each but the last
 * behind an `x`; `.p/W` where it holds only W. Null for what is none.
 */
export function parseTileName(level: string, name: string): TileName | null {
  const [, groups = "", partial] = NAME.exec(name) ?? [];
  const position = Number(groups.replaceAll(/[x/]/gu, ""));
  const width = partial === undefined ? TILE_HASHES : Number(partial);
  const spelt = groups !== "" && (groups.length === 3 || !groups.startsWith("x000"));
  if (!spelt || !Number.isSafeInteger(position) || width > TILE_HASHES) return null;
  if (partial !== undefined && width === TILE_HASHES) return null;
  if (level === "entries") return { level, position, width };
  return /^\d{1,2}$/u.test(level) ? { level: Number(level), position, width } : null;
}

/**
 * A tile's bytes: its hashes side by side, or its leaves, each behind its length in two bytes. Null
 * while the tree has not so many. What is given once never changes.
 */
export async function tileBytes(
  db: Reader,
  { level, position, width }: TileName,
): Promise<Uint8Array | null> {
  if (level === "entries") return leavesOf(db, position * TILE_HASHES, width);
  const hashes = await readTile(db, { level, position });
  const length = width * HASH_BYTES;
  return hashes && hashes.length >= length ? hashes.subarray(0, length) : null;
}

async function leavesOf(db: Reader, from: number, count: number): Promise<Uint8Array | null> {
  const rows = await db.read
    .selectFrom("entries")
    .select("leaf")
    .where("leaf_index", ">=", from)
    .where("leaf_index", "<", from + count)
    .orderBy("leaf_index")
    .execute();
  if (rows.length < count) return null;
  return Buffer.concat(
    rows.flatMap(({ leaf }) => [Buffer.from([leaf.length >> 8, leaf.length & 0xff]), leaf]),
  );
}
