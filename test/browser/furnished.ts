import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createInvites } from "../../src/accounts/invites.ts";
import type { MediaId, SubjectId } from "../../src/base/ids.ts";
import { importFolder } from "../../src/collections/import.ts";
import { askForDelivery, readDelivery } from "../../src/rights/deliveries.ts";
import { object } from "../../src/rights/objections.ts";
import { videosShowing } from "../../src/rights/shown.ts";
import type { TestDatabase } from "../databases.ts";
import { enrolPerson, makeCollection } from "../instance.ts";
import { makeKey, signInAs } from "../service.ts";
import { members } from "../drawn.ts";
import { filmRows } from "../drawn-film.ts";
import { enrolAnna, lookFor, openScene, portraitBytes, type Scene } from "./scene.ts";

/** A scene in which something has happened already, so that no page of it is empty. */
export interface FurnishedScene extends Scene {
  /** The person before the camera: enrolled, found, and looked for. */
  readonly subject: SubjectId;
  /** What the parameters in the addresses of pages stand for. */
  readonly ids: Readonly<Record<string, string>>;
}

/** Photos of the scene in which the person is: how many sightings their backfill must find. */
const SEEN = 2;
/** What the service does by itself meanwhile, finding people and making a copy, is done by then. */
const FOUND_MS_MAX = 180_000;

/** Opens a scene and has people come, be found, searched for, and object. */
export async function openFurnished(database: TestDatabase): Promise<FurnishedScene> {
  await using stack = new AsyncDisposableStack();
  const scene = stack.use(await openScene(database));
  const { app } = scene.served.instance;
  const { collection } = scene;
  const subject = await enrolAnna(scene);
  const [, , third] = members;
  if (third) {
    const photo = { bytes: await portraitBytes(third) };
    await enrolPerson(app, collection, "carl", { name: third.name, photo });
  }
  await makeCollection(app, { name: "the summer camp", pack: "bundled", sceneBasis: null });
  const contacts = ["dora@people.example", "emil@people.example", null];
  const request = { collection: collection.id, language: "en", days: 14, contacts };
  await createInvites(app.db, app.recorder, request, null);
  await makeKey(scene.served, collection.id, { days: 30 });
  await signInAs(scene.served, "staff", [collection.id]);
  await signInAs(scene.served, "auditor");
  const [first] = await sightingsOf(scene, subject);
  await lookFor(scene, "one.jpg", "hand out the prints of the gala");
  const today = new Date(app.clock.now()).toISOString().slice(0, 10);
  await lookFor(scene, "two.jpg", "find the speakers for the programme", { keepUntil: today });
  if (!first) throw new Error("The person is in no photo.");
  const target = { kind: "sighting", id: first.id } as const;
  await object(app.db, app.recorder, { target, subject, reason: "I would rather not." });
  // An objection after it would have its copy made anew.
  const video = await addFilm(scene, subject);
  const ids = { collection: collection.id, photo: first.photo, video, person: subject, subject };
  const opened = stack.move();
  return { ...scene, subject, ids, [Symbol.asyncDispose]: async () => opened.disposeAsync() };
}

/** Imports a film in which the person is seen twice, and has a copy of it made for them. */
async function addFilm({ served, collection }: Scene, subject: SubjectId): Promise<MediaId> {
  const { app, folder } = served.instance;
  const [anna, bert, carl] = members;
  if (!anna || !bert || !carl) throw new Error("The cast is too small.");
  const films = join(folder, "films");
  await filmRows(join(films, "dance.mp4"), [
    [[anna, bert], 1.5],
    [[bert, carl], 1],
    [[carl, anna], 1.5],
  ]);
  await importFolder(app.importDeps, app.recorder, collection, films);
  const shown = { collection: collection.id, subjects: [subject] };
  const [video] = await videosShowing(app.db, shown);
  if (!video) throw new Error("The person is not seen in the film.");
  const asked = { ...shown, video: video.media, videos: "intervals" } as const;
  const { delivery } = await askForDelivery(app.db, app.recorder, asked);
  for (let waited = 0; waited < FOUND_MS_MAX; waited += 100) {
    const { madeAt } = await readDelivery(app.db, app.clock, collection.id, delivery);
    if (madeAt !== null) return video.media;
    await sleep(100);
  }
  throw new Error("The copy of the film is not made.");
}

/** The sightings of a person, once their backfill has found all of them. */
async function sightingsOf({ served }: Scene, subject: SubjectId) {
  const { db } = served.instance.app;
  for (let waited = 0; waited < FOUND_MS_MAX; waited += 100) {
    const rows = await db.read
      .selectFrom("sightings")
      .innerJoin("faces", "faces.id", "sightings.face_id")
      .select(["sightings.id as id", "faces.media_id as photo"])
      .where("sightings.subject_id", "=", subject)
      .orderBy("sightings.id")
      .execute();
    if (rows.length >= SEEN) return rows;
    await sleep(100);
  }
  throw new Error("The backfill does not find the person.");
}
