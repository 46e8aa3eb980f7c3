import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { FF_ENCODER_LIBVPX_VP9, FF_ENCODER_LIBX264 } from "node-av/constants";
import { makeVideo } from "../../test/make-video.ts";
import type { Picture } from "./picture.ts";
import { openVideo, type Sampling } from "./video.ts";

const folder = mkdtempSync(join(tmpdir(), "assent-video-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const WIDTH = 160;
const HEIGHT = 96;
const FRAMES = 40;
const RATE = 10;

/** Dark for two seconds, then light: the left half always darker than the right. */
function draw(index: number): Picture {
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  const base = index < 20 ? 40 : 160;
  for (let y = 0; y < HEIGHT; y += 1)
    for (let x = 0; x < WIDTH; x += 1)
      data.fill(x < WIDTH / 2 ? base : base + 40, (y * WIDTH + x) * 3, (y * WIDTH + x) * 3 + 3);
  return { width: WIDTH, height: HEIGHT, data };
}

const paths = { mp4: join(folder, "a.mp4"), mkv: join(folder, "a.mkv") };
const base = { width: WIDTH, height: HEIGHT, framesPerSecond: RATE, frames: FRAMES, draw };
makeVideo({
  ...base,
  path: paths.mp4,
  codec: FF_ENCODER_LIBX264,
  options: { preset: "ultrafast" },
});
makeVideo({
  ...base,
  path: paths.mkv,
  codec: FF_ENCODER_LIBVPX_VP9,
  options: { deadline: "realtime" },
});

async function timesOf(path: string, sampling: Sampling): Promise<readonly number[]> {
  await using video = await openVideo(path);
  const times: number[] = [];
  for await (const { at } of video.frames({ sampling })) times.push(Math.round(at * 100) / 100);
  return times;
}

for (const [container, path] of Object.entries(paths)) {
  test(`tells what a video is, and gives its frames in time (${container})`, async () => {
    await using video = await openVideo(path);
    assert.deepEqual(
      [video.width, video.height, video.rotation, video.hasAudio, video.frameRate],
      [WIDTH, HEIGHT, 0, false, RATE],
    );
    assert.ok(Math.abs(video.seconds - FRAMES / RATE) < 0.11);
    const seen: (readonly [number, number, number])[] = [];
    for await (const { at, picture } of video.frames({ sampling: { kind: "all" } })) {
      assert.equal(picture.data.length, WIDTH * HEIGHT * 3);
      seen.push([at, picture.data[0] ?? 0, picture.data[(WIDTH - 1) * 3] ?? 0]);
    }
    assert.equal(seen.length, FRAMES);
    for (const [index, [at, left, right]] of seen.entries()) {
      assert.ok(Math.abs(at - index / RATE) < 0.01);
      const expected = index < 20 ? 40 : 160;
      assert.ok(Math.abs(left - expected) < 12 && Math.abs(right - expected - 40) < 12);
    }
  });
}

test("writes frames where others were that nobody needs any more, and nowhere else", async () => {
  await using video = await openVideo(paths.mp4);
  const kept: Uint8Array[] = [];
  const released = new Set<ArrayBufferLike>();
  let index = 0;
  for await (const { picture, release } of video.frames({ sampling: { kind: "all" } })) {
    if (index % 10 === 0) kept.push(picture.data);
    else release();
    if (index % 10 !== 0) released.add(picture.data.buffer);
    index += 1;
  }
  assert.equal(index, FRAMES);
  assert.equal(new Set(kept.map(({ buffer }) => buffer)).size, FRAMES / 10, "what is kept stays");
  assert.deepEqual(
    kept.map(([left = 0]) => (left < 100 ? "dark" : "light")),
    ["dark", "dark", "light", "light"],
  );
  // One more for each that was kept: it may have been somebody else's before.
  assert.ok(released.size <= 1 + FRAMES / 10, `${released.size} memories`);
});

test("shrinks, and seeks the times asked for", async () => {
  await using video = await openVideo(paths.mp4);
  const frames: number[] = [];
  const options = { sampling: { kind: "times", seconds: [0.5, 3.6] }, longSideMax: 80 } as const;
  for await (const { at, picture } of video.frames(options)) {
    frames.push(at);
    assert.deepEqual([picture.width, picture.height], [80, 48]);
  }
  assert.deepEqual(frames, [0.5, 3.6]);
});

test("samples at a rate, and on both sides of a sudden change", async () => {
  const plain = await timesOf(paths.mp4, { kind: "rate", perSecond: 1, atChanges: false });
  assert.ok(plain.length >= 4 && plain.length <= 6, String(plain));
  const dense = await timesOf(paths.mp4, { kind: "rate", perSecond: 1, atChanges: true });
  const beforeCut = dense.findLast((at) => at < 2) ?? 0;
  const afterCut = dense.find((at) => at >= 2) ?? 9;
  assert.ok(afterCut - beforeCut <= 0.4 && dense.length <= plain.length + 2, String(dense));
});

test("a camera that sways is looked at no more often than one that stands", async () => {
  const path = join(folder, "sway.mp4");
  // Bars that go to and fro, a whole swing in two seconds: all edges move, and nothing is sudden.
  const swaying = (index: number): Picture => {
    const data = new Uint8Array(WIDTH * HEIGHT * 3);
    const shift = 12 * Math.sin((index / RATE) * Math.PI);
    for (let y = 0; y < HEIGHT; y += 1)
      for (let x = 0; x < WIDTH; x += 1) {
        const light = Math.floor((x + shift + WIDTH) / 20) % 2 === 0 ? 40 : 200;
        data.fill(light, (y * WIDTH + x) * 3, (y * WIDTH + x) * 3 + 3);
      }
    return { width: WIDTH, height: HEIGHT, data };
  };
  const options = { preset: "ultrafast" };
  const sway = { ...base, path, codec: FF_ENCODER_LIBX264, options, frames: 80, draw: swaying };
  makeVideo(sway);
  const times = await timesOf(path, { kind: "rate", perSecond: 2, atChanges: true });
  const settled = times.filter((at) => at >= 2);
  assert.ok(settled.length <= 6 * 2 + 2, `looked at ${settled.join(" ")}`);
});

test("gives the reason why a file can't be read as a video", async () => {
  const cut = join(folder, "cut.mp4");
  const bytes = readFileSync(paths.mp4);
  writeFileSync(cut, bytes.subarray(0, bytes.length / 2));
  await assert.rejects(openVideo(cut), { code: "truncated" });
  const text = join(folder, "text.mp4");
  writeFileSync(text, "this is no video at all");
  await assert.rejects(openVideo(text), { code: "video_unsupported" });
  const empty = join(folder, "empty.mp4");
  writeFileSync(empty, "");
  await assert.rejects(openVideo(empty), { code: "empty_file" });
  await assert.rejects(openVideo(join(folder, "none.mp4")), { code: "missing" });
  await assert.rejects(openVideo(folder), { code: "not_a_file" });
});

test("breaks a reading off when asked to", async () => {
  await using video = await openVideo(paths.mp4);
  const controller = new AbortController();
  const reason = new Error("enough");
  const reading = (async () => {
    for await (const _ of video.frames({
      sampling: { kind: "all" },
      signal: controller.signal,
    }))
      controller.abort(reason);
  })();
  await assert.rejects(reading, reason);
});
