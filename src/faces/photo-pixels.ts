import { assert } from "../base/errors.ts";
import { beside, sharp } from "../media/codec.ts";
import { decodePhoto, type Photo } from "../media/decode.ts";
import { freePicture, type Picture } from "../media/picture.ts";
import type { Size } from "./turns.ts";

/**
 * Pixels of one photo at the sizes the stages ask for. Each size is made once: from a larger one
 * that is already there, else by decoding (a JPEG shrinks while it is decoded, at no cost at a half,
 * a quarter and an eighth).
 */
export class PhotoPixels implements Disposable {
  readonly photo: Size;
  readonly longSide: number;
  /** True where a smaller size is decoded at less cost than it is made of a larger one. */
  readonly shrinksAtOnce: boolean;
  readonly #source: Photo | null;
  readonly #given: Picture | null;
  readonly #bySide = new Map<number, Picture>();

  /** Of a photo, or of a frame of a video, which is decoded already. */
  constructor(from: Photo | Picture) {
    this.photo = from;
    this.longSide = Math.max(from.width, from.height);
    this.#source = "bytes" in from ? from : null;
    this.shrinksAtOnce = "bytes" in from && from.format === "jpeg";
    this.#given = "data" in from ? from : null;
    if (this.#given) this.#bySide.set(this.longSide, this.#given);
  }

  /** Frees every picture that was made here: nothing may look at them any more. */
  [Symbol.dispose](): void {
    for (const picture of this.#bySide.values()) if (picture !== this.#given) freePicture(picture);
    this.#bySide.clear();
  }

  /** The picture with this longest side: at most the photo's own. Throws MediaError. */
  async sized(longSide: number): Promise<Picture> {
    assert(longSide >= 1 && longSide <= this.longSide, "A photo is never enlarged");
    const known = this.#bySide.get(longSide);
    if (known) return known;
    const larger = this.made(longSide);
    assert(larger || this.#source, "What was not decoded can be");
    const picture =
      larger || !this.#source
        ? await shrink(larger ?? this.best(longSide), longSide)
        : await decodePhoto(this.#source, { longSideMax: longSide });
    this.#bySide.set(longSide, picture);
    return picture;
  }

  /** The smallest picture there is whose longest side is at least this; null if none is. */
  made(longSideMin: number): Picture | null {
    const sides = [...this.#bySide.keys()].filter((side) => side >= longSideMin);
    return this.#bySide.get(Math.min(...sides)) ?? null;
  }

  /** The same, or else the largest picture there is. At least one must have been made. */
  best(longSideMin: number): Picture {
    const best = this.made(longSideMin) ?? this.#bySide.get(Math.max(...this.#bySide.keys()));
    assert(best, "No picture of this photo has been made");
    return best;
  }

  /**
   * A picture whose longest side is at least this, or full size: one that is there, else decoded
   * at the next of the sizes that cost nothing. Throws MediaError.
   */
  async atLeast(longSideMin: number): Promise<Picture> {
    const wanted = Math.min(longSideMin, this.longSide);
    const halvings = Math.floor(Math.log2(this.longSide / Math.max(1, wanted)));
    return this.made(wanted) ?? (await this.sized(Math.ceil(this.longSide / 2 ** halvings)));
  }
}

async function shrink(picture: Picture, longSide: number): Promise<Picture> {
  const { width, height, data } = picture;
  const pixels = sharp(data, { raw: { width, height, channels: 3 } })
    .resize({ width: longSide, height: longSide, fit: "inside", kernel: "linear" })
    .raw({ depth: "uchar" });
  const { data: shrunk, info } = await beside(async () =>
    pixels.toBuffer({ resolveWithObject: true }),
  );
  return { width: info.width, height: info.height, data: shrunk };
}
