import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { FF_ENCODER_LIBVPX_VP9, FF_ENCODER_LIBX264 } from "node-av/constants";
import { runAssent } from "./command.ts";
import { type Composition, composeVideo, type Part } from "./composed-video.ts";
import { shared } from "./shared.ts";

/** How far the beginning and end of what is found may be from the truth, in seconds. */
const BOUNDARY_SECONDS_MAX = 0.6;

const SIGNED_ON = new Date().toISOString().slice(0, 10);

interface Span {
  readonly id: string;
  readonly from: number;
  readonly to: number;
}

const folder = mkdtempSync(join(tmpdir(), "assent-video-cli-"));
const data = join(folder, "data");
after(() => rmSync(folder, { recursive: true, force: true }));

const photos = shared("data/london");
const clipTruth = shared("data/video/london_clip.json");
const models = shared("models");
const skip =
  photos && clipTruth && models ? false : "../shared is absent: no videos of people who consented";

/** Who is visible in the shared clip, from when to when: segments side by side are one. */
function clipSpans(): readonly Span[] {
  const { segments } = JSON.parse(readFileSync(clipTruth ?? "", "utf8")) as {
    readonly segments: readonly { from: number; to: number; ids: readonly string[] }[];
  };
  const spans: { id: string; from: number; to: number }[] = [];
  for (const { from, to, ids } of segments)
    for (const id of ids) {
      const last = spans.findLast((span) => span.id === id);
      if (last?.to === from) last.to = to;
      else spans.push({ id, from, to });
    }
  return spans;
}

function part(id: string, from: number, to: number, place: Part["place"], fade = 0): Part {
  return { photo: join(photos ?? "", "smiling_front", `${id}_08.jpg`), from, to, place, fade };
}

function still(x: number, y: number, width: number): Part["place"] {
  return () => ({ x, y, width });
}

const H264 = {
  codec: FF_ENCODER_LIBX264,
  options: { preset: "ultrafast", crf: "20" },
  width: 640,
  height: 480,
};

/** What the shared clip does not have. */
const compositions: Readonly<Record<string, Omit<Composition, "path">>> = {
  "short, side by side, small, and back after a second (25 a second)": {
    ...H264,
    framesPerSecond: 25,
    seconds: 9,
    parts: [
      part("022", 0.4, 1.1, still(220, 100, 180)),
      part("024", 1.6, 3.4, still(230, 120, 170)),
      part("025", 1.6, 2.3, still(30, 120, 170)),
      part("026", 2.6, 3.3, still(440, 120, 170)),
      part("022", 4.3, 5.1, still(220, 100, 180)),
      part("022", 6.1, 7, still(220, 100, 180)),
      part("029", 7, 7.7, still(250, 50, 120)),
      part("030", 7.7, 8.4, still(250, 50, 120)),
    ],
  },
  "filmed with the camera on its side, cross-faded (30 a second)": {
    ...H264,
    width: 360,
    height: 480,
    rotation: 90,
    framesPerSecond: 30,
    seconds: 7,
    parts: [
      part("032", 0, 2.4, still(90, 80, 180), 0.4),
      part("033", 2, 4.2, still(90, 80, 180), 0.4),
      part("034", 4.6, 6.5, (at) => ({ x: 120 - at * 30, y: 90, width: 140 + at * 40 }), 0.2),
    ],
  },
  "at a rate that varies, between 30 a second and four, walking by (VP9)": {
    codec: FF_ENCODER_LIBVPX_VP9,
    options: { deadline: "realtime", "cpu-used": "8" },
    width: 640,
    height: 360,
    framesPerSecond: 30,
    seconds: 8,
    keeps: (index) => index < 75 || (index < 150 ? index % 7 === 0 : index % 2 === 0),
    parts: [
      part("036", 0.6, 2.1, still(20, 40, 200)),
      part("037", 2.4, 5.6, (at) => ({ x: 60 + at * 120, y: 60, width: 150 })),
      part("036", 6.3, 7.2, still(20, 40, 200)),
    ],
  },
};

/** Everybody of these, each once. */
function idsOf(spans: readonly Span[]): readonly string[] {
  return [...new Set(spans.map(({ id }) => id))];
}

function spansOf({ parts }: Pick<Composition, "parts">): readonly Span[] {
  return parts.map(({ photo, from, to }) => ({ id: photo.slice(-10, -7), from, to }));
}

async function run(...args: readonly string[]): Promise<void> {
  const { exit, err } = await runAssent(data, args);
  assert.equal(exit, 0, err);
}

