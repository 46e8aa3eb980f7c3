import { z } from "zod";
import type { Instant } from "../../base/clock.ts";
import type { request, requestRoutes } from "../../contract/requests.ts";
import { objectionId } from "../../contract/fields.ts";
import { decideObjection } from "../../rights/objections.ts";
import { pageOfRequests, readRequest, type RightsRequest } from "../../rights/requests.ts";
import { pageOf, readCursor } from "../cursors.ts";
import type { Handlers } from "../handler.ts";

const requestsKey = z.object({ askedAt: z.number(), id: objectionId });

export const requestHandlers: Handlers<typeof requestRoutes> = {
  listRequests: async (app, { params, query }) => {
    const after = readCursor(query.cursor, requestsKey);
    const rows = await pageOfRequests(app, app.clock.now(), {
      collection: params.collection,
      ...(query.state === undefined ? {} : { state: query.state }),
      after: after && { askedAt: after.askedAt as Instant, id: after.id },
      limit: query.limit + 1,
    });
    return pageOf(rows, query.limit, {
      key: ({ askedAt, id }) => ({ askedAt, id }),
      item: requestOf,
    });
  },
  decideRequest: async (app, { params, body, recorder }) => {
    const { collection, objection } = params;
    await readRequest(app, app.clock.now(), collection, objection);
    await decideObjection(app.db, recorder, objection, body.decision);
    return requestOf(await readRequest(app, app.clock.now(), collection, objection));
  },
};

function requestOf(one: RightsRequest): z.input<typeof request> {
  const { id, photo, face, subject, state, reason, askedAt, dueAt, late, decidedAt } = one;
  const when = { askedAt, dueAt, late, decidedAt };
  return { id, kind: "objection", photo, face, subject, state, reason, ...when };
}
