import assert from "node:assert/strict";
import { chmod, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { writeFileDurably } from "./files.ts";

test("writes whole files into folders that need not be there, and over old ones", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "assent-test-"));
  t.after(async () => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "a", "b", "c.txt");
  await writeFileDurably(path, "one", 0o600);
  await writeFileDurably(path, "two", 0o600);
  assert.equal(await readFile(path, "utf8"), "two");
  assert.deepEqual(await readdir(join(folder, "a", "b")), ["c.txt"]);
  if (process.platform !== "win32") assert.equal((await stat(path)).mode & 0o777, 0o600);
});

test("a write that fails leaves nothing behind", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "assent-test-"));
  t.after(async () => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o700);
  // A folder of that name is in the way: the rename fails after the temporary file was written.
  await writeFileDurably(join(folder, "taken", "inside"), "kept");
  await assert.rejects(writeFileDurably(join(folder, "taken"), "lost"));
  assert.deepEqual(await readdir(folder), ["taken"]);
  assert.deepEqual(await readdir(join(folder, "taken")), ["inside"]);
});
