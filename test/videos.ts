import { rename } from "node:fs/promises";
import {
  AV_PKT_DATA_DISPLAYMATRIX,
  Demuxer,
  FormatContext,
  type Packet,
  type Stream,
} from "node-av";
import type { Picture } from "../src/media/picture.ts";
import { openVideo } from "../src/media/video.ts";
import { VideoOutput } from "../src/media/video-output.ts";
import { SOUND_BLOCK, SOUND_RATE } from "../src/media/video-sound.ts";
import { VideoVoice } from "../src/media/video-voice.ts";

/** A frame of a made video, shown from `at`. */
export interface MadeFrame {
  readonly at: number;
  readonly picture: Picture;
}

/** Writes a video of these frames; `beeps` are moments at which its sound begins, for .1 s. */
export async function filmFrames(
  path: string,
  frames: readonly MadeFrame[],
  options: { readonly beeps?: readonly number[]; readonly seconds?: number } = {},
): Promise<void> {
  const [first] = frames;
  if (!first) throw new Error("a video has frames");
  const { width, height } = first.picture;
  const { beeps } = options;
  const form = { width, height, framesPerSecond: 10, channels: beeps ? (1 as const) : null };
  await using output = await VideoOutput.create(path, form);
  const end = options.seconds ?? (frames.at(-1)?.at ?? 0) + 0.1;
  let sounded = 0;
  for (const [index, { at, picture }] of frames.entries()) {
    const next = frames[index + 1]?.at ?? end;
    await output.addPicture(picture, at, next - at);
    if (!beeps) continue;
    for (; sounded < next * SOUND_RATE; sounded += SOUND_BLOCK) {
      await output.addSound(soundFrom(sounded, beeps));
    }
  }
  await output.finish();
}

function soundFrom(start: number, beeps: readonly number[]): Float32Array {
  return Float32Array.from({ length: SOUND_BLOCK }, (_, index) => {
    const at = (start + index) / SOUND_RATE;
    const loud = beeps.some((beep) => at >= beep && at < beep + 0.1);
    return loud ? 0.5 * Math.sin(at * 2 * Math.PI * 1000) : 0;
  });
}

/** A picture of one grey, with another in its upper left quarter. */
export function greyPicture(
  grey: number,
  size: { readonly width: number; readonly height: number } = { width: 96, height: 64 },
  corner = grey,
): Picture {
  const { width, height } = size;
  const data = new Uint8Array(width * height * 3).fill(grey);
  for (let y = 0; y < height / 2; y += 1) {
    data.fill(corner, y * width * 3, (y * width + Math.floor(width / 2)) * 3);
  }
  return { width, height, data };
}

/** What is in a video: its moments with greys of its pictures, and when its sound begins. */
export async function lookInto(path: string) {
  await using video = await openVideo(path);
  const frames: { at: number; grey: number; corner: number; width: number; height: number }[] = [];
  for await (const { at, picture } of video.frames({ sampling: { kind: "all" } })) {
    const { width, height, data } = picture;
    const grey = data[(Math.floor(height * 0.75) * width + Math.floor(width * 0.75)) * 3] ?? 0;
    const corner = data[(Math.floor(height / 4) * width + Math.floor(width / 4)) * 3] ?? 0;
    frames.push({ at, grey, corner, width, height });
  }
  return { frames, loud: await soundsIn(path), seconds: video.seconds };
}

/** When a video's sound begins after being quiet. */
async function soundsIn(path: string): Promise<readonly number[]> {
  await using voice = await VideoVoice.open(path);
  if (!voice) return [];
  const loud: number[] = [];
  let quietFor = SOUND_RATE;
  for await (const { at, samples } of voice.until(Infinity)) {
    for (let index = 0; index < samples.length; index += voice.channels) {
      const isLoud = Math.abs(samples[index] ?? 0) > 0.1;
      if (isLoud && quietFor > SOUND_RATE / 20) loud.push(at + index / voice.channels / SOUND_RATE);
      quietFor = isLoud ? 0 : quietFor + 1;
    }
  }
  return loud;
}

/** Marks a video as filmed with the camera turned by 90 degrees clockwise: players turn it back. */
export async function markTurned(path: string): Promise<void> {
  const to = `${path}.turned`;
  await repack(path, to, (made, isPicture) => {
    if (!isPicture) return;
    const matrix = Buffer.alloc(36);
    const values = [0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30];
    values.forEach((value, index) => matrix.writeInt32LE(value, index * 4));
    made.codecpar.addCodedSideData(AV_PKT_DATA_DISPLAYMATRIX, matrix);
  });
  await rename(to, path);
}

/** Writes a file of a video's sound, without its picture. */
export async function keepSound(path: string, to: string): Promise<void> {
  await repack(
    path,
    to,
    () => undefined,
    (isPicture) => !isPicture,
  );
}

async function repack(
  path: string,
  to: string,
  mark: (made: Stream, isPicture: boolean) => void,
  keeps: (isPicture: boolean) => boolean = () => true,
): Promise<void> {
  await using from = await Demuxer.open(path, { copyTs: true });
  await using output = new FormatContext();
  output.allocOutputContext2(null, "mp4", to);
  const isPicture = (index: number): boolean => index === from.video()?.index;
  const streams = from.streams
    .filter(({ index }) => keeps(isPicture(index)))
    .map((stream) => {
      const made = output.newStream();
      stream.codecpar.copy(made.codecpar);
      made.timeBase = stream.timeBase;
      mark(made, isPicture(stream.index));
      return { stream, made };
    });
  await output.openOutput();
  await output.writeHeader();
  for await (using packet of from.packets() as AsyncIterable<Packet | null>) {
    if (!packet) continue;
    const pair = streams.find(({ stream }) => stream.index === packet.streamIndex);
    if (!pair) continue;
    packet.streamIndex = pair.made.index;
    packet.rescaleTs(pair.stream.timeBase, pair.made.timeBase);
    await output.interleavedWriteFrame(packet);
  }
  await output.writeTrailer();
  await output.closeOutput();
}

/** An MKV that says of itself that it lasts so many seconds, whatever its frames say. */
export function claimDuration(mkv: Buffer, seconds: number): Buffer {
  const bytes = Buffer.from(mkv);
  // The element's id, and that eight bytes follow: milliseconds.
  const at = bytes.indexOf(Buffer.from([0x44, 0x89, 0x88]));
  if (at < 0) throw new Error("An MKV says how long it is");
  bytes.writeDoubleBE(seconds * 1000, at + 3);
  return bytes;
}
