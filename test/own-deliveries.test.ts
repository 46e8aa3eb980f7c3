import assert from "node:assert/strict";
import type { DeliveryId } from "../src/base/ids.ts";
import { pause } from "../src/rights/consent-changes.ts";
import { decide } from "../src/search/sightings.ts";
import { onEachDatabase } from "./databases.ts";
import { fakePicture } from "./fake-engine.ts";
import { enrolPerson, importPhotos, makeCollection } from "./instance.ts";
import { type Badge, openTestService, signInPerson } from "./service.ts";
import { unpack } from "./unpack.ts";
import { addVideo, stripeVideo, waitForCopy } from "./video-asked.ts";

interface Own {
  readonly id: DeliveryId;
  readonly video: string | null;
  readonly made: boolean;
  readonly photos: number | null;
  readonly moments: readonly { readonly from: number; readonly at: number }[];
}

onEachDatabase(
  "a person has their photos and videos packed, and nobody else's",
  async (database) => {
    await using tested = await openTestService(database);
    const { app } = tested.instance;
    const collection = await makeCollection(app);
    const subject = await enrolPerson(app, collection, "p5");
    const other = await enrolPerson(app, collection, "p20");
    await app.runner.drain();
    const picture = await fakePicture(["p5"]);
    await importPhotos(tested.instance, collection, { "1.png": picture });
    const bytes = await stripeVideo(["p5", "p5", "p5", "p5", "p5"]);
    const { video, sightings } = await addVideo(app, collection.id, bytes, [
      { subject, from: 0, to: 1 },
      { subject, from: 4, to: 5 },
    ]);
    const base = `${tested.service.origin}/api/v1/collections/${collection.id}/people/${subject}`;
    const badge = await signInPerson(tested, subject);
    const get = async (path: string, as: Badge = badge) => fetch(`${base}${path}`, { headers: as });
    const post = async (path: string) =>
      fetch(`${base}${path}`, {
        method: "POST",
        headers: { ...badge, "content-type": "application/json" },
        body: JSON.stringify({ videos: "intervals" }),
      });
    const made = async (answer: Response): Promise<DeliveryId> => {
      assert.equal(answer.status, 202);
      const { delivery } = (await answer.json()) as { readonly delivery: DeliveryId };
      await waitForCopy(app, collection.id, delivery);
      return delivery;
    };
    const own = async (id: DeliveryId) => (await (await get(`/deliveries/${id}`)).json()) as Own;

    const copy = await made(await post(`/photos/${sightings[0] ?? ""}/video`));
    const whole = await own(copy);
    assert.deepEqual([whole.video, whole.made, whole.photos], [video, true, 1]);
    const both = [
      { from: 0, at: 0 },
      { from: 4, at: 2 },
    ];
    assert.deepEqual(whole.moments, both);
    // What they say of a moment later moves none of the others: the copy is as it is.
    await decide(app.db, app.recorder, sightings[0] ?? ("" as never), "rejected");
    assert.deepEqual((await own(copy)).moments, both.slice(1));

    const archive = await made(await post("/deliveries"));
    const packed = await own(archive);
    assert.deepEqual([packed.video, packed.photos, packed.moments], [null, 2, []]);
    const fetched = await get(`/deliveries/${archive}/archive`);
    assert.equal(fetched.status, 200);
    const names = [...(await unpack(Buffer.from(await fetched.arrayBuffer()))).keys()];
    assert.deepEqual(
      names.map((name) => name.replace(/^.*\./u, "")),
      ["png", "mp4"],
    );
    const { items } = (await (await get("/deliveries")).json()) as {
      readonly items: readonly Own[];
    };
    assert.deepEqual(
      items.map(({ id }) => id),
      [archive, copy],
    );

    // Each form at its own address; and neither for anybody else.
    assert.equal((await get(`/deliveries/${copy}/archive`)).status, 404);
    assert.equal((await get(`/deliveries/${archive}/video`)).status, 404);
    const others = await signInPerson(tested, other);
    for (const path of ["", `/${copy}`, `/${copy}/video`, `/${archive}/archive`]) {
      assert.equal((await get(`/deliveries${path}`, others)).status, 404, path);
    }
    const theirs = `${base.replace(subject, other)}/deliveries`;
    for (const path of [`/${copy}`, `/${copy}/video`, `/${archive}/archive`]) {
      assert.equal((await fetch(`${theirs}${path}`, { headers: others })).status, 404, path);
    }
    const none = await (await fetch(theirs, { headers: others })).json();
    assert.deepEqual(none, { items: [], next: null });
    await pause(app.db, app.recorder, subject, collection.id);
    assert.equal((await get(`/deliveries/${archive}/archive`)).status, 409);
    assert.equal((await post("/deliveries")).status, 409);
  },
);
