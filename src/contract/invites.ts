import { z } from "zod";
import { defineRoute, READERS, STAFF } from "./contract.ts";
import {
  collectionId,
  consentId,
  day,
  done,
  grantId,
  instant,
  inviteId,
  page,
  pageQuery,
  subjectId,
  text,
} from "./fields.ts";

/** What one request may make; longer lists come in several. */
const CONTACTS_MAX = 500;
/** Each comes with a picture of a few kilobytes: a sheet or two of posters. */
const HANDED_MAX = 100;
const DAYS_MAX = 90;
const DAYS_DEFAULT = 14;
const CONTACT_LENGTH_MAX = 320;
const NAME_LENGTH_MAX = 200;
const EVIDENCE_LENGTH_MAX = 200;
const DECLARATION_LENGTH_MAX = 2000;
const LANGUAGE_LENGTH_MAX = 35;

/** Base64url of 256 bits. */
const token = z
  .string()
  .regex(/^[\w-]{43}$/u)
  .meta({ description: "What stands behind # in the invite's link." });

const language = text(LANGUAGE_LENGTH_MAX).meta({ description: "BCP 47, as `en` or `nl-BE`." });

const newInvite = z.object({
  id: inviteId,
  expiresAt: instant,
  mailed: z.boolean(),
  token: token.nullable().meta({
    description: "Null where it was mailed: nobody but its reader has it.",
  }),
  link: z.string().nullable(),
  qr: z.string().nullable().meta({ description: "The link as a QR code, in SVG." }),
});

export const invite = z
  .object({
    id: inviteId,
    language: z.string(),
    state: z.enum(["open", "used", "expired", "ended"]),
    hasContact: z.boolean().meta({ description: "It can be mailed once more." }),
    createdBy: z.string(),
    createdAt: instant,
    expiresAt: instant,
  })
  .meta({ id: "Invite", description: "Whom it is for is told to nobody." });

const noticeShown = z.object({
  version: z.int(),
  language: z.string(),
  hash: z.string().meta({ description: "SHA-256 of `body`; a yes names it." }),
  body: z.string().meta({ description: "The whole text: what is hashed." }),
  short: z.string().meta({ description: "The first layer: what matters in a few sentences." }),
  items: z
    .array(z.object({ item: z.string(), title: z.string(), text: z.string() }))
    .meta({ description: "The second layer, item by item of GDPR 13; empty for a text of one." }),
});

