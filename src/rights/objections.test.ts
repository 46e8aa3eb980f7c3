import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { onEachDatabase, onPostgres } from "../../test/databases.ts";
import { dumpOf } from "../../test/dump.ts";
import { fakePicture } from "../../test/fake-engine.ts";
import {
  enrolPerson,
  importPhotos,
  type Instance,
  makeCollection,
  openInstance,
  searchFor,
} from "../../test/instance.ts";
import { eventsOf } from "../../test/ledger.ts";
import { type FaceId, type MediaId, newId, type SubjectId } from "../base/ids.ts";
import { changePack } from "../search/change-pack.ts";
import { withdraw } from "./consent-changes.ts";
import { deliver } from "./deliver.ts";
import { erase } from "./erase.ts";
import { decideObjection, listObjections, object, type ObjectionTarget } from "./objections.ts";
import { listPhotos } from "./photos.ts";
import { sightingsOf } from "../../test/sightings.ts";

/** Anna and Bert, alone, together, and Anna beside a stranger. */
async function prepare(instance: Instance) {
  const { app } = instance;
  const collection = await makeCollection(app);
  const kept = async (person: string) => ({
    keepPhoto: true,
    photo: { bytes: await fakePicture([person]) },
  });
  const anna = await enrolPerson(app, collection, "p5", await kept("p5"));
  const bert = await enrolPerson(app, collection, "p9", await kept("p9"));
  const photos = {
    "alone.png": await fakePicture(["p5"]),
    "both.png": await fakePicture(["p5", "p9"]),
    "stranger.png": await fakePicture(["p40", "p5"]),
  };
  await importPhotos(instance, collection, photos);
  await app.runner.drain();
  /** Ids of the photo of a name, and of its faces from the left. */
  const place = async (name: string) => {
    const rows = await app.db.read
      .selectFrom("media_sources")
      .innerJoin("faces", "faces.media_id", "media_sources.media_id")
      .select(["faces.media_id", "faces.id"])
      .where("media_sources.path", "like", `%${name}`)
      .orderBy("position")
      .execute();
    const [first] = rows;
    assert.ok(first);
    return { photo: first.media_id, faces: rows.map(({ id }) => id) };
  };
  let deliveries = 0;
  /** Photos, faces shown and faces blurred of a delivery to these. */
  const hand = async (...subjects: readonly SubjectId[]) => {
    const to = join(instance.folder, `out ${(deliveries += 1)}`);
    const made = await deliver(app, app.recorder, { collection: "gala", subjects, to });
    assert.equal((await readdir(to)).length, made.photos);
    return [made.photos, made.facesShown, made.facesBlurred];
  };
  /** How many sightings a search shows behind a person's match. */
  const found = async (person: string) => {
    const answer = await searchFor(app, collection, [person]);
    const [face] = answer.faces;
    return face && "sightings" in face ? face.sightings.length : null;
  };
  const listed = async (subject: SubjectId) =>
    (await listPhotos(app.db, app.recorder, { collection: "gala", subject })).length;
  const say = async (target: ObjectionTarget, subject: SubjectId | null = null) =>
    object(app.db, app.recorder, { target, subject, reason: null });
  return { app, collection, anna, bert, photos, place, hand, found, listed, say };
}

const photoOf = (id: MediaId) => ({ kind: "photo", id }) as const;
const faceOf = (id: FaceId | undefined) => {
  assert.ok(id);
  return { kind: "face", id } as const;
};

