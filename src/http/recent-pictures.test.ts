import assert from "node:assert/strict";
import { test } from "node:test";
import { RecentPictures } from "./recent-pictures.ts";

test("pictures are kept within a bound, and those asked for last stay", () => {
  const pictures = new RecentPictures(10);
  const of = (bytes: number) => new Uint8Array(bytes);
  pictures.keep("a", of(4));
  pictures.keep("b", of(4));
  assert.equal(pictures.get("a")?.byteLength, 4);
  pictures.keep("c", of(4));
  assert.equal(pictures.get("b"), null);
  assert.deepEqual([pictures.get("a")?.byteLength, pictures.get("c")?.byteLength], [4, 4]);
  pictures.keep("larger than all", of(11));
  assert.equal(pictures.get("larger than all"), null);
  assert.ok(pictures.get("a"), "nothing made room for what has none");
});
