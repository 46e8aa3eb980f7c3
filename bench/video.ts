import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { availableParallelism, setPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { FF_ENCODER_LIBX264 } from "node-av/constants";
import { wipe } from "../src/base/bytes.ts";
import { openEngine } from "../src/faces/faces.ts";
import { locatePack } from "../src/faces/packs.ts";
import { LOOKS_PER_SECOND, trackFaces } from "../src/faces/video-tracks.ts";
import { sharp } from "../src/media/codec.ts";
import type { Picture } from "../src/media/picture.ts";
import { drawRow, members } from "../test/drawn.ts";
import { makeVideo } from "../test/make-video.ts";
import { shared } from "../test/shared.ts";
import { lengthenVideo } from "./lengthen-video.ts";

/**
 * How fast a video is looked at (decoded, sampled, faces found, embedded and followed), beside plain
 * decoding of all its frames by the same FFmpeg, in turns: 1080p30 H.264 with three people in view
 * (who consented, from ../shared; drawn ones where it is absent), who sway, and grain as a camera's.
 * `--video FILE` measures another; `--rounds N`. With `--hours N` a file of so many hours, which is
 * the clip over and over, is then looked at once: what tells is how much memory that takes.
 */
const WIDTH = 1920;
const HEIGHT = 1080;
const RATE = 30;
const SECONDS = 30;
const NICENESS = 5;
/** The kernel adds up a process's pages each time it is asked. */
const WATCH_MS = 250;
const ROUNDS = Number(optionOf("--rounds") ?? 3);
const HOURS = Number(optionOf("--hours") ?? 0);
/** The clip, and the file of hours. */
const SHORT = "three.mp4";
const LONG = "long.mp4";

function optionOf(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

async function makeClip(folder: string): Promise<string> {
  const photo = join(folder, "row.jpg");
  const photos = shared("data/london/smiling_front");
  if (photos) await layRow(photo, photos);
  else await drawRow(photo, members.slice(0, 3), 1);
  const scene = await sharp(await readFile(photo))
    .resize({ width: WIDTH + 120, height: HEIGHT, fit: "cover" })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const scenes = Array.from({ length: 4 }, (_, seed) => grainy(scene.data, seed));
  const path = join(folder, SHORT);
  makeVideo({
    path,
    codec: FF_ENCODER_LIBX264,
    width: WIDTH,
    height: HEIGHT,
    framesPerSecond: RATE,
    frames: SECONDS * RATE,
    options: { preset: "veryfast", crf: "23" },
    draw: (index) => frameOf(scenes, index),
  });
  return path;
}

/** The first three photos of a folder, side by side. */
async function layRow(path: string, photos: string): Promise<void> {
  const names = readdirSync(photos).filter((name) => name.endsWith(".jpg"));
  const side = Math.ceil((WIDTH + 120) / 3);
  const size = { width: side, height: HEIGHT };
  const composites = await Promise.all(
    names.slice(0, 3).map(async (name, index) => ({
      input: await sharp(join(photos, name))
        .resize({ ...size, fit: "contain" })
        .toBuffer(),
      left: index * side,
      top: 0,
    })),
  );
  const background = { r: 90, g: 90, b: 90 };
  const ground = { width: 3 * side, height: HEIGHT, channels: 3 as const, background };
  await sharp({ create: ground }).composite(composites).jpeg({ quality: 95 }).toFile(path);
}

/** In a process of its own: what making a file takes is no part of what is measured. */
async function makeApart(folder: string, clip: string | null): Promise<string> {
  const long = clip === null ? [] : ["--video", clip, "--hours", `${HOURS}`];
  await new Promise<void>((resolve) => {
    execFile(process.execPath, [import.meta.filename, "--make", folder, ...long], () => resolve());
  });
  return join(folder, clip === null ? SHORT : LONG);
}

/** The scene under other grains, one after the other as a camera's frames are. */
function grainy(scene: Uint8Array, seed: number): Uint8Array {
  const data = Uint8Array.from(scene);
  let state = seed + 1;
  for (let at = 0; at < data.length; at += 3) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const grain = (state >>> 29) - 3;
    for (let channel = 0; channel < 3; channel += 1)
      data[at + channel] = Math.min(255, Math.max(0, (data[at + channel] ?? 0) + grain));
  }
  return data;
}

/** The scene swayed by up to 60 pixels in four seconds. */
function frameOf(scenes: readonly Uint8Array[], index: number): Picture {
  const scene = scenes[index % scenes.length] ?? new Uint8Array();
  const shift = Math.round(60 + 60 * Math.sin((index / RATE / 4) * 2 * Math.PI));
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  const row = (WIDTH + 120) * 3;
  for (let y = 0; y < HEIGHT; y += 1) {
    const from = y * row + shift * 3;
    data.set(scene.subarray(from, from + WIDTH * 3), y * WIDTH * 3);
  }
  return { width: WIDTH, height: HEIGHT, data };
}

async function decodePlainly(file: string): Promise<number> {
  const child = join(import.meta.dirname, "video-decode-child.ts");
  const text = await new Promise<string>((resolve) => {
    // It ends itself by a signal when it has printed: that is no failure.
    const { pid } = execFile(process.execPath, [child, file], (_, stdout) => resolve(stdout));
    // As nice as those that decode for us, or a busy machine would favour one of the two.
    if (pid !== undefined) setPriority(pid, NICENESS);
  });
  return (JSON.parse(text) as { readonly ms: number }).ms;
}

/**
 * Memory of this process and those that it started, watched while something runs; what they share
 * (the program itself, for the most part) is counted once.
 */
function watchMemory(): { readonly peak: () => number; readonly stop: () => void } {
  let peak = 0;
  const timer = setInterval(() => {
    const children = textOf(`/proc/self/task/${process.pid}/children`).trim().split(" ");
    const ids = ["self", ...children.filter((id) => id !== "")];
    const kibibytes = ids.map((id) =>
      Number(/^Pss:\s+(\d+)/mu.exec(textOf(`/proc/${id}/smaps_rollup`))?.[1] ?? 0),
    );
    peak = Math.max(peak, 1024 * kibibytes.reduce((sum, one) => sum + one, 0));
  }, WATCH_MS);
  return { peak: () => peak, stop: () => clearInterval(timer) };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

const made = optionOf("--make");
if (made !== undefined) {
  const clip = optionOf("--video");
  if (clip === undefined) await makeClip(made);
  else lengthenVideo(clip, join(made, LONG), HOURS * 3600);
  process.kill(process.pid, "SIGKILL");
}

const folder = await mkdtemp(join(tmpdir(), "assent-bench-video-"));
try {
  const models = process.env["ASSENT_MODELS"] ?? shared("models") ?? ".";
  const isHere = (await locatePack("recommended", [models])).kind !== "missing";
  const pack = isHere ? "recommended" : "bundled";
  const file = optionOf("--video") ?? (await makeApart(folder, null));
  const workers = availableParallelism();
  await using engine = await openEngine({ pack, folder: models, workers });
  const look = async (video: string) => {
    const begun = performance.now();
    const found = await trackFaces(engine, video, { embed: true, parallel: workers + 1 });
    const ms = performance.now() - begun;
    wipe(...found.tracks.map(({ embedding }) => embedding));
    return { ms, seconds: found.seconds, tracks: found.tracks.length };
  };
  const ours: number[] = [];
  const plain: number[] = [];
  let seconds = 0;
  let tracks = 0;
  const memory = watchMemory();
  for (let round = 0; round < ROUNDS; round += 1) {
    const looked = await look(file);
    ({ seconds, tracks } = looked);
    ours.push(looked.ms);
    plain.push(await decodePlainly(file));
  }
  memory.stop();
  const times = (ms: number): string => (seconds / (ms / 1000)).toFixed(1);
  const share = median(ours.map((ms, round) => (plain[round] ?? 0) / ms));
  console.log(`${pack}, ${workers} cores, ${seconds.toFixed(0)} s of video, ${tracks} tracks`);
  console.log(`looked at, ${LOOKS_PER_SECOND} a second: ${times(median(ours))} times real time`);
  console.log(`plain decoding: ${times(median(plain))} times real time`);
  console.log(`share of plain decoding: ${(share * 100).toFixed(0)} %`);
  console.log(`memory, all processes: ${(memory.peak() / 1e6).toFixed(0)} MB at most`);
  if (HOURS > 0) {
    const long = await makeApart(folder, file);
    const memory = watchMemory();
    const looked = await look(long);
    memory.stop();
    const speed = (looked.seconds / (looked.ms / 1000)).toFixed(1);
    console.log(`${(looked.seconds / 3600).toFixed(2)} hours of it: ${looked.tracks} tracks`);
    console.log(`looked at: ${speed} times real time`);
    console.log(`memory, all processes: ${(memory.peak() / 1e6).toFixed(0)} MB at most`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
