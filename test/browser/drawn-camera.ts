import { writeFile } from "node:fs/promises";
import sharp from "sharp";
import type { Member } from "../../samples/cast.ts";
import { portraitOf } from "../../samples/samples.ts";
import { takePhoto } from "../../samples/scene.ts";

const WIDTH = 640;
const HEIGHT = 480;
/** Chromium plays it round and round. */
const FRAMES = 10;

/** Writes a film in which a drawn person looks into the camera, as Chromium plays for a camera (y4m). */
export async function filmPerson(path: string, member: Member): Promise<void> {
  const { jpeg } = await takePhoto(portraitOf(member));
  const { data } = await sharp(jpeg)
    .resize({ width: WIDTH, height: HEIGHT, fit: "contain", background: "#cfd6dd" })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const frame = Buffer.concat([Buffer.from("FRAME\n"), yuv420(data)]);
  const head = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`);
  await writeFile(path, Buffer.concat([head, ...Array.from({ length: FRAMES }, () => frame)]));
}

/** RGB to Y'CbCr 4:2:0 of full range (ITU-T T.871, 7); colour is taken from each second pixel. */
function yuv420(rgb: Buffer): Buffer {
  const pixels = WIDTH * HEIGHT;
  const out = Buffer.alloc((pixels * 3) / 2);
  for (let at = 0; at < pixels; at++) {
    const [r = 0, g = 0, b = 0] = rgb.subarray(at * 3, at * 3 + 3);
    out[at] = Math.round(0.299 * r + 0.587 * g + 0.114 * b);
    const [x, y] = [at % WIDTH, Math.floor(at / WIDTH)];
    if (x % 2 === 1 || y % 2 === 1) continue;
    const small = (y / 2) * (WIDTH / 2) + x / 2;
    out[pixels + small] = bounded(128 - 0.168736 * r - 0.331264 * g + 0.5 * b);
    out[pixels * 1.25 + small] = bounded(128 + 0.5 * r - 0.418688 * g - 0.081312 * b);
  }
  return out;
}

function bounded(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value)));
}
