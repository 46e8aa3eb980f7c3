import { hashOf, type IdColumn } from "./id-column.ts";

/** Each shard grows by itself, so that no single addition waits for the whole index to grow. */
const SHARDS = 256;
const SHARD_CELLS_MIN = 16;
/** A shard doubles when this share of its cells is taken. */
const LOAD_MAX = 0.6;

const EMPTY = 0;
const DELETED = -1;

interface Shard {
  /** Row number plus one, EMPTY or DELETED; linear probing from the id's hash. */
  cells: Int32Array;
  /** Cells that are not EMPTY. */
  taken: number;
}

/**
 * Finds one row for each id of a column: a hash table of row numbers that compares with the
 * column's own bytes, at four bytes an entry.
 */
export class IdIndex<Id extends string> {
  readonly #column: IdColumn<Id>;
  readonly #shards: readonly Shard[] = Array.from({ length: SHARDS }, () => ({
    cells: new Int32Array(SHARD_CELLS_MIN),
    taken: 0,
  }));

  constructor(column: IdColumn<Id>) {
    this.#column = column;
  }

  /** The row that `set` named for this id, or null. */
  get(id: Id): number | null {
    const { shard, cell } = this.#find(id);
    const value = cell === null ? EMPTY : shard.cells[cell];
    return value ? value - 1 : null;
  }

  /** Names the row for an id. The column's row holds that id already, and until `delete`. */
  set(id: Id, row: number): void {
    const { shard, cell } = this.#find(id);
    if (cell !== null) {
      shard.cells[cell] = row + 1;
      return;
    }
    if (shard.taken + 1 > shard.cells.length * LOAD_MAX) this.#grow(shard);
    insert(shard, hashOf(id), row);
  }

  /** Forgets an id. */
  delete(id: Id): void {
    const { shard, cell } = this.#find(id);
    if (cell !== null) shard.cells[cell] = DELETED;
  }

  #find(id: Id): { readonly shard: Shard; readonly cell: number | null } {
    const hash = hashOf(id);
    const shard = this.#shards[hash % SHARDS];
    if (!shard) throw new RangeError("A hash is not negative");
    for (let cell = startOf(shard, hash); ; cell = (cell + 1) % shard.cells.length) {
      const value = shard.cells[cell];
      if (!value) return { shard, cell: null };
      if (value > 0 && this.#column.holds(value - 1, id)) return { shard, cell };
    }
  }

  // Twice the cells if the rows need them, else the same number without the deleted ones.
  #grow(shard: Shard): void {
    const rows = shard.cells.filter((value) => value > 0);
    const half = rows.length * 2 > shard.cells.length * LOAD_MAX;
    shard.cells = new Int32Array(half ? shard.cells.length * 2 : shard.cells.length);
    shard.taken = 0;
    for (const value of rows) insert(shard, hashOf(this.#column.get(value - 1)), value - 1);
  }
}

function startOf(shard: Shard, hash: number): number {
  return Math.floor(hash / SHARDS) % shard.cells.length;
}

function insert(shard: Shard, hash: number, row: number): void {
  let cell = startOf(shard, hash);
  while (shard.cells[cell] !== EMPTY) cell = (cell + 1) % shard.cells.length;
  shard.cells[cell] = row + 1;
  shard.taken += 1;
}
