import { AV_PIX_FMT_GRAY8, SWS_AREA } from "node-av/constants";
import { Frame, SoftwareScaleContext } from "node-av/lib";
import { assert } from "../base/errors.ts";

/** Cells across and down in which brightness is compared: the mean of all their pixels. */
const ACROSS = 32;
const DOWN = 18;
/** Brightness, 0..255, from which a cell counts as changed: over the noise of a dark hall. */
const CHANGE_MIN = 24;
/**
 * Cells that change at once when something appears: a face that fills a tenth of the width. Somebody
 * who walks changes fewer, from one frame to the next.
 */
const CELLS_MIN = 5;
/**
 * Where a camera sways or a crowd dances much changes again and again: then so many times as many
 * cells as is usual there must, for something to have changed suddenly.
 */
const SUDDEN = 2;
/** What is usual: what a fifth of the comparisons of the last three to four seconds exceeded. */
const USUAL_OF = 32;
const USUAL_SHARE = 0.8;

/** Looks at frames coarsely: tells where something appeared, went, or was cut to. */
export class ChangeWatch {
  readonly #scaler = new SoftwareScaleContext();
  /** Every frame is shrunk into its memory: to ask a frame for its own leaks a little each time. */
  readonly #target = new Frame();
  readonly #rows: Uint8Array;
  #before: Uint8Array | null = null;
  /** How many cells changed from one frame to the next, latest last. */
  readonly #changes: number[] = [];

  constructor() {
    this.#scaler.allocContext();
    this.#scaler.setOption("sws_flags", SWS_AREA);
    const target = this.#target;
    target.alloc();
    target.width = ACROSS;
    target.height = DOWN;
    target.format = AV_PIX_FMT_GRAY8;
    assert(target.getBuffer() >= 0, "There is memory for a few cells");
    const [rows] = target.data ?? [];
    assert(rows, "A frame that has memory has rows");
    this.#rows = rows;
  }

  /** Takes the next frame; true where much has suddenly changed since the one before. */
  hasChanged(frame: Frame): boolean {
    const before = this.#before;
    this.#before = this.#brightnessOf(frame);
    if (!before || !this.#before) return false;
    let changed = 0;
    for (const [index, value] of this.#before.entries())
      if (Math.abs(value - (before[index] ?? 0)) >= CHANGE_MIN) changed += 1;
    const sudden = changed >= Math.max(CELLS_MIN, SUDDEN * usualOf(this.#changes));
    this.#changes.push(changed);
    if (this.#changes.length > USUAL_OF) this.#changes.shift();
    return sudden;
  }

  /** The cells, row by row; null where the pixels are kept in a way that can't be shrunk. */
  #brightnessOf(frame: Frame): Uint8Array | null {
    if (this.#scaler.scaleFrameSync(this.#target, frame) < 0) return null;
    const [stride = 0] = this.#target.linesize;
    const cells = new Uint8Array(ACROSS * DOWN);
    for (let row = 0; row < DOWN; row += 1)
      cells.set(this.#rows.subarray(row * stride, row * stride + ACROSS), row * ACROSS);
    return cells;
  }
}

/** 0 of none: at the beginning nothing is usual. */
function usualOf(changes: readonly number[]): number {
  return changes.toSorted((a, b) => a - b)[Math.floor(USUAL_SHARE * changes.length)] ?? 0;
}
