import { assert } from "../../base/errors.ts";

/** Characters of an id; base/ids.ts makes 20. */
const CHARACTERS_MAX = 23;
/** A length and the characters. */
const CELL_BYTES = CHARACTERS_MAX + 1;
/** Cells are allocated so many at a time: nothing is copied when the column grows. */
const CHUNK_ROWS = 4096;

/**
 * Ids by row number, as bytes: a million strings would take twice the memory and make every
 * garbage collection look at each of them. An empty cell is all zeros.
 */
export class IdColumn<Id extends string> {
  readonly #chunks: Buffer[] = [];

  /** Writes an id: 1 to 23 characters of ASCII. */
  set(row: number, id: Id): void {
    assert(id.length > 0 && id.length <= CHARACTERS_MAX, "An id has 1 to 23 characters");
    while (this.#chunks.length * CHUNK_ROWS <= row) {
      this.#chunks.push(Buffer.alloc(CHUNK_ROWS * CELL_BYTES));
    }
    const { chunk, at } = this.#cell(row);
    chunk[at] = id.length;
    for (let index = 0; index < id.length; index += 1) {
      const code = id.charCodeAt(index);
      assert(code > 0 && code < 128, "An id is ASCII");
      chunk[at + 1 + index] = code;
    }
  }

  /** The id of a row that has one. */
  get(row: number): Id {
    const { chunk, at } = this.#cell(row);
    const length = chunk[at] ?? 0;
    assert(length > 0, "The row is not in use");
    return chunk.toString("latin1", at + 1, at + 1 + length) as Id;
  }

  /** True when the row has this id. */
  holds(row: number, id: Id): boolean {
    const { chunk, at } = this.#cell(row);
    if (chunk[at] !== id.length) return false;
    for (let index = 0; index < id.length; index += 1) {
      if (chunk[at + 1 + index] !== id.charCodeAt(index)) return false;
    }
    return true;
  }

  /** Overwrites a row's id with zeros. */
  clear(row: number): void {
    const { chunk, at } = this.#cell(row);
    chunk.fill(0, at, at + CELL_BYTES);
  }

  #cell(row: number): { readonly chunk: Buffer; readonly at: number } {
    const chunk = this.#chunks[Math.floor(row / CHUNK_ROWS)];
    assert(chunk, "No such row");
    return { chunk, at: (row % CHUNK_ROWS) * CELL_BYTES };
  }
}

/** FNV-1a of an id's characters, as an unsigned 32-bit number (isthe.com/chongo/tech/comp/fnv). */
export function hashOf(id: string): number {
  let hash = 0x81_1c_9d_c5;
  for (let index = 0; index < id.length; index += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01_00_01_93);
  }
  return hash >>> 0;
}
