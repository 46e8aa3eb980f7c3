import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { FF_ENCODER_LIBX264 } from "node-av/constants";
import { MediaError } from "../src/media/errors.ts";
import { openVideo } from "../src/media/video.ts";
import { makeVideo } from "./make-video.ts";
import { claimDuration, filmFrames, greyPicture, keepSound } from "./videos.ts";

const folder = mkdtempSync(join(tmpdir(), "assent-hostile-video-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const WIDTH = 160;
const HEIGHT = 96;

const plan = {
  codec: FF_ENCODER_LIBX264,
  width: WIDTH,
  height: HEIGHT,
  framesPerSecond: 10,
  frames: 40,
  options: { preset: "ultrafast" },
  draw: (index: number) => ({
    width: WIDTH,
    height: HEIGHT,
    data: Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, at) => (at * (index + 3)) % 251),
  }),
};

/** A small clip whose frames differ, so that each has bytes to damage. */
function clip(suffix: string, framesPerSecond = 10): Buffer {
  const path = join(folder, `whole-${framesPerSecond}.${suffix}`);
  makeVideo({ ...plan, path, framesPerSecond });
  return readFileSync(path);
}

const mp4 = clip("mp4");
const mkv = clip("mkv");

const HOUR = 3600;

/** The MP4 with a sound, to be left alone. */
async function soundAlone(): Promise<Buffer> {
  const both = join(folder, "both.mp4");
  const picture = greyPicture(80);
  await filmFrames(
    both,
    [0, 1].map((at) => ({ at, picture })),
    { beeps: [0.5] },
  );
  const alone = join(folder, "alone.mp4");
  await keepSound(both, alone);
  return readFileSync(alone);
}

function encrypted(): Buffer {
  const path = join(folder, "encrypted.mp4");
  const key = "0123456789abcdef0123456789abcdef";
  makeVideo({
    ...plan,
    path,
    containerOptions: {
      encryption_scheme: "cenc-aes-ctr",
      encryption_key: key,
      encryption_kid: key,
    },
  });
  return readFileSync(path);
}

/** Frames of 8K, in a file that says of itself that they are small. */
function disguised(): Buffer {
  const path = join(folder, "8k.mp4");
  const size = { width: 7680, height: 4320 };
  const data = new Uint8Array(size.width * size.height * 3);
  makeVideo({ ...plan, ...size, path, frames: 1, draw: () => ({ ...size, data }) });
  return changed(readFileSync(path), (bytes) => resize(bytes, WIDTH, HEIGHT));
}

/** Frames in the first seconds, and one more. */
function farApart(): Buffer {
  const path = join(folder, "far.mp4");
  const tickOf = (index: number): number => (index < 39 ? index : 13 * HOUR * 10);
  makeVideo({ ...plan, path, tickOf });
  return readFileSync(path);
}

/** Has each header of an MP4 tell that it lasts so many seconds; its index tells the truth still. */
function claim(bytes: Buffer, seconds: number): void {
  // Version and flags, two times, units a second, and then how many units; of a track its number,
  // and nothing, stand between.
  const film = bytes.indexOf("mvhd", 0, "latin1") + 4;
  bytes.writeUInt32BE(seconds * bytes.readUInt32BE(film + 12), film + 16);
  const track = bytes.indexOf("tkhd", 0, "latin1") + 4;
  bytes.writeUInt32BE(seconds * bytes.readUInt32BE(film + 12), track + 20);
  const media = bytes.indexOf("mdhd", 0, "latin1") + 4;
  bytes.writeUInt32BE(seconds * bytes.readUInt32BE(media + 12), media + 16);
}

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
  ["a sound alone", "video_without_picture", await soundAlone()],
  ["truly encrypted", "video_encrypted", encrypted()],
  ["a frame 13 hours after the others", "video_too_long", farApart()],
  ["an MP4 that says it is longer", "read", changed(mp4, (bytes) => claim(bytes, HOUR))],
  ["an MKV that says it is longer", "truncated", claimDuration(mkv, HOUR)],
  ["an MKV that says it is shorter", "read", claimDuration(mkv, 1)],
  ["8K of pixels where it says a few", "video_too_many_pixels", disguised()],
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
    if (expected !== ANY) assert.equal(code ?? "read", expected);
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
