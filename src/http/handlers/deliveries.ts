import { createReadStream } from "node:fs";
import type { z } from "zod";
import type { App } from "../../app.ts";
import type { CollectionId, DeliveryId } from "../../base/ids.ts";
import type { delivery, deliveryRoutes } from "../../contract/deliveries.ts";
import { whole } from "../../contract/fields.ts";
import {
  askForDelivery,
  type Delivery,
  fetchDelivery,
  listDeliveries,
  readDelivery,
} from "../../rights/deliveries.ts";
import { RightsError } from "../../rights/errors.ts";
import type { Handlers } from "../handler.ts";

export const deliveryHandlers: Handlers<typeof deliveryRoutes> = {
  makeDelivery: async (app, { params, body, recorder }) => {
    const { subjects, video = null, videos, sound } = body;
    const asked = { collection: params.collection, subjects, video, videos, sound };
    return askForDelivery(app.db, recorder, asked);
  },
  listDeliveries: async (app, { params }) => {
    const listed = await listDeliveries(app.db, app.clock, params.collection);
    return whole(listed.map(deliveryOf));
  },
  getDelivery: async (app, { params }) =>
    deliveryOf(await readDelivery(app.db, app.clock, params.collection, params.delivery)),
  fetchDelivery: async (app, { params }) => {
    const path = await fileOf(app, params, "archive");
    return { content: createReadStream(path), name: "photos.zip" };
  },
  playDelivery: async (app, { params }) => ({
    content: { file: await fileOf(app, params, "video") },
    name: "video.mp4",
  }),
};

/** The file of a delivery of this form. Throws RightsError delivery_unknown for the other. */
async function fileOf(
  app: App,
  {
    collection,
    delivery: id,
  }: { readonly collection: CollectionId; readonly delivery: DeliveryId },
  form: "archive" | "video",
): Promise<string> {
  const { video } = await readDelivery(app.db, app.clock, collection, id);
  if ((video === null) !== (form === "archive")) {
    throw new RightsError("delivery_unknown", "This delivery is of the other kind.");
  }
  return fetchDelivery({ db: app.db, folder: app.deliveries }, app.clock, collection, id);
}

function deliveryOf(one: Delivery): z.input<typeof delivery> {
  const { id, photos, video, videos, sound, askedAt, madeAt, expiresAt, job } = one;
  const made = madeAt !== null;
  const subjects = [...one.subjects];
  return { id, subjects, photos, video, videos, sound, made, askedAt, expiresAt, job };
}
