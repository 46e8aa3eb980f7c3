import type { Frame } from "node-av/lib";
import { avGetPixFmtName } from "node-av/lib";

/** Cells across and down in which brightness is compared. */
const ACROSS = 32;
const DOWN = 18;
/**
 * Points of a cell's side: fewer would take noise for a change, and edges that move a little, which
 * then leap from one point to the next.
 */
const POINTS = 8;
/** Brightness, 0..255, from which a cell counts as changed: over the noise of a dark hall. */
const CHANGE_MIN = 24;
/**
 * Cells that change at once when something appears: a face that fills a tenth of the width. Somebody
 * who walks changes fewer, from one frame to the next.
 */
const CELLS_MIN = 5;

/** How the brightness of a frame lies in memory. */
interface Layout {
  readonly width: number;
  readonly height: number;
  /** Bytes from one row to the next. */
  readonly stride: number;
  /** Bits of a value; more than eight are kept in two bytes, the lower first. */
  readonly bits: number;
}

/** Looks at frames coarsely: tells where something appeared, went, or was cut to. */
export class ChangeWatch {
  #layout: Layout | null = null;
  /** Where the points of all cells lie, cell by cell. */
  #points: Uint32Array = new Uint32Array();
  #before: Uint8Array | null = null;

  /** Takes the next frame; true where much has changed at once since the one before. */
  hasChanged(frame: Frame): boolean {
    const before = this.#before;
    const cells = this.#brightnessOf(frame);
    this.#before = cells;
    if (!before || !cells) return false;
    let changed = 0;
    for (const [index, value] of cells.entries())
      if (Math.abs(value - (before[index] ?? 0)) >= CHANGE_MIN) changed += 1;
    return changed >= CELLS_MIN;
  }

  /** Null where the pixels are kept in a way not known here. */
  #brightnessOf(frame: Frame): Uint8Array | null {
    const [plane] = frame.data ?? [];
    const layout = layoutOf(frame);
    if (!plane || !layout) return null;
    if (!isSame(layout, this.#layout)) {
      this.#layout = layout;
      this.#points = pointsOf(layout);
    }
    return layout.bits > 8
      ? meansOf16(plane, this.#points, layout.bits)
      : meansOf(plane, this.#points);
  }
}

function layoutOf(frame: Frame): Layout | null {
  const name = avGetPixFmtName(frame.format as Parameters<typeof avGetPixFmtName>[0]) ?? "";
  if (!/^(?:yuv|nv12|gray)/u.test(name) || name.startsWith("yuyv")) return null;
  const { width, height } = frame;
  const [stride = 0] = frame.linesize;
  return { width, height, stride, bits: Number(/p(\d\d)le$/u.exec(name)?.[1] ?? 8) };
}

function isSame(one: Layout, other: Layout | null): boolean {
  return (
    one.width === other?.width &&
    one.height === other.height &&
    one.stride === other.stride &&
    one.bits === other.bits
  );
}

function pointsOf({ width, height, stride, bits }: Layout): Uint32Array {
  const bytes = bits > 8 ? 2 : 1;
  const points: number[] = [];
  for (let cell = 0; cell < ACROSS * DOWN; cell += 1) {
    const [column, row] = [cell % ACROSS, Math.floor(cell / ACROSS)];
    for (let point = 0; point < POINTS * POINTS; point += 1) {
      const right = column + ((point % POINTS) + 0.5) / POINTS;
      const down = row + (Math.floor(point / POINTS) + 0.5) / POINTS;
      const x = Math.floor((right * width) / ACROSS);
      const y = Math.floor((down * height) / DOWN);
      points.push(y * stride + x * bytes);
    }
  }
  return Uint32Array.from(points);
}

/** The mean brightness of each cell. Every frame comes here: no checks and no calls inside. */
function meansOf(plane: Uint8Array, points: Uint32Array): Uint8Array {
  const cells = new Uint8Array(ACROSS * DOWN);
  let next = 0;
  for (let cell = 0; cell < cells.length; cell += 1) {
    let sum = 0;
    for (const end = next + POINTS * POINTS; next < end; next += 1)
      sum += plane[points[next] as number] as number;
    cells[cell] = sum / (POINTS * POINTS);
  }
  return cells;
}

function meansOf16(plane: Uint8Array, points: Uint32Array, bits: number): Uint8Array {
  const cells = new Uint8Array(ACROSS * DOWN);
  let next = 0;
  for (let cell = 0; cell < cells.length; cell += 1) {
    let sum = 0;
    for (const end = next + POINTS * POINTS; next < end; next += 1) {
      const at = points[next] as number;
      sum += (plane[at] as number) + 256 * (plane[at + 1] as number);
    }
    cells[cell] = sum / (POINTS * POINTS) / 2 ** (bits - 8);
  }
  return cells;
}
