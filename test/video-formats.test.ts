import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import {
  type FFEncoderCodec,
  FF_ENCODER_LIBSVTAV1,
  FF_ENCODER_LIBVPX_VP8,
  FF_ENCODER_LIBVPX_VP9,
  FF_ENCODER_LIBX264,
  FF_ENCODER_LIBX265,
  FF_ENCODER_MPEG4,
} from "node-av/constants";
import type { Picture } from "../src/media/picture.ts";
import { openVideo } from "../src/media/video.ts";
import { makeVideo, type Rotation, type VideoPlan } from "./make-video.ts";

const folder = mkdtempSync(join(tmpdir(), "assent-formats-"));
after(() => rmSync(folder, { recursive: true, force: true }));

// SVT-AV1 tells of itself unless it is told not to.
process.env["SVT_LOG"] = "0";

const FRAMES = 8;
/** Greys of the upper left, upper right, lower left and lower right quarter of an upright frame. */
const GREYS = [40, 90, 140, 190] as const;
/** How far a grey may be off: codecs at their quickest are coarse. */
const GREY_ERROR_MAX = 14;

/** A frame whose quarters, from the upper left by row, have these greys. */
function quarters(width: number, height: number, greys: readonly number[]): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const quarter = (y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1);
      data.fill(greys[quarter] ?? 0, (y * width + x) * 3, (y * width + x + 1) * 3);
    }
  return { width, height, data };
}

function greysOf({ width, height, data }: Picture): readonly number[] {
  return [0.25, 0.75].flatMap((down) =>
    [0.25, 0.75].map(
      (across) => data[(Math.floor(height * down) * width + Math.floor(width * across)) * 3] ?? 0,
    ),
  );
}

async function readAll(path: string) {
  await using video = await openVideo(path);
  const frames: { readonly at: number; readonly picture: Picture }[] = [];
  for await (const frame of video.frames({ sampling: { kind: "all" } })) frames.push(frame);
  return { info: video, frames };
}

function assertUpright(picture: Picture, said: string): void {
  for (const [index, grey] of greysOf(picture).entries())
    assert.ok(Math.abs(grey - (GREYS[index] ?? 0)) <= GREY_ERROR_MAX, `${said}: ${grey}`);
}

interface Format extends Partial<Omit<VideoPlan, "codec">> {
  readonly suffix: string;
  readonly encoder: FFEncoderCodec;
}

/** What cameras, phones, screens and browsers write, by what the file is said to be. */
const formats: Readonly<Record<string, Format>> = {
  "H.264 in MP4": { suffix: "mp4", encoder: FF_ENCODER_LIBX264, options: { preset: "ultrafast" } },
  "H.264 in fragments": {
    suffix: "mp4",
    encoder: FF_ENCODER_LIBX264,
    options: { preset: "ultrafast" },
    containerOptions: { movflags: "frag_keyframe+empty_moov" },
  },
  "H.264 with frames made of later ones": {
    suffix: "mkv",
    encoder: FF_ENCODER_LIBX264,
    options: { preset: "veryfast" },
  },
  "HEVC in MOV": {
    suffix: "mov",
    encoder: FF_ENCODER_LIBX265,
    options: { preset: "ultrafast", "x265-params": "log-level=none" },
  },
  "HEVC of ten bits": {
    suffix: "mp4",
    encoder: FF_ENCODER_LIBX265,
    options: { preset: "ultrafast", "x265-params": "log-level=none" },
    tenBit: true,
  },
  "VP8 in WebM": {
    suffix: "webm",
    encoder: FF_ENCODER_LIBVPX_VP8,
    options: { deadline: "realtime" },
  },
  "VP9 in WebM": {
    suffix: "webm",
    encoder: FF_ENCODER_LIBVPX_VP9,
    options: { deadline: "realtime" },
  },
  "VP9 of an odd size": {
    suffix: "webm",
    encoder: FF_ENCODER_LIBVPX_VP9,
    options: { deadline: "realtime" },
    width: 161,
    height: 97,
  },
  "AV1 in MP4": { suffix: "mp4", encoder: FF_ENCODER_LIBSVTAV1, options: { preset: "10" } },
  "AV1 in WebM": { suffix: "webm", encoder: FF_ENCODER_LIBSVTAV1, options: { preset: "10" } },
  "MPEG-4 in MP4": { suffix: "mp4", encoder: FF_ENCODER_MPEG4 },
  "a frame a second": {
    suffix: "mp4",
    encoder: FF_ENCODER_LIBX264,
    options: { preset: "ultrafast" },
    framesPerSecond: 1,
  },
  "120 frames a second": {
    suffix: "mp4",
    encoder: FF_ENCODER_LIBX264,
    options: { preset: "ultrafast" },
    framesPerSecond: 120,
  },
};

