import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { ZipFile } from "yazl";
import { zipOf } from "../../test/zips.ts";
import { type ArchiveOrigin, archiveOrigin } from "./archive.ts";

let folder = "";
before(async () => (folder = await mkdtemp(join(tmpdir(), "assent-zip-"))));
after(async () => rm(folder, { recursive: true, force: true }));

async function readOf(archive: ArchiveOrigin, path: string): Promise<Buffer> {
  await using incoming = await archive.open(path);
  return await incoming.bytes();
}

async function open(bytes: Buffer) {
  const path = join(folder, "a.zip");
  await writeFile(path, bytes);
  return archiveOrigin(path, { name: "one", title: "gala.zip" });
}

test("an archive's files are read one by one, with their own names", async () => {
  const photo = Buffer.from("a photo");
  await using archive = await open(
    await zipOf({ "b/é.jpg": photo, "a.jpg": photo, ".DS_Store": photo }),
  );
  assert.deepEqual(archive.entries, [
    { path: "a.jpg", problem: null },
    { path: "b/é.jpg", problem: null },
  ]);
  assert.deepEqual(await readOf(archive, "b/é.jpg"), photo);
  assert.equal(archive.label("a.jpg"), "gala.zip/a.jpg");
  await assert.rejects(readOf(archive, "c.jpg"), { code: "missing" });
});

test("links and devices in an archive are listed, and not followed", async () => {
  await using links = await open(await zipOf({ "a.jpg": Buffer.from("/etc/passwd") }, 0o120777));
  assert.deepEqual(links.entries, [{ path: "a.jpg", problem: "is_a_link" }]);
  await using devices = await open(await zipOf({ "a.jpg": Buffer.from("x") }, 0o020666));
  assert.deepEqual(devices.entries, [{ path: "a.jpg", problem: "not_a_file" }]);
});

test("a bit flipped in a file is found by its checksum", async () => {
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from("a photo of somebody"), "a.jpg", { compress: false });
  zip.end();
  const bytes = await buffer(zip.outputStream);
  const at = bytes.indexOf("somebody");
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  await using archive = await open(bytes);
  await assert.rejects(readOf(archive, "a.jpg"), { code: "corrupt" });
});

test("what unpacks to far more than photos do is refused before it is unpacked", async () => {
  const zeros = Buffer.alloc(90 * 1024 * 1024);
  const bomb = await zipOf({ "1.jpg": zeros, "2.jpg": zeros, "3.jpg": zeros });
  assert.ok(bomb.length < 1024 * 1024);
  await assert.rejects(open(bomb), { code: "archive_too_large" });
});

test("names that lead out of an archive, and files that are none, are refused", async () => {
  const good = await zipOf({ "aa/b.jpg": Buffer.from("x") });
  const evil = Buffer.from(good.toString("latin1").replaceAll("aa/b", "../b"), "latin1");
  await assert.rejects(open(evil), { code: "archive_invalid" });
  const cut = good.subarray(0, good.length - 10);
  for (const bytes of [cut, Buffer.alloc(0), Buffer.from("PK\u0003\u0004 no more")]) {
    await assert.rejects(open(bytes), { code: "archive_invalid" });
  }
});
