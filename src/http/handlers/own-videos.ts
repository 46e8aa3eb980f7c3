import type { App } from "../../app.ts";
import type { CollectionId, DeliveryId, SubjectId } from "../../base/ids.ts";
import type { ownVideoRoutes } from "../../contract/own-videos.ts";
import { readJob } from "../../jobs/listings.ts";
import {
  askForDelivery,
  type Delivery,
  fetchDelivery,
  readDelivery,
} from "../../rights/deliveries.ts";
import { momentsInCopy } from "../../rights/deliver-video.ts";
import { RightsError } from "../../rights/errors.ts";
import { checkOwn } from "../../rights/own-photos.ts";
import { ownTimeline, timelineCsv, timelineVtt, videoOfOwn } from "../../rights/timeline.ts";
import type { Handlers } from "../handler.ts";

export const ownVideoHandlers: Handlers<typeof ownVideoRoutes> = {
  askForOwnVideo: async (app, { params, body, recorder }) => {
    const { collection, subject } = params;
    await checkOwn(app.db, params);
    const video = await videoOfOwn(app.db, params);
    const asked = { collection, subjects: [subject], video, ...body };
    const { delivery } = await askForDelivery(app.db, recorder, asked);
    return { delivery };
  },
  getOwnVideo: async (app, { params }) => copyOf(app, params.collection, await own(app, params)),
  playOwnVideo: async (app, { params }) => {
    await own(app, params);
    const deps = { db: app.db, folder: app.deliveries };
    const file = await fetchDelivery(deps, app.clock, params.collection, params.delivery);
    return { content: { file }, name: "video.mp4" };
  },
  getOwnTimelineCsv: async (app, { params, recorder }) => {
    const { media, entries } = await ownTimeline(app.db, recorder, params);
    const lines = entries.map((entry) => ({ ...entry, name: null }));
    return { content: Buffer.from(timelineCsv(lines)), name: `${media}.csv` };
  },
  getOwnTimelineVtt: async (app, { params, recorder }) => {
    const { media, entries } = await ownTimeline(app.db, recorder, params);
    const lines = entries.map((entry) => ({ ...entry, name: null }));
    return { content: Buffer.from(timelineVtt(lines)), name: `${media}.vtt` };
  },
};

async function copyOf(app: App, collection: CollectionId, one: Delivery) {
  const { id, madeAt, expiresAt, job } = one;
  const moments = [...(await momentsInCopy(app.db, collection, one))];
  const said = { id, made: madeAt !== null, expiresAt, moments };
  const known = job && (await readJob(app.db, job).catch(() => null));
  if (!known) return { ...said, state: "done" as const, ...NO_STEPS };
  const { state, doneSteps: done, totalSteps: total, errorCode: error } = known;
  return { ...said, state, done, total, error };
}

const NO_STEPS = { done: 0, total: null, error: null };

interface OwnDelivery {
  readonly collection: CollectionId;
  readonly subject: SubjectId;
  readonly delivery: DeliveryId;
}

/** A copy of a video in which they alone are shown. Throws RightsError delivery_unknown. */
async function own(app: App, { collection, subject, delivery }: OwnDelivery): Promise<Delivery> {
  const found = await readDelivery(app.db, app.clock, collection, delivery);
  const [only, ...others] = found.subjects;
  if (only === subject && others.length === 0 && found.video !== null) return found;
  throw new RightsError("delivery_unknown", "There is no such delivery of yours, or it is over.");
}
