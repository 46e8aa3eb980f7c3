import assert from "node:assert/strict";
import { test } from "node:test";
import { badPictures, makeBase, oddPictures } from "../../test/hostile-pictures.ts";
import { decode } from "./decode.ts";
import { MediaError } from "./errors.ts";

/** Side by side on every thread of the decoder, and often enough that complaints would be mixed. */
const NAMES = ["garbled.jpg", "garbled-unnoticed.jpg", "broken-profile.jpg", "half.png"];
const MORE = ["garbled.png", "half.jpg", "ordinary.jpg"];
const ROUNDS = 20;

test("each picture is judged by its own damage, whatever else is decoded meanwhile", async () => {
  const base = await makeBase();
  const known = [...(await badPictures(base)), ...(await oddPictures(base))];
  const chosen = known.filter(([name]) => [...NAMES, ...MORE].includes(name));
  assert.equal(chosen.length, NAMES.length + MORE.length);
  for (let round = 0; round < ROUNDS; round += 1) {
    const told = [...chosen, ...chosen].map(async ([name, , bytes]) => [name, await fate(bytes)]);
    const expected = [...chosen, ...chosen].map(([name, expect]) => [name, expect]);
    assert.deepEqual(await Promise.all(told), expected);
  }
});

async function fate(bytes: Buffer): Promise<string> {
  try {
    await decode({ bytes });
    return "ok";
  } catch (error) {
    if (error instanceof MediaError) return error.code;
    throw error;
  }
}
