import { z } from "zod";
import { defineRoute } from "./contract.ts";
import { copyQuery } from "./deliveries.ts";
import { deliveryId, instant } from "./fields.ts";

const OWN = { who: ["subject"], scope: null } as const;
const PERSON = "/api/v1/collections/:collection/people/:subject";

const ownCopy = z
  .object({
    id: deliveryId,
    made: z.boolean(),
    expiresAt: instant.meta({ description: "It is gone after this." }),
    state: z.enum(["queued", "running", "done", "failed", "cancelled"]),
    done: z.int().meta({ description: "Seconds of the video that are done." }),
    total: z.int().nullable(),
    error: z.string().nullable().meta({ description: "The code of the last failure." }),
    moments: z
      .array(
        z.object({
          from: z.number().meta({ description: "When you come into view, in the video." }),
          at: z.number().meta({ description: "Where that is in the copy; both in seconds." }),
        }),
      )
      .meta({ description: "Where each moment begins in the copy." }),
  })
  .meta({ id: "OwnCopy", description: "A copy of a video in which you alone are shown." });

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
  getOwnVideo: defineRoute({
    method: "GET",
    path: `${PERSON}/deliveries/:delivery`,
    summary: "How far your copy is.",
    access: OWN,
    response: ownCopy,
    status: 200,
    errors: ["delivery_unknown"],
    example: { as: "subject", params: COPY },
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
