import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { App } from "../src/app.ts";
import type { CollectionId, DeliveryId } from "../src/base/ids.ts";
import { fetchDelivery, readDelivery } from "../src/rights/deliveries.ts";
import { onSqlite } from "./databases.ts";
import { enrolPerson, makeCollection, openInstance } from "./instance.ts";
import { addVideo, askForCopy, stripeVideo } from "./video-asked.ts";
import { lookInto } from "./videos.ts";

/** More, for those who have the time: ASSENT_KILLS=20. */
const KILLS = Number(process.env["ASSENT_KILLS"] ?? 4);
const SECONDS = 6;
const FRAMES = SECONDS * 8;

onSqlite(
  "a copy of a video that is killed begins anew, and half of it is never there",
  async (database) => {
    await using instance = await openInstance(database);
    const { app, folder } = instance;
    const collection = await makeCollection(app);
    const subject = await enrolPerson(app, collection, "p5");
    await app.runner.drain();
    const bytes = await stripeVideo(Array.from({ length: SECONDS }, () => "p5"));
    const track = { subject, from: 0, to: SECONDS };
    const { video } = await addVideo(app, collection.id, bytes, [track]);
    const delivery = await askForCopy(app, collection.id, { subject, video });
    for (let kill = 0; kill < KILLS; kill += 1) {
      const { child, ended } = await openChild(folder);
      await sleep(2500 * Math.random());
      // It may have ended by itself: then there is nothing to kill, and the copy must be whole.
      child.kill("SIGKILL");
      await ended;
      await checkWhole(app, collection.id, delivery);
    }
    await (
      await openChild(folder)
    ).ended;
    assert.notEqual((await readDelivery(app.db, app.clock, collection.id, delivery)).madeAt, null);
    await checkWhole(app, collection.id, delivery);
  },
);

async function openChild(
  folder: string,
): Promise<{ readonly child: ChildProcess; readonly ended: Promise<unknown> }> {
  const script = join(import.meta.dirname, "copy-kill-child.ts");
  const child = spawn(process.execPath, [script, folder], { stdio: ["ignore", "pipe", "inherit"] });
  assert.ok(child.stdout);
  const ended = once(child, "exit");
  await once(child.stdout, "data");
  return { child, ended };
}

/** What has the copy's name is whole; what is fetched before it is made is refused. */
async function checkWhole(app: App, collection: CollectionId, delivery: DeliveryId) {
  const { madeAt } = await readDelivery(app.db, app.clock, collection, delivery);
  const deps = { db: app.db, folder: app.deliveries };
  const fetched = fetchDelivery(deps, app.clock, collection, delivery);
  if (madeAt === null) await assert.rejects(fetched, { code: "delivery_not_made" });
  else await fetched;
  const names = await readdir(app.deliveries).catch(() => []);
  for (const name of names.filter((one) => one.endsWith(".mp4"))) {
    assert.equal((await lookInto(join(app.deliveries, name))).frames.length, FRAMES);
  }
}
