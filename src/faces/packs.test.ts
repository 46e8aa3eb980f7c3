import assert from "node:assert/strict";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { folderFor, packFile } from "../../test/install-into.ts";
import { sha256Hex } from "../base/bytes.ts";
import { FacesError } from "./errors.ts";
import { locateFiles, locatePack, openModels, packManifest, parsePackName } from "./packs.ts";
import type { PackFile } from "./packs.ts";

test("the manifest of recommended names files, addresses, licence and training data", () => {
  const manifest = packManifest("recommended");
  assert.deepEqual(
    manifest.files.map((file) => file.role),
    ["detector", "embedderGraph", "embedderWeights"],
  );
  for (const file of manifest.files) {
    assert.ok(file.urls.length > 0);
    for (const url of file.urls) assert.match(url, /^https:\/\//);
  }
  const { match, uncertain } = manifest.thresholds;
  assert.ok(uncertain < match);
  assert.match(manifest.trainingData, /VGGFace2/);
  // The error at the very threshold in force, not only at others.
  assert.ok(manifest.measuredError.some(({ at }) => at.some((one) => one.threshold === match)));
});

test("files are found by their bytes, at any depth and under any name", async (t) => {
  const folder = await folderFor(t);
  const bytes = new TextEncoder().encode("the bytes of a net");
  await mkdir(join(folder, "a", "b", "c"), { recursive: true });
  await writeFile(join(folder, "a", "b", "c", "whatever"), bytes);
  const located = await locateFiles([packFile(bytes)], [join(folder, "absent"), folder]);
  assert.equal(located.kind, "found");
  assert.deepEqual(located.files.get("net"), {
    path: join(folder, "a", "b", "c", "whatever"),
    name: "net.bin",
    sha256: sha256Hex(bytes),
  });
});

test("an alternative serves where the first choice is absent, and only there", async (t) => {
  const folder = await folderFor(t);
  const first = new TextEncoder().encode("the first choice");
  const second = new TextEncoder().encode("the second");
  const alternative = { name: "second.bin", sha256: sha256Hex(second), bytes: second.length };
  const file: PackFile = { ...packFile(first), alternatives: [alternative] };
  await writeFile(join(folder, "0"), second);
  const one = await locateFiles([file], [folder]);
  assert.equal(one.kind === "found" && one.files.get("net")?.name, "second.bin");
  await writeFile(join(folder, "1"), first);
  const both = await locateFiles([file], [folder]);
  assert.equal(both.kind === "found" && both.files.get("net")?.name, "net.bin");
});

test("a file of the right name and other bytes is refused, and the reason says so", async (t) => {
  const folder = await folderFor(t);
  const bytes = new TextEncoder().encode("the bytes of a net");
  const impostors = [new TextEncoder().encode("the bytes of a pet"), new Uint8Array(3)];
  for (const impostor of impostors) {
    await writeFile(join(folder, "net.bin"), impostor);
    const located = await locateFiles([packFile(bytes)], [folder]);
    assert.equal(located.kind, "missing");
    assert.deepEqual(
      located.files.map((file) => file.name),
      ["net.bin"],
    );
    assert.ok(located.reason.includes(join(folder, "net.bin")));
    assert.match(located.reason, /unknown hash/);
  }
});

test("links to folders are not followed, links to files are", async (t) => {
  const folder = await folderFor(t);
  const elsewhere = await folderFor(t);
  const bytes = new TextEncoder().encode("the bytes of a net");
  await writeFile(join(elsewhere, "net.bin"), bytes);
  await symlink(folder, join(folder, "loop"));
  await symlink(elsewhere, join(folder, "folder"));
  assert.equal((await locateFiles([packFile(bytes)], [folder])).kind, "missing");
  await symlink(join(elsewhere, "net.bin"), join(folder, "file"));
  assert.equal((await locateFiles([packFile(bytes)], [folder])).kind, "found");
});

test("a search that had to stop says that it did", async (t) => {
  const folder = await folderFor(t);
  const deep = join(folder, ..."abcdefghijkl".split(""));
  await mkdir(deep, { recursive: true });
  const bytes = new TextEncoder().encode("too deep");
  await writeFile(join(deep, "net.bin"), bytes);
  const located = await locateFiles([packFile(bytes)], [folder]);
  assert.match(located.kind === "missing" ? located.reason : "", /stopped early/);
});

test("a pack whose files are not there can't be opened, and the failure names them", async (t) => {
  const folder = await folderFor(t);
  const located = await locatePack("recommended", [folder]);
  assert.equal(located.kind, "missing");
  await assert.rejects(openModels("recommended", { folder, threads: 1 }), (error) => {
    assert.ok(error instanceof FacesError);
    assert.match(error.message, /face_detection_yunet_2023mar\.onnx/);
    return error.code === "model_missing";
  });
});

test("only the names of packs are names of packs", () => {
  assert.equal(parsePackName("bundled"), "bundled");
  assert.throws(
    () => parsePackName("../secret"),
    (error) => error instanceof FacesError && error.code === "pack_unknown",
  );
});
