import type { Frame } from "node-av/lib";
import { avGetPixFmtName } from "node-av/lib";

/** Cells across and down in which brightness is compared. */
const ACROSS = 32;
const DOWN = 18;
/** Points of a cell's side: fewer would take noise, and edges that move a little, for a change. */
const POINTS = 4;
/** Brightness, 0..255, from which a cell counts as changed: over the noise of a dark hall. */
const CHANGE_MIN = 24;
/**
 * Cells that change at once when something appears: a face that fills a tenth of the width. Somebody
 * who walks changes fewer, from one frame to the next.
 */
const CELLS_MIN = 5;

/** The brightness of a frame, coarsely; null where its pixels are kept in a way not known here. */
export function brightnessOf(frame: Frame): Uint8Array | null {
  const name = avGetPixFmtName(frame.format as Parameters<typeof avGetPixFmtName>[0]) ?? "";
  const [plane] = frame.data ?? [];
  const [stride = 0] = frame.linesize;
  if (!plane || !/^(?:yuv|nv12|gray)/u.test(name) || name.startsWith("yuyv")) return null;
  // Ten and more bits are kept in two bytes, the lower first.
  const bits = Number(/p(\d\d)le$/u.exec(name)?.[1] ?? 8);
  const bytes = bits > 8 ? 2 : 1;
  const cells = new Uint8Array(ACROSS * DOWN);
  const { width, height } = frame;
  for (let row = 0; row < DOWN; row += 1) {
    for (let column = 0; column < ACROSS; column += 1) {
      let sum = 0;
      for (let point = 0; point < POINTS * POINTS; point += 1) {
        const right = ((point % POINTS) + 0.5) / POINTS;
        const down = (Math.floor(point / POINTS) + 0.5) / POINTS;
        const x = Math.floor(((column + right) * width) / ACROSS);
        const y = Math.floor(((row + down) * height) / DOWN);
        const at = y * stride + x * bytes;
        const value =
          bytes === 1 ? (plane[at] ?? 0) : (plane[at] ?? 0) + 256 * (plane[at + 1] ?? 0);
        sum += value / 2 ** (bits - 8);
      }
      cells[row * ACROSS + column] = sum / (POINTS * POINTS);
    }
  }
  return cells;
}

/** True where something appeared, went, or was cut to between two frames. */
export function hasChanged(before: Uint8Array | null, after: Uint8Array | null): boolean {
  if (!before || !after) return false;
  let changed = 0;
  for (const [index, value] of after.entries())
    if (Math.abs(value - (before[index] ?? 0)) >= CHANGE_MIN) changed += 1;
  return changed >= CELLS_MIN;
}
