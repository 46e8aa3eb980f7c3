import { type RefObject, useLayoutEffect, useState } from "react";

/** A tile's side is at least this, in CSS pixels: two and a half stand beside each other on a phone. */
const TILE_MIN = 148;
const TILE_MIN_PHONE = 108;
const PHONE_WIDTH = 500;
export const GAP = 6;
/** Rows drawn beyond what is seen, above and below: what a turn of the wheel uncovers is there. */
const ROWS_BEYOND = 3;

/** Which tiles of a long grid are near what is seen, and how large they are. */
export interface GridWindow {
  readonly columns: number;
  /** A row's height with the gap below it, in CSS pixels. */
  readonly rowHeight: number;
  readonly firstRow: number;
  readonly rows: number;
}

const NOTHING: GridWindow = { columns: 1, rowHeight: 1, firstRow: 0, rows: 0 };

/** Works out which rows to draw. Sizes in CSS pixels; `top` is where the grid begins in the window. */
export function windowOf(width: number, height: number, top: number): GridWindow {
  const min = width < PHONE_WIDTH ? TILE_MIN_PHONE : TILE_MIN;
  const columns = Math.max(1, Math.floor((width + GAP) / (min + GAP)));
  const rowHeight = (width + GAP) / columns;
  const firstRow = Math.max(0, Math.floor(-top / rowHeight) - ROWS_BEYOND);
  const rows = Math.ceil(height / rowHeight) + 2 * ROWS_BEYOND + 1;
  return { columns, rowHeight, firstRow, rows };
}

/** The same, kept up to date while the page is scrolled and its size changes: once a frame at most. */
export function useGridWindow(grid: RefObject<HTMLElement | null>): GridWindow {
  const [current, setCurrent] = useState(NOTHING);
  useLayoutEffect(() => {
    const element = grid.current;
    if (!element) return;
    let frame = 0;
    const look = (): void => {
      frame = 0;
      const { width, top } = element.getBoundingClientRect();
      const next = windowOf(width, innerHeight, top);
      setCurrent((before) => (isSame(before, next) ? before : next));
    };
    const later = (): void => {
      frame ||= requestAnimationFrame(look);
    };
    look();
    const resized = new ResizeObserver(later);
    resized.observe(element);
    addEventListener("scroll", later, { passive: true });
    addEventListener("resize", later);
    return () => {
      cancelAnimationFrame(frame);
      resized.disconnect();
      removeEventListener("scroll", later);
      removeEventListener("resize", later);
    };
  }, [grid]);
  return current;
}

function isSame(a: GridWindow, b: GridWindow): boolean {
  return (
    a.columns === b.columns &&
    a.rowHeight === b.rowHeight &&
    a.firstRow === b.firstRow &&
    a.rows === b.rows
  );
}
