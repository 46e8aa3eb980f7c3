import assert from "node:assert/strict";
import { access } from "node:fs/promises";
import { onEachDatabase } from "../../test/databases.ts";
import { fakePicture } from "../../test/fake-engine.ts";
import { enrolPerson, importPhotos, makeCollection, openInstance } from "../../test/instance.ts";
import { fixedClock } from "../base/clock.ts";
import { decide } from "../search/sightings.ts";
import { askForDelivery, fetchDelivery } from "./deliveries.ts";
import { object } from "./objections.ts";
import { removePhoto } from "./remove-photo.ts";
import { sweepDeliveries } from "./sweep-deliveries.ts";
import { sightingsOf } from "../../test/sightings.ts";

onEachDatabase(
  'an archive is no more to be had once somebody says "not me", or a photo in it is removed',
  async (database) => {
    const clock = fixedClock(Date.parse("2026-11-02T10:00:00Z"));
    await using instance = await openInstance(database, { clock });
    const { app } = instance;
    const collection = await makeCollection(app);
    const anna = await enrolPerson(app, collection, "p5");
    const bert = await enrolPerson(app, collection, "p9");
    await importPhotos(instance, collection, {
      "both.png": await fakePicture(["p5", "p9"]),
      "anna.png": await fakePicture(["p5"]),
      "bert.png": await fakePicture(["p9"]),
    });
    await app.runner.drain();
    const deps = { db: app.db, folder: app.deliveries };
    const make = async (subject: typeof anna) => {
      const of = { collection: collection.id, subjects: [subject] };
      const { delivery } = await askForDelivery(app.db, app.recorder, of);
      await app.runner.drain();
      clock.move(1000);
      return async () => fetchDelivery(deps, clock, collection.id, delivery);
    };
    const fetchBert = await make(bert);
    const fetchFirst = await make(anna);
    await fetchFirst();
    const [seen] = await sightingsOf(app.db, collection.id, anna);
    assert.ok(seen);
    await decide(app.db, app.recorder, seen.id, "rejected");
    await assert.rejects(fetchFirst(), { code: "delivery_outdated" });
    await fetchBert();
    clock.move(1000);
    const fetchAnna = await make(anna);
    const path = await fetchAnna();
    const [other] = await sightingsOf(app.db, collection.id, anna);
    assert.ok(other);
    const of = { collection: collection.id, photo: other.media };
    const target = { kind: "photo", id: other.media } as const;
    await object(app.db, app.recorder, { target, subject: null, reason: null });
    await assert.rejects(fetchAnna(), { code: "delivery_outdated" });
    // The objection goes with the photo, and must not make the archive one that is handed out.
    await removePhoto(app, app.recorder, of);
    await assert.rejects(fetchAnna(), { code: "delivery_unknown" });
    await sweepDeliveries(deps, clock);
    await assert.rejects(access(path), { code: "ENOENT" });
  },
);
