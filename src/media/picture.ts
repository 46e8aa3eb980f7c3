/**
 * Decoded pixels: upright (EXIF rotation applied), sRGB, 3 bytes a pixel (R, G, B), row by row,
 * no padding. `data.length === width * height * 3`.
 */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}
