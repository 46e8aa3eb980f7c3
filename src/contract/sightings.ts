import { z } from "zod";
import { defineRoute, READERS, STAFF } from "./contract.ts";
import { box, faceId, instant, mediaId, page, pageQuery, sightingId, subjectId } from "./fields.ts";
import { track } from "./timelines.ts";

export const sighting = z
  .object({
    id: sightingId,
    photo: mediaId,
    face: faceId,
    box,
    track: track.nullable().meta({ description: "When, in a video; null in a photo." }),
    verdict: z.enum(["match", "uncertain"]),
    state: z.enum(["proposed", "confirmed", "rejected"]),
    score: z.number(),
    takenAt: z.string().nullable().meta({ description: "Local time of the camera, if it says." }),
    sources: z.array(z.string()).meta({ description: "Paths the photo was imported from." }),
  })
  .meta({ id: "Sighting" });

const state = z.enum(["proposed", "confirmed", "rejected"]);
const decided = z.object({ state });

const review = sighting.extend({
  subject: z.object({
    id: subjectId,
    name: z.string().nullable().meta({ description: "Null for auditors." }),
  }),
  reference: z
    .object({ photo: mediaId, face: faceId, box, track: track.nullable(), state })
    .nullable()
    .meta({ description: "Another face of theirs, confirmed if there is one; null: none." }),
  confirmedBy: z
    .array(z.string())
    .meta({ description: "Who has confirmed it so far, where two people must." }),
});

export const sightingRoutes = {
  listSightings: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/people/:subject/sightings",
    summary: "Where a person was seen, oldest photo first and undated ones last. It is recorded.",
    access: { who: ["subject", ...READERS], scope: "people" },
    query: z.object(pageQuery),
    response: page(sighting),
    status: 200,
    errors: ["collection_unknown", "subject_unknown", "no_live_grant", "cursor_invalid"],
    example: { as: "staff", keeps: { sighting: "items.0.id" } },
  }),
  listReviews: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/sightings",
    summary: "Sightings to review, person by person. It is recorded for each of them.",
    access: { who: READERS, scope: null },
    query: z.object({ ...pageQuery, state: state.default("proposed") }),
    response: page(review),
    status: 200,
    errors: ["collection_unknown", "cursor_invalid"],
    example: { as: "staff", query: { state: "proposed", limit: "20" } },
  }),
  confirmSighting: defineRoute({
    method: "POST",
    path: "/api/v1/collections/:collection/sightings/:sighting/confirm",
    summary: "Say that it is them. It outlives every new comparison.",
    access: { who: ["subject", ...STAFF], scope: null },
    response: decided,
    status: 200,
    errors: ["collection_unknown", "sighting_unknown"],
    example: { as: "staff" },
  }),
  rejectSighting: defineRoute({
    method: "POST",
    path: "/api/v1/collections/:collection/sightings/:sighting/reject",
    summary: "Say that it is not them. It outlives every new comparison.",
    access: { who: ["subject", ...STAFF], scope: null },
    response: decided,
    status: 200,
    errors: ["collection_unknown", "sighting_unknown"],
    example: { as: "staff" },
  }),
  undoSighting: defineRoute({
    method: "POST",
    path: "/api/v1/collections/:collection/sightings/:sighting/undo",
    summary: "Take the last word on a sighting back. Nobody else's word but the person's own can.",
    access: { who: ["subject", ...STAFF], scope: null },
    response: decided,
    status: 200,
    errors: [
      "collection_unknown",
      "sighting_unknown",
      "sighting_not_decided",
      "sighting_said_by_person",
    ],
    example: { as: "staff" },
  }),
  getSightingHistory: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/sightings/:sighting/history",
    summary: "What was said of a sighting, by whom and when.",
    access: { who: ["subject", ...READERS], scope: null },
    response: z.object({
      items: z.array(
        z.object({
          decision: z.enum(["confirmed", "confirmed_once", "rejected", "undone"]),
          by: z.string().meta({ description: "The id of an account, a key or the person." }),
          at: instant,
        }),
      ),
    }),
    status: 200,
    errors: ["collection_unknown", "sighting_unknown"],
    example: { as: "staff" },
  }),
};
