import { z } from "zod";
import { defineRoute, STAFF } from "./contract.ts";
import { searchId, subjectId, text } from "./fields.ts";
import { keepUntil } from "./kept-probes.ts";
import { sighting } from "./sightings.ts";

const PURPOSE_LENGTH_MAX = 500;

const moment = z.number().nonnegative();
const verdict = z.enum(["match", "uncertain"]);

const interval = z.object({
  from: moment.meta({ description: "Seconds from the beginning of the video." }),
  to: moment,
  best: moment.meta({ description: "When they are seen best." }),
  verdict,
  score: z.number().meta({ description: "Cosine of the two templates." }),
});

export const videoSearchRoutes = {
  searchByVideo: defineRoute({
    method: "POST",
    path: "/api/v1/collections/:collection/video-searches",
    summary:
      "Who of a collection's consenting people is in this video, and when? It is kept if you say so.",
    access: { who: STAFF, scope: "search" },
    body: z.object({
      purpose: text(PURPOSE_LENGTH_MAX).meta({
        description: "Why. Everybody in the collection can read it.",
      }),
      keepUntil,
    }),
    files: ["video"],
    filesMax: 1,
    response: z.object({
      search: searchId,
      seconds: moment.meta({ description: "How long the video is." }),
      tracks: z.int().meta({ description: "Faces through time, whoever's." }),
      people: z.array(
        z.object({
          subject: z.object({ id: subjectId, name: z.string().nullable() }),
          verdict,
          score: z.number(),
          intervals: z.array(interval),
          sightings: z.array(sighting).meta({
            description: "The first of where else they were seen; listSightings has all.",
          }),
        }),
      ),
    }),
    status: 200,
    errors: [
      "collection_unknown",
      "purpose_missing",
      "keep_invalid",
      "search_budget_spent",
      "face_not_pointed_at",
      "no_face_found",
      "video_unsupported",
      "video_without_picture",
      "video_encrypted",
      "video_too_large",
      "video_too_many_pixels",
      "video_too_long",
      "video_too_heavy",
      "video_unavailable",
    ],
    work: "photo",
    repeat: "anew",
    example: {
      as: "staff",
      body: { purpose: "hand over the film of the gala" },
      files: { video: "clip.mp4" },
    },
  }),
};
