import { z } from "zod";
import type { Principal } from "../../accounts/principal.ts";
import type { App } from "../../app.ts";
import type { CollectionId, SightingId } from "../../base/ids.ts";
import type { sighting, sightingRoutes } from "../../contract/sightings.ts";
import { personOf } from "../../consent/people.ts";
import { SearchError } from "../../search/errors.ts";
import {
  findSighting,
  historyOf,
  type SightingPlace,
  undo,
} from "../../search/sighting-history.ts";
import { type ListedSighting, listSightings } from "../../search/sighting-list.ts";
import { pageOfReviews, type Review } from "../../search/reviews.ts";
import { decide } from "../../search/sightings.ts";
import { findCollection } from "../../collections/collections.ts";
import { pageOf, readCursor, writeCursor } from "../cursors.ts";
import type { Handler, Handlers } from "../handler.ts";
import { nameFor } from "./names.ts";

const sightingsKey = z.object({
  takenAt: z.string().nullable(),
  seq: z.number(),
  id: z.string(),
});

const reviewsKey = z.object({ subject: z.string(), id: z.string() });

export const sightingHandlers: Handlers<typeof sightingRoutes> = {
  listSightings: async (app, { params, query, principal, recorder }) => {
    const { collection, subject } = params;
    await personOf(app.db, collection, subject);
    const after = readCursor(query.cursor, sightingsKey);
    const page = { collection, subject, after, limit: query.limit + 1 };
    const reader = principal.kind === "subject" ? ({ reader: "person" } as const) : {};
    const rows = await listSightings(app.db, recorder, { ...page, ...reader });
    return pageOf(rows, query.limit, { key: ({ key }) => key, item: sightingOf });
  },
  listReviews: async (app, { params, query, principal, recorder, telling }) => {
    const { id: collection } = await findCollection(app.db, params.collection);
    const after = readCursor(query.cursor, reviewsKey);
    telling();
    const { state, limit } = query;
    const page = { collection, state, after, limit };
    const { reviews, next } = await pageOfReviews(app.db, recorder, page);
    const items: ReviewOf[] = [];
    for (const one of reviews) items.push(await reviewOf(app, principal, one));
    return { items, next: next && writeCursor(next) };
  },
  confirmSighting: decided("confirmed"),
  rejectSighting: decided("rejected"),
  undoSighting: async (app, { params, principal, recorder }) => {
    await sightingIn(app, principal, params);
    await undo(app, recorder, params);
    return stateOf(app, params);
  },
  getSightingHistory: async (app, { params, principal }) => {
    const place = await sightingIn(app, principal, params);
    const items = await historyOf(app.ledger, place, params.sighting);
    return { items: items.map((one) => ({ ...one })) };
  },
};

function decided(
  decision: "confirmed" | "rejected",
): Handler<(typeof sightingRoutes)["confirmSighting" | "rejectSighting"]> {
  return async (app, { params, principal, recorder }) => {
    await sightingIn(app, principal, params);
    await decide(app.db, recorder, params.sighting, decision);
    return stateOf(app, params);
  };
}

interface Params {
  readonly collection: CollectionId;
  readonly sighting: SightingId;
}

/** A sighting of this collection, and of nobody else where a person asks. */
async function sightingIn(app: App, principal: Principal, params: Params): Promise<SightingPlace> {
  const place = await findSighting(app.db, params.collection, params.sighting);
  if (principal.kind !== "subject" || principal.id === place.subject) return place;
  throw new SearchError("sighting_unknown", "No sighting of yours has this id.");
}

async function stateOf(app: App, { collection, sighting }: Params) {
  return { state: (await findSighting(app.db, collection, sighting)).state };
}

type ReviewOf = z.input<typeof sightingRoutes.listReviews.response>["items"][number];

async function reviewOf(app: App, principal: Principal, one: Review): Promise<ReviewOf> {
  const { subject: id, reference, confirmedBy } = one;
  const name = await nameFor(app, principal, id);
  return {
    ...sightingOf(one),
    subject: { id, name },
    reference: reference && {
      photo: reference.media,
      face: reference.face,
      box: reference.place.box,
      track: reference.track,
      state: reference.state,
    },
    confirmedBy: [...confirmedBy],
  };
}

/** A sighting as it is answered. */
export function sightingOf(one: Omit<ListedSighting, "key" | "seconds">): z.input<typeof sighting> {
  const { id, media: photo, face, track, verdict, state, score, takenAt } = one;
  const { box } = one.place;
  return { id, photo, face, box, track, verdict, state, score, takenAt, sources: [...one.sources] };
}
