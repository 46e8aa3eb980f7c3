import { z } from "zod";
import { defineRoute, OVERSEERS } from "./contract.ts";
import {
  collectionId,
  done,
  instant,
  messageId,
  page,
  pageQuery,
  text,
  webhookId,
} from "./fields.ts";

const ADDRESS_LENGTH_MAX = 2000;

export const webhook = z
  .object({
    id: webhookId,
    collection: collectionId,
    url: z.string(),
    allowPrivate: z
      .boolean()
      .meta({ description: "May lie in the operator's own network, and speak http." }),
    createdAt: instant,
  })
  .meta({ id: "Webhook", description: "An endpoint that is told what happens in a collection." });

export const deadMessage = z
  .object({
    id: messageId,
    webhook: webhookId,
    url: z.string(),
    kind: z.string(),
    attempts: z.int(),
    lastStatus: z.int().nullable().meta({ description: "Null: there was no answer." }),
    createdAt: instant,
  })
  .meta({ id: "DeadMessage", description: "A message that was given up." });

export const message = z
  .object({
    id: messageId,
    kind: z.string(),
    state: z.enum(["waiting", "delivered", "dead"]),
    attempts: z.int(),
    lastStatus: z.int().nullable().meta({ description: "Null: there was no answer yet." }),
    createdAt: instant,
    nextAt: instant.meta({ description: "When a waiting one is tried." }),
    deliveredAt: instant.nullable(),
  })
  .meta({ id: "Message", description: "A message to an endpoint, without what it says." });

const again = z.object({ messages: z.int().meta({ description: "How many are sent once more." }) });

export const webhookRoutes = {
  listWebhooks: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/webhooks",
    summary: "The endpoints of a collection, the oldest first.",
    access: { who: OVERSEERS, scope: null },
    response: page(webhook),
    status: 200,
    errors: ["collection_unknown"],
    example: { as: "auditor" },
  }),
  addWebhook: defineRoute({
    method: "POST",
    path: "/api/v1/collections/:collection/webhooks",
    summary: "Add an endpoint. Its secret, which checks messages, is shown this once.",
    access: { who: ["owner"], scope: null },
    body: z.object({
      url: text(ADDRESS_LENGTH_MAX),
      allowPrivate: z
        .boolean()
        .default(false)
        .meta({ description: "Say yes by name to an address in your own network." }),
    }),
    response: webhook.extend({
      secret: z.string().meta({ description: "Standard Webhooks: whsec_ and Base 64." }),
    }),
    status: 201,
    errors: ["collection_unknown", "webhook_url_refused", "webhook_exists"],
    repeat: "forget",
    example: {
      as: "owner",
      body: { url: "https://receiver.example/assent" },
      keeps: { webhook: "id" },
    },
  }),
  removeWebhook: defineRoute({
    method: "DELETE",
    path: "/api/v1/collections/:collection/webhooks/:webhook",
    summary: "Take an endpoint out of use. What waits for it is not sent any more.",
    access: { who: ["owner"], scope: null },
    response: done,
    status: 200,
    errors: ["collection_unknown", "webhook_unknown"],
    example: { as: "owner", turn: 2 },
  }),
  listMessages: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/webhooks/:webhook/messages",
    summary: "What an endpoint was told or waits for, the newest first.",
    access: { who: OVERSEERS, scope: null },
    query: z.object(pageQuery),
    response: page(message),
    status: 200,
    errors: ["collection_unknown", "webhook_unknown", "cursor_invalid"],
    example: { as: "auditor" },
  }),
  listDeadMessages: defineRoute({
    method: "GET",
    path: "/api/v1/webhooks/dead",
    summary: "Messages that were given up, the newest first.",
    access: { who: OVERSEERS, scope: null },
    query: z.object(pageQuery),
    response: page(deadMessage),
    status: 200,
    errors: ["cursor_invalid"],
    example: { as: "auditor", keeps: { message: "items.0.id" } },
  }),
  replayMessage: defineRoute({
    method: "POST",
    path: "/api/v1/webhooks/dead/:message/replay",
    summary: "Send a message that was given up once more. Its id stays: who had it can tell.",
    access: { who: ["owner"], scope: null },
    response: again,
    status: 202,
    errors: ["message_unknown"],
    example: { as: "owner" },
  }),
  replayMessages: defineRoute({
    method: "POST",
    path: "/api/v1/webhooks/dead/replay",
    summary: "Send every message that was given up once more.",
    access: { who: ["owner"], scope: null },
    response: again,
    status: 202,
    errors: [],
    example: { as: "owner" },
  }),
};