onEachDatabase("a photo somebody objects to is held back from everybody", async (database) => {
  await using instance = await openInstance(database);
  const { app, anna, bert, place, hand, found, listed, say } = await prepare(instance);
  assert.deepEqual(await hand(anna, bert), [3, 4, 1]);
  assert.equal(await found("p5"), 3);
  const { photo } = await place("both.png");
  const id = await say(photoOf(photo));
  assert.deepEqual(await hand(anna, bert), [2, 2, 1]);
  assert.deepEqual(await hand(anna), [2, 2, 1]);
  assert.deepEqual(await hand(bert), [0, 0, 0]);
  assert.deepEqual([await found("p5"), await found("p9")], [2, 0]);
  assert.deepEqual([await listed(anna), await listed(bert)], [2, 0]);

  await decideObjection(app.db, app.recorder, id, "rejected");
  assert.deepEqual(await hand(anna, bert), [3, 4, 1]);
  assert.deepEqual([await found("p9"), await listed(bert)], [1, 1]);

  const second = await say(photoOf(photo), anna);
  assert.notEqual(second, id);
  assert.equal(await say(photoOf(photo), anna), second, "said twice, it is one");
  await decideObjection(app.db, app.recorder, second, "upheld");
  assert.deepEqual([await found("p9"), await listed(anna)], [0, 2]);
  const again = decideObjection(app.db, app.recorder, second, "rejected");
  await assert.rejects(again, { code: "objection_decided" });
  assert.deepEqual(await hand(bert), [0, 0, 0], "for ever");
  assert.deepEqual(
    (await eventsOf(app))
      .filter(({ kind }) => kind.includes("objec"))
      .map(({ kind, subject, event }) => [kind, subject, event["photo"]]),
    [
      ["photo.objected", null, photo],
      ["photo.objection_rejected", null, photo],
      ["objection.made", anna, photo],
      ["objection.upheld", anna, photo],
    ],
  );
});

onEachDatabase("a face somebody objects to is hidden, but to its own person", async (database) => {
  await using instance = await openInstance(database);
  const { app, collection, anna, bert, place, hand, found, listed, say } = await prepare(instance);
  const { faces } = await place("both.png");
  const sightings = await sightingsOf(app.db, collection.id, anna);
  const own = sightings.find(({ face }) => face === faces[0]);
  assert.ok(own);
  // By her sighting: it is her face, in her name.
  const id = await say({ kind: "sighting", id: own.id });
  assert.equal(await say(faceOf(faces[0]), anna), id);
  assert.deepEqual(await hand(anna, bert), [3, 3, 2], "hidden from those who get it together");
  assert.deepEqual(await hand(bert), [1, 1, 1]);
  assert.deepEqual(await hand(anna), [3, 3, 2], "she herself may see it");
  assert.equal(await found("p5"), 2, "and whoever searches may not");
  assert.equal(await listed(anna), 3);

  // Somebody else objects to the same face: nobody is shown it any more.
  await say(faceOf(faces[0]));
  assert.deepEqual(await hand(anna), [2, 2, 1]);
  assert.equal(await listed(anna), 2);
  await decideObjection(app.db, app.recorder, id, "rejected");
  assert.deepEqual(await hand(anna), [2, 2, 1]);
});

onEachDatabase("an objection stops a delivery under way, photo by photo", async (database) => {
  await using instance = await openInstance(database);
  const { app, anna, say } = await prepare(instance);
  const order = await listPhotos(app.db, app.recorder, { collection: "gala", subject: anna });
  const hashes = [...new Set(order.map(({ sha256 }) => sha256))].sort();
  const next = order.find(({ sha256 }) => sha256 === hashes[1]);
  assert.ok(next);
  const read: string[] = [];
  const blobs: typeof app.blobs = Object.assign(Object.create(app.blobs), {
    get: async (hash: string) => {
      read.push(hash);
      if (read.length === 1) await say(photoOf(next.media));
      return app.blobs.get(hash);
    },
  });
  const to = join(instance.folder, "anna");
  const delivery = { collection: "gala", subjects: [anna], to };
  const made = await deliver({ ...app, blobs }, app.recorder, delivery);
  assert.deepEqual(read, [hashes[0], hashes[2]], "the photo is not even read");
  assert.equal(made.photos, 2);
  assert.equal((await readdir(to)).length, 2);
});

