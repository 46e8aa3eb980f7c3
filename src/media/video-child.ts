import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { MediaError } from "./errors.ts";
import type { Picture } from "./picture.ts";
import { openVideoFile, type VideoFile } from "./video-file.ts";
import { type FramesWanted, LENGTH_BYTES, type VideoMessage } from "./video-messages.ts";
import { FramePictures } from "./video-picture.ts";
import { sampledFrames } from "./video-sampler.ts";

// The entry of the process that decodes one video: its path comes as the first line of the input and
// each further line is a request for frames. It ends when its input does, or is killed.

const STDOUT = 1;
let file: VideoFile | null = null;

for await (const line of createInterface({ input: process.stdin })) answer(line);
// Not by running out: what FFmpeg left to the garbage collector would be freed in any order.
process.kill(process.pid, "SIGKILL");

function answer(line: string): void {
  try {
    if (file === null) {
      file = openVideoFile(JSON.parse(line) as string);
      say({ kind: "info", info: file.info });
    } else {
      sendFrames(file, JSON.parse(line) as FramesWanted);
      say({ kind: "end" });
    }
  } catch (error) {
    say({ kind: "refused", code: error instanceof MediaError ? error.code : "corrupt" });
  }
}

function sendFrames(from: VideoFile, { sampling, longSideMax }: FramesWanted): void {
  const pictures = new FramePictures(from.info, longSideMax);
  for (const { at, frame } of sampledFrames(from, sampling)) {
    const picture = pictures.pictureOf(frame);
    say({ kind: "frame", at, width: picture.width, height: picture.height }, picture);
  }
}

/** Waits until the other side has taken it: nothing piles up here. */
function say(message: VideoMessage, picture?: Picture): void {
  const json = Buffer.from(JSON.stringify(message));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(json.length);
  writeAll(Buffer.concat([length, json]));
  if (picture) writeAll(picture.data);
}

function writeAll(bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(STDOUT, bytes, written);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
