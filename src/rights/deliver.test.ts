import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { eventsOf } from "../../test/ledger.ts";
import { onEachDatabase } from "../../test/databases.ts";
import { fakePicture } from "../../test/fake-engine.ts";
import {
  enrolPerson,
  importPhotos,
  type Instance,
  makeCollection,
  openInstance,
} from "../../test/instance.ts";
import type { SubjectId } from "../base/ids.ts";
import { decide } from "../search/sightings.ts";
import { pause, withdraw } from "./consent-changes.ts";
import { deliver } from "./deliver.ts";
import { sightingsOf } from "../../test/sightings.ts";

const NO_VIDEOS = { videos: 0, videosLeftOut: 0 };

async function prepare(instance: Instance) {
  const { app } = instance;
  const collection = await makeCollection(app);
  const anna = await enrolPerson(app, collection, "p5");
  const bert = await enrolPerson(app, collection, "p9");
  await importPhotos(instance, collection, {
    "anna alone.png": await fakePicture(["p5"]),
    "both.png": await fakePicture(["p5", "p9"]),
    "with a stranger.png": await fakePicture(["p40", "p5"]),
    "bert alone.png": await fakePicture(["p9"]),
    "strangers.png": await fakePicture(["p40", "p60"]),
  });
  await app.runner.drain();
  return { collection, anna, bert };
}

async function hand(instance: Instance, subjects: readonly SubjectId[], to = "out") {
  const { app, folder } = instance;
  const delivery = { collection: "gala", subjects, to: join(folder, to) };
  return deliver(app, app.recorder, delivery);
}

onEachDatabase(
  "delivers the photos a person is in, and covers everyone else in them",
  async (database) => {
    await using instance = await openInstance(database);
    const { anna, bert } = await prepare(instance);
    assert.deepEqual(await hand(instance, [anna]), {
      photos: 3,
      ...NO_VIDEOS,
      facesShown: 3,
      facesBlurred: 2,
    });
    const files = await readdir(join(instance.folder, "out"));
    assert.deepEqual(files.sort(), ["00001-undated.png", "00002-undated.png", "00003-undated.png"]);
    // Together, both are shown in each other's photos.
    const both = await hand(instance, [anna, bert], "both");
    assert.deepEqual(both, { photos: 4, ...NO_VIDEOS, facesShown: 5, facesBlurred: 1 });
    const zip = await hand(instance, [bert], "bert.zip");
    assert.equal(zip.photos, 2);
    const bytes = await readFile(join(instance.folder, "bert.zip"));
    assert.equal(bytes.toString("latin1", 0, 2), "PK");
    assert.ok(!bytes.includes("alone"), "no name of an original is in it");
    const events = await eventsOf(instance.app, "photos.delivered");
    assert.deepEqual(
      events.map((event) => event.subject),
      [anna, anna, bert, bert],
    );
  },
);

onEachDatabase("R12 nothing is delivered of whoever paused or withdrew", async (database) => {
  await using instance = await openInstance(database);
  const { anna, bert } = await prepare(instance);
  const { app } = instance;
  await pause(app.db, app.recorder, bert, "all");
  await assert.rejects(hand(instance, [bert]), { code: "no_live_grant" });
  await assert.rejects(hand(instance, [anna, bert]), { code: "no_live_grant" });
  await withdraw(app.db, app.recorder, anna, "all");
  await assert.rejects(hand(instance, [anna]), { code: "no_live_grant" });
  assert.ok(!(await readdir(instance.folder)).includes("out"));
});

onEachDatabase(
  "a withdrawal stops a delivery under way; a ZIP then never appears",
  async (database) => {
    await using instance = await openInstance(database);
    const { anna } = await prepare(instance);
    const { app, folder } = instance;
    const to = join(folder, "anna.zip");
    let read = 0;
    const blobs: typeof app.blobs = Object.assign(Object.create(app.blobs), {
      get: async (hash: string) => {
        read += 1;
        if (read === 2) await withdraw(app.db, app.recorder, anna, "all");
        return app.blobs.get(hash);
      },
    });
    const delivery = deliver({ ...app, blobs }, app.recorder, {
      collection: "gala",
      subjects: [anna],
      to,
    });
    await assert.rejects(delivery, { code: "no_live_grant" });
    assert.equal(read, 2, "the third photo is not even read");
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.includes("anna.zip")),
      [],
    );
  },
);

onEachDatabase('a photo of which they said "not me" is not theirs', async (database) => {
  await using instance = await openInstance(database);
  const { collection, anna } = await prepare(instance);
  const { app } = instance;
  const [first] = await sightingsOf(app.db, collection.id, anna);
  assert.ok(first);
  await decide(app.db, app.recorder, first.id, "rejected");
  assert.equal((await hand(instance, [anna])).photos, 2);
});
