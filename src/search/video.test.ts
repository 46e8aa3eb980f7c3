import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { onEachDatabase } from "../../test/databases.ts";
import { enrolPerson, importPhotos, makeCollection, openInstance } from "../../test/instance.ts";
import { makeStripes, type Scene } from "../../test/striped-video.ts";
import { withdraw } from "../rights/consent-changes.ts";
import { listPhotos } from "../rights/photos.ts";
import { appearancesOf } from "./appearances.ts";
import { searchByVideo } from "./search-video.ts";
import { decide } from "./sightings.ts";

const folder = mkdtempSync(join(tmpdir(), "assent-video-search-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Who stands where, from second to second: three places side by side. */
const SCENES: readonly Scene[] = [
  [0, ["p7", "p0", "p0"]],
  [2, ["p7", "p0", "p100"]],
  [4, ["p0", "p0", "p0"]],
  // The same place, another person; and somebody who comes back.
  [6, ["p30", "p7", "p0"]],
  [8, ["p100", "p0", "p0"]],
];
const SECONDS = 10;

const clip = join(folder, "clip.mp4");
makeStripes(clip, SCENES, SECONDS);
const bytes = readFileSync(clip);

type Instance = Awaited<ReturnType<typeof openInstance>>;

function depsOf({ app }: Instance) {
  const { db, clock, galleries, engines, blobs } = app;
  return { db, clock, galleries, engines, blobs, parallel: 2 };
}

/** When somebody is in view, by their sightings, to the tenth of a second. */
async function spansOf(instance: Instance, collection: string, subject: string) {
  const of = { collection, subject: subject as Parameters<typeof listPhotos>[2]["subject"] };
  const sightings = await listPhotos(instance.app.db, instance.app.recorder, of);
  return sightings
    .flatMap(({ track }) => (track ? [[track.from, track.to] as const] : []))
    .toSorted(([a], [b]) => a - b);
}

function assertSpans(
  found: readonly (readonly [number, number])[],
  expected: readonly (readonly [number, number])[],
): void {
  assert.equal(found.length, expected.length, JSON.stringify(found));
  for (const [index, [from, to]] of expected.entries()) {
    const [foundFrom, foundTo] = found[index] ?? [NaN, NaN];
    assert.ok(Math.abs(foundFrom - from) <= 0.3, `${foundFrom} is not ${from}`);
    assert.ok(Math.abs(foundTo - to) <= 0.3, `${foundTo} is not ${to}`);
  }
}

const OF_SEVEN = [
  [0, 4],
  [6, 8],
] as const;
const OF_HUNDRED = [
  [2, 4],
  [8, 10],
] as const;

onEachDatabase(
  "a video is imported once, its people found before and after they say yes",
  async (database) => {
    await using instance = await openInstance(database);
    const { app, engine } = instance;
    const collection = await makeCollection(app);
    const summary = await importPhotos(instance, collection, {
      "a.mp4": bytes,
      "b.mov": bytes,
      "half.mp4": bytes.subarray(0, bytes.length / 2),
      "empty.mp4": Buffer.alloc(0),
      "noise.mkv": Buffer.concat([Buffer.from([0x1a, 0x45, 0xdf, 0xa3]), Buffer.alloc(4096, 7)]),
    });
    assert.deepEqual([summary.added, summary.duplicate], [1, 1]);
    assert.deepEqual(summary.refused, [
      { path: "empty.mp4", reason: "empty_file" },
      { path: "half.mp4", reason: "truncated" },
      { path: "noise.mkv", reason: "corrupt" },
    ]);
    assert.equal(engine.embedded.length, 0, "nobody consented, so nobody is embedded");
    assert.deepEqual(readdirSync(join(instance.folder, "photos", "staged")), []);
    const [video] = await app.db.read.selectFrom("media").selectAll().execute();
    assert.deepEqual([video?.kind, video?.duration_ms, video?.format], ["video", 10_000, "mp4"]);

    const seven = await enrolPerson(app, collection, "p7");
    await app.runner.drain();
    assertSpans(await spansOf(instance, collection.id, seven), OF_SEVEN);

    // From now on only the frames kept of the tracks are decoded and embedded.
    const before = engine.embedded.length;
    const hundred = await enrolPerson(app, collection, "p100");
    await app.runner.drain();
    assertSpans(await spansOf(instance, collection.id, hundred), OF_HUNDRED);
    assertSpans(await spansOf(instance, collection.id, seven), OF_SEVEN);
    const tracks = await app.db.read.selectFrom("faces").select("kept").execute();
    const kept = tracks.flatMap(({ kept: places }) => JSON.parse(places ?? "[]") as unknown[]);
    assert.ok(engine.embedded.length - before <= kept.length + 1);

    await withdraw(app.db, app.recorder, seven, "all");
    await assert.rejects(spansOf(instance, collection.id, seven), { code: "no_live_grant" });
  },
);

onEachDatabase("a rejected track stays rejected, and is matched as one", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const collection = await makeCollection(app);
  const seven = await enrolPerson(app, collection, "p7");
  await importPhotos(instance, collection, { "a.mp4": bytes });
  const of = { collection: collection.id, subject: seven };
  const [first, second] = await listPhotos(app.db, app.recorder, of);
  assert.ok(first && second);
  await decide(app.db, app.recorder, first.id, "rejected");
  await enrolPerson(app, collection, "p30");
  await app.runner.drain();
  const left = await listPhotos(app.db, app.recorder, of);
  assert.deepEqual(
    left.map(({ id }) => id),
    [second.id],
  );
});

onEachDatabase(
  "a search by video tells who is in it and when, and keeps nothing of it",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const collection = await makeCollection(app);
    const seven = await enrolPerson(app, collection, "p7");
    const request = { collection: collection.id, video: clip, purpose: "asked at the desk" };
    const answer = await searchByVideo(depsOf(instance), app.recorder, request);
    const [found, ...others] = appearancesOf(answer.faces);
    assert.deepEqual([found?.subject, found?.verdict, others.length], [seven, "match", 0]);
    assertSpans(
      (found?.intervals ?? []).map(({ from, to }) => [from, to] as const),
      OF_SEVEN,
    );
    assert.ok(answer.faces.every(({ face }) => face.embedding === null));
    const searches = await app.db.read.selectFrom("searches").selectAll().execute();
    assert.deepEqual(
      searches.map(({ id, faces }) => [id, faces]),
      [[answer.id, answer.faces.length]],
    );
    const returned = await app.db.read.selectFrom("search_returns").selectAll().execute();
    assert.deepEqual(
      returned.map(({ subject_id }) => subject_id),
      [seven],
    );
    const files = readdirSync(join(instance.folder, "photos"), {
      recursive: true,
      withFileTypes: true,
    });
    assert.deepEqual(
      files.filter((file) => file.isFile()),
      [],
    );

    const bare = await makeCollection(app, { name: "bare", sceneBasis: null });
    await assert.rejects(
      searchByVideo(depsOf(instance), app.recorder, { ...request, collection: bare.id }),
      { code: "face_not_pointed_at" },
    );
    await assert.rejects(
      searchByVideo(depsOf(instance), app.recorder, { ...request, purpose: " " }),
      { code: "purpose_missing" },
    );
    const none = join(folder, "none");
    mkdirSync(none, { recursive: true });
    writeFileSync(join(none, "x.mp4"), "no video");
    await assert.rejects(
      searchByVideo(depsOf(instance), app.recorder, { ...request, video: join(none, "x.mp4") }),
      { code: "video_unsupported" },
    );
  },
);
