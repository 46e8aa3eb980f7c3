import assert from "node:assert/strict";
import { copyFile, mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { onSqlite } from "../../test/databases.ts";
import { fakePhoto } from "../../test/fake-engine.ts";
import { makeCollection, openInstance } from "../../test/instance.ts";
import { makeStripes } from "../../test/striped-video.ts";
import { newId } from "../base/ids.ts";
import type { Progress } from "../jobs/runner.ts";
import { openUpload, receiveUpload } from "./uploads.ts";

onSqlite("tells how far a long video that was sent is, beside photos", async (database) => {
  await using instance = await openInstance(database);
  const { app, folder } = instance;
  const { id: collection } = await makeCollection(app);
  const [video, photo] = [join(folder, "film.mp4"), join(folder, "a.jpg")];
  makeStripes(video);
  await writeFile(photo, fakePhoto(["p5"]));
  await mkdir(app.uploads, { recursive: true });
  for (const [name, path] of Object.entries({ "film.mp4": video, "a.jpg": photo })) {
    const id = newId("upl");
    const { size: bytes } = await stat(path);
    await openUpload(app.db, app.clock, { id, collection, account: "operator", name, bytes });
    await copyFile(path, join(app.uploads, id));
    await receiveUpload(app, app.recorder, id);
  }
  const told: Progress[] = [];
  await app.runner.drain({ onProgress: (_, progress) => told.push(progress) });
  assert.deepEqual(told[0], { done: 0, total: 2 });
  // Four seconds of the video and the photo; that half of it is looked at is told on the way.
  assert.deepEqual(told.at(-1), { done: 5, total: 5 });
  assert.ok(told.some(({ done, total }) => done >= 2 && done < 5 && total === 5));
  const steps = told.map(({ done }) => done);
  assert.deepEqual(
    steps,
    steps.toSorted((a, b) => a - b),
  );
});
