import assert from "node:assert/strict";
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { startScript } from "../../test/script.ts";
import { sha256Hex } from "../base/bytes.ts";
import { Blobs } from "./blobs.ts";

async function openBlobs(t: TestContext): Promise<{ blobs: Blobs; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), "assent-test-"));
  t.after(async () => rm(folder, { recursive: true, force: true }));
  return { blobs: new Blobs(join(folder, "photos")), folder: join(folder, "photos") };
}

const files = async (folder: string) =>
  (await readdir(folder, { recursive: true, withFileTypes: true })).filter((one) => one.isFile());

test("keeps bytes under their hash, once", async (t) => {
  const { blobs, folder } = await openBlobs(t);
  const bytes = Buffer.from("a photo");
  const hashes = await Promise.all([blobs.put(bytes), blobs.put(bytes), blobs.put(bytes)]);
  assert.deepEqual(new Set(hashes), new Set([sha256Hex(bytes)]));
  assert.deepEqual(await blobs.get(hashes[0]), bytes);
  await blobs.verify(hashes[0]);
  assert.equal((await files(folder)).length, 1);
});

test("detects a blob that is cut, changed or gone", async (t) => {
  const { blobs } = await openBlobs(t);
  const hash = await blobs.put(Buffer.from("a photo of some length"));
  await truncate(blobs.pathOf(hash), 5);
  await assert.rejects(blobs.get(hash), { code: "blob_corrupt" });
  await assert.rejects(blobs.verify(hash), { code: "blob_corrupt" });
  await blobs.remove(hash);
  await assert.rejects(blobs.get(hash), { code: "blob_missing" });
  await assert.rejects(blobs.verify(hash), { code: "blob_missing" });
  await blobs.remove(hash);
});

test("a name that is no hash never becomes a path", async (t) => {
  const { blobs } = await openBlobs(t);
  assert.throws(() => blobs.pathOf("../../master.key"), /64 hex digits/u);
  assert.throws(() => blobs.pathOf(`${"a".repeat(63)}/`), /64 hex digits/u);
});

test("killed while it writes, it leaves whole blobs and temporary files alone", async (t) => {
  const { blobs, folder } = await openBlobs(t);
  const writer = startScript(
    `
    import { Blobs } from "./src/storage/blobs.ts";
    import { randomBytes } from "node:crypto";
    const blobs = new Blobs(folder);
    for (let count = 1; ; count += 1) {
      console.log(await blobs.put(randomBytes(3_000_000)));
      if (count === 4) console.log("enough");
    }
  `,
    { folder },
  );
  await writer.line("enough");
  await writer.kill();
  const acknowledged = writer.printed();
  for (const hash of acknowledged.split("\n").filter((line) => line.length === 64)) {
    await blobs.verify(hash);
  }
  for (const file of await files(folder)) {
    if (file.name.endsWith(".part")) continue;
    const bytes = await readFile(join(file.parentPath, file.name));
    assert.ok(sha256Hex(bytes).endsWith(file.name), "a blob under its name is whole");
  }
});

test("sweeps what a killed writer left, and nothing that another process may be writing", async (t) => {
  const { blobs, folder } = await openBlobs(t);
  const hash = await blobs.put(Buffer.from("a photo"));
  const [old, young] = ["old.part", "young.part"].map((name) =>
    join(dirname(blobs.pathOf(hash)), name),
  ) as [string, string];
  await mkdir(dirname(old), { recursive: true });
  await writeFile(old, "half");
  await writeFile(young, "half");
  const yesterday = Date.now() / 1000 - 24 * 60 * 60;
  await utimes(old, yesterday, yesterday);
  await utimes(blobs.pathOf(hash), yesterday, yesterday);
  await blobs.sweep();
  const names = (await files(folder)).map((file) => file.name).sort();
  assert.deepEqual(names, [hash.slice(2), "young.part"].sort());
  await new Blobs(join(folder, "never made")).sweep();
});
