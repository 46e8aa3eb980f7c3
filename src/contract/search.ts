import { z } from "zod";
import { defineRoute, READERS, STAFF } from "./contract.ts";
import { box, eventId, instant, page, pageQuery, searchId, subjectId, text } from "./fields.ts";
import { keepUntil } from "./kept-probes.ts";
import { sighting } from "./sightings.ts";

const PURPOSE_LENGTH_MAX = 500;
/** A photo has at most a few hundred faces; the number is the place from the left. */
const FACE_MAX = 10_000;

/** A number, as a part of a form has it. */
const numeric = z.string().regex(/^\d{1,5}(\.\d{1,12})?$/u);

const face = z.object({
  box,
  widthPixels: z.int().meta({ description: "Width of the face in the full-size photo." }),
  problems: z.array(z.string()).meta({ description: "What makes it hard to compare." }),
});

const found = face.extend({
  subject: z.object({ id: subjectId, name: z.string().nullable() }),
  score: z.number().meta({ description: "Cosine of the two templates." }),
  margin: z.number().nullable().meta({
    description:
      "How far ahead of the runner-up; null where nobody else comes near: nothing is told of them.",
  }),
  sightings: z.array(sighting).meta({ description: "The first page of where they were seen." }),
  next: z.string().nullable().meta({
    description: "Cursor for listSightings of this person; null: these are all.",
  }),
});

export const searchRoutes = {
  searchByPhoto: defineRoute({
    method: "POST",
    path: "/api/v1/collections/:collection/searches",
    summary: "Who of a collection's consenting people is in this photo?",
    access: { who: STAFF, scope: "search" },
    body: z.object({
      purpose: text(PURPOSE_LENGTH_MAX).meta({
        description: "Why. Everybody in the collection can read it.",
      }),
      keepUntil,
      face: numeric
        .pipe(z.coerce.number<string>().int().min(1).max(FACE_MAX))
        .optional()
        .meta({ description: "Only the n-th face from the left; 1 is the first." }),
      x: numeric.pipe(z.coerce.number<string>().min(0).max(1)).optional().meta({
        description: "Only the face at this place, in 0..1 of the photo; with `y`.",
      }),
      y: numeric.pipe(z.coerce.number<string>().min(0).max(1)).optional(),
    }),
    files: ["photo"],
    response: z.object({
      search: searchId,
      width: z.int(),
      height: z.int(),
      faces: z.array(
        z.discriminatedUnion("verdict", [
          found.extend({ verdict: z.literal("match") }),
          found.extend({ verdict: z.literal("uncertain") }),
          face.extend({ verdict: z.literal("none") }),
          face.extend({ verdict: z.literal("not_compared") }),
        ]),
      ),
    }),
    status: 200,
    errors: [
      "collection_unknown",
      "collection_closed",
      "purpose_missing",
      "keep_invalid",
      "search_budget_spent",
      "face_not_pointed_at",
      "no_face_found",
      "no_face_there",
    ],
    work: "photo",
    repeat: "anew",
    example: {
      as: "staff",
      body: { purpose: "hand over the photos of the gala", keepUntil: "$today" },
      files: { photo: "group.jpg" },
      keeps: { keptsearch: "search" },
    },
  }),
  listSearches: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/searches",
    summary: "Searches of a collection, the newest first: staff read their own, overseers all.",
    access: { who: READERS, scope: null },
    query: z.object(pageQuery),
    response: page(
      z.object({
        id: searchId,
        by: z.string().meta({ description: "The id of an account or a key." }),
        purpose: z.string(),
        startedAt: instant,
        recordedAt: instant,
        faces: z.int().meta({ description: "In the photo searched with." }),
        returned: z.int().meta({ description: "How many people it returned." }),
        entry: eventId.nullable().meta({ description: "Its entry in the record." }),
        probe: z
          .object({ type: z.string().meta({ description: "Its media type." }), until: instant })
          .nullable()
          .meta({ description: "What it was made with, where that is kept, and until when." }),
      }),
    ),
    status: 200,
    errors: ["collection_unknown", "cursor_invalid"],
    example: { as: "staff" },
  }),
  getSearchAllowance: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/searches/allowance",
    summary: "What you may still search in this hour, and how many people can be found.",
    access: { who: STAFF, scope: null },
    response: z.object({
      budget: z.int().meta({ description: "Searches in any hour." }),
      used: z.int().meta({ description: "Made in the hour before now." }),
      nextAt: instant.nullable().meta({ description: "When the next may be made, if not now." }),
      people: z.int().meta({ description: "People whose consent is in force." }),
      keepDays: z.int().meta({ description: "How long what is searched with may be kept." }),
      twoPerson: z.boolean().meta({ description: "Whether two people must confirm a hit." }),
    }),
    status: 200,
    errors: ["collection_unknown"],
    example: { as: "staff" },
  }),
};
