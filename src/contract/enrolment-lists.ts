import { z } from "zod";
import { defineRoute, READERS, STAFF } from "./contract.ts";
import { enrolmentListId, instant, jobId, page, pageQuery } from "./fields.ts";

/** A school year's class or a club's evening; a longer list comes in parts, or by the command line. */
export const LIST_PEOPLE_MAX = 200;

const count = z.int();

export const enrolmentList = z
  .object({
    id: enrolmentListId,
    createdAt: instant,
    finishedAt: instant.nullable(),
    people: count.meta({ description: "Rows of the list." }),
    enrolled: count,
    renewed: count.meta({ description: "Enrolled with this photo before, by a newer form now." }),
    already: count.meta({ description: "Enrolled with this photo and form before." }),
    refused: count,
    job: jobId.nullable().meta({ description: "What enrols them; null once it was cleared away." }),
  })
  .meta({ id: "EnrolmentList", description: "A list of people as it was handed in. No names." });

export const enrolmentListRoutes = {
  enrolList: defineRoute({
    method: "POST",
    path: "/api/v1/collections/:collection/people/lists",
    summary:
      "Enrol a list: a CSV of people who signed a form, and the photos that its rows name. A job does it.",
    access: { who: STAFF, scope: "people" },
    files: ["list", "photos"],
    filesMax: LIST_PEOPLE_MAX,
    response: z.object({ list: enrolmentListId, job: jobId }),
    status: 202,
    errors: ["collection_unknown", "collection_closed", "csv_invalid", "disk_full"],
    example: {
      as: "staff",
      files: { list: "people.csv", photos: "anna.jpg" },
      keeps: { list: "list" },
    },
  }),
  listEnrolmentLists: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/people/lists",
    summary: "The lists that were handed in lately, the newest first, and what came of them.",
    access: { who: READERS, scope: "people" },
    query: z.object(pageQuery),
    response: page(enrolmentList),
    status: 200,
    errors: ["collection_unknown", "cursor_invalid"],
    example: { as: "staff" },
  }),
  listRefusedRows: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/people/lists/:list/refused",
    summary: "The rows of a list that enrolled nobody, each with its reasons.",
    access: { who: READERS, scope: "people" },
    query: z.object(pageQuery),
    response: page(
      z.object({
        line: z.int().meta({ description: "As an editor shows it: the heading is line 1." }),
        reasons: z.array(z.object({ code: z.string(), advice: z.string() })),
      }),
    ),
    status: 200,
    errors: ["collection_unknown", "list_unknown", "cursor_invalid"],
    example: { as: "staff" },
  }),
};
