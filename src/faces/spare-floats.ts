/**
 * Lends an array of zeros for what a net is shown: a part of the largest that was asked for so far.
 * The collector counts megabytes that are made anew for each picture, and stops a thread for them
 * every few photos.
 */
export class SpareFloats {
  #spare: Float32Array | null = null;

  /** `length` zeros. Whoever asks again before they were put back is given others. */
  take(length: number): Float32Array {
    const spare = this.#spare;
    if (spare === null || spare.length < length) return new Float32Array(length);
    this.#spare = null;
    return spare.subarray(0, length).fill(0);
  }

  /** What was lent is read no more. Of two that were, the larger one is kept. */
  putBack(array: Float32Array): void {
    const whole = new Float32Array(array.buffer);
    if (whole.length > (this.#spare?.length ?? 0)) this.#spare = whole;
  }
}