export const inviteRoutes = {
  createInvites: defineRoute({
    method: "POST",
    path: "/api/v1/collections/:collection/invites",
    summary: "Invite people: by mail, each by a link of their own, or by links to hand over.",
    access: { who: STAFF, scope: "people" },
    body: z.object({
      contacts: z.array(text(CONTACT_LENGTH_MAX)).max(CONTACTS_MAX).default([]),
      handed: z.int().min(0).max(HANDED_MAX).default(0).meta({
        description: "So many links to hand over, each for one person.",
      }),
      language,
      days: z.int().min(1).max(DAYS_MAX).default(DAYS_DEFAULT),
    }),
    response: z.object({ items: z.array(newInvite) }),
    status: 201,
    errors: ["collection_unknown", "collection_closed", "invite_invalid", "invites_spent"],
    repeat: "forget",
    example: {
      as: "staff",
      body: { contacts: ["dora@people.example"], handed: 2, language: "en", days: 7 },
      keeps: {
        invite: "items.0.id",
        invitetoken: "items.1.token",
        refusedtoken: "items.2.token",
      },
    },
  }),
  listInvites: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/invites",
    summary: "The invites of a collection, the newest first.",
    access: { who: READERS, scope: "people" },
    query: z.object(pageQuery),
    response: page(invite),
    status: 200,
    errors: ["collection_unknown", "cursor_invalid"],
    example: { as: "staff" },
  }),
  getInviteCap: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/invite-cap",
    summary: "How many people may be invited to a collection in a day, and how many still.",
    access: { who: READERS, scope: "people" },
    response: z.object({
      daily: z.int(),
      left: z.int().meta({ description: "By what was made in the 24 hours before now." }),
    }),
    status: 200,
    errors: ["collection_unknown"],
    example: { as: "staff" },
  }),
  printInvites: defineRoute({
    method: "POST",
    path: "/api/v1/collections/:collection/invites/posters",
    summary: "Links to hand over as a PDF: a page for each, with its QR code.",
    access: { who: STAFF, scope: "people" },
    body: z.object({
      tokens: z.array(token).min(1).max(HANDED_MAX),
      language: text(LANGUAGE_LENGTH_MAX).default("en").meta({ description: "Of the page." }),
    }),
    response: z.unknown(),
    produces: "application/pdf",
    status: 200,
    errors: ["collection_unknown", "invite_over"],
    repeat: "anew",
    example: { as: "staff", body: { tokens: ["$invitetoken"], language: "nl" } },
  }),
  resendInvite: defineRoute({
    method: "POST",
    path: "/api/v1/collections/:collection/invites/:invite/resend",
    summary: "Mail an open invite once more. The link before opens nothing any more.",
    access: { who: STAFF, scope: "people" },
    response: done,
    status: 202,
    errors: [
      "collection_unknown",
      "collection_closed",
      "invite_unknown",
      "invite_over",
      "invite_invalid",
      "invites_spent",
    ],
    example: { as: "staff" },
  }),
  endInvite: defineRoute({
    method: "DELETE",
    path: "/api/v1/collections/:collection/invites/:invite",
    summary: "End an invite early. No harm if it is over.",
    access: { who: STAFF, scope: "people" },
    response: done,
    status: 200,
    errors: ["collection_unknown", "invite_unknown"],
    example: { as: "staff", turn: 1 },
  }),
  openInvite: defineRoute({
    method: "POST",
    path: "/api/v1/invites/open",
    summary: "What the bearer of an invite is asked: the notice, each use, and what a no means.",
    access: { who: ["nobody"], scope: null },
    body: z.object({ token, language: language.optional() }),
    response: z.object({
      collection: z.object({
        id: collectionId,
        name: z.string(),
        purpose: z.string(),
        contact: z.string(),
      }),
      operator: z.string().nullable(),
      notice: noticeShown,
      languages: z.array(z.string()).meta({ description: "In which there is a notice." }),
      uses: z.array(
        z.object({
          use: z.enum(["find", "keep_photo"]),
          title: z.string(),
          chosen: z.literal(false).meta({ description: "Every toggle is off at first." }),
          needed: z.boolean().meta({ description: "There is no yes without it." }),
        }),
      ),
      alternative: z.string().meta({ description: "What people get who say no." }),
      ageFloor: z.int().meta({ description: "Below it somebody stands in for the person." }),
      retentionDays: z.int(),
      uploadPhoto: z.boolean().meta({
        description: "Whether they may hand in a picture of their face, or use the camera alone.",
      }),
      contact: z.string().nullable().meta({ description: "The address it was sent to." }),
    }),
    status: 200,
    errors: ["invite_over"],
    repeat: "anew",
    example: {
      as: "nobody",
      body: { token: "$invitetoken", language: "en" },
      keeps: { noticehash: "notice.hash" },
    },
  }),
  declineInvite: defineRoute({
    method: "POST",
    path: "/api/v1/invites/no",
    summary: "Say no: the invite is closed, and nothing is kept of the person.",
    access: { who: ["nobody"], scope: null },
    body: z.object({ token }),
    response: done,
    status: 200,
    errors: ["invite_over"],
    example: { as: "nobody", body: { token: "$refusedtoken" } },
  }),
  acceptInvite: defineRoute({
    method: "POST",
    path: "/api/v1/invites/yes",
    summary: "Say yes to the uses chosen. The signed receipt is the answer; you are signed in.",
    access: { who: ["nobody"], scope: null },
    body: z.object({
      token,
      noticeHash: z
        .string()
        .regex(/^[0-9a-f]{64}$/u)
        .meta({ description: "Of the notice that was shown." }),
      language,
      uses: z.strictObject({
        find: z.boolean().default(false),
        keep_photo: z.boolean().default(false),
      }),
      declaration: text(DECLARATION_LENGTH_MAX).meta({ description: "The words agreed to." }),
      name: text(NAME_LENGTH_MAX),
      contact: text(CONTACT_LENGTH_MAX).meta({ description: "An e-mail address." }),
      born: day.optional().meta({ description: "Where the age is near the collection's floor." }),
      guardian: z
        .strictObject({ name: text(EVIDENCE_LENGTH_MAX), relation: text(EVIDENCE_LENGTH_MAX) })
        .optional(),
    }),
    response: z.object({
      collection: collectionId,
      subject: subjectId,
      grant: grantId,
      consent: consentId,
      expiresAt: instant,
      receipt: z.string().meta({ description: "JWS; /.well-known/assent-receipt-keys.json." }),
      receiptHash: z.string().meta({ description: "SHA-256 of the receipt, in hex." }),
    }),
    status: 201,
    errors: [
      "invite_over",
      "use_missing",
      "notice_unknown",
      "notice_outdated",
      "subject_known",
      "subject_name_invalid",
      "subject_contact_invalid",
      "declaration_missing",
      "consent_withdrawn",
      "born_invalid",
      "born_missing",
      "guardian_invalid",
      "guardian_needed",
      "guardian_not_needed",
      "collection_closed",
    ],
    repeat: "forget",
    example: {
      as: "nobody",
      body: {
        token: "$invitetoken",
        noticeHash: "$noticehash",
        language: "en",
        uses: { find: true, keep_photo: false },
        declaration: "Yes, find me in these photos.",
        name: "Emma",
        contact: "emma@people.example",
      },
      keeps: { emma: "subject" },
    },
  }),
};
