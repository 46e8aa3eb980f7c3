import assert from "node:assert/strict";
import { test } from "node:test";
import { vectorOf } from "../../test/fake-engine.ts";
import type { Box } from "../base/geometry.ts";
import { wipe } from "../base/bytes.ts";
import type { FrameFace } from "./engine.ts";
import { type FacePatch, patchLikeness } from "./face-patch.ts";
import type { Embedding } from "./face.ts";
import type { Track } from "./track.ts";
import { Tracker } from "./tracker.ts";

/** A frame of a made-up video: who is where, and how each looks. */
interface Shown {
  readonly person: string;
  /** Patches are alike where this is. */
  readonly look?: string;
  readonly x?: number;
  readonly sharpness?: number;
}

const SIDE = 32;
const SIZE = 64;

function patchOf(look: string): FacePatch {
  const noise = vectorOf(`patch ${look}`, SIDE * SIDE);
  return { side: SIDE, values: noise.map((value) => 128 + 1000 * value) };
}

function faceOf({ person, look = person, x = 0.1, sharpness = 0.03 }: Shown): FrameFace {
  const box: Box = { x, y: 0.2, width: 0.1, height: 0.2 };
  const eye = { x: box.x, y: box.y };
  const landmarks = [eye, eye, eye, eye, eye] as const;
  const place = { box, landmarks, outline: null, score: 1 };
  const seen = { widthPixels: 100, problems: [], sharpness, patch: patchOf(look) };
  return { ...place, ...seen, embedding: null };
}

/** Tracks frames half a second apart; tells whom it embedded in each, and the tracks. */
async function trackShown(frames: readonly (readonly Shown[])[]) {
  const tracker = new Tracker({ over: 0.42, beside: 0.55 });
  const embedded: string[] = [];
  const tracks: Track[] = [];
  for (const [index, shown] of frames.entries()) {
    const faces = shown.map(faceOf);
    const who = new Map(faces.map((face, at) => [face, shown[at]?.person ?? ""]));
    embedded[index] = "";
    const embed = async (chosen: readonly FrameFace[]): Promise<readonly Embedding[]> =>
      chosen.map((face) => {
        const person = who.get(face) ?? "";
        embedded[index] += person;
        return vectorOf(person, SIZE);
      });
    tracks.push(...(await tracker.take(index / 2, faces, embed)));
  }
  tracks.push(...tracker.finish(frames.length / 2));
  wipe(...tracks.map(({ embedding }) => embedding));
  const spans = tracks.map(({ passage: { from, to } }) => [from, to]);
  return { embedded, spans: spans.toSorted(([a = 0], [b = 0]) => a - b) };
}

test("a face that looks as it did is embedded no more, and goes on", async () => {
  const frames = Array.from({ length: 6 }, () => [{ person: "a" }]);
  const { embedded, spans } = await trackShown(frames);
  assert.deepEqual(embedded, ["a", "a", "", "", "", ""]);
  assert.deepEqual(spans, [[0, 3]]);
});

test("somebody else in the same place is seen to be another", async () => {
  const frames = ["a", "a", "a", "b", "b", "b", "a", "a"].map((person) => [{ person }]);
  const { embedded, spans } = await trackShown(frames);
  assert.deepEqual(embedded, ["a", "a", "", "b", "b", "", "a", "a"]);
  assert.deepEqual(spans, [
    [0, 1.25],
    [1.25, 2.75],
    [2.75, 4],
  ]);
});

test("a face that looks otherwise, is better seen, or is beside another is embedded", async () => {
  const still = { person: "a" };
  const { embedded } = await trackShown([
    [still],
    [still],
    [{ ...still, look: "turned" }],
    [{ ...still, sharpness: 0.05 }],
    [still],
    [still, { person: "b", x: 0.12 }],
  ]);
  assert.deepEqual(embedded, ["a", "a", "a", "a", "", "ab"]);
});

test("who was not seen in the look before is embedded on coming back", async () => {
  const still = [{ person: "a" }];
  const { embedded, spans } = await trackShown([still, still, still, [], still, still]);
  assert.deepEqual(embedded, ["a", "a", "", "", "a", ""]);
  assert.deepEqual(spans, [[0, 3]]);
});

test("patches are alike in any light, and a pixel aside", () => {
  const patch = patchOf("a");
  const darker = { ...patch, values: patch.values.map((value) => value / 3 + 7) };
  assert.ok(patchLikeness(patch, darker) > 0.999);
  const moved = { ...patch, values: patch.values.map((_, at) => patch.values[at + 1] ?? 0) };
  assert.ok(patchLikeness(patch, moved) > 0.999);
  assert.ok(patchLikeness(patch, patchOf("b")) < 0.3);
  const flat = { ...patch, values: new Float32Array(SIDE * SIDE).fill(9) };
  assert.ok(Math.abs(patchLikeness(flat, patch)) < 0.01);
});
