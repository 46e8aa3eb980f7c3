/** A stretch of a video, in seconds from its beginning; `to` is not in it any more. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The whole of a video, however long it is. */
export const WHOLE: readonly Span[] = [{ from: 0, to: Number.POSITIVE_INFINITY }];

/**
 * Where moments of a video lie once only some spans of it are left, one behind the other. Spans
 * are in order and apart.
 */
export class Timeline {
  readonly #spans: readonly (Span & { readonly shift: number })[];

  constructor(spans: readonly Span[]) {
    let start = 0;
    this.#spans = spans.map(({ from, to }) => {
      const shift = start - from;
      start += to - from;
      return { from, to, shift };
    });
  }

  /** Where a moment lies in what is left, in seconds; null where it is left out. */
  place(at: number): number | null {
    const span = this.#spans.find(({ from, to }) => at >= from && at < to);
    return span ? at + span.shift : null;
  }

  /** The parts of a span that are left, and where each begins. */
  parts(of: Span): readonly (Span & { readonly start: number })[] {
    return this.#spans
      .map(({ from, to, shift }) => {
        const part = { from: Math.max(from, of.from), to: Math.min(to, of.to) };
        return { ...part, start: part.from + shift };
      })
      .filter(({ from, to }) => to > from);
  }

  /** True where nothing from this moment on is left. */
  isOver(at: number): boolean {
    return this.#spans.every(({ to }) => at >= to);
  }
}

/** Spans in order, those that touch or overlap joined. Empty ones go. */
export function joinSpans(spans: readonly Span[]): readonly Span[] {
  const joined: { from: number; to: number }[] = [];
  const sorted = spans.filter(({ from, to }) => to > from).toSorted((a, b) => a.from - b.from);
  for (const { from, to } of sorted) {
    const last = joined.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  return joined;
}
