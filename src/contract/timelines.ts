import { z } from "zod";
import { defineRoute, READERS } from "./contract.ts";
import { box, mediaId, sightingId, subjectId } from "./fields.ts";

const moment = z.number().nonnegative();

/** When a face is in view in a video. */
export const track = z
  .object({
    from: moment.meta({ description: "Seconds from the beginning of the video." }),
    to: moment,
    at: moment.meta({ description: "When it is seen best." }),
  })
  .meta({ id: "Track", description: "When a face is in view in a video." });

const appearance = track
  .extend({
    sighting: sightingId,
    box,
    verdict: z.enum(["match", "uncertain"]),
    state: z.enum(["proposed", "confirmed", "rejected"]),
    score: z.number(),
  })
  .meta({ id: "Appearance" });

const timeline = z
  .object({
    photo: mediaId,
    seconds: moment.meta({ description: "How long the video is." }),
    people: z.array(
      z.object({
        subject: subjectId,
        name: z.string().nullable().meta({ description: "Null for auditors and keys." }),
        appearances: z.array(appearance).meta({ description: "In order of time." }),
      }),
    ),
  })
  .meta({ id: "Timeline" });

const VIEWED = { who: READERS, scope: "read" } as const;
const PATH = "/api/v1/collections/:collection/media/:photo/timeline";

export const timelineRoutes = {
  getTimeline: defineRoute({
    method: "GET",
    path: PATH,
    summary: "When each consenting person is in view in a video. It is recorded for each.",
    access: VIEWED,
    response: timeline,
    status: 200,
    errors: ["photo_unknown", "video_unknown"],
    example: { as: "staff", params: { photo: "$video" } },
  }),
  getTimelineCsv: defineRoute({
    method: "GET",
    path: `${PATH}/csv`,
    summary: "The same as a table: person, name, from, to, best moment, verdict, state, score.",
    access: VIEWED,
    response: z.unknown(),
    produces: "text/csv",
    status: 200,
    errors: ["photo_unknown", "video_unknown"],
    example: { as: "staff", params: { photo: "$video" } },
  }),
  getTimelineVtt: defineRoute({
    method: "GET",
    path: `${PATH}/vtt`,
    summary: "The same as WebVTT cues, which players show beside the video.",
    access: VIEWED,
    response: z.unknown(),
    produces: "text/vtt",
    status: 200,
    errors: ["photo_unknown", "video_unknown"],
    example: { as: "staff", params: { photo: "$video" } },
  }),
};
