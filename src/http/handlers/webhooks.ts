import { z } from "zod";
import type { CollectionId, WebhookId } from "../../base/ids.ts";
import { findCollection } from "../../collections/collections.ts";
import { whole } from "../../contract/fields.ts";
import type { webhookRoutes } from "../../contract/webhooks.ts";
import { deadMessages, pageOfMessages, replay } from "../../webhooks/messages.ts";
import type { Reader } from "../../storage/db.ts";
import { WebhooksError } from "../../webhooks/errors.ts";
import { addWebhook, listWebhooks, removeWebhook } from "../../webhooks/webhooks.ts";
import { pageOf, readCursor } from "../cursors.ts";
import type { Handlers } from "../handler.ts";

const messageKey = z.object({ createdAt: z.int(), id: z.string() });

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
    await checkWebhookIn(db, params);
    await removeWebhook(db, recorder, params.webhook);
    return { done: true };
  },
  listMessages: async ({ db }, { params, query }) => {
    await checkWebhookIn(db, params);
    const after = readCursor(query.cursor, messageKey);
    const rows = await pageOfMessages(db, params.webhook, { after, limit: query.limit + 1 });
    return pageOf(rows, query.limit, {
      key: ({ createdAt, id }) => ({ createdAt, id }),
      item: (row) => row,
    });
  },
  listDeadMessages: async ({ db }, { query }) => {
    const after = readCursor(query.cursor, messageKey);
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

async function checkWebhookIn(
  db: Reader,
  { collection, webhook }: { readonly collection: CollectionId; readonly webhook: WebhookId },
): Promise<void> {
  const known = await listWebhooks(db, collection);
  if (known.some(({ id }) => id === webhook)) return;
  throw new WebhooksError("webhook_unknown", "No endpoint of this collection has this id.");
}
