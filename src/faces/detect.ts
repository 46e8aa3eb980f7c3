import type { Box } from "../base/geometry.ts";
import { mapDetection, type Detection } from "./face.ts";
import { faceWidth, type Found, mergeFound } from "./found.ts";
import { FACE_WIDTH_MIN, type Level, planFrameLevels, planLevels } from "./levels.ts";
import type { FaceModels } from "./models.ts";
import type { PhotoPixels } from "./photo-pixels.ts";
import { type Doubt, doubtOf, lookAgain } from "./second-look.ts";
import { cutPicture, isPlain, padPicture, planTiles } from "./tiles.ts";
import {
  allTurns,
  type Size,
  turnDetection,
  turnPicture,
  type Turns,
  turnSize,
  undoTurns,
} from "./turns.ts";

/** Detections in pixels of the upright full-size photo, left to right, then top to bottom. */
export interface DetectedFaces {
  readonly faces: readonly Detection[];
  /** True when the whole photo was looked at in other turns than its own. */
  readonly rotationsTried: boolean;
}

/**
 * A face narrower than this many times the detector's smallest sends us one level deeper: small
 * faces seldom come alone, and its crop needs the larger picture anyway.
 */
const DEEPER_WIDTHS = 2.6;

/**
 * Detections that may be turned are looked at in four turns, the least certain first. When this
 * many in a row were upright, so are the rest of the photo.
 */
const UPRIGHT_RUN_MAX = 12;

/**
 * Finds the faces of a photo, whatever their size and turn.
 *
 * 1. The levels of the photo, coarse to fine, as deep as what is found asks for
 *    ([Note: detection levels]).
 * 2. A second look at detections that may be turned or tilted ([Note: second look]).
 * 3. The whole photo in the other three turns, when a face was found turned, or none at all.
 *
 * A video's frame is upright, and may well show nobody: it is not looked at in other turns, nor are
 * its faces.
 *
 * Small turned faces (under 20 px as seen) beside upright ones are missed: an upright look does
 * not see them, and nothing asks for another. Throws MediaError; the reason of `signal`.
 */
export async function detectFaces(
  models: FaceModels,
  pixels: PhotoPixels,
  signal?: AbortSignal,
  of: "photo" | "frame" = "photo",
): Promise<DetectedFaces> {
  const plan = of === "photo" ? planLevels : planFrameLevels;
  const levels = plan(pixels.photo, models.detector);
  // What does not shrink while it decodes is decoded once, at the finest size there is use for.
  if (!pixels.shrinksAtOnce) await pixels.sized(levels.at(-1)?.longSide ?? 1);
  const find = { models, pixels, levels, upright: of === "frame", signal };
  let found = await findTurned(find, 0, { known: [], blind: false });
  const blind = found.length === 0;
  const seek = of === "photo" && (blind || found.some(({ turns }) => turns !== 0));
  const others = seek ? allTurns.filter((turns) => turns !== 0) : [];
  for (const turns of others) found = await findTurned(find, turns, { known: found, blind });
  const faces = found.map(({ detection }) => detection);
  return { faces: faces.toSorted(inReadingOrder), rotationsTried: seek };
}

function inReadingOrder(a: Detection, b: Detection): number {
  return a.box.x - b.box.x || a.box.y - b.box.y;
}

interface Find {
  readonly models: FaceModels;
  readonly pixels: PhotoPixels;
  readonly levels: readonly Level[];
  /** Whether no face is taken to be turned by a quarter or a half. */
  readonly upright: boolean;
  readonly signal: AbortSignal | undefined;
}

/**
 * What is found in the photo turned by `turns`, merged with what is known and settled. `blind`: only
 * because nothing was found so far; then a level without a face is the last.
 */
async function findTurned(
  find: Find,
  turns: Turns,
  { known, blind }: { readonly known: readonly Found[]; readonly blind: boolean },
): Promise<readonly Found[]> {
  const fresh: Found[] = [];
  let last: Level | null = null;
  for (const level of find.levels) {
    if (blind && last && fresh.length === 0) break;
    if (!isDue(find, level, fresh, last)) continue;
    fresh.push(...(await lookAtLevel(find, level, turns)));
    if (level.when !== "in_doubt") last = level;
  }
  return mergeFound(await settle(find, mergeFound([...known, ...fresh])));
}

