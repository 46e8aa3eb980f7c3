import { z } from "zod";
import { defineRoute, READERS } from "./contract.ts";
import { collectionId, done, instant, page, pageQuery, text } from "./fields.ts";
import { noticeText } from "./operator.ts";

const NAME_LENGTH_MAX = 80;
const CONTACT_LENGTH_MAX = 320;
/** A purpose, basis or notice is a text that a person reads, not a file. */
const TEXT_LENGTH_MAX = 20_000;
/** R37: three years after the last word of the person, at most. */
const RETENTION_DAYS_MAX = 3 * 365;
/** R37: a year after the purpose ended, at most. */
const GRACE_DAYS_MAX = 365;
const AGE_MAX = 120;
/** A search a second, an hour long: nobody who looks at answers asks faster. */
const SEARCH_BUDGET_MAX = 3600;
/** A festival's guests in a few days. */
const DAILY_INVITES_MAX = 10_000;

export const collection = z
  .object({
    id: collectionId,
    name: z.string(),
    purpose: z.string(),
    contact: z.string(),
    retentionDays: z.int(),
    ageFloor: z.int(),
    sceneBasis: z
      .string()
      .nullable()
      .meta({ description: "Why everyone pictured may be compared; null: nobody is unasked." }),
    alternative: z
      .string()
      .meta({ description: "What people get who say no; empty where nobody said." }),
    pack: z.string().meta({ description: "The model pack its templates are made with." }),
    closed: z.boolean(),
  })
  .meta({ id: "Collection" });

const terms = {
  name: text(NAME_LENGTH_MAX),
  purpose: text(TEXT_LENGTH_MAX).meta({ description: "What the collection is for." }),
  retentionDays: z.int().min(1).max(RETENTION_DAYS_MAX),
};
const uploadPhoto = z.boolean().meta({
  description: "Whether people may hand in a picture of their face instead of using the camera.",
});

/** More languages than any notice is in. */
const NOTICES_MAX = 50;
const notices = z.array(noticeText).max(NOTICES_MAX);
const NOTICES =
  "What people are told from now on, in every language there is a notice in: needed with another " +
  "purpose or a longer retention.";

const rules = {
  searchBudget: z
    .int()
    .min(1)
    .max(SEARCH_BUDGET_MAX)
    .meta({ description: "Searches an account may make in an hour." }),
  probesMax: z.int().min(1).max(SEARCH_BUDGET_MAX).meta({
    description: "Returns of one person to one account in an hour, before an alert is raised.",
  }),
  dailyInvites: z.int().min(0).max(DAILY_INVITES_MAX),
  twoPerson: z
    .boolean()
    .meta({ description: "Whether two people must confirm a sighting before it counts." }),
  graceDays: z.int().min(0).max(GRACE_DAYS_MAX).meta({
    description: "Days a consent's key and evidence stay after its end; only ever made shorter.",
  }),
  uploadPhoto,
};

export const collectionSettings = z.object(rules).meta({ id: "CollectionSettings" });

/** What a sweep or somebody's look is due for. Counts alone. */
export const collectionHealth = z
  .object({
    photos: z.int(),
    waiting: z.int().meta({ description: "Photos not yet compared with who came last." }),
    problems: z.int().meta({ description: "Photos that could not be compared." }),
    people: z.int(),
    paused: z.int(),
    ending: z.int().meta({ description: "People whose consent ends within 30 days." }),
    nextEnd: instant.nullable().meta({ description: "When the next consent ends." }),
    receiving: z.int().meta({ description: "Files that are being sent." }),
    received: z.int().meta({ description: "Files that are here and not imported yet." }),
    refused: z.int().meta({ description: "Files that were refused." }),
    jobs: z.int().meta({ description: "Jobs that wait or run." }),
    objections: z.int().meta({ description: "What people object to, undecided." }),
    alerts: z
      .int()
      .nullable()
      .meta({ description: "Unseen; null for those who do not look at alerts." }),
  })
  .meta({ id: "CollectionHealth" });

