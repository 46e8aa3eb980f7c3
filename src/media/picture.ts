/**
 * Decoded pixels: upright (EXIF rotation applied), sRGB, 3 bytes a pixel (R, G, B), row by row,
 * no padding. `data.length === width * height * 3`.
 */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/**
 * Gives a picture's memory back at once; it has no pixels from then on. What photos take is not in the
 * collector's own heap, but it counts: left to it, it looks through everything every few photos.
 */
export function freePicture({ data }: Picture): void {
  const { buffer } = data;
  const own = buffer instanceof ArrayBuffer && data.byteLength === buffer.byteLength;
  if (own) buffer.transfer(0);
}
