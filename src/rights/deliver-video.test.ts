import assert from "node:assert/strict";
import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { onSqlite } from "../../test/databases.ts";
import { enrolPerson, type Instance, makeCollection, openInstance } from "../../test/instance.ts";
import { addVideo, stripeVideo } from "../../test/video-asked.ts";
import { lookInto } from "../../test/videos.ts";
import { temporaryName } from "../base/files.ts";
import type { MediaId, SubjectId } from "../base/ids.ts";
import { processMark } from "../base/processes.ts";
import { decide } from "../search/sightings.ts";
import { withdraw } from "./consent-changes.ts";
import { deliver, type Delivery } from "./deliver.ts";
import { askForDelivery, fetchDelivery, readDelivery } from "./deliveries.ts";
import { object } from "./objections.ts";
import { sweepDeliveries } from "./sweep-deliveries.ts";

/** Anna (p5) is in view in the first and in the third second. */
async function prepare(instance: Instance) {
  const { app } = instance;
  const collection = await makeCollection(app);
  const anna = await enrolPerson(app, collection, "p5");
  const bytes = await stripeVideo(["p5", "p5", "p5"]);
  const tracks = [
    { subject: anna, from: 0, to: 0.875 },
    { subject: anna, from: 2, to: 2.875 },
  ];
  const { video, sightings } = await addVideo(app, collection.id, bytes, tracks);
  return { collection, anna, video, sightings };
}

async function hand(
  { app, folder }: Instance,
  subject: SubjectId,
  request: Partial<Delivery> & { readonly to: string },
) {
  const delivery = { collection: "gala", subjects: [subject], ...request };
  return deliver(app, app.recorder, { ...delivery, to: join(folder, request.to) });
}

onSqlite("delivers videos beside photos, whole or where somebody is in view", async (database) => {
  await using instance = await openInstance(database);
  const { folder } = instance;
  const { anna, video, sightings } = await prepare(instance);
  const summary = await hand(instance, anna, { to: "out" });
  assert.equal(summary.videos, 1);
  assert.equal(summary.videosLeftOut, 0);
  const [name = ""] = await readdir(join(folder, "out"));
  assert.equal(name, "00001-undated.mp4");
  const whole = await lookInto(join(folder, "out", name));
  assert.equal(whole.frames.length, 24);
  assert.equal(whole.loud.length, 1);
  const asked = { video, videos: "intervals", sound: "remove", to: "cut.mp4" } as const;
  await hand(instance, anna, asked);
  const cut = await lookInto(join(folder, "cut.mp4"));
  // A margin of half a second on both sides: 0 to 1.375 and 1.5 to 3.
  assert.ok(Math.abs(cut.seconds - 2.875) < 0.13, String(cut.seconds));
  assert.deepEqual(cut.loud, []);
  assert.equal((await hand(instance, anna, { videos: "none", to: "none" })).videos, 0);
  // "Not me": the video is theirs no more, and by itself not to be had.
  const { app } = instance;
  for (const one of sightings) await decide(app.db, app.recorder, one, "rejected");
  assert.equal((await hand(instance, anna, { to: "less" })).videos, 0);
  const alone = hand(instance, anna, { video, to: "gone.mp4" });
  await assert.rejects(alone, { code: "video_unknown" });
  assert.deepEqual(
    (await readdir(folder)).filter((file) => /part$|gone/u.test(file)),
    [],
  );
});

onSqlite(
  "makes the folders on the way, and takes away what a killed one left",
  async (database) => {
    await using instance = await openInstance(database);
    const { folder } = instance;
    const { anna } = await prepare(instance);
    for (const to of ["new/anna.zip", "other/out/"]) {
      assert.equal((await hand(instance, anna, { to })).videos, 1);
    }
    // The mark of a process that had this one's id before.
    const dead = `${processMark.replace(/[0-9a-f]{8}$/u, "00000000")}.0123456789ab.part`;
    const left = ["anna.zip", "other.zip", "out/1.mp4"].map((name) => `new/${name}.${dead}`);
    await mkdir(join(folder, "new", "out"));
    const live = `new/${basename(temporaryName("anna.zip"))}`;
    for (const path of [...left, live]) await writeFile(join(folder, path), "half");
    await hand(instance, anna, { to: "new/anna.zip" });
    await hand(instance, anna, { to: "new/out" });
    const kept = await readdir(join(folder, "new"), { recursive: true });
    // What another delivery left half-written is its own to remove; what is being written stays.
    const expected = [
      "anna.zip",
      basename(live),
      `other.zip.${dead}`,
      "out",
      "out/00001-undated.mp4",
    ];
    assert.deepEqual(kept.sort(), expected.sort());
  },
);

onSqlite("a copy waits as a file that plays, and goes with the consent", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const { collection, anna, video } = await prepare(instance);
  const of = { collection: collection.id, subjects: [anna], video };
  const unknown = { ...of, video: "med_0000000000000000" as MediaId };
  await assert.rejects(askForDelivery(app.db, app.recorder, unknown), { code: "video_unknown" });
  const { delivery } = await askForDelivery(app.db, app.recorder, of);
  const deps = { db: app.db, folder: app.deliveries };
  const fetched = async () => fetchDelivery(deps, app.clock, collection.id, delivery);
  await assert.rejects(fetched(), { code: "delivery_not_made" });
  assert.deepEqual(await app.runner.drain(), { ended: 2, failed: 0 });
  const made = await readDelivery(app.db, app.clock, collection.id, delivery);
  assert.equal(made.photos, 1);
  const path = await fetched();
  assert.equal(path, join(app.deliveries, `${delivery}.mp4`));
  assert.equal((await lookInto(path)).frames.length, 24);
  await withdraw(app.db, app.recorder, anna, "all");
  await assert.rejects(fetched(), { code: "no_live_grant" });
  await sweepDeliveries(deps, app.clock);
  await assert.rejects(stat(path), { code: "ENOENT" });
});

onSqlite("a copy shows nothing that was objected to while it was made", async (database) => {
  await using instance = await openInstance(database);
  const { app, folder } = instance;
  const { collection, anna, video } = await prepare(instance);
  const delivery = { collection: collection.id, subjects: [anna], video };
  const to = join(folder, "copy.mp4");
  const target = { kind: "photo", id: video } as const;
  const objections: Promise<unknown>[] = [];
  const onProgress = (done: number) => {
    if (done > 0 && objections.length === 0)
      objections.push(object(app.db, app.recorder, { target, subject: null, reason: null }));
  };
  const delivering = deliver(app, app.recorder, { ...delivery, to }, { onProgress });
  await assert.rejects(delivering, { code: "video_unknown" });
  assert.equal((await Promise.all(objections)).length, 1);
  await assert.rejects(stat(to), { code: "ENOENT" });
});
