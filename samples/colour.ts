/** A colour as red, green, blue, each 0..255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** Reads `#rrggbb`. */
export function colour(hex: string): Colour {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** `share` 0 gives `from`, 1 gives `to`. */
export function mix(from: Colour, to: Colour, share: number): Colour {
  const part = (a: number, b: number): number => a + (b - a) * share;
  return [part(from[0], to[0]), part(from[1], to[1]), part(from[2], to[2])];
}

/** Multiplies two colours, as light falling on a surface does. */
export function multiply(a: Colour, b: Colour): Colour {
  return [(a[0] * b[0]) / 255, (a[1] * b[1]) / 255, (a[2] * b[2]) / 255];
}

export const WHITE: Colour = [255, 255, 255];
export const BLACK: Colour = [0, 0, 0];

/** As `#rrggbb` for SVG. */
export function hex(value: Colour): string {
  const digits = value.map((part) =>
    Math.round(Math.max(0, Math.min(255, part)))
      .toString(16)
      .padStart(2, "0"),
  );
  return `#${digits.join("")}`;
}

/**
 * The colour of `surface` where light does not reach: darker, and for skin redder, because red
 * light scatters furthest inside it.
 */
export function shaded(surface: Colour, depth: number): Colour {
  const tint: Colour = [200 - 140 * depth, 150 - 120 * depth, 140 - 115 * depth];
  return multiply(surface, mix(WHITE, tint, Math.min(1, depth * 1.2 + 0.25)));
}
