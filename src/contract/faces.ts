import { z } from "zod";
import { defineRoute, STAFF } from "./contract.ts";
import { box, searchId, text } from "./fields.ts";

const PURPOSE_LENGTH_MAX = 500;
const FACE_MAX = 10_000;

/** Why a face can't be used, and what to change, in a sentence. */
export const faceProblem = z.object({ code: z.string(), advice: z.string() });

const detected = z.object({
  box,
  widthPixels: z.int().meta({ description: "Width of the face in the full-size photo." }),
  problems: z.array(faceProblem).meta({ description: "What makes it hard to compare." }),
});

export const faceRoutes = {
  detectFaces: defineRoute({
    method: "POST",
    path: "/api/v1/collections/:collection/detections",
    summary: "Where faces are in a photo, and how good. Nobody is compared, nothing is kept.",
    access: { who: STAFF, scope: "search" },
    files: ["photo"],
    response: z.object({ width: z.int(), height: z.int(), faces: z.array(detected) }),
    status: 200,
    errors: ["collection_unknown"],
    work: "photo",
    repeat: "anew",
    example: { as: "staff", files: { photo: "group.jpg" } },
  }),
  verifyPerson: defineRoute({
    method: "POST",
    path: "/api/v1/collections/:collection/people/:subject/verifications",
    summary: "Is this the one person? It is a search: recorded, and theirs to read.",
    access: { who: STAFF, scope: "search" },
    body: z.object({
      purpose: text(PURPOSE_LENGTH_MAX).meta({ description: "Why. The person can read it." }),
      face: z
        .string()
        .regex(/^\d{1,5}$/u)
        .pipe(z.coerce.number<string>().int().min(1).max(FACE_MAX))
        .optional()
        .meta({ description: "The n-th face from the left, where there are several." }),
    }),
    files: ["photo"],
    response: z.object({
      search: searchId,
      verdict: z.enum(["match", "uncertain", "none", "not_compared"]),
      score: z.number().nullable().meta({ description: "Null below the threshold." }),
      problems: z.array(faceProblem),
    }),
    status: 200,
    errors: [
      "collection_unknown",
      "subject_unknown",
      "no_live_grant",
      "purpose_missing",
      "search_budget_spent",
      "face_not_pointed_at",
      "no_face_found",
      "no_face_there",
    ],
    work: "photo",
    repeat: "anew",
    example: {
      as: "staff",
      body: { purpose: "hand over the badge" },
      files: { photo: "anna.jpg" },
    },
  }),
};
