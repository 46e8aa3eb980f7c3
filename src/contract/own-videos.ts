import { z } from "zod";
import { defineRoute } from "./contract.ts";
import { copyQuery } from "./deliveries.ts";
import { deliveryId, instant, mediaId, page } from "./fields.ts";

const OWN = { who: ["subject"], scope: null } as const;
const PERSON = "/api/v1/collections/:collection/people/:subject";

const ownDelivery = z
  .object({
    id: deliveryId,
    video: mediaId.nullable().meta({
      description: "The one video it is a copy of, as MP4; null: a ZIP of all photos and videos.",
    }),
    videos: z.enum(["none", "whole", "intervals"]),
    sound: z.enum(["keep", "remove"]),
    photos: z.int().nullable().meta({
      description: "How many photos and videos it holds; null until it is made.",
    }),
    made: z.boolean(),
    askedAt: instant,
    expiresAt: instant.meta({ description: "It is gone after this." }),
    state: z.enum(["queued", "running", "done", "failed", "cancelled"]),
    done: z.int().meta({ description: "Photos, and seconds of videos, that are done." }),
    total: z.int().nullable(),
    error: z.string().nullable().meta({ description: "The code of the last failure." }),
    moments: z
      .array(
        z.object({
          from: z.number().meta({ description: "When you come into view, in the video." }),
          at: z.number().meta({ description: "Where that is in the copy; both in seconds." }),
        }),
      )
      .meta({ description: "Where each moment begins in the copy of one video." }),
  })
  .meta({ id: "OwnDelivery", description: "Photos and videos in which you alone are shown." });

/** In the examples, where they are seen in a video. */
const IN_VIDEO = {
  collection: "$collection",
  subject: "$subject",
  sighting: "$videosighting",
} as const;
const COPY = { collection: "$collection", subject: "$subject", delivery: "$ownvideo" } as const;

export const ownVideoRoutes = {
  askForOwnVideo: defineRoute({
    method: "POST",
    path: `${PERSON}/photos/:sighting/video`,
    summary: "Have a copy made of a video you are seen in, with everybody else blurred, for a day.",
    access: OWN,
    body: z.object(copyQuery),
    response: z.object({ delivery: deliveryId }),
    status: 202,
    errors: ["sighting_unknown", "video_unknown", "no_live_grant"],
    example: {
      as: "subject",
      params: IN_VIDEO,
      body: { videos: "intervals" },
      keeps: { ownvideo: "delivery" },
    },
  }),
  askForOwnDelivery: defineRoute({
    method: "POST",
    path: `${PERSON}/deliveries`,
    summary: "Have all photos and videos you are seen in packed, with everybody else blurred.",
    access: OWN,
    body: z.object(copyQuery),
    response: z.object({ delivery: deliveryId }),
    status: 202,
    errors: ["no_live_grant"],
    example: {
      as: "subject",
      body: { videos: "intervals" },
      keeps: { ownarchive: "delivery" },
    },
  }),
  listOwnDeliveries: defineRoute({
    method: "GET",
    path: `${PERSON}/deliveries`,
    summary: "What was made for you alone and is still to be had, the newest first.",
    access: OWN,
    response: page(ownDelivery),
    status: 200,
    errors: [],
    example: { as: "subject" },
  }),
  getOwnDelivery: defineRoute({
    method: "GET",
    path: `${PERSON}/deliveries/:delivery`,
    summary: "How far what is made for you is.",
    access: OWN,
    response: ownDelivery,
    status: 200,
    errors: ["delivery_unknown"],
    example: { as: "subject", params: COPY },
  }),
  fetchOwnDelivery: defineRoute({
    method: "GET",
    path: `${PERSON}/deliveries/:delivery/archive`,
    summary: "Your photos and videos as a ZIP.",
    access: OWN,
    response: z.unknown(),
    produces: "application/zip",
    status: 200,
    errors: ["delivery_unknown", "delivery_not_made", "delivery_outdated", "no_live_grant"],
    example: { as: "subject", params: { ...COPY, delivery: "$ownarchive" } },
  }),
  playOwnVideo: defineRoute({
    method: "GET",
    path: `${PERSON}/deliveries/:delivery/video`,
    summary: "Your copy as MP4, whole or the range of bytes asked for.",
    access: OWN,
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
    example: { as: "subject", params: COPY },
  }),
  getOwnTimelineCsv: defineRoute({
    method: "GET",
    path: `${PERSON}/photos/:sighting/timeline/csv`,
    summary: "When you are in view in a video, as a table.",
    access: OWN,
    response: z.unknown(),
    produces: "text/csv",
    status: 200,
    errors: ["sighting_unknown", "video_unknown", "subject_erased"],
    example: { as: "subject", params: IN_VIDEO },
  }),
  getOwnTimelineVtt: defineRoute({
    method: "GET",
    path: `${PERSON}/photos/:sighting/timeline/vtt`,
    summary: "When you are in view in a video, as WebVTT cues.",
    access: OWN,
    response: z.unknown(),
    produces: "text/vtt",
    status: 200,
    errors: ["sighting_unknown", "video_unknown", "subject_erased"],
    example: { as: "subject", params: IN_VIDEO },
  }),
};
