import { createReadStream } from "node:fs";
import type { z } from "zod";
import type { delivery, deliveryRoutes } from "../../contract/deliveries.ts";
import { whole } from "../../contract/fields.ts";
import {
  askForDelivery,
  type Delivery,
  fetchDelivery,
  listDeliveries,
  readDelivery,
} from "../../rights/deliveries.ts";
import type { Handlers } from "../handler.ts";

export const deliveryHandlers: Handlers<typeof deliveryRoutes> = {
  makeDelivery: async (app, { params, body, recorder }) =>
    askForDelivery(app.db, recorder, { collection: params.collection, subjects: body.subjects }),
  listDeliveries: async (app, { params }) => {
    const listed = await listDeliveries(app.db, app.clock, params.collection);
    return whole(listed.map(deliveryOf));
  },
  getDelivery: async (app, { params }) =>
    deliveryOf(await readDelivery(app.db, app.clock, params.collection, params.delivery)),
  fetchDelivery: async (app, { params }) => {
    const deps = { db: app.db, folder: app.deliveries };
    const path = await fetchDelivery(deps, app.clock, params.collection, params.delivery);
    return { content: createReadStream(path), name: "photos.zip" };
  },
};

function deliveryOf(one: Delivery): z.input<typeof delivery> {
  const { id, photos, askedAt, madeAt, expiresAt, job } = one;
  const made = madeAt !== null;
  return { id, subjects: [...one.subjects], photos, made, askedAt, expiresAt, job };
}
