import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { configFor, openApp } from "../src/app.ts";
import type { ImportSummary } from "../src/collections/import.ts";
import { canonicalState, complaintsOf } from "./canonical-state.ts";
import { runAssent, runMeasured } from "./command.ts";
import { drawPortrait, drawRow, members } from "./drawn.ts";
import { type HostileFile, makeHostileFiles } from "./hostile.ts";

/**
 * Two workers with the bundled nets hold 0.7 GB; the pool lets through photos of 200 million
 * pixels together, at about 4.5 bytes each; the rest is files, tensors and reserve. One bomb
 * unpacked alone would take 2.7 GB.
 */
const MEMORY_MAX = 2 * 1024 ** 3;

test("a folder of hostile files is imported: each has its result, and nothing else suffers", async (t) => {
  const root = await mkdtemp(join(tmpdir(), "assent-hostile-import-"));
  t.after(async () => rm(root, { recursive: true, force: true }));
  const photos = join(root, "photos");
  const data = join(root, "data");
  await mkdir(photos);
  const hostile = await makeHostileFiles(photos);
  const [person, ...others] = members;
  assert.ok(person);
  await drawRow(join(photos, "good", "first.jpg"), [person, ...others.slice(0, 1)], 3);
  await drawRow(join(photos, "good", "second.jpg"), [...others.slice(1, 2), person], 4);
  await drawPortrait(join(root, "portrait.jpg"), person);

  const run = async (...args: readonly string[]) => {
    const ended = await runAssent(data, args);
    assert.equal(ended.exit, 0, ended.err);
    return ended;
  };
  await run("init", "--pack", "bundled");
  const texts = ["--purpose", "pictures for guests", "--notice", "We look for your face."];
  const basis = ["--scene-basis", "ticket terms", "--contact", "office@club.example"];
  await run("collection", "create", "--name", "gala", ...texts, ...basis);
  const paper = ["--form", "1", "--signed-on", "2026-11-01", "--witness", "Staff"];
  const who = ["--subject", person.name, "--contact", "one@people.example"];
  const portrait = ["--photo", join(root, "portrait.jpg")];
  await run("enrol", "--collection", "gala", ...who, ...portrait, ...paper);

  const json = join(root, "result.json");
  const importing = ["--workers", "2", "import", photos, "--collection", "gala", "--json", json];
  const ended = await runMeasured(data, importing);
  assert.equal(ended.exit, 0, ended.err);
  t.diagnostic(`most memory held: ${Math.round(ended.memory / 1024 ** 2)} MB`);
  assert.ok(ended.memory < MEMORY_MAX, `${ended.memory} bytes of memory`);
  assert.doesNotMatch(ended.out + ended.err, /(?!\n)\p{Cc}/u, "names don't steer the terminal");

  const summary = JSON.parse(await readFile(json, "utf8")) as ImportSummary;
  const expected = hostile.flatMap((file) => expectedReason(file));
  assert.ok(expected.length + summary.added + summary.duplicate >= 40, "enough hostile files");
  assert.deepEqual(
    summary.refused.map(({ path, reason }) => `${path}: ${reason}`).sort(),
    expected.sort(),
  );
  const usable = hostile.filter(({ kind, expect }) => kind === "file" && expect === "ok").length;
  assert.equal(summary.added + summary.duplicate, usable + 2, "and the two good ones");

  const listing = ["photos", "--collection", "gala", "--subject", person.name, "--json", "-"];
  const seen = await run(...listing);
  const sightings = JSON.parse(seen.out) as readonly { readonly sources: readonly string[] }[];
  const names = sightings.flatMap(({ sources }) => sources.map((path) => path.split("/").at(-1)));
  assert.deepEqual(names.sort(), ["first.jpg", "second.jpg"]);

  await using app = await openApp(configFor(data));
  const state = await canonicalState({ ...app, folder: data });
  assert.deepEqual(complaintsOf(state), []);
  assert.equal(state.tables["media"]?.length, summary.added);
});

/** An import takes videos, too, and says of these what is wrong with them as such. */
const AS_VIDEOS: Readonly<Record<string, string>> = {
  "video.jpg": "corrupt",
  "video.webp": "video_unsupported",
};

/** What an import says of an entry that it does not take, if it says anything. */
function expectedReason({ name, kind, expect }: HostileFile): readonly string[] {
  const video = AS_VIDEOS[name];
  if (video !== undefined) return [`${name}: ${video}`];
  if (kind === "link") return [`${name}: is_a_link`];
  // A folder is looked through, and this one is empty.
  if (name === "folder.jpg") return [];
  return expect === "ok" ? [] : [`${name}: ${expect}`];
}