for (const [index, [name, format]] of Object.entries(formats).entries()) {
  test(`reads ${name}`, async () => {
    const path = join(folder, `${index}.${format.suffix}`);
    const { encoder: codec, suffix: _, ...plan } = format;
    const { width = 160, height = 96, framesPerSecond = 10 } = plan;
    const draw = (): Picture => quarters(width, height, GREYS);
    makeVideo({ path, codec, width, height, framesPerSecond, frames: FRAMES, ...plan, draw });
    const { info, frames } = await readAll(path);
    assert.deepEqual([info.width, info.height], [width, height]);
    assert.equal(frames.length, FRAMES);
    for (const [at, frame] of frames.entries()) {
      assert.ok(Math.abs(frame.at - at / framesPerSecond) < 0.01, `${at}: ${frame.at}`);
      assertUpright(frame.picture, name);
    }
  });
}

/** Where the quarters of an upright frame lie in one that players turn clockwise so far. */
const STORED: Readonly<Record<Rotation, readonly [number, number, number, number]>> = {
  0: [0, 1, 2, 3],
  90: [1, 3, 0, 2],
  180: [3, 2, 1, 0],
  270: [2, 0, 3, 1],
};

for (const rotation of [0, 90, 180, 270] as const) {
  test(`turns frames upright that lie turned by ${rotation} degrees`, async () => {
    const path = join(folder, `turned-${rotation}.mp4`);
    const greys = STORED[rotation].map((quarter) => GREYS[quarter] ?? 0);
    makeVideo({
      path,
      codec: FF_ENCODER_LIBX264,
      width: 160,
      height: 96,
      framesPerSecond: 10,
      frames: 3,
      options: { preset: "ultrafast" },
      rotation,
      draw: () => quarters(160, 96, greys),
    });
    const { info, frames } = await readAll(path);
    const [first] = frames;
    assert.ok(first);
    const isTurned = rotation === 90 || rotation === 270;
    assert.deepEqual([info.width, info.height], isTurned ? [96, 160] : [160, 96]);
    assert.deepEqual([first.picture.width, first.picture.height], [info.width, info.height]);
    assert.equal(info.rotation, rotation);
    assertUpright(first.picture, `${rotation} degrees`);
  });
}

test("takes times from the frames where their rate varies", async () => {
  const ticks = [0, 1, 2, 30, 31, 90, 95, 100];
  for (const [suffix, codec] of [
    ["mp4", FF_ENCODER_LIBX264],
    ["webm", FF_ENCODER_LIBVPX_VP9],
  ] as const) {
    const path = join(folder, `varies.${suffix}`);
    makeVideo({
      path,
      codec,
      width: 160,
      height: 96,
      framesPerSecond: 30,
      frames: ticks.length,
      tickOf: (index) => ticks[index] ?? 0,
      draw: () => quarters(160, 96, GREYS),
    });
    const { frames } = await readAll(path);
    assert.deepEqual(
      frames.map(({ at }) => Math.round(at * 30)),
      ticks,
    );
    // Nothing comes for two seconds, and then is looked at as soon as it does.
    await using video = await openVideo(path);
    const looks: number[] = [];
    const sampling = { kind: "rate", perSecond: 2, atChanges: true } as const;
    for await (const { at } of video.frames({ sampling })) looks.push(Math.round(at * 30));
    for (const tick of [0, 30, 90])
      assert.ok(
        looks.some((look) => look >= tick && look <= tick + 1),
        String(looks),
      );
  }
});
