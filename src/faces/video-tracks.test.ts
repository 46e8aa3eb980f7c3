import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fakeEngine } from "../../test/fake-engine.ts";
import { makeStripes, type Scene } from "../../test/striped-video.ts";
import { wipe } from "../base/bytes.ts";
import { trackFaces } from "./video-tracks.ts";

const folder = mkdtempSync(join(tmpdir(), "assent-tracks-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** From when to when the tracks of a striped video last, in order, to the tenth of a second. */
async function spansOf(scenes: readonly Scene[], seconds: number) {
  const file = join(folder, "clip.mp4");
  makeStripes(file, scenes, seconds);
  const { tracks } = await trackFaces(fakeEngine(), file, { embed: true, parallel: 1 });
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
