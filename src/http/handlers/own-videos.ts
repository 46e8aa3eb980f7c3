import { createReadStream } from "node:fs";
import type { App } from "../../app.ts";
import type { CollectionId, DeliveryId, SubjectId } from "../../base/ids.ts";
import { whole } from "../../contract/fields.ts";
import type { ownVideoRoutes } from "../../contract/own-videos.ts";
import { readJob } from "../../jobs/listings.ts";
import {
  askForDelivery,
  type Delivery,
  fetchDelivery,
  listOwnDeliveries,
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
  askForOwnDelivery: async (app, { params: { collection, subject }, body, recorder }) => {
    const asked = { collection, subjects: [subject], ...body };
    const { delivery } = await askForDelivery(app.db, recorder, asked);
    return { delivery };
  },
  listOwnDeliveries: async (app, { params }) => {
    const listed = await listOwnDeliveries(app.db, app.clock, params);
    return whole(await Promise.all(listed.map(async (one) => ownOf(app, params.collection, one))));
  },
  getOwnDelivery: async (app, { params }) => {
    const { collection, subject, delivery } = params;
    const found = await readDelivery(app.db, app.clock, collection, delivery);
    if (!isOnlyOf(found, subject)) throw notTheirs();
    return ownOf(app, collection, found);
  },
  fetchOwnDelivery: async (app, { params }) => ({
    content: createReadStream(await fileOf(app, params, "archive")),
    name: "photos.zip",
  }),
  playOwnVideo: async (app, { params }) => ({
    content: { file: await fileOf(app, params, "video") },
    name: "video.mp4",
  }),
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

async function ownOf(app: App, collection: CollectionId, one: Delivery) {
  const { id, video, videos, sound, photos, askedAt, madeAt, expiresAt, job } = one;
  const moments = [...(await momentsInCopy(app.db, collection, one))];
  const kind = { id, video, videos, sound, photos };
  const said = { ...kind, made: madeAt !== null, askedAt, expiresAt, moments };
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

/** The file of what was made for them alone. Throws RightsError delivery_unknown for the other form. */
async function fileOf(
  app: App,
  { collection, subject, delivery }: OwnDelivery,
  form: "archive" | "video",
): Promise<string> {
  const found = await readDelivery(app.db, app.clock, collection, delivery);
  if (!isOnlyOf(found, subject)) throw notTheirs();
  if ((found.video === null) !== (form === "archive")) throw notTheirs();
  return fetchDelivery({ db: app.db, folder: app.deliveries }, app.clock, collection, delivery);
}

function isOnlyOf({ subjects }: Delivery, subject: SubjectId): boolean {
  return subjects.length === 1 && subjects[0] === subject;
}

function notTheirs(): RightsError {
  return new RightsError("delivery_unknown", "There is no such delivery of yours, or it is over.");
}
