import type { DetectorTraits } from "./models.ts";
import type { Size } from "./turns.ts";

/**
 * [Note: detection levels] A detector sees faces between a smallest width (`faceMinPixels`) and
 * about the size of what it is shown. A photo is therefore looked at in levels, coarse to fine: the
 * first shows the whole picture, small; each next one shows more of its pixels, in tiles. How fine
 * a photo must be looked at is decided as faces are found (detect.ts). Tiles in which nothing is to
 * be seen are passed over.
 */
export interface Level {
  /** Longest side of the picture that is looked at, in pixels. */
  readonly longSide: number;
  /** Tile side and overlap in pixels of that picture; null shows it whole. */
  readonly tiles: { readonly side: number; readonly overlap: number } | null;
  /** Pixels the detector sees for one of the full-size photo. */
  readonly scale: number;
  /**
   * Side of the black square, in sides of the picture, in whose corner it is shown; 1 is none. For
   * a detector of fixed input, which sees the picture smaller by that.
   */
  readonly margin: number;
  /**
   * When the photo is looked at in this level: always; when more is asked for, because nothing was
   * found so far or faces near the least; or when what was found is in doubt.
   */
  readonly when: "always" | "more" | "in_doubt";
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

/**
 * Up to this size a photo is looked at in three levels by a detector of fixed input, whatever is
 * found: they are six to ten runs, and one look of such a detector misses a face of any size now
 * and then.
 */
const THREE_LEVELS_PIXELS_MAX = 4_000_000;

/**
 * Where a detector of fixed input is in doubt, a second look at the whole photo is this much
 * smaller. Of 27 large drawn faces the first look missed 2, looks at .5 and .6 none.
 */
const SECOND_LOOK_SHARE = 0.55;

function isCrowd(photo: Size): boolean {
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

/** A photo larger than one finest tile by less than this is not worth four of them. */
const FINEST_SLACK = 1.2;

/** The levels of a photo, coarse to fine, at least one. */
export function planLevels(photo: Size, detector: DetectorTraits): readonly [Level, ...Level[]] {
  const { inputSide } = detector;
  return inputSide === null ? anySize(photo, detector) : fixedSize(photo, detector, inputSide);
}

/**
 * Longest side at which a frame of a video is looked at first: half of the longest that comes, so a
 * quarter of its pixels. Where that shows nobody, or faces near the least, the next level follows.
 */
const FRAME_COARSE_SIDE = 640;

/** The levels of a video's frame, which comes no larger than one tile. */
export function planFrameLevels(
  frame: Size,
  detector: DetectorTraits,
): readonly [Level, ...Level[]] {
  const long = Math.max(frame.width, frame.height);
  if (detector.inputSide !== null || long <= FRAME_COARSE_SIDE) return planLevels(frame, detector);
  return [
    { ...FIRST, longSide: FRAME_COARSE_SIDE, scale: FRAME_COARSE_SIDE / long },
    { longSide: long, tiles: null, scale: 1, margin: 1, when: "more" },
  ];
}

const FIRST = { tiles: null, margin: 1, when: "always" } as const;

function anySize(photo: Size, detector: DetectorTraits): readonly [Level, ...Level[]] {
  const long = Math.max(photo.width, photo.height);
  const fine = Math.ceil(long * Math.min(1, finestScale(photo, detector)));
  if (long <= COARSE_SIDE_MAX) return [{ ...FIRST, longSide: long, scale: 1 }];
  if (fine <= COARSE_SIDE_MAX) return [{ ...FIRST, longSide: fine, scale: fine / long }];
  const halvings = Math.ceil(Math.log2(long / COARSE_SIDE_MAX));
  const coarse = Math.ceil(long / 2 ** halvings);
  const overlap = overlapFor(detector, fine / coarse);
  const tiles = { side: TILE_SIDE, overlap };
  return [
    { ...FIRST, longSide: coarse, scale: coarse / long },
    {
      longSide: fine,
      tiles,
      scale: fine / long,
      margin: 1,
      when: isCrowd(photo) ? "always" : "more",
    },
  ];
}

function fixedSize(
  photo: Size,
  detector: DetectorTraits,
  inputSide: number,
): readonly [Level, ...Level[]] {
  const long = Math.max(photo.width, photo.height);
  const first = { ...FIRST, longSide: sideFor(long, inputSide), scale: inputSide / long };
  // The largest tile, in pixels of the full-size photo, that shows the narrowest face.
  const finest = Math.floor(inputSide / finestScale(photo, detector));
  const tiled = long > finest * FINEST_SLACK;
  const small = photo.width * photo.height <= THREE_LEVELS_PIXELS_MAX;
  const second: Level = {
    longSide: sideFor(long, inputSide * SECOND_LOOK_SHARE),
    tiles: null,
    scale: (inputSide / long) * SECOND_LOOK_SHARE,
    margin: 1 / SECOND_LOOK_SHARE,
    when: small && tiled ? "always" : "in_doubt",
  };
  if (!tiled) return [first, second];
  const count = Math.ceil(Math.log(long / finest) / Math.log(STEP_MAX));
  const step = (long / finest) ** (1 / count);
  const finer = Array.from({ length: count }, (_, index): Level => {
    const tile = long / step ** (index + 1);
    const scale = inputSide / tile;
    const longSide = sideFor(long, inputSide * (long / tile));
    const shrunk = longSide / long;
    const overlap = Math.ceil((overlapFor(detector, step) / scale) * shrunk);
    const tiles = { side: Math.round(tile * shrunk), overlap };
    const always = isCrowd(photo) || (small && index === 0);
    return { longSide, tiles, scale, margin: 1, when: always ? "always" : "more" };
  });
  return [first, second, ...finer];
}

/** `long` halved as long as at least `least` is left: such sizes cost nothing (COARSE_SIDE_MAX). */
function sideFor(long: number, least: number): number {
  return Math.ceil(long / 2 ** Math.max(0, Math.floor(Math.log2(long / least))));
}

/** In pixels the detector sees: `step` times the smallest face of the level before. */
function overlapFor(detector: DetectorTraits, step: number): number {
  return Math.ceil(OVERLAP_WIDTHS * detector.faceMinPixels * step);
}
