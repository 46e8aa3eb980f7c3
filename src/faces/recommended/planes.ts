import type { Picture } from "../../media/picture.ts";

/**
 * Writes a picture as three planes of floats 0..255 in the order blue, green, red: the input of
 * both nets. The planes are `columns` x `rows`, at least as large as the picture; what lies right
 * of it and below it is left as it was (zero in a fresh array).
 */
export function writePlanes(
  picture: Picture,
  target: Float32Array,
  frame: { readonly columns: number; readonly rows: number; readonly offset?: number },
): void {
  const { width, height, data } = picture;
  const plane = frame.columns * frame.rows;
  const blue = frame.offset ?? 0;
  const green = blue + plane;
  const red = green + plane;
  let from = 0;
  for (let row = 0; row < height; row += 1) {
    let to = row * frame.columns;
    for (const end = to + width; to < end; to += 1, from += 3) {
      target[red + to] = data[from] as number;
      target[green + to] = data[from + 1] as number;
      target[blue + to] = data[from + 2] as number;
    }
  }
}
