import sharp from "sharp";
import { portraitOf } from "../../samples/samples.ts";
import { takePhoto } from "../../samples/scene.ts";
import { members } from "../drawn.ts";

const WIDTH = 640;
const HEIGHT = 480;
const WALL = "#cfd6dd";
const SQUARE = 16;

/** What a camera sees of a drawn person. */
export interface Frame {
  /** The face's height, of the frame's. */
  readonly share: number;
  /** Degrees to the side. */
  readonly yaw?: number;
  /** Where the middle of the face is, from left to right. */
  readonly x?: number;
  /** How much of the light there is. */
  readonly light?: number;
}

/** A frame of a camera (JPEG). */
export async function frameOf({ share, yaw = 0, x = 0.5, light = 1 }: Frame): Promise<Buffer> {
  const [member] = members;
  if (!member) throw new Error("The cast is too small.");
  const { jpeg, width, height, faces } = await takePhoto(portraitOf(member, { yaw }));
  const box = faces[0]?.box ?? { x: 0, y: 0, width, height };
  const scale = (share * HEIGHT) / box.height;
  const left = Math.round(x * WIDTH - (box.x + box.width / 2) * scale);
  const top = Math.round(HEIGHT / 2 - (box.y + box.height / 2) * scale);
  const input = await sharp(jpeg)
    .resize(Math.round(width * scale))
    .toBuffer();
  // A wall around that is large enough for whatever stands out of the frame.
  const wall = { width: WIDTH * 3, height: HEIGHT * 3, channels: 3, background: WALL } as const;
  const whole = await sharp({ create: wall })
    .composite([{ input, left: left + WIDTH, top: top + HEIGHT }])
    .png()
    .toBuffer();
  return sharp(whole)
    .extract({ left: WIDTH, top: HEIGHT, width: WIDTH, height: HEIGHT })
    .linear(light, 0)
    .jpeg()
    .toBuffer();
}

/** A frame that is light and sharp, and shows tiles on a wall. */
export async function emptyFrame(): Promise<Buffer> {
  const pixels = Buffer.from(
    Array.from({ length: WIDTH * HEIGHT }, (_, at) => {
      const [column, row] = [at % WIDTH, Math.floor(at / WIDTH)];
      return (Math.floor(column / SQUARE) + Math.floor(row / SQUARE)) % 2 === 0 ? 90 : 200;
    }),
  );
  return sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 1 } })
    .jpeg()
    .toBuffer();
}
