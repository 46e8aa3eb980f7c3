import { z } from "zod";
import { defineRoute, READERS } from "./contract.ts";
import { done, fraction, noticeId, page, text } from "./fields.ts";
import { job } from "./jobs.ts";

const LINE_LENGTH_MAX = 500;
const RECIPIENTS_MAX = 50;
const NOTICE_LENGTH_MAX = 20_000;

const line = text(LINE_LENGTH_MAX);

/** Who answers for the instance, as notices, receipts and papers name them. */
export const operatorProfile = z
  .object({
    name: line,
    address: line,
    email: line,
    country: z
      .string()
      .regex(/^[A-Z]{2}$/u)
      .meta({ description: "Where they are established: ISO 3166-1 alpha-2." }),
    representative: line.optional().meta({ description: "In the Union (GDPR 27)." }),
    dataProtectionOfficer: line.optional().meta({ description: "Their contact (GDPR 37)." }),
    authority: z
      .strictObject({ name: line, address: line.optional() })
      .meta({ description: "Where people complain (GDPR 77)." }),
    url: line.optional().meta({ description: "Where people exercise their rights on the web." }),
    recipients: z.array(line).max(RECIPIENTS_MAX).optional(),
    transfers: line.optional().meta({ description: "Out of the Union; absent: none." }),
  })
  .meta({ id: "Operator" });

export const notice = z
  .object({
    id: noticeId,
    version: z.int(),
    language: z.string(),
    body: z.string(),
    hash: z.string().meta({ description: "SHA-256 of the body, as hex digits." }),
  })
  .meta({ id: "Notice", description: "What people are told before they say yes." });

export const noticeText = z.strictObject({
  language: text(20).meta({ description: "BCP 47, as en or nl-BE." }),
  own: text(NOTICE_LENGTH_MAX)
    .nullable()
    .default(null)
    .meta({
      description:
        "Your own first lines. Below them every item of GDPR 13 is written, in en and nl; in " +
        "another language it must be the whole notice.",
    }),
});

export const packName = z.enum(["recommended", "bundled"]);

const rates = z.array(z.object({ threshold: fraction, fmr: fraction, fnmr: fraction }));

/** How a pack errs within one group; the groups are small. */
const groupErrors = z.object({
  by: z.string(),
  group: z.string().meta({ description: "As the people of the set described themselves." }),
  people: z.int(),
  pairs: z.object({ mated: z.int(), nonMated: z.int() }),
  mostAlike: fraction.meta({ description: "The highest score of two people of the group." }),
  leastAlike: fraction.meta({ description: "The lowest score of one of them with themselves." }),
  at: rates,
});

export const pack = z
  .object({
    name: packName,
    title: z.string(),
    licence: z.string(),
    trainingData: z.string(),
    source: z.string(),
    templateSize: z.int(),
    thresholds: z.object({ match: fraction, uncertain: fraction, margin: fraction }),
    measuredError: z.array(
      z.object({
        data: z.string(),
        people: z.int(),
        pairs: z.object({ mated: z.int().nullable(), nonMated: z.int().nullable() }),
        at: rates,
        groups: z.array(groupErrors).optional(),
        note: z.string().optional(),
      }),
    ),
    forNew: z.boolean().meta({ description: "Whether new collections take it." }),
  })
  .meta({ id: "Pack", description: "A model pack, and how it errs where that was measured." });

export const operatorRoutes = {
  getOperator: defineRoute({
    method: "GET",
    path: "/api/v1/operator",
    summary: "Who answers for the instance; null where nobody has said so.",
    access: { who: READERS, scope: "read" },
    response: z.object({ operator: operatorProfile.nullable() }),
    status: 200,
    errors: [],
    example: { as: "auditor" },
  }),
  setOperator: defineRoute({
    method: "PUT",
    path: "/api/v1/operator",
    summary: "Say who answers for the instance. Notices and papers made from now on name them.",
    access: { who: ["owner"], scope: null },
    body: operatorProfile,
    response: z.object({ operator: operatorProfile.nullable() }),
    status: 200,
    errors: ["operator_invalid", "changed_meanwhile"],
    example: {
      as: "owner",
      body: {
        name: "The Club",
        address: "1 Long Street, Ghent",
        email: "office@club.example",
        country: "BE",
        authority: { name: "The Belgian data protection authority" },
      },
    },
  }),
  listNotices: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/notices",
    summary: "The notices in force, one for each language; the collection's own language first.",
    access: { who: READERS, scope: "read" },
    response: page(notice),
    status: 200,
    errors: ["collection_unknown"],
    example: { as: "staff", keeps: { notice: "items.0.id" } },
  }),
  previewNotice: defineRoute({
    method: "POST",
    path: "/api/v1/collections/:collection/notices/preview",
    summary: "See what a notice would say. Nothing is published.",
    access: { who: READERS, scope: null },
    body: noticeText,
    response: z.object({ language: z.string(), body: z.string() }),
    status: 200,
    errors: ["collection_unknown", "operator_unknown", "language_unknown", "notice_invalid"],
    example: { as: "staff", body: { language: "nl" } },
  }),
  publishNotice: defineRoute({
    method: "POST",
    path: "/api/v1/collections/:collection/notices",
    summary:
      "Publish the next version of a notice. Those who said yes to an older one stay bound to it.",
    access: { who: ["owner"], scope: null },
    body: noticeText,
    response: notice,
    status: 201,
    errors: ["collection_unknown", "operator_unknown", "language_unknown", "notice_invalid"],
    example: { as: "owner", body: { language: "nl" } },
  }),
  listPacks: defineRoute({
    method: "GET",
    path: "/api/v1/packs",
    summary: "The model packs: what they are, and how they err.",
    access: { who: READERS, scope: "read" },
    response: page(pack),
    status: 200,
    errors: [],
    example: { as: "auditor" },
  }),
  choosePack: defineRoute({
    method: "PUT",
    path: "/api/v1/packs/for-new",
    summary: "Have new collections take a pack. Those that are there keep theirs.",
    access: { who: ["owner"], scope: null },
    body: z.object({ pack: packName }),
    response: done,
    status: 200,
    errors: ["model_missing", "model_changed"],
    example: { as: "owner", body: { pack: "bundled" } },
  }),
  changePack: defineRoute({
    method: "POST",
    path: "/api/v1/collections/:collection/pack",
    summary:
      "Move a collection to another pack, as a job. Whoever let their photo be kept stays found; the others must enrol again.",
    access: { who: ["owner"], scope: null },
    body: z.object({ pack: packName }),
    response: job,
    status: 202,
    errors: ["collection_unknown", "collection_closed", "model_missing", "model_changed"],
    example: { as: "owner", body: { pack: "recommended" }, turn: 7 },
  }),
};
