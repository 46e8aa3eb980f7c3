import { z } from "zod";
import { defineRoute } from "./contract.ts";
import { collectionId, instant, noticeId } from "./fields.ts";
import { witnessState } from "./ledger.ts";
import { notice, operatorProfile, pack } from "./operator.ts";

const atLeast = z.int().meta({ description: "People, rounded down to tens." });

const openCollection = z
  .object({
    id: collectionId,
    name: z.string(),
    purpose: z.string(),
    contact: z.string(),
    alternative: z.string().meta({ description: "What people get who say no." }),
    retentionDays: z.int(),
    graceDays: z.int(),
    ageFloor: z.int(),
    sceneBasis: z.string().nullable(),
    pack: z.string(),
    keyMode: z.enum(["operator-held"]).meta({
      description:
        "Who holds the keys of templates. `operator-held`: the operator, for each consent one.",
    }),
    closed: z.boolean(),
    notices: z.array(
      z.object({
        id: noticeId,
        version: z.int(),
        language: z.string(),
        hash: z.string().meta({ description: "SHA-256 of its text." }),
      }),
    ),
    photos: z.int(),
    peopleAtLeast: atLeast,
    searches: z
      .array(z.object({ month: z.string(), count: z.int() }))
      .meta({ description: "Of finished months, the oldest first." }),
  })
  .meta({ id: "OpenCollection" });

export const transparency = z
  .object({
    at: instant,
    operator: operatorProfile.nullable(),
    collections: z.array(openCollection),
    schedule: z.array(z.object({ what: z.string(), howLong: z.string(), why: z.string() })),
    packs: z.array(pack.omit({ forNew: true })),
    erasuresAtLeast: atLeast,
    witness: witnessState,
    ledgerKeys: z.array(z.string()),
    receiptKeys: z
      .array(z.record(z.string(), z.unknown()))
      .meta({ description: "JWKs that check receipts and certificates." }),
  })
  .meta({ id: "Transparency", description: "What anybody may know; nothing of a person." });

export const transparencyRoutes = {
  getTransparency: defineRoute({
    method: "GET",
    path: "/api/v1/transparency",
    summary: "What this instance is for, how it errs, what it keeps, and how it is watched.",
    access: { who: ["nobody"], scope: null },
    query: z.object({
      language: z.enum(["en", "nl"]).default("en").meta({ description: "Of the schedule." }),
    }),
    response: transparency,
    status: 200,
    errors: [],
    example: { as: "nobody" },
  }),
  readNotice: defineRoute({
    method: "GET",
    path: "/api/v1/transparency/notices/:notice",
    summary: "A notice, of whichever version: whoever said yes can read again to what.",
    access: { who: ["nobody"], scope: null },
    response: notice,
    status: 200,
    errors: ["notice_unknown"],
    example: { as: "nobody" },
  }),
};
