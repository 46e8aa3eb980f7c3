import assert from "node:assert/strict";
import { mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { MediaError, type MediaCode } from "./errors.ts";
import { FILE_BYTES_MAX } from "./limits.ts";
import { openRegularFile, readSource } from "./source.ts";

const refused = (code: MediaCode) => (error: unknown) =>
  error instanceof MediaError && error.code === code;

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "assent-source-"));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test("a link is followed or refused, as asked", async () => {
  await inFolder(async (folder) => {
    await writeFile(join(folder, "a.jpg"), "bytes");
    await symlink("a.jpg", join(folder, "link.jpg"));
    const link = join(folder, "link.jpg");
    await assert.rejects(openRegularFile(link, { links: "refuse" }), refused("is_a_link"));
    const file = await openRegularFile(link, { links: "follow" });
    await file.close();
    assert.equal((await readSource({ file: link })).toString(), "bytes");
    await assert.rejects(readSource({ file: link }, { links: "refuse" }), refused("is_a_link"));
  });
});

test("a file over the bound is refused before it is read", async () => {
  await inFolder(async (folder) => {
    const file = join(folder, "sparse.jpg");
    await writeFile(file, "");
    await truncate(file, FILE_BYTES_MAX + 1);
    await assert.rejects(readSource({ file }), refused("too_large_bytes"));
  });
});

test("a name with a zero byte or too long is a reason, not a crash", async () => {
  await assert.rejects(readSource({ file: "a\0b.jpg" }), refused("unreadable"));
  await assert.rejects(readSource({ file: `/${"x".repeat(5_000)}` }), refused("missing"));
});

test("bytes are handed on without a copy, and none is empty_file", async () => {
  const whole = new Uint8Array([1, 2, 3, 4]);
  const part = await readSource({ bytes: whole.subarray(1, 3) });
  assert.deepEqual([...part], [2, 3]);
  assert.equal(part.buffer, whole.buffer);
  await assert.rejects(readSource({ bytes: new Uint8Array() }), refused("empty_file"));
});

test("no message of a media error holds a path", async () => {
  const file = join(tmpdir(), "Somebody Private", "photo.jpg");
  await assert.rejects(readSource({ file }), (error: unknown) => {
    assert.ok(error instanceof MediaError);
    return !error.message.includes("Private");
  });
});