/** Makes a collection in which these people have consented, as their neutral photos show them. */
async function openCollection(name: string, ids: readonly string[]): Promise<void> {
  const said = ["--purpose", "A test", "--notice", "Signed", "--contact", "lab@example.org"];
  const basis = ["--alternative", "Photos without them", "--scene-basis", "Everyone signed"];
  await run("collection", "create", "--name", name, ...said, ...basis);
  const rows = ids.map((id) => {
    const photo = join(photos ?? "", "neutral_front", `${id}_03.jpg`);
    return `${id},${id}@example.org,${photo},form ${id},${SIGNED_ON},Lab`;
  });
  const csv = join(folder, `${name}.csv`);
  writeFileSync(csv, ["subject,contact,photo,form,signed_on,witness", ...rows].join("\n"));
  await run("enrol", "--collection", name, "--csv", csv);
}

/** Who is found when, as the command says it. */
async function search(collection: string, video: string): Promise<readonly Span[]> {
  const json = join(folder, "found.json");
  const asked = ["--collection", collection, "--video", video, "--purpose", "A test"];
  await run("search", ...asked, "--json", json);
  const { subjects } = JSON.parse(readFileSync(json, "utf8")) as {
    readonly subjects: readonly { readonly name: string; readonly intervals: readonly Span[] }[];
  };
  return subjects.flatMap(({ name, intervals }) =>
    intervals.map(({ from, to }) => ({ id: name, from, to })),
  );
}

/** Each appearance is found, within the bound, and nothing else is. */
function assertFound(found: readonly Span[], expected: readonly Span[]): void {
  const inOrder = (spans: readonly Span[]): readonly Span[] =>
    spans.toSorted((a, b) => a.id.localeCompare(b.id) || a.from - b.from);
  const said = JSON.stringify(found);
  const sorted = inOrder(found);
  assert.deepEqual(
    sorted.map(({ id }) => id),
    inOrder(expected).map(({ id }) => id),
    said,
  );
  for (const [index, { from, to }] of inOrder(expected).entries()) {
    const one = sorted[index];
    assert.ok(Math.abs((one?.from ?? NaN) - from) <= BOUNDARY_SECONDS_MAX, said);
    assert.ok(Math.abs((one?.to ?? NaN) - to) <= BOUNDARY_SECONDS_MAX, said);
  }
}

const half = (): readonly string[] => idsOf(clipSpans()).filter((_, index) => index % 2 === 0);

before(async () => {
  if (skip !== false) return;
  await run("init", "--pack", "recommended", "--from", models ?? "");
  const others = Object.values(compositions).flatMap(spansOf);
  await openCollection("everybody", idsOf([...clipSpans(), ...others]));
  await openCollection("half", half());
});

for (const name of ["london_clip.mp4", "london_clip.webm"]) {
  test(`everybody who said yes is found in ${name}, nobody else`, { skip }, async () => {
    const video = shared(`data/video/${name}`) ?? "";
    assertFound(await search("everybody", video), clipSpans());
    const ofHalf = clipSpans().filter(({ id }) => half().includes(id));
    assertFound(await search("half", video), ofHalf);
  });
}

for (const [index, [name, composition]] of Object.entries(compositions).entries()) {
  test(`people are found in a video: ${name}`, { skip }, async () => {
    const suffix = composition.codec === FF_ENCODER_LIBX264 ? "mp4" : "webm";
    const path = join(folder, `${index}.${suffix}`);
    await composeVideo({ ...composition, path });
    assertFound(await search("everybody", path), spansOf(composition));
  });
}

test("a search by video tells in which other videos somebody is, and when", { skip }, async () => {
  const clip = shared("data/video/london_clip.mp4") ?? "";
  const imported = join(folder, "imported");
  mkdirSync(imported);
  copyFileSync(clip, join(imported, "other.mp4"));
  await run("import", imported, "--collection", "half");
  const asked = ["--collection", "half", "--video", clip, "--purpose", "A test"];
  const { exit, out, err } = await runAssent(data, ["search", ...asked]);
  assert.equal(exit, 0, err);
  assert.match(out, /seen as well in:\n +undated +match +\S*other\.mp4/u);
  const json = join(folder, "others.json");
  await run("search", ...asked, "--json", json);
  const { subjects } = JSON.parse(readFileSync(json, "utf8")) as {
    readonly subjects: readonly { readonly sightings: readonly { readonly track: unknown }[] }[];
  };
  assert.ok(subjects.length > 0);
  for (const { sightings } of subjects) assert.ok(sightings[0]?.track, "tells when");
});
