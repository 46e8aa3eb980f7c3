import { z } from "zod";
import { defineRoute, READERS, STAFF } from "./contract.ts";
import { collectionId, grantId, instant, page, pageQuery, subjectId, text } from "./fields.ts";
import { EVIDENCE_LENGTH_MAX, PAPER_ERRORS, paperForm } from "./paper-form.ts";

/** Long enough for any real name or address, short enough for a caption. */
const NAME_LENGTH_MAX = 200;
const CONTACT_LENGTH_MAX = 320;

const grant = z
  .object({
    id: grantId,
    collection: collectionId,
    state: z.enum(["granted", "paused", "withdrawn", "expired", "erased"]),
    uses: z.array(z.string()).meta({ description: "find, keep_photo" }),
    grantedAt: instant,
    expiresAt: instant,
    endedAt: instant.nullable(),
  })
  .meta({ id: "Grant" });

/** How a consent that is not erased can stand. */
const liveState = z.enum(["granted", "paused", "withdrawn", "expired"]);

export const person = z
  .object({
    id: subjectId,
    name: z.string().nullable().meta({ description: "Null for auditors and keys." }),
    contact: z.string().nullable(),
    enrolled: z.boolean().meta({ description: "Whether their face was shown: they can be found." }),
    grant,
  })
  .meta({ id: "Person" });

/** A part of a form is text; these words say yes and no. */
const ticked = z.enum(["yes", "no"]);

const changed = z.object({
  collections: z.int().meta({ description: "In how many collections it was changed." }),
});

export const peopleRoutes = {
  enrolPerson: defineRoute({
    method: "POST",
    path: "/api/v1/collections/:collection/people",
    summary: "Record a consent given on paper, with a photo of the person's face, alone.",
    access: { who: STAFF, scope: "people" },
    body: z.object({
      name: text(NAME_LENGTH_MAX),
      contact: text(CONTACT_LENGTH_MAX).meta({ description: "Their e-mail address." }),
      ...paperForm,
      guardianName: text(EVIDENCE_LENGTH_MAX).optional(),
      guardianRelation: text(EVIDENCE_LENGTH_MAX).optional(),
      keepPhoto: ticked.default("no").meta({
        description: "The person ticked that the photo may be kept for a change of models.",
      }),
    }),
    files: ["photo"],
    response: z.discriminatedUnion("outcome", [
      z.object({
        outcome: z.enum(["enrolled", "renewed", "already"]),
        subject: subjectId,
        grant: grantId,
      }),
      z.object({
        outcome: z.literal("refused"),
        problems: z.array(z.string()).meta({ description: "What the photo's face lacks." }),
      }),
    ]),
    status: 200,
    errors: [
      "collection_unknown",
      "collection_closed",
      "subject_name_invalid",
      "subject_contact_invalid",
      ...PAPER_ERRORS,
    ],
    work: "photo",
    example: {
      as: "staff",
      body: {
        name: "Anna",
        contact: "anna@people.example",
        form: "binder 1, page 1",
        signedOn: "$today",
        witness: "Bert",
      },
      files: { photo: "anna.jpg" },
      keeps: { subject: "subject" },
    },
  }),
  listPeople: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/people",
    summary: "Everybody who was asked for a collection, with how their consent stands.",
    access: { who: READERS, scope: "people" },
    query: z.object({
      ...pageQuery,
      state: liveState.optional(),
      name: text(NAME_LENGTH_MAX)
        .optional()
        .meta({
          description:
            "What a name, contact or id contains; for those who see names. They are sealed and opened " +
            "one by one, so a page may hold few or none and still have a next.",
        }),
    }),
    response: page(person),
    status: 200,
    errors: ["collection_unknown", "cursor_invalid"],
    example: { as: "staff" },
  }),
  getPerson: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/people/:subject",
    summary: "One person of a collection, with how their consent stands.",
    access: { who: ["subject", ...READERS], scope: "people" },
    response: person,
    status: 200,
    errors: ["collection_unknown", "subject_unknown", "subject_erased"],
    example: { as: "staff" },
  }),
  pausePerson: defineRoute({
    method: "POST",
    path: "/api/v1/collections/:collection/people/:subject/pause",
    summary: "Take a person out of searches until they say otherwise.",
    access: { who: ["subject", ...STAFF], scope: "people" },
    response: changed,
    status: 200,
    errors: ["subject_unknown", "no_live_grant"],
    example: { as: "subject" },
  }),
  resumePerson: defineRoute({
    method: "POST",
    path: "/api/v1/collections/:collection/people/:subject/resume",
    summary: "End a pause.",
    access: { who: ["subject", ...STAFF], scope: "people" },
    response: changed,
    status: 200,
    errors: ["subject_unknown", "no_live_grant", "grant_not_paused", "collection_closed"],
    example: { as: "subject" },
  }),
  withdrawPerson: defineRoute({
    method: "POST",
    path: "/api/v1/collections/:collection/people/:subject/withdraw",
    summary: "End a person's consent: from the answer on no search returns them.",
    access: { who: ["subject", ...STAFF], scope: "people" },
    response: changed,
    status: 200,
    errors: ["subject_unknown", "no_live_grant"],
    example: { as: "subject", turn: 7 },
  }),
  erasePerson: defineRoute({
    method: "DELETE",
    path: "/api/v1/people/:subject",
    summary: "Erase a person: keys, templates, photo of enrolment, sightings, name, contact.",
    access: { who: ["subject", "owner"], scope: null },
    response: z.object({
      certificate: z.string().nullable().meta({
        description: "JWS; null for who was erased before there were certificates.",
      }),
    }),
    status: 200,
    errors: ["subject_unknown", "scrub_due"],
    example: { as: "subject", turn: 8 },
  }),
};