export const collectionRoutes = {
  createCollection: defineRoute({
    method: "POST",
    path: "/api/v1/collections",
    summary: "Make a collection of photos with one purpose.",
    access: { who: ["owner"], scope: null },
    body: z.object({
      ...terms,
      notice: text(TEXT_LENGTH_MAX).meta({ description: "What people read before they say yes." }),
      contact: text(CONTACT_LENGTH_MAX).meta({ description: "Who answers people's questions." }),
      ageFloor: z.int().min(0).max(AGE_MAX),
      sceneBasis: text(TEXT_LENGTH_MAX).nullable().default(null),
      noticeLanguage: text(20).optional().meta({ description: "BCP 47; English if not said." }),
      alternative: text(TEXT_LENGTH_MAX)
        .optional()
        .meta({ description: "What people get who say no." }),
      graceDays: z.int().min(0).max(GRACE_DAYS_MAX).optional(),
      uploadPhoto: uploadPhoto.default(true),
      pack: z
        .enum(["recommended", "bundled"])
        .optional()
        .meta({ description: "The model pack; what was installed where nothing is said." }),
    }),
    response: collection,
    status: 201,
    errors: ["collection_exists", "collection_invalid", "language_unknown"],
    example: {
      as: "owner",
      body: {
        name: "gala",
        purpose: "give the guests their pictures",
        notice: "We look for your face in the photos of the gala.",
        contact: "office@club.example",
        retentionDays: 365,
        ageFloor: 16,
        sceneBasis: "ticket terms and signs at the door",
      },
      keeps: { collection: "id" },
    },
  }),
  listCollections: defineRoute({
    method: "GET",
    path: "/api/v1/collections",
    summary: "The collections in reach, by name.",
    access: { who: READERS, scope: "read" },
    query: z.object(pageQuery),
    response: page(collection),
    status: 200,
    errors: ["cursor_invalid"],
    example: { as: "owner", query: { limit: "20" } },
  }),
  getCollection: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection",
    summary: "One collection.",
    access: { who: READERS, scope: "read" },
    response: collection,
    status: 200,
    errors: ["collection_unknown"],
    example: { as: "owner" },
  }),
  changeCollection: defineRoute({
    method: "PATCH",
    path: "/api/v1/collections/:collection",
    summary:
      "Change name, purpose, retention, or what a no gets. Those who said yes bind it: while there " +
      "are any, the purpose stays, and the retention only becomes shorter, for them too.",
    access: { who: ["owner"], scope: null },
    body: z
      .object({
        ...terms,
        alternative: z
          .string()
          .max(TEXT_LENGTH_MAX)
          .meta({ description: "What people get who say no; empty: nothing is said." }),
        notices: notices.meta({ description: NOTICES }),
      })
      .partial(),
    response: collection,
    status: 200,
    errors: [
      "collection_unknown",
      "collection_invalid",
      "collection_exists",
      "collection_closed",
      "collection_consented",
      "changed_meanwhile",
      "operator_unknown",
      "language_unknown",
      "notice_invalid",
    ],
    example: { as: "owner", body: { retentionDays: 300 } },
  }),
  getCollectionHealth: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/health",
    summary: "What a collection holds, what waits, and what wants to be looked at.",
    access: { who: READERS, scope: "read" },
    response: collectionHealth,
    status: 200,
    errors: ["collection_unknown"],
    example: { as: "staff" },
  }),
  getCollectionSettings: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/settings",
    summary: "The limits that guard a collection.",
    access: { who: READERS, scope: "read" },
    response: collectionSettings,
    status: 200,
    errors: ["collection_unknown"],
    example: { as: "owner" },
  }),
  changeCollectionSettings: defineRoute({
    method: "PATCH",
    path: "/api/v1/collections/:collection/settings",
    summary: "Change the limits that guard a collection; what is not named stays.",
    access: { who: ["owner"], scope: null },
    body: z.object(rules).partial(),
    response: collectionSettings,
    status: 200,
    errors: ["collection_unknown", "collection_invalid", "changed_meanwhile"],
    example: { as: "owner", body: { searchBudget: 300 } },
  }),
  closeCollection: defineRoute({
    method: "POST",
    path: "/api/v1/collections/:collection/close",
    summary: "End a collection: its consents end, and nobody is found in it any more.",
    access: { who: ["owner"], scope: null },
    response: done,
    status: 200,
    errors: ["collection_unknown", "collection_closed"],
    example: { as: "owner", turn: 9 },
  }),
};
