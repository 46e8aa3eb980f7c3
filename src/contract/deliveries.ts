import { z } from "zod";
import { defineRoute, READERS, STAFF } from "./contract.ts";
import { deliveryId, instant, jobId, mediaId, page, subjectId } from "./fields.ts";

/** A wedding's party; more people are several deliveries. */
const SUBJECTS_MAX = 100;

/** What a copy of a video is to be. */
export const copyQuery = {
  videos: z.enum(["whole", "intervals"]).default("whole").meta({
    description: "All of it, or only where they are in view, one moment behind the other.",
  }),
  sound: z.enum(["keep", "remove"]).default("keep"),
} as const;

export const delivery = z
  .object({
    id: deliveryId,
    subjects: z.array(subjectId),
    photos: z.int().nullable().meta({
      description: "How many photos and videos it holds; null until it is made.",
    }),
    video: mediaId.nullable().meta({ description: "The one video it is a copy of, as MP4." }),
    videos: z.enum(["none", "whole", "intervals"]),
    sound: z.enum(["keep", "remove"]),
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
      "Have photos and videos of people made, with everybody else blurred, to be fetched for a day.",
    access: { who: STAFF, scope: "people" },
    body: z.object({
      subjects: z.array(subjectId).min(1).max(SUBJECTS_MAX),
      video: mediaId.optional().meta({ description: "Only this video, as an MP4 that plays." }),
      ...copyQuery,
      videos: z.enum(["none", "whole", "intervals"]).default("whole").meta({
        description: "What of each video: nothing, all of it, or only where they are in view.",
      }),
    }),
    response: z.object({ delivery: deliveryId, job: jobId }),
    status: 202,
    errors: ["no_live_grant", "video_unknown"],
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
    summary: "Photos and videos as a ZIP, if everybody in it still consents.",
    access: { who: STAFF, scope: "people" },
    response: z.unknown(),
    produces: "application/zip",
    status: 200,
    errors: ["delivery_unknown", "delivery_not_made", "delivery_outdated", "no_live_grant"],
    example: { as: "staff" },
  }),
  playDelivery: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/deliveries/:delivery/video",
    summary: "The copy of one video as MP4, whole or the range of bytes asked for.",
    access: { who: STAFF, scope: "people" },
    response: z.unknown(),
    produces: "video/mp4",
    status: 200,
    errors: [
      "delivery_unknown",
      "delivery_not_made",
      "delivery_outdated",
      "no_live_grant",
      "range_unsatisfiable",
    ],
    example: { as: "staff", params: { delivery: "$videodelivery" } },
  }),
};
