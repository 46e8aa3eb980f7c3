import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { portraitOf } from "../samples/samples.ts";
import { takePhoto } from "../samples/scene.ts";
import { type App, configFor, openApp } from "../src/app.ts";
import { enrol } from "../src/collections/enrol.ts";
import { importFolder } from "../src/collections/import.ts";
import type { Engine } from "../src/faces/engine.ts";
import type { Embedding } from "../src/faces/face.ts";
import { openEngine } from "../src/faces/faces.ts";
import { packManifest, type PackName } from "../src/faces/packs.ts";
import { cosine } from "../src/faces/similarity.ts";
import { turnPicture } from "../src/faces/turns.ts";
import { decode } from "../src/media/decode.ts";
import type { Picture } from "../src/media/picture.ts";
import type { PhotoSource } from "../src/media/source.ts";
import { openVideo } from "../src/media/video.ts";
import { deliver } from "../src/rights/deliver.ts";
import { makeMasterKey } from "../src/storage/master-key.ts";
import { members } from "./drawn.ts";
import { enrolmentOf, makeCollection } from "./instance.ts";
import { shared } from "./shared.ts";
import { lookInto, type MadeFrame, filmFrames, markTurned } from "./videos.ts";

/** A video of people, all of whom are enrolled, and of whom the first is to get a copy. */
interface Scene {
  readonly pack: PackName;
  /** Where the pack's files lie; null for one that comes with Assent. */
  readonly models: string | null;
  readonly portraits: readonly PhotoSource[];
  readonly frames: readonly MadeFrame[];
  /** When its sound begins. */
  readonly beeps: readonly number[];
  /** Filmed with the camera on its side: the file says so, and players turn it back. */
  readonly sideways: boolean;
}

/** Sound and picture of a copy may drift apart by this. */
const SYNC_SECONDS = 0.04;

/** Moments are written in thousandths of a second. */
const MOMENT_SECONDS = 0.002;

/** Parts of the frames in which the receiver was to be told that have to be left. */
const STILL_VISIBLE = 0.9;

/** Makes the video, imports it, and hands out the copy; tells where both are. */
async function handOut(app: App, scene: Scene, folder: string) {
  const collection = await makeCollection(app, { pack: scene.pack });
  const [receiver] = await enrolEverybody(app, collection, scene);
  assert.ok(receiver);
  const inbox = join(folder, "inbox");
  await mkdir(inbox);
  const original = join(inbox, "party.mp4");
  const frames = scene.frames.map(({ at, picture }) => ({
    at,
    picture: scene.sideways ? turnPicture(picture, 3) : picture,
  }));
  await filmFrames(original, frames, { beeps: scene.beeps });
  if (scene.sideways) await markTurned(original);
  const imported = await importFolder(app.importDeps, app.recorder, collection, inbox);
  assert.equal(imported.added, 1);
  const to = join(folder, "handed");
  const asked = { collection: collection.name, subjects: [receiver], to };
  assert.equal((await deliver(app, app.recorder, asked)).videos, 1);
  const [name = ""] = await readdir(to);
  return { original, copy: join(to, name) };
}

async function enrolEverybody(
  app: App,
  collection: Awaited<ReturnType<typeof makeCollection>>,
  { portraits }: Scene,
) {
  const subjects = [];
  for (const [index, photo] of portraits.entries()) {
    const enrolment = enrolmentOf(app, `person${index}`, { photo });
    const result = await enrol(app, app.recorder, collection, enrolment);
    if (result.kind === "refused") throw new Error(result.problems.join(", "));
    subjects.push(result.subject);
  }
  return subjects;
}

/** Everybody's template, as of enrolment. */
async function templatesOf(engine: Engine, { portraits }: Scene): Promise<readonly Embedding[]> {
  const templates: Embedding[] = [];
  for (const portrait of portraits) {
    const { faces } = await engine.analyse(portrait, { embed: { kind: "all" }, use: "enrol" });
    const [face] = faces;
    assert.ok(face?.embedding && faces.length === 1);
    templates.push(face.embedding);
  }
  return templates;
}

async function picturesOf(path: string): Promise<readonly Picture[]> {
  await using video = await openVideo(path);
  const pictures: Picture[] = [];
  const frames = video.frames({ sampling: { kind: "all" } });
  for await (const { picture } of frames) pictures.push(picture);
  return pictures;
}

/** In how many frames the receiver is told, and in which ones anybody else is. */
interface Told {
  receiver: number;
  readonly others: number[];
}

/**
 * Whom every frame of the original shows, and the same frame of the copy: every face that is found
 * there, and what lies where anybody else was found in the original.
 */
