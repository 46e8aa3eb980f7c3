import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { Member } from "../samples/cast.ts";
import { decode } from "../src/media/decode.ts";
import { takeRow } from "./drawn.ts";
import { filmFrames, type MadeFrame } from "./videos.ts";

/** Frames a second: enough for two looks a second, and quickly looked through. */
const RATE = 4;

/** Who stands side by side, and for how many seconds; every scene of as many people. */
export type FilmScene = readonly [row: readonly Member[], seconds: number];

/** Films drawn people, one scene after the other with a cut between. */
export async function filmRows(path: string, scenes: readonly FilmScene[]): Promise<void> {
  const frames: MadeFrame[] = [];
  for (const [index, [row, seconds]] of scenes.entries()) {
    const picture = await decode({ bytes: await takeRow(row, index + 1) });
    for (let frame = 0; frame < seconds * RATE; frame += 1) {
      frames.push({ at: frames.length / RATE, picture });
    }
  }
  await mkdir(dirname(path), { recursive: true });
  await filmFrames(path, frames);
}
