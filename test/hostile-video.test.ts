import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { FF_ENCODER_LIBX264 } from "node-av/constants";
import { MediaError } from "../src/media/errors.ts";
import { openVideo } from "../src/media/video.ts";
import { makeVideo } from "./make-video.ts";

const folder = mkdtempSync(join(tmpdir(), "assent-hostile-video-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const WIDTH = 160;
const HEIGHT = 96;

/** A small clip whose frames differ, so that each has bytes to damage. */
function clip(suffix: string, framesPerSecond = 10): Buffer {
  const path = join(folder, `whole-${framesPerSecond}.${suffix}`);
  makeVideo({
    path,
    codec: FF_ENCODER_LIBX264,
    width: WIDTH,
    height: HEIGHT,
    framesPerSecond,
    frames: 40,
    options: { preset: "ultrafast" },
    draw: (index) => ({
      width: WIDTH,
      height: HEIGHT,
      data: Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, at) => (at * (index + 3)) % 251),
    }),
  });
  return readFileSync(path);
}

const mp4 = clip("mp4");
const mkv = clip("mkv");

function changed(from: Buffer, change: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.from(from);
  change(bytes);
  return bytes;
}

function size(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16BE(width, 0);
  bytes.writeUInt16BE(height, 2);
  return bytes;
}

/** Flips bytes all over a file, by a seed. */
function noisy(from: Buffer, seed: number, count: number): Buffer {
  return changed(from, (bytes) => {
    let state = seed;
    for (let done = 0; done < count; done += 1) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      const at = 64 + (state % (bytes.length - 64));
      bytes[at] = (bytes[at] ?? 0) ^ (1 + (state >>> 27));
    }
  });
}

const ANY = "any" as const;
const cases: readonly (readonly [name: string, expected: string, bytes: Buffer])[] = [
  ["empty", "empty_file", Buffer.alloc(0)],
  ["a text", "video_unsupported", Buffer.from("this is no video")],
  ["a playlist", "video_unsupported", Buffer.from("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")],
  ["a list of files", "video_unsupported", Buffer.from("ffconcat version 1.0\nfile /etc/passwd\n")],
  ["an AVI", "video_unsupported", Buffer.from("RIFF\0\0\0\0AVI LIST")],
  ["an MP4's head alone", "corrupt", mp4.subarray(0, mp4.readUInt32BE(0))],
  ["half an MP4", "truncated", mp4.subarray(0, mp4.length / 2)],
  ["an MP4 without its last byte", "truncated", mp4.subarray(0, -1)],
  ["half an MKV", ANY, mkv.subarray(0, mkv.length / 2)],
  [
    "noise after an MKV's mark",
    "corrupt",
    noisy(Buffer.concat([mkv.subarray(0, 4), Buffer.alloc(9999)]), 3, 5000),
  ],
  ["no picture in it", "video_without_picture", changed(mp4, dropTrack)],
  ["encrypted", "video_encrypted", changed(mp4, encrypt)],
  ["8K", "video_too_many_pixels", changed(mp4, (bytes) => resize(bytes, 7680, 4320))],
  ["a pixel high", "video_too_many_pixels", changed(mp4, (bytes) => resize(bytes, 160, 1))],
  [
    "a box of 2^60 bytes",
    "truncated",
    Buffer.concat([mp4, Buffer.from("00000001667265651000000000000000", "hex")]),
  ],
  ["a thousand frames a second", ANY, clip("mp4", 1000)],
  [
    "pixels all zero",
    ANY,
    changed(mp4, (bytes) => bytes.fill(0, 60, Math.floor(bytes.length * 0.7))),
  ],
  ["an MP4 with flipped bytes", ANY, noisy(mp4, 1, 40)],
  ["an MP4 with many flipped bytes", ANY, noisy(mp4, 2, 2000)],
  ["an MKV with flipped bytes", ANY, noisy(mkv, 4, 40)],
  ["an MKV with many flipped bytes", ANY, noisy(mkv, 5, 2000)],
];

/** The sample entry's name, and not the brand of the same letters at the head. */
function entryOf(bytes: Buffer): number {
  const at = bytes.indexOf("avc1", bytes.indexOf("stsd", 0, "latin1"), "latin1");
  assert.ok(at > 0);
  return at;
}

/** Makes the box of the only track one that says nothing. */
function dropTrack(bytes: Buffer): void {
  bytes.write(
    "free",
    bytes.indexOf("trak", bytes.indexOf("mvhd", 0, "latin1"), "latin1"),
    "latin1",
  );
}

function encrypt(bytes: Buffer): void {
  bytes.write("encv", entryOf(bytes), "latin1");
}

function resize(bytes: Buffer, width: number, height: number): void {
  size(width, height).copy(bytes, entryOf(bytes) + 28);
}

/** A file of 40 small frames is read, or refused, in far less. */
const SECONDS_MAX = 30;

for (const [name, expected, bytes] of cases) {
  test(`hostile video: ${name}`, { timeout: SECONDS_MAX * 1000 }, async () => {
    const path = join(folder, "hostile");
    writeFileSync(path, bytes);
    const code = await outcomeOf(path);
    if (expected !== ANY) assert.equal(code, expected);
  });
}

/** The code of a refusal, or null for a video that is read to its end. */
async function outcomeOf(path: string): Promise<string | null> {
  try {
    await using video = await openVideo(path);
    const sampling = { kind: "rate", perSecond: 2, atChanges: true } as const;
    let frames = 0;
    for await (const { picture } of video.frames({ sampling, longSideMax: 320 })) {
      assert.equal(picture.data.length, picture.width * picture.height * 3);
      frames += 1;
    }
    assert.ok(frames > 0);
    return null;
  } catch (error) {
    assert.ok(error instanceof MediaError, String(error));
    return error.code;
  }
}
