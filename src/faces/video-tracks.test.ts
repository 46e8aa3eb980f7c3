import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fakeEngine } from "../../test/fake-engine.ts";
import { makeStripes, type Scene } from "../../test/striped-video.ts";
import { claimDuration } from "../../test/videos.ts";
import { wipe } from "../base/bytes.ts";
import { trackFaces } from "./video-tracks.ts";

const folder = mkdtempSync(join(tmpdir(), "assent-tracks-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** From when to when tracks that can be told last in a striped video, in order, in tenths. */
async function spansOf(scenes: readonly Scene[], seconds: number) {
  const file = join(folder, "clip.mp4");
  makeStripes(file, scenes, seconds);
  const found = await trackFaces(fakeEngine(), file, { embed: true, parallel: 1 });
  const tracks = found.tracks.filter(({ embedding }) => embedding !== null);
  wipe(...tracks.map(({ embedding }) => embedding));
  const tenth = (value: number): number => Math.round(value * 10) / 10;
  return tracks.map(({ passage: { from, to } }) => [tenth(from), tenth(to)]);
}

test("somebody who was away for a second is not in view meanwhile", async () => {
  const scenes: readonly Scene[] = [
    [0, ["p5"]],
    [1, ["p20"]],
    [2, ["p5"]],
  ];
  assert.deepEqual(await spansOf(scenes, 3), [
    [0, 1],
    [1, 2],
    [2, 3],
  ]);
});

test("a face that is missed in one look is the same still", async () => {
  // From one look to the next, half a second apart: a hand before the face.
  const scenes: readonly Scene[] = [
    [0, ["p7"]],
    [1, ["p0"]],
    [1.2, ["p7"]],
  ];
  assert.deepEqual(await spansOf(scenes, 3), [[0, 3]]);
});

test("somebody in view for seven tenths of a second is looked at again", async () => {
  // As bright as the others: no sudden change tells, and one look alone falls into it.
  const scenes: readonly Scene[] = [
    [0, ["p7"]],
    [1.2, ["p43"]],
    [1.9, ["p79"]],
  ];
  const [before, between, after] = await spansOf(scenes, 3);
  assert.ok(before && between && after);
  const [from = 0, to = 0] = between;
  assert.ok(Math.abs(from - 1.2) <= 0.3 && Math.abs(to - 1.9) <= 0.3, String(between));
});

test("a video lasts as long as its frames do, whatever it says", async () => {
  const file = join(folder, "longer.mkv");
  makeStripes(file, [[0, ["p5"]]], 3);
  writeFileSync(file, claimDuration(readFileSync(file), 1));
  const { seconds, tracks } = await trackFaces(fakeEngine(), file, { embed: false, parallel: 1 });
  const [to = 0] = tracks.map(({ passage }) => passage.to);
  assert.ok(to > 2.5 && seconds >= to, `${seconds} s, seen until ${to}`);
});

test("a clip to search with does not wait for a long video, which waits for another", async () => {
  const file = join(folder, "clip.mp4");
  makeStripes(file, [[0, ["p5"]]], 1);
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  const slow = fakeEngine("recommended", { before: async () => over });
  const ended: string[] = [];
  const look = async (name: string, use: "scan" | "probe", engine = fakeEngine()) => {
    const { tracks } = await trackFaces(engine, file, { embed: true, parallel: 1, use });
    wipe(...tracks.map(({ embedding }) => embedding));
    ended.push(name);
  };
  const long = look("long", "scan", slow);
  const next = look("next", "scan");
  await look("probe", "probe");
  assert.deepEqual(ended, ["probe"]);
  end();
  await Promise.all([long, next]);
  assert.deepEqual(ended, ["probe", "long", "next"]);
});
