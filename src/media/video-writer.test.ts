import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { greyPicture, lookInto, filmFrames, markTurned } from "../../test/videos.ts";
import { copyVideo } from "./video-writer.ts";

let folder = "";
before(async () => void (folder = await mkdtemp(join(tmpdir(), "assent-video-"))));
after(async () => rm(folder, { recursive: true, force: true }));

/** A flash and a beep together, at each of these moments, in pictures at uneven distances. */
const FLASHES = [0.52, 1.48, 2.6];
const STEPS = [0.04, 0.033, 0.05, 0.08, 0.033];

async function flashing(name: string, options: { readonly turned?: boolean } = {}) {
  const path = join(folder, name);
  const moments = new Set([0, ...FLASHES, ...FLASHES.map((at) => at + 0.1)]);
  for (let at = 0, step = 0; at < 3.2; at += STEPS[step++ % STEPS.length] ?? 0) {
    moments.add(Math.round(at * 1000) / 1000);
  }
  const frames = [...moments]
    .toSorted((a, b) => a - b)
    .filter((at, index, all) => index === 0 || at - (all[index - 1] ?? 0) > 0.004)
    .map((at) => {
      const flash = FLASHES.some((one) => at >= one && at < one + 0.1);
      return { at, picture: greyPicture(flash ? 230 : 40, { width: 96, height: 64 }, 128) };
    });
  await filmFrames(path, frames, { beeps: FLASHES });
  if (options.turned) await markTurned(path);
  return { path, frames };
}

/** When it begins to flash. */
function flashes(frames: readonly { readonly at: number; readonly grey: number }[]) {
  return frames
    .filter(({ grey }, index) => grey > 150 && (frames[index - 1]?.grey ?? 0) < 150)
    .map(({ at }) => at);
}

const unchanged = ({ picture }: { picture: ReturnType<typeof greyPicture> }) => picture;

function assertNear(actual: readonly number[], expected: readonly number[], within: number) {
  assert.equal(actual.length, expected.length, `${actual.join()} against ${expected.join()}`);
  actual.forEach((value, index) => {
    const off = Math.abs(value - (expected[index] ?? Number.NaN));
    assert.ok(off <= within, `${value} is not within ${within} of ${expected[index]}`);
  });
}

test("a copy has every frame at its moment, changed, and the sound beside it", async () => {
  const { path, frames } = await flashing("plain.mp4");
  const to = join(folder, "copy.mp4");
  const seen: number[] = [];
  const written = await copyVideo({
    from: path,
    to,
    sound: "keep",
    change: ({ at, picture }) => {
      seen.push(at);
      const data = picture.data.map((value) => 255 - value);
      return { ...picture, data };
    },
  });
  assert.equal(written?.frames, frames.length);
  const given = frames.map(({ at }) => at);
  assertNear(seen, given, 0.0001);
  const copy = await lookInto(to);
  assertNear(
    copy.frames.map(({ at }) => at),
    given,
    0.0001,
  );
  const inverted = copy.frames.map(({ at, grey }) => ({ at, grey: 255 - grey }));
  assertNear(flashes(inverted), FLASHES, 0.0001);
  assertNear(copy.loud, FLASHES, 0.005);
  assert.ok(Math.abs(copy.seconds - (written?.seconds ?? 0)) < 0.1);
  const bytes = await readFile(to, "latin1");
  assert.ok(bytes.indexOf("moov") < bytes.indexOf("mdat"), "it plays while it is loaded");
});

test("spans are cut out to the frame, and sound stays with the pictures", async () => {
  const { path } = await flashing("long.mp4");
  const to = join(folder, "cut.mp4");
  const spans = [
    { from: 0.4, to: 0.9 },
    { from: 1.41, to: 1.8 },
    { from: 2.5, to: 2.9 },
  ];
  const written = await copyVideo({ from: path, to, spans, sound: "keep", change: unchanged });
  const cut = await lookInto(to);
  assertNear(flashes(cut.frames), [0.12, 0.57, 0.99], 0.001);
  assertNear(cut.loud, [0.12, 0.57, 0.99], 0.02);
  assert.equal(written?.frames, cut.frames.length);
  const nothing = join(folder, "nothing.mp4");
  const none = { from: path, to: nothing, sound: "keep", change: unchanged } as const;
  assert.equal(await copyVideo({ ...none, spans: [{ from: 50, to: 60 }] }), null);
});

test("a turned video is written upright; sound can be left away", async () => {
  const { path } = await flashing("turned.mp4", { turned: true });
  const to = join(folder, "upright.mp4");
  await copyVideo({ from: path, to, sound: "remove", change: unchanged });
  const { frames, loud } = await lookInto(to);
  assert.deepEqual(loud, []);
  const [first] = frames;
  assert.deepEqual([first?.width, first?.height], [64, 96]);
  // What was above on the left is above on the right once it is turned clockwise.
  assert.ok(Math.abs((first?.corner ?? 0) - 40) < 12, `${first?.corner}`);
});

test("a copy that fails or is given up leaves nothing", async () => {
  const { path } = await flashing("doomed.mp4");
  const to = join(folder, "doomed-copy.mp4");
  const copy = { from: path, to, sound: "keep", change: unchanged } as const;
  const stop = new AbortController();
  const late = copyVideo(copy, {
    signal: stop.signal,
    onProgress: (done) => void (done > 1 && stop.abort(new Error("given up"))),
  });
  await assert.rejects(late, /given up/u);
  const failing = { ...copy, change: () => Promise.reject(new Error("no pixels")) };
  await assert.rejects(copyVideo(failing), /no pixels/u);
  const left = (await readdir(folder)).filter((name) => name.startsWith("doomed-copy"));
  assert.deepEqual(left, []);
});
