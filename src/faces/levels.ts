import type { DetectorTraits } from "./models.ts";
import type { Size } from "./turns.ts";

/**
 * [Note: detection levels] A detector sees faces between a smallest width (`faceMinPixels`) and
 * about the size of what it is shown. A photo is therefore looked at in levels, coarse to fine: the
 * first shows the whole picture, small; each next one shows more of its pixels, in tiles. How fine
 * a photo must be looked at is decided as faces are found (detect.ts).
 */
export interface Level {
  /** Longest side of the picture that is looked at, in pixels. */
  readonly longSide: number;
  /** Tile side and overlap in pixels of that picture; null shows it whole. */
  readonly tiles: { readonly side: number; readonly overlap: number } | null;
  /** Pixels the detector sees for one of the full-size photo. */
  readonly scale: number;
}

/**
 * The narrowest face, in full-size pixels, that is looked for: nothing narrower can be recognised,
 * by people either.
 */
export const FACE_WIDTH_MIN = 24;

/**
 * From this size on a photo is taken for a crowd and looked at in all levels whatever is found:
 * 16 MP is more than phones make by default, and what is larger was made so for its details.
 */
const CROWD_PIXELS_MIN = 16_000_000;

/**
 * What the finest level is made for in a crowd. A detector loses some faces of just the width it can
 * see, by how they fall on its grid: of 26 faces of 24 to 32 px, with 24 here 24, with 20 25.
 */
const CROWD_FACE_WIDTH_MIN = 20;

/** True where every level of the photo is looked at, whatever is found. */
export function isCrowd(photo: Size): boolean {
  return photo.width * photo.height >= CROWD_PIXELS_MIN;
}

/** Pixels the detector must see for one of the full-size photo, in the finest level. */
function finestScale(photo: Size, detector: DetectorTraits): number {
  return detector.faceMinPixels / (isCrowd(photo) ? CROWD_FACE_WIDTH_MIN : FACE_WIDTH_MIN);
}

/**
 * Longest side of the coarse picture for a detector that takes any size. Larger photos are halved
 * until they fit, since a JPEG decodes to those sizes at no cost: a 12 MP photo is shown at 1008 px
 * (15 ms), where faces of 1/60 of its width are found.
 */
const COARSE_SIDE_MAX = 1280;

/**
 * Side of a tile for such a detector. Measured with YuNet, time per pixel is the same from 320 to
 * 1280 px and a sixth more above; and what a tile keeps in memory stays within 100 MB.
 */
const TILE_SIDE = 1280;

/**
 * How much finer each level of a detector with a fixed input is than the one before. It sees faces
 * between 14 and 400 px, but misses one in ten round 60 px: with steps of three, those are
 * about 20 and 180 px in the neighbouring levels.
 */
const STEP_MAX = 3;

/**
 * Overlap of tiles, in widths of the largest face that only this level finds: a box is up to 1.4
 * times as high as wide, and some room round it helps.
 */
const OVERLAP_WIDTHS = 1.6;

/** The levels of a photo, coarse to fine, at least one. */
export function planLevels(photo: Size, detector: DetectorTraits): readonly [Level, ...Level[]] {
  const { inputSide } = detector;
  return inputSide === null ? anySize(photo, detector) : fixedSize(photo, detector, inputSide);
}

function anySize(photo: Size, detector: DetectorTraits): readonly [Level, ...Level[]] {
  const long = Math.max(photo.width, photo.height);
  const fine = Math.ceil(long * Math.min(1, finestScale(photo, detector)));
  if (long <= COARSE_SIDE_MAX) return [{ longSide: long, tiles: null, scale: 1 }];
  if (fine <= COARSE_SIDE_MAX) return [{ longSide: fine, tiles: null, scale: fine / long }];
  const halvings = Math.ceil(Math.log2(long / COARSE_SIDE_MAX));
  const coarse = Math.ceil(long / 2 ** halvings);
  const overlap = overlapFor(detector, fine / coarse);
  return [
    { longSide: coarse, tiles: null, scale: coarse / long },
    { longSide: fine, tiles: { side: TILE_SIDE, overlap }, scale: fine / long },
  ];
}

function fixedSize(
  photo: Size,
  detector: DetectorTraits,
  inputSide: number,
): readonly [Level, ...Level[]] {
  const long = Math.max(photo.width, photo.height);
  const first: Level = { longSide: sideFor(long, inputSide), tiles: null, scale: inputSide / long };
  // The largest tile, in pixels of the full-size photo, that shows the narrowest face.
  const finest = Math.floor(inputSide / finestScale(photo, detector));
  if (long <= finest) return [first];
  const count = Math.ceil(Math.log(long / finest) / Math.log(STEP_MAX));
  const step = (long / finest) ** (1 / count);
  const finer = Array.from({ length: count }, (_, index): Level => {
    const tile = long / step ** (index + 1);
    const scale = inputSide / tile;
    const longSide = sideFor(long, inputSide * (long / tile));
    const shrunk = longSide / long;
    const overlap = Math.ceil((overlapFor(detector, step) / scale) * shrunk);
    return { longSide, tiles: { side: Math.round(tile * shrunk), overlap }, scale };
  });
  return [first, ...finer];
}

/** `long` halved as long as at least `least` is left: such sizes cost nothing (COARSE_SIDE_MAX). */
function sideFor(long: number, least: number): number {
  return Math.ceil(long / 2 ** Math.max(0, Math.floor(Math.log2(long / least))));
}

/** In pixels the detector sees: `step` times the smallest face of the level before. */
function overlapFor(detector: DetectorTraits, step: number): number {
  return Math.ceil(OVERLAP_WIDTHS * detector.faceMinPixels * step);
}
