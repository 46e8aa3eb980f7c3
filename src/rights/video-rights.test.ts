import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Canaries } from "../../test/canary.ts";
import { onEachDatabase, onSqlite } from "../../test/databases.ts";
import { vectorOf } from "../../test/fake-engine.ts";
import {
  enrolPerson,
  importPhotos,
  type Instance,
  makeCollection,
  openInstance,
} from "../../test/instance.ts";
import { makeStripes } from "../../test/striped-video.ts";
import { askForCopy } from "../../test/video-asked.ts";
import type { MediaId, SubjectId } from "../base/ids.ts";
import { appearancesOf } from "../search/appearances.ts";
import { searchByVideo } from "../search/search-video.ts";
import { pause, resume, withdraw } from "./consent-changes.ts";
import { askForDelivery, fetchDelivery } from "./deliveries.ts";
import { erase } from "./erase.ts";
import { object } from "./objections.ts";
import { viewPhoto } from "./photo-view.ts";
import { listPhotos } from "./photos.ts";
import { sweepDeliveries } from "./sweep-deliveries.ts";
import { timelineOf } from "./timeline.ts";

/** Anna (p5) alone in one video, and beside Bert (p9) in another; a copy of the first waits. */
async function prepare(instance: Instance) {
  const { app, folder } = instance;
  const collection = await makeCollection(app);
  const anna = await enrolPerson(app, collection, "p5");
  const bert = await enrolPerson(app, collection, "p9");
  const paths = { alone: join(folder, "alone.mp4"), both: join(folder, "both.mp4") };
  makeStripes(paths.alone, [[0, ["p5"]]], 2);
  makeStripes(paths.both, [[0, ["p5", "p9"]]], 2);
  await importPhotos(instance, collection, {
    "alone.mp4": readFileSync(paths.alone),
    "both.mp4": readFileSync(paths.both),
  });
  await app.runner.drain();
  const media = async (name: string): Promise<MediaId> => {
    const row = await app.db.read
      .selectFrom("media_sources")
      .select("media_id")
      .where("path", "like", `%${name}`)
      .executeTakeFirstOrThrow();
    return row.media_id;
  };
  const alone = await media("alone.mp4");
  const both = await media("both.mp4");
  const copy = await askForCopy(app, collection.id, { subject: anna, video: alone });
  await app.runner.drain();
  const files = { db: app.db, folder: app.deliveries };
  return {
    app,
    collection,
    anna,
    bert,
    alone,
    both,
    fetched: async () => fetchDelivery(files, app.clock, collection.id, copy),
    sweep: async () => sweepDeliveries(files, app.clock),
    /** Who the timeline of the video of both names. */
    onTimeline: async (): Promise<ReadonlySet<SubjectId>> => {
      const viewed = await viewPhoto(app.db, app.recorder, {
        collection: collection.id,
        photo: both,
      });
      return new Set(timelineOf(viewed).map(({ subject }) => subject));
    },
    /** Who a search with the video of both returns. */
    found: async (): Promise<ReadonlySet<SubjectId>> => {
      const deps = { ...app, parallel: 1 };
      const request = { collection: collection.id, video: paths.both, purpose: "a test" };
      const { faces } = await searchByVideo(deps, app.recorder, request);
      return new Set(appearancesOf(faces).map(({ subject }) => subject));
    },
    listed: async (subject: SubjectId) =>
      listPhotos(app.db, app.recorder, { collection: collection.id, subject }),
  };
}

type Scene = Awaited<ReturnType<typeof prepare>>;

/** Anna is nowhere to be seen, and Bert still is. */
async function assertOnlyBert({ anna, bert, onTimeline, found, listed, fetched }: Scene) {
  assert.deepEqual([...(await onTimeline())], [bert]);
  assert.deepEqual([...(await found())], [bert]);
  await assert.rejects(listed(anna), { code: "no_live_grant" });
  await assert.rejects(fetched(), { code: "no_live_grant" });
  assert.equal((await listed(bert)).length, 1);
}

