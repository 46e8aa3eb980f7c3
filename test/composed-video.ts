import { sharp } from "../src/media/codec.ts";
import type { Picture } from "../src/media/picture.ts";
import { makeVideo, type Rotation, type VideoPlan } from "./make-video.ts";

/** Where a photo lies in a frame, in pixels; it keeps its proportions. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** A photo that is shown for some seconds. */
export interface Part {
  readonly photo: string;
  readonly from: number;
  readonly to: number;
  /** Where it lies, `seconds` after it appeared. */
  readonly place: (seconds: number) => Place;
  /** It comes and goes within so many seconds, inside of from and to. */
  readonly fade?: number;
}

/** A video composed of photos. */
export interface Composition extends Pick<VideoPlan, "path" | "codec" | "width" | "height"> {
  readonly framesPerSecond: number;
  readonly seconds: number;
  readonly parts: readonly Part[];
  readonly options?: Readonly<Record<string, string>>;
  /** Which frames are there, of each second; the others are left out (a variable frame rate). */
  readonly keeps?: (index: number) => boolean;
  /** Frames are stored lying on their side or head, and players told to turn them so far. */
  readonly rotation?: Rotation;
}

/** Grey of what no photo covers. */
const BACKGROUND = 202;
/** Photos are shrunk to this before they are laid into frames, in pixels of width. */
const SOURCE_WIDTH_MAX = 1200;

/** Writes a composed video. */
export async function composeVideo(composition: Composition): Promise<void> {
  const { framesPerSecond, seconds, parts, keeps = () => true, rotation = 0 } = composition;
  const photos = new Map<string, Picture>();
  for (const { photo } of parts) photos.set(photo, photos.get(photo) ?? (await readPhoto(photo)));
  const frames = Math.round(seconds * framesPerSecond);
  const kept = Array.from({ length: frames }, (_, index) => index).filter(keeps);
  const { path, codec, options = {} } = composition;
  const { width, height } = stored({ ...composition, data: new Uint8Array() }, rotation);
  makeVideo({
    path,
    codec,
    options,
    width,
    height,
    rotation,
    framesPerSecond,
    frames: kept.length,
    tickOf: (index) => kept[index] ?? index,
    draw: (index) => {
      const at = (kept[index] ?? index) / framesPerSecond;
      return stored(drawFrame(composition, photos, at), rotation);
    },
  });
}

/** A picture turned counter-clockwise: turned clockwise by as much it is upright. */
function stored(picture: Picture, rotation: Rotation): Picture {
  if (rotation === 0) return picture;
  const { width, height, data } = picture;
  const size = rotation === 180 ? { width, height } : { width: height, height: width };
  const turned = new Uint8Array(data.length);
  let from = 0;
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const right = rotation === 90 ? y : rotation === 180 ? width - 1 - x : height - 1 - y;
      const down = rotation === 270 ? x : rotation === 90 ? width - 1 - x : height - 1 - y;
      const to = (down * size.width + right) * 3;
      for (let channel = 0; channel < 3; channel += 1, from += 1)
        turned[to + channel] = data[from] ?? 0;
    }
  return { ...size, data: turned };
}

async function readPhoto(path: string): Promise<Picture> {
  const { data, info } = await sharp(path)
    .resize({ width: SOURCE_WIDTH_MAX, withoutEnlargement: true })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

function drawFrame(
  { width, height, parts }: Composition,
  photos: ReadonlyMap<string, Picture>,
  at: number,
): Picture {
  const data = new Uint8Array(width * height * 3).fill(BACKGROUND);
  for (const part of parts) {
    const photo = photos.get(part.photo);
    if (!photo || at < part.from - 1e-6 || at >= part.to - 1e-6) continue;
    const { fade = 0 } = part;
    const edge = Math.min(at - part.from, part.to - at);
    const share = fade === 0 ? 1 : Math.min(1, Math.max(0, edge / fade));
    lay({ width, height, data }, photo, part.place(at - part.from), share);
  }
  return { width, height, data };
}

/** Lays a photo over a picture, its pixels weighed between four of the photo's. */
function lay(onto: Picture, photo: Picture, place: Place, share: number): void {
  const scale = photo.width / place.width;
  const high = photo.height / scale;
  const top = Math.max(0, Math.ceil(place.y));
  const left = Math.max(0, Math.ceil(place.x));
  for (let y = top; y < Math.min(onto.height, place.y + high); y += 1) {
    const sourceY = Math.min(photo.height - 1.001, Math.max(0, (y - place.y) * scale));
    for (let x = left; x < Math.min(onto.width, place.x + place.width); x += 1) {
      const sourceX = Math.min(photo.width - 1.001, Math.max(0, (x - place.x) * scale));
      blend(onto, (y * onto.width + x) * 3, photo, { x: sourceX, y: sourceY }, share);
    }
  }
}

function blend(
  onto: Picture,
  at: number,
  photo: Picture,
  { x, y }: { readonly x: number; readonly y: number },
  share: number,
): void {
  const [right, down] = [x % 1, y % 1];
  const from = (Math.floor(y) * photo.width + Math.floor(x)) * 3;
  const below = from + photo.width * 3;
  const { data } = photo;
  for (let channel = 0; channel < 3; channel += 1) {
    const above =
      (data[from + channel] ?? 0) * (1 - right) + (data[from + channel + 3] ?? 0) * right;
    const under =
      (data[below + channel] ?? 0) * (1 - right) + (data[below + channel + 3] ?? 0) * right;
    const value = above * (1 - down) + under * down;
    const old = onto.data[at + channel] ?? 0;
    onto.data[at + channel] = old + (value - old) * share;
  }
}
