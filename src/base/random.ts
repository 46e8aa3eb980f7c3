import { randomFillSync } from "node:crypto";
import { wipe } from "./bytes.ts";

/** As many bytes as a few searches take: asking for so many costs what asking for twelve does. */
const BLOCK_BYTES = 4096;

const block = Buffer.alloc(BLOCK_BYTES);
let taken = BLOCK_BYTES;

/**
 * Random bytes for ids and salts, of which a search takes two dozen: node:crypto's, fetched a block at
 * a time. Each byte is given once, and overwritten in the block when it is. Not for keys and nonces: a
 * machine that goes on twice from one image of its memory would give the rest of a block twice.
 */
export function randomBytes(count: number): Buffer {
  const bytes = Buffer.alloc(count);
  if (count > BLOCK_BYTES) return randomFillSync(bytes);
  if (taken + count > BLOCK_BYTES) {
    randomFillSync(block);
    taken = 0;
  }
  const given = block.subarray(taken, taken + count);
  bytes.set(given);
  wipe(given);
  taken += count;
  return bytes;
}
