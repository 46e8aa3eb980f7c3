import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { listFolder } from "./folder.ts";

async function makeFolder(t: TestContext, files: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "assent-test-"));
  t.after(async () => rm(folder, { recursive: true, force: true }));
  for (const file of files) {
    await mkdir(join(folder, file, ".."), { recursive: true });
    await writeFile(join(folder, file), "x");
  }
  return folder;
}

test("lists every file below a folder, by path, without what systems put there", async (t) => {
  const folder = await makeFolder(t, [
    "b.jpg",
    "a/z.jpg",
    "a/deeper/Ünïcode 写真.jpg",
    "no-suffix",
    ".DS_Store",
    "a/Thumbs.db",
  ]);
  assert.deepEqual(await listFolder(folder), [
    { path: "a/deeper/Ünïcode 写真.jpg", problem: null },
    { path: "a/z.jpg", problem: null },
    { path: "b.jpg", problem: null },
    { path: "no-suffix", problem: null },
  ]);
});

test("lists links and does not follow them, in circles or out of the folder", async (t) => {
  const folder = await makeFolder(t, ["a/b.jpg"]);
  const outside = await makeFolder(t, ["secret.jpg"]);
  await symlink(folder, join(folder, "a", "loop"));
  await symlink(outside, join(folder, "out"));
  await symlink(join(folder, "gone"), join(folder, "dangling"));
  assert.deepEqual(await listFolder(folder), [
    { path: "a/b.jpg", problem: null },
    { path: "a/loop", problem: "is_a_link" },
    { path: "dangling", problem: "is_a_link" },
    { path: "out", problem: "is_a_link" },
  ]);
});

test("lists what is no file", { skip: process.platform === "win32" }, async (t) => {
  const folder = await makeFolder(t, ["a.jpg"]);
  assert.equal(spawnSync("mkfifo", [join(folder, "pipe")]).status, 0);
  assert.deepEqual(await listFolder(folder), [
    { path: "a.jpg", problem: null },
    { path: "pipe", problem: "not_a_file" },
  ]);
});

test(
  "goes on past a folder that can't be read",
  { skip: process.getuid?.() === 0 && "root reads all" },
  async (t) => {
    const folder = await makeFolder(t, ["a/x.jpg", "b/y.jpg"]);
    await chmod(join(folder, "a"), 0);
    t.after(async () => chmod(join(folder, "a"), 0o700));
    assert.deepEqual(await listFolder(folder), [
      { path: "a", problem: "unreadable" },
      { path: "b/y.jpg", problem: null },
    ]);
  },
);

test("bounds how deep it goes", async (t) => {
  const deep = Array.from({ length: 70 }, () => "d").join("/");
  const folder = await makeFolder(t, [`${deep}/x.jpg`, "a.jpg"]);
  const entries = await listFolder(folder);
  assert.deepEqual(
    entries.map(({ problem }) => problem),
    [null, "not_a_file"],
  );
});

test("refuses what is not a folder", async (t) => {
  const folder = await makeFolder(t, ["a.jpg"]);
  for (const path of [join(folder, "a.jpg"), join(folder, "none")]) {
    await assert.rejects(listFolder(path), { code: "folder_unreadable" });
  }
});
