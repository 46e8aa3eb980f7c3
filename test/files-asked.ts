import { setTimeout as sleep } from "node:timers/promises";
import type { App } from "../src/app.ts";
import {
  type CollectionId,
  type DeliveryId,
  type MediaId,
  newId,
  type SubjectId,
} from "../src/base/ids.ts";
import { findCollection } from "../src/collections/collections.ts";
import { receiveList } from "../src/collections/enrol-lists.ts";
import { importPhoto } from "../src/collections/import-photo.ts";
import { openUpload } from "../src/collections/uploads.ts";
import { askForDelivery, DELIVERY_MS, readDelivery } from "../src/rights/deliveries.ts";
import { fakePicture } from "./fake-engine.ts";

/** A photo that can be decoded, an upload and a delivery of a collection, by their ids. */
export async function filesAsked(
  app: App,
  collection: CollectionId,
  subject: SubjectId,
): Promise<FileIds> {
  const known = asked.get(collection);
  const now = app.clock.now();
  if (known && now < known.until) return known.ids;
  const { delivery } = await askForDelivery(app.db, app.recorder, {
    collection,
    subjects: [subject],
  });
  const ids = {
    photo: known?.ids.photo ?? (await addPicture(app, collection, ["p7"])),
    list: known?.ids.list ?? (await addList(app, collection)),
    upload: known?.ids.upload ?? (await beginUpload(app, collection)),
    delivery,
  };
  asked.set(collection, { ids, until: now + DELIVERY_MS });
  return ids;
}

type FileIds = Readonly<Record<"photo" | "upload" | "delivery" | "list", string>>;

/** What was made for a collection, until its delivery is over. */
const asked = new Map<CollectionId, { readonly ids: FileIds; readonly until: number }>();

/** Imports a picture of these people. */
export async function addPicture(
  app: App,
  collection: CollectionId,
  people: readonly string[],
): Promise<MediaId> {
  const of = await findCollection(app.db, collection);
  const bytes = await fakePicture(people);
  const none = async (): Promise<void> => undefined;
  return (await importPhoto(app.importDeps, app.recorder, of, bytes, none)).media;
}

/** A list of people of whom nobody is enrolled yet. */
export async function addList(app: App, collection: CollectionId): Promise<string> {
  const of = await findCollection(app.db, collection);
  const csv = Buffer.from(
    "subject,contact,photo,form,signed_on,witness\nNobody,nobody@people.example,none.jpg,1,2026-01-01,Staff",
  );
  const handed = { csv, photos: new Map<string, string>(), peopleMax: 1 };
  return (await receiveList(app, app.recorder, of, handed)).list;
}

/** An upload of which nothing has come yet. */
export async function beginUpload(app: App, collection: CollectionId): Promise<string> {
  const id = newId("upl");
  const file = { name: "one.jpg", bytes: 10, account: "staff" };
  await openUpload(app.db, app.clock, { id, collection, ...file });
  return id;
}

/** A delivery that is made; whose, its subjects say. */
export async function makeDelivery(
  app: App,
  collection: CollectionId,
  subjects: readonly SubjectId[],
): Promise<DeliveryId> {
  const { delivery } = await askForDelivery(app.db, app.recorder, { collection, subjects });
  for (let tries = 0; tries < 200; tries += 1) {
    await app.runner.drain();
    const { madeAt } = await readDelivery(app.db, app.clock, collection, delivery);
    if (madeAt !== null) return delivery;
    await sleep(20);
  }
  throw new Error("The delivery is not made.");
}
