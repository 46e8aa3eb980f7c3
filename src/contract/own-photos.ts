import { z } from "zod";
import { defineRoute, RENDERED } from "./contract.ts";
import { faceProblem } from "./faces.ts";
import {
  box,
  faceId,
  grantId,
  mediaId,
  objectionId,
  page,
  pageQuery,
  sightingId,
  text,
} from "./fields.ts";
import { track } from "./timelines.ts";

const REASON_LENGTH_MAX = 2000;
const OWN = { who: ["subject"], scope: null } as const;

/** In the examples, where they were seen; `$sighting` may be somebody else's by then. */
const OWN_SIGHTING = {
  collection: "$collection",
  subject: "$subject",
  sighting: "$ownsighting",
} as const;

const ownPhoto = z
  .object({
    id: sightingId,
    photo: mediaId,
    face: faceId,
    box,
    track: track.nullable().meta({ description: "When, in a video; null in a photo." }),
    seconds: z.number().nullable().meta({ description: "How long the video is." }),
    verdict: z.enum(["match", "uncertain"]),
    state: z.enum(["proposed", "confirmed", "rejected"]),
    takenAt: z.string().nullable().meta({ description: "Local time of the camera, if it says." }),
    heldBack: z
      .boolean()
      .meta({ description: "You have objected: nobody else is shown you here." }),
  })
  .meta({ id: "OwnPhoto", description: "A photo you are seen in. Its files' names are not told." });

export const ownPhotoRoutes = {
  enrolPhoto: defineRoute({
    method: "POST",
    path: "/api/v1/collections/:collection/people/:subject/photo",
    summary:
      "Show your face, once your consent is recorded; a newer photo replaces the one before.",
    access: OWN,
    body: z.object({
      source: z.enum(["camera", "file"]).default("file").meta({
        description:
          "Where the picture is from, as the sender says. A collection may take the camera's alone.",
      }),
    }),
    files: ["photo"],
    response: z.discriminatedUnion("outcome", [
      z.object({ outcome: z.literal("enrolled"), grant: grantId }),
      z.object({ outcome: z.literal("refused"), problems: z.array(faceProblem) }),
    ]),
    status: 200,
    errors: ["no_live_grant", "collection_closed", "enrolment_tries_spent", "photo_not_taken"],
    work: "photo",
    repeat: "anew",
    example: { as: "subject", files: { photo: "anna.jpg" } },
  }),
  listOwnPhotos: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/people/:subject/photos",
    summary: "The photos you are seen in, oldest first and undated ones last.",
    access: OWN,
    query: z.object(pageQuery),
    response: page(ownPhoto).extend({
      videos: z.int().meta({ description: "In how many videos you are seen." }),
    }),
    status: 200,
    errors: ["subject_unknown", "subject_erased", "cursor_invalid"],
    example: { as: "subject", keeps: { ownsighting: "items.0.id" } },
  }),
  getOwnThumbnail: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/people/:subject/photos/:sighting/thumbnail",
    summary: "A small picture of a photo you are seen in, with everybody else blurred.",
    access: OWN,
    response: z.unknown(),
    produces: "image/jpeg",
    status: 200,
    errors: ["sighting_unknown", ...RENDERED],
    example: { as: "subject", params: OWN_SIGHTING },
  }),
  downloadOwnPhoto: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/people/:subject/photos/:sighting/file",
    summary: "A photo you are seen in, at full size, with everybody else blurred.",
    access: OWN,
    response: z.unknown(),
    produces: "image/jpeg",
    status: 200,
    errors: ["sighting_unknown"],
    work: "photo",
    example: { as: "subject", params: OWN_SIGHTING },
  }),
  downloadOwnPhotos: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/people/:subject/photos/archive",
    summary: "All photos of a collection you are seen in, with everybody else blurred, as a ZIP.",
    access: OWN,
    response: z.unknown(),
    produces: "application/zip",
    status: 200,
    errors: ["subject_unknown", "subject_erased", ...RENDERED],
    example: { as: "subject" },
  }),
  holdBack: defineRoute({
    method: "POST",
    path: "/api/v1/collections/:collection/people/:subject/photos/:sighting/objection",
    summary: "Object to being shown here: from the answer on nobody else is, until staff decide.",
    access: OWN,
    body: z.object({ reason: text(REASON_LENGTH_MAX).optional() }),
    response: z.object({ id: objectionId }),
    status: 201,
    errors: ["sighting_unknown", "reason_too_long", "subject_erased"],
    example: {
      as: "subject",
      params: OWN_SIGHTING,
      body: { reason: "I don't like this one." },
    },
  }),
};
