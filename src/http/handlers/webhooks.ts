import { z } from "zod";
import { findCollection } from "../../collections/collections.ts";
import { whole } from "../../contract/fields.ts";
import type { webhookRoutes } from "../../contract/webhooks.ts";
import { deadMessages, replay } from "../../webhooks/messages.ts";
import { WebhooksError } from "../../webhooks/errors.ts";
import { addWebhook, listWebhooks, removeWebhook } from "../../webhooks/webhooks.ts";
import { pageOf, readCursor } from "../cursors.ts";
import type { Handlers } from "../handler.ts";

const deadKey = z.object({ createdAt: z.int(), id: z.string() });

export const webhookHandlers: Handlers<typeof webhookRoutes> = {
  listWebhooks: async ({ db }, { params }) => {
    await findCollection(db, params.collection);
    return whole(await listWebhooks(db, params.collection));
  },
  addWebhook: async ({ db }, { params, body, recorder }) => {
    const { id: collection } = await findCollection(db, params.collection);
    return addWebhook(db, recorder, { ...body, collection });
  },
  removeWebhook: async ({ db }, { params, recorder }) => {
    const known = await listWebhooks(db, params.collection);
    if (!known.some(({ id }) => id === params.webhook)) {
      throw new WebhooksError("webhook_unknown", "No endpoint of this collection has this id.");
    }
    await removeWebhook(db, recorder, params.webhook);
    return { done: true };
  },
  listDeadMessages: async ({ db }, { query }) => {
    const after = readCursor(query.cursor, deadKey);
    const rows = await deadMessages(db, query.limit + 1, after);
    return pageOf(rows, query.limit, {
      key: ({ createdAt, id }) => ({ createdAt, id }),
      item: (row) => row,
    });
  },
  replayMessage: async ({ db, clock }, { params }) => ({
    messages: await replay(db, clock, params.message),
  }),
  replayMessages: async ({ db, clock }) => ({ messages: await replay(db, clock, "all") }),
};