async function compare(scene: Scene, original: string, copy: string) {
  const { pack, models } = scene;
  await using engine = await openEngine({ pack, folder: models ?? "", workers: 2 });
  const templates = await templatesOf(engine, scene);
  const { uncertain } = packManifest(pack).thresholds;
  const personOf = (embedding: Embedding | null): number | null => {
    const scores = templates.map((template) => (embedding ? cosine(template, embedding) : -1));
    const best = Math.max(...scores);
    return best >= uncertain ? scores.indexOf(best) : null;
  };
  const before: Told = { receiver: 0, others: [] };
  const after: Told = { receiver: 0, others: [] };
  const copied = await picturesOf(copy);
  for (const [frame, picture] of (await picturesOf(original)).entries()) {
    const written = copied[frame];
    assert.ok(written && written.width === picture.width && written.height === picture.height);
    const faces = await engine.analyseFrame(picture, { embed: true });
    note(
      before,
      frame,
      faces.map(({ embedding }) => personOf(embedding)),
    );
    const others = faces.filter(({ embedding }) => (personOf(embedding) ?? 0) > 0);
    const left = await engine.analyseFrame(written, { embed: true, thorough: true });
    const vectors = [
      ...left.map(({ embedding }) => embedding),
      ...(await engine.embed(written, others)),
    ];
    note(after, frame, vectors.map(personOf));
  }
  return { before, after };
}

function note(told: Told, frame: number, people: readonly (number | null)[]): void {
  if (people.includes(0)) told.receiver += 1;
  if (people.some((person) => (person ?? 0) > 0)) told.others.push(frame);
}

/** The copy is as long as the original, frame by frame, and its sound is where it was. */
async function assertInTime(scene: Scene, original: string, copy: string): Promise<void> {
  const [from, to] = [await lookInto(original), await lookInto(copy)];
  assert.equal(from.frames.length, scene.frames.length);
  assert.equal(to.frames.length, from.frames.length);
  assert.ok(Math.abs(to.seconds - from.seconds) <= SYNC_SECONDS);
  const late = to.frames.map(({ at }, frame) => Math.abs(at - (from.frames[frame]?.at ?? NaN)));
  assert.ok(Math.max(...late) <= MOMENT_SECONDS, String(Math.max(...late)));
  const apart = scene.beeps.map((beep, index) => Math.abs(beep - (to.loud[index] ?? NaN)));
  assert.equal(to.loud.length, scene.beeps.length);
  assert.ok(Math.max(...apart) <= SYNC_SECONDS, String(apart));
}

async function assertOnlyReceiverIsTold(scene: Scene): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "assent-test-"));
  await makeMasterKey(join(folder, "master.key"));
  const config = configFor(folder);
  const app = await openApp({ ...config, models: scene.models ?? config.models });
  try {
    const { original, copy } = await handOut(app, scene, folder);
    const { before, after } = await compare(scene, original, copy);
    const half = scene.frames.length / 2;
    assert.ok(before.receiver >= half && before.others.length >= half, JSON.stringify(before));
    assert.deepEqual(after.others, []);
    assert.ok(after.receiver >= before.receiver * STILL_VISIBLE, JSON.stringify(after));
    await assertInTime(scene, original, copy);
  } finally {
    await app[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The frames of a part of a video, as a video of its own. */
async function cutOut(path: string, from: number, to: number): Promise<readonly MadeFrame[]> {
  await using video = await openVideo(path);
  const frames: MadeFrame[] = [];
  for await (const { at, picture } of video.frames({ sampling: { kind: "all" } })) {
    if (at >= to) break;
    if (at >= from) frames.push({ at: at - from, picture });
  }
  return frames;
}

test("in no frame of a copy is anybody told but its receiver", async (t) => {
  const clip = shared("data/video/london_clip.mp4");
  const photos = shared("data/london/neutral_front");
  const models = shared("models");
  if (!clip || !photos || !models) return t.skip("../shared is absent: no video of people");
  // One alone, both, the other alone: they move all the while.
  await assertOnlyReceiverIsTold({
    pack: "recommended",
    models,
    portraits: ["001", "004"].map((id) => ({ file: join(photos, `${id}_03.jpg`) })),
    frames: await cutOut(clip, 2, 7),
    beeps: [0.5, 2.25, 4.4],
    sideways: false,
  });
  return undefined;
});

/** A drawn person stands still while another walks towards them; 4 frames a second. */
async function walk(): Promise<readonly MadeFrame[]> {
  const [standing, walking] = drawnPair().map((member) => portraitOf(member));
  assert.ok(standing && walking);
  const frames: MadeFrame[] = [];
  for (let index = 0; index < 8; index += 1) {
    const places = [
      { figures: standing.figures, x: 130 },
      { figures: walking.figures, x: 490 - index * 20 },
    ];
    const figures = places.flatMap(({ figures: busts, x }) =>
      busts.map((bust) => ({ ...bust, x, y: 130, scale: 0.75 })),
    );
    const photo = await takePhoto({
      ...standing,
      width: 560,
      height: 320,
      backdrop: "wall",
      figures,
    });
    frames.push({ at: index / 4, picture: await decode({ bytes: photo.jpeg }) });
  }
  return frames;
}

/** Somebody who asks for the copy, and a bystander. */
const drawnPair = () => [members[0], members.at(-1)].filter((member) => member !== undefined);

test("nor in one of a video that was filmed sideways, with the pack that comes along", async () => {
  const portraits: PhotoSource[] = [];
  for (const member of drawnPair()) {
    portraits.push({ bytes: (await takePhoto(portraitOf(member))).jpeg });
  }
  await assertOnlyReceiverIsTold({
    pack: "bundled",
    models: null,
    portraits,
    frames: await walk(),
    beeps: [0.5, 1.25],
    sideways: true,
  });
});
