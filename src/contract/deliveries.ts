import { z } from "zod";
import { defineRoute, READERS, STAFF } from "./contract.ts";
import { deliveryId, instant, jobId, page, subjectId } from "./fields.ts";

/** A wedding's party; more people are several deliveries. */
const SUBJECTS_MAX = 100;

export const delivery = z
  .object({
    id: deliveryId,
    subjects: z.array(subjectId),
    photos: z.int().nullable().meta({ description: "Null until it is made." }),
    made: z.boolean(),
    askedAt: instant,
    expiresAt: instant.meta({ description: "It is gone after this." }),
    job: jobId.nullable().meta({ description: "The job that makes it, or has made it." }),
  })
  .meta({ id: "Delivery" });

export const deliveryRoutes = {
  makeDelivery: defineRoute({
    method: "POST",
    path: "/api/v1/collections/:collection/deliveries",
    summary:
      "Have the photos of people packed, with everybody else blurred, to be fetched for a day.",
    access: { who: STAFF, scope: "people" },
    body: z.object({ subjects: z.array(subjectId).min(1).max(SUBJECTS_MAX) }),
    response: z.object({ delivery: deliveryId, job: jobId }),
    status: 202,
    errors: ["no_live_grant"],
    example: { as: "staff", body: { subjects: ["$subject"] }, keeps: { delivery: "delivery" } },
  }),
  listDeliveries: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/deliveries",
    summary: "The deliveries that are not over, the newest first.",
    access: { who: READERS, scope: "people" },
    response: page(delivery),
    status: 200,
    errors: [],
    example: { as: "staff" },
  }),
  getDelivery: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/deliveries/:delivery",
    summary: "Whether a delivery is made.",
    access: { who: READERS, scope: "people" },
    response: delivery,
    status: 200,
    errors: ["delivery_unknown"],
    example: { as: "staff" },
  }),
  fetchDelivery: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/deliveries/:delivery/archive",
    summary: "The photos as a ZIP, if everybody in it still consents.",
    access: { who: STAFF, scope: "people" },
    response: z.unknown(),
    produces: "application/zip",
    status: 200,
    errors: ["delivery_unknown", "delivery_not_made", "delivery_outdated", "no_live_grant"],
    example: { as: "staff" },
  }),
};
