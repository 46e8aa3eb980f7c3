import { write as writeTo } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { MediaError } from "./errors.ts";
import { openVideoFile, type VideoFile } from "./video-file.ts";
import { type FramesWanted, LENGTH_BYTES, type VideoMessage } from "./video-messages.ts";
import { FramePictures } from "./video-picture.ts";
import { sampledFrames } from "./video-sampler.ts";

// The entry of the process that decodes one video: its path comes as the first line of the input and
// each further line is a request for frames. It ends when its input does, or is killed.

const STDOUT = 1;
const NOTHING = new Uint8Array();
const write = promisify(writeTo);
/** What is being said: a thread beside this one writes it, while the next frames are decoded. */
let saying: Promise<void> = Promise.resolve();
let room: Buffer = Buffer.alloc(0);
let file: VideoFile | null = null;

for await (const line of createInterface({ input: process.stdin })) await answer(line);
// Not by running out: what FFmpeg left to the garbage collector would be freed in any order.
process.kill(process.pid, "SIGKILL");

async function answer(line: string): Promise<void> {
  try {
    if (file === null) {
      file = openVideoFile(JSON.parse(line) as string);
      await say({ kind: "info", info: file.info });
    } else {
      await sendFrames(file, JSON.parse(line) as FramesWanted);
      await say({ kind: "end" });
    }
  } catch (error) {
    await say({ kind: "refused", code: error instanceof MediaError ? error.code : "corrupt" });
  }
  await saying;
}

async function sendFrames(from: VideoFile, { sampling, longSideMax }: FramesWanted): Promise<void> {
  const pictures = new FramePictures(from.info, longSideMax);
  for (const { at, frame } of sampledFrames(from, sampling)) {
    const { width, height, data } = pictures.pictureOf(frame);
    await say({ kind: "frame", at, width, height }, data);
  }
}

/** Waits until the other side has taken what was said before: no more piles up here. */
async function say(message: VideoMessage, pixels: Uint8Array = NOTHING): Promise<void> {
  await saying;
  const json = Buffer.from(JSON.stringify(message));
  const bytes = roomFor(LENGTH_BYTES + json.length + pixels.length);
  bytes.writeUInt32LE(json.length);
  bytes.set(json, LENGTH_BYTES);
  bytes.set(pixels, LENGTH_BYTES + json.length);
  saying = writeAll(bytes);
}

/** Memory for what is said next: what was said before has been taken. */
function roomFor(bytes: number): Buffer {
  if (room.length < bytes) room = Buffer.alloc(bytes);
  return room.subarray(0, bytes);
}

async function writeAll(bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    try {
      written += (await write(STDOUT, bytes, written, bytes.length - written)).bytesWritten;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
      await sleep(1);
    }
  }
}
