/** A few thousand of a grid's tiles: what somebody scrolls back to within a while. */
const BYTES_MAX = 32 * 1024 * 1024;

/**
 * Small pictures made a while ago, in this process' memory alone: nothing of a removed photo is left
 * on a disk. Each is kept under a tag of its content and of what is hidden in it, which is worked
 * out anew whenever one is asked for, so none outlives an objection.
 */
export class RecentPictures {
  readonly #bytesMax: number;
  /** From the one asked for least recently. */
  readonly #kept = new Map<string, Uint8Array>();
  #bytes = 0;

  constructor(bytesMax: number = BYTES_MAX) {
    this.#bytesMax = bytesMax;
  }

  /** The picture of a tag, if it is still kept. */
  get(tag: string): Uint8Array | null {
    const found = this.#kept.get(tag);
    if (!found) return null;
    this.#kept.delete(tag);
    this.#kept.set(tag, found);
    return found;
  }

  /** Keeps a picture; those not asked for longest make room. */
  keep(tag: string, picture: Uint8Array): void {
    if (this.#kept.has(tag) || picture.byteLength > this.#bytesMax) return;
    this.#kept.set(tag, picture);
    this.#bytes += picture.byteLength;
    for (const [oldest, bytes] of this.#kept) {
      if (this.#bytes <= this.#bytesMax) return;
      this.#kept.delete(oldest);
      this.#bytes -= bytes.byteLength;
    }
  }
}