onEachDatabase("it outlives re-import, another pack, and whoever made it", async (database) => {
  await using instance = await openInstance(database);
  const { app, collection, anna, bert, photos, place, hand, found, say } = await prepare(instance);
  const { photo } = await place("stranger.png");
  const { faces } = await place("both.png");
  await say(photoOf(photo), anna);
  await object(app.db, app.recorder, {
    target: faceOf(faces[0]),
    subject: anna,
    reason: "I was crying",
  });
  const inForce = async () => [await hand(anna, bert), await found("p5")];
  const before = [[2, 2, 1], 1];
  assert.deepEqual(await inForce(), before);
  await importPhotos(instance, collection, photos, "once more");
  assert.deepEqual(await inForce(), before);
  await changePack(app, app.recorder, "gala", "bundled");
  await app.runner.drain();
  assert.deepEqual(await inForce(), before);

  await withdraw(app.db, app.recorder, anna, "all");
  await erase(app, app.recorder, anna);
  const left = await listObjections(app.db, app.vault, { limit: 9 });
  assert.deepEqual(
    left.map(({ subject, reason, state }) => [subject, reason, state]),
    [
      [null, null, "open"],
      [null, null, "open"],
    ],
  );
  const again = await enrolPerson(app, collection, "p5");
  await app.runner.drain();
  assert.notEqual(again, anna);
  assert.deepEqual(await hand(again), [1, 1, 0], "a new person gets neither");
  for (const { id } of left) await decideObjection(app.db, app.recorder, id, "rejected");
  assert.deepEqual(await hand(again), [3, 3, 2]);
});

onEachDatabase("R11 to object takes no account, no face, and no reason", async (database) => {
  await using instance = await openInstance(database);
  const { app, anna, place, say } = await prepare(instance);
  const { photo, faces } = await place("stranger.png");
  const [secret, other] = ["the reason nobody else may read", "another one of mine"];
  const target = faceOf(faces[0]);
  await object(app.db, app.recorder, { target, subject: null, reason: `  ${secret} ` });
  await object(app.db, app.recorder, { target: photoOf(photo), subject: anna, reason: other });
  await say(photoOf(photo));
  const dump = await dumpOf(app.db, database);
  assert.ok(!dump.includes(secret) && !dump.includes(other));
  const open = await listObjections(app.db, app.vault, { state: "open", limit: 9 });
  assert.deepEqual(new Set(open.map(({ reason }) => reason)), new Set([secret, other, null]));
  const hers = await listObjections(app.db, app.vault, { subject: anna, limit: 9 });
  assert.deepEqual(
    hers.map(({ reason, face, photo: of }) => [reason, face, of]),
    [[other, null, photo]],
  );

  const long = { target, subject: null, reason: "x".repeat(2001) };
  await assert.rejects(object(app.db, app.recorder, long), { code: "reason_too_long" });
  for (const [unknown, code] of [
    [{ kind: "photo", id: newId("med") }, "photo_unknown"],
    [{ kind: "face", id: newId("fac") }, "face_unknown"],
    [{ kind: "sighting", id: newId("sig") }, "sighting_unknown"],
  ] as const) {
    await assert.rejects(say(unknown), { code });
  }
  await assert.rejects(say(target, newId("sub")), { code: "subject_unknown" });
  const nothing = decideObjection(app.db, app.recorder, newId("obj"), "upheld");
  await assert.rejects(nothing, { code: "objection_unknown" });
  await erase(app, app.recorder, anna);
  await assert.rejects(say(target, anna), { code: "subject_erased" });
});

onPostgres("objections and an erasure at once leave no name behind", async (database) => {
  await using instance = await openInstance(database);
  const { app, config, anna, place } = { ...instance, ...(await prepare(instance)) };
  await using other = await openInstance(database, { config });
  const { photo, faces } = await place("both.png");
  const targets = [photoOf(photo), faceOf(faces[0]), faceOf(faces[1])];
  const outcomes = await Promise.allSettled([
    ...targets.map(async (target) =>
      object(other.app.db, other.app.recorder, { target, subject: anna, reason: "mine" }),
    ),
    erase(app, app.recorder, anna),
  ]);
  assert.equal(outcomes.at(-1)?.status, "fulfilled");
  const made = outcomes.slice(0, -1).filter(({ status }) => status === "fulfilled").length;
  const left = await listObjections(app.db, app.vault, { limit: 9 });
  assert.equal(left.length, made);
  for (const { subject, reason } of left) assert.deepEqual([subject, reason], [null, null]);
});
