import { z } from "zod";
import { defineRoute, READERS, STAFF } from "./contract.ts";
import { faceId, instant, mediaId, objectionId, page, pageQuery, subjectId } from "./fields.ts";

export const request = z
  .object({
    id: objectionId,
    kind: z.literal("objection"),
    photo: mediaId,
    face: faceId.nullable().meta({ description: "Null: the whole photo." }),
    subject: subjectId.nullable().meta({ description: "Null: somebody who is not known here." }),
    state: z.enum(["open", "upheld", "rejected"]),
    reason: z.string().nullable(),
    askedAt: instant,
    dueAt: instant.meta({ description: "One month after it was asked (GDPR 12(3))." }),
    late: z.boolean().meta({ description: "Open, and past its day." }),
    decidedAt: instant.nullable(),
  })
  .meta({
    id: "RightsRequest",
    description: "What waits for a person's word. Every other right is exercised at once.",
  });

export const requestRoutes = {
  listRequests: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/requests",
    summary: "Requests of people that wait for an answer or had one, the one due first at the top.",
    access: { who: READERS, scope: null },
    query: z.object({ ...pageQuery, state: z.enum(["open", "upheld", "rejected"]).optional() }),
    response: page(request),
    status: 200,
    errors: ["collection_unknown", "cursor_invalid"],
    example: { as: "staff", keeps: { objection: "items.0.id" } },
  }),
  decideRequest: defineRoute({
    method: "POST",
    path: "/api/v1/collections/:collection/requests/:objection/decision",
    summary: "Answer a request: upheld, it stays in force; rejected, all is as before.",
    access: { who: STAFF, scope: null },
    body: z.object({ decision: z.enum(["upheld", "rejected"]) }),
    response: request,
    status: 200,
    errors: ["collection_unknown", "objection_unknown", "objection_decided"],
    example: { as: "staff", body: { decision: "rejected" } },
  }),
};