onEachDatabase(
  "who pauses or withdraws is in no video any more, from that moment on",
  async (database) => {
    await using instance = await openInstance(database);
    const scene = await prepare(instance);
    const { app, anna, bert, onTimeline, found, listed, fetched, sweep } = scene;
    const everybody = new Set([anna, bert]);
    assert.deepEqual([await onTimeline(), await found()], [everybody, everybody]);
    assert.equal((await listed(anna)).length, 2);
    await fetched();

    await pause(app.db, app.recorder, anna, "all");
    await assertOnlyBert(scene);
    await resume(app.db, app.recorder, anna, "all");
    assert.deepEqual([await onTimeline(), await found()], [everybody, everybody]);

    await withdraw(app.db, app.recorder, anna, "all");
    await assertOnlyBert(scene);
    await app.runner.drain();
    await assertOnlyBert(scene);
    await sweep();
    assert.deepEqual(await readdir(app.deliveries), []);
    const templates = await app.db.read
      .selectFrom("templates")
      .innerJoin("grants", "grants.id", "templates.grant_id")
      .select("subject_id")
      .execute();
    assert.deepEqual(
      templates.map(({ subject_id }) => subject_id),
      [bert],
    );
  },
);

/** Enough of a file that nothing has it by chance. */
const WINDOW_BYTES = 48;

/** Bytes of a file that another one does not have: both begin as every video does. */
function ownBytes(of: Buffer, other: Buffer): Uint8Array {
  for (let at = 0; at + WINDOW_BYTES <= of.length; at += WINDOW_BYTES) {
    const window = of.subarray(at, at + WINDOW_BYTES);
    if (!other.includes(window) && new Set(window).size > WINDOW_BYTES / 2) return window;
  }
  return assert.fail("the files are alike");
}

onSqlite("of who is erased, nothing that came of videos is in any file", async (database) => {
  await using instance = await openInstance(database);
  const scene = await prepare(instance);
  const { app, anna, bert, onTimeline, found, listed, fetched } = scene;
  const traces = new Canaries();
  traces.addVector("vector", vectorOf("p5", 256));
  const copy = await readFile(await fetched());
  traces.addBytes("copy", ownBytes(copy, await readFile(join(instance.folder, "alone.mp4"))));
  for (const { id } of await listed(anna)) traces.addBytes("sighting", Buffer.from(id));
  const before = await traces.findBelow(instance.folder);
  for (const what of ["copy", "sighting"])
    assert.ok(
      before.some((one) => one.endsWith(what)),
      `${what} is there before`,
    );

  await erase(app, app.recorder, anna);
  assert.deepEqual(await traces.findBelow(instance.folder), []);
  assert.deepEqual([...(await onTimeline()), ...(await found())], [bert, bert]);
  await assert.rejects(fetched(), { code: "delivery_unknown" });
  for (const table of ["sightings", "delivery_subjects", "search_returns"] as const) {
    const rows = await app.db.read.selectFrom(table).select("subject_id").execute();
    assert.ok(
      rows.every(({ subject_id }) => subject_id !== anna),
      table,
    );
  }
  // A new video of hers is one of a bystander.
  const again = join(instance.folder, "again.mp4");
  makeStripes(again, [[0, ["p5", "p0"]]], 2);
  await importPhotos(instance, scene.collection, { "again.mp4": await readFile(again) });
  await app.runner.drain();
  const { length } = await app.db.read.selectFrom("sightings").selectAll().execute();
  assert.equal(length, 1, "Bert's alone");
});

onEachDatabase("a video, or a face in it, that is objected to is held back", async (database) => {
  await using instance = await openInstance(database);
  const { app, collection, anna, bert, alone, both, onTimeline, listed, fetched } =
    await prepare(instance);
  const hers = (await listed(anna)).find(({ media }) => media === both);
  assert.ok(hers);
  const say = async (target: Parameters<typeof object>[2]["target"]) =>
    object(app.db, app.recorder, { target, subject: null, reason: null });

  await say({ kind: "face", id: hers.face });
  assert.deepEqual([...(await onTimeline())], [bert]);
  assert.deepEqual(
    (await listed(anna)).map(({ media }) => media),
    [alone],
  );
  await assert.rejects(fetched(), { code: "delivery_outdated" });

  await say({ kind: "photo", id: alone });
  assert.deepEqual(await listed(anna), []);
  const asked = { collection: collection.id, subjects: [anna], video: alone };
  const asking = askForDelivery(app.db, app.recorder, asked);
  await assert.rejects(asking, { code: "video_unknown" });
});