/** `last` is the finest level so far. */
function isDue(find: Find, level: Level, found: readonly Found[], last: Level | null): boolean {
  if (level.when === "always" || last === null || found.length === 0) return true;
  if (level.when === "in_doubt") return found.some((one) => doubtAbout(find, one) === "turned");
  const least = Math.min(...found.map(({ detection }) => faceWidth(detection.box)));
  return least * last.scale < DEEPER_WIDTHS * find.models.detector.faceMinPixels;
}

/** One level of the photo turned by `turns`: whole, or tile by tile. */
async function lookAtLevel(find: Find, level: Level, turns: Turns): Promise<readonly Found[]> {
  const { models, pixels, signal } = find;
  const { longSide, scale, margin } = level;
  const picture = turnPicture(await pixels.sized(longSide), turns);
  const full = turnSize(pixels.photo, turns);
  const back = undoTurns(turns);
  const found: Found[] = [];
  for (const area of level.tiles ? planTiles(picture, level.tiles) : [wholeOf(picture)]) {
    signal?.throwIfAborted();
    const part = cutPicture(picture, area);
    if (level.tiles && isPlain(part)) continue;
    const view = padPicture(part, margin);
    for (const seen of await models.detect(view)) {
      const inPhoto = rescale(seen, area, picture, full);
      const detection = turnDetection(inPhoto, full, back);
      const seenWidth = faceWidth(inPhoto.box) * scale;
      const cut = isCut(seen.box, area, picture);
      found.push({ detection, seenWidth, longSide, turns, cut, settled: false });
    }
  }
  return found;
}

/** From pixels of a tile to pixels of the full-size photo, in the same turn. */
function rescale(seen: Detection, area: Box, picture: Size, full: Size): Detection {
  const x = full.width / picture.width;
  const y = full.height / picture.height;
  return mapDetection(seen, (point) => ({ x: (point.x + area.x) * x, y: (point.y + area.y) * y }));
}

/**
 * How near an inner edge of a tile, in widths of the face, a box counts as cut by it: a detector
 * that sees half a face draws its box a little inside of the edge, and is quite sure of it.
 */
const CUT_WIDTHS = 0.15;

/** True where the box reaches an edge of the tile behind which the picture goes on. */
function isCut(box: Box, area: Box, picture: Size): boolean {
  const near = Math.max(1, CUT_WIDTHS * faceWidth(box));
  return (
    (area.x > 0 && box.x <= near) ||
    (area.y > 0 && box.y <= near) ||
    (area.x + area.width < picture.width && box.x + box.width >= area.width - near) ||
    (area.y + area.height < picture.height && box.y + box.height >= area.height - near)
  );
}

function wholeOf({ width, height }: Size): Box {
  return { x: 0, y: 0, width, height };
}

/** Takes the second looks that are due. */
async function settle(find: Find, found: readonly Found[]): Promise<readonly Found[]> {
  const settled: Found[] = [];
  let uprightRun = 0;
  // The least certain first: see UPRIGHT_RUN_MAX.
  for (const one of found.toReversed()) {
    const doubt = doubtAbout(find, one);
    const upright = find.upright || uprightRun >= UPRIGHT_RUN_MAX;
    const due = doubt === "turned" && upright ? "tilted" : doubt;
    const looked = due === "none" ? { ...one, settled: true } : await lookAt(find, one, due);
    if (due === "turned") uprightRun = looked.turns === one.turns ? uprightRun + 1 : 0;
    settled.push(looked);
  }
  return settled;
}

function doubtAbout({ models, pixels }: Find, one: Found): Doubt {
  if (one.settled || faceWidth(one.detection.box) < FACE_WIDTH_MIN) return "none";
  const upright = turnDetection(one.detection, pixels.photo, one.turns);
  return doubtOf(upright, one.seenWidth, models.detector);
}

async function lookAt(
  { models, pixels, signal }: Find,
  one: Found,
  doubt: Exclude<Doubt, "none">,
): Promise<Found> {
  signal?.throwIfAborted();
  const { photo } = pixels;
  const picture = await pixels.sized(one.longSide);
  const detection = rescale(one.detection, wholeOf(photo), photo, picture);
  const look = await lookAgain(models, picture, { detection, turns: one.turns }, doubt);
  if (!look) return { ...one, settled: true };
  const inPhoto = rescale(look.detection, wholeOf(picture), picture, photo);
  return { ...one, detection: inPhoto, turns: look.turns, settled: true };
}
