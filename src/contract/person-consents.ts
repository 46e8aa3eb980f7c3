import { z } from "zod";
import { defineRoute, STAFF } from "./contract.ts";
import { consentId, grantId, instant, text } from "./fields.ts";
import { EVIDENCE_LENGTH_MAX, PAPER_ERRORS, paperForm } from "./paper-form.ts";

const LANGUAGE_LENGTH_MAX = 35;

/** What a form bears is for those who took it in; programs and auditors have the record. */
const TAKERS = { who: STAFF, scope: null } as const;

const languageQuery = z.object({
  language: text(LANGUAGE_LENGTH_MAX).default("en").meta({ description: "BCP 47." }),
});

export const personConsentRoutes = {
  renewPerson: defineRoute({
    method: "POST",
    path: "/api/v1/collections/:collection/people/:subject/renewal",
    summary: "Renew a consent in force by a newer form, without a photo.",
    access: { who: STAFF, scope: "people" },
    body: z.object({
      ...paperForm,
      guardian: z
        .strictObject({ name: text(EVIDENCE_LENGTH_MAX), relation: text(EVIDENCE_LENGTH_MAX) })
        .optional(),
      keepPhoto: z.boolean().nullable().default(null).meta({
        description: "Whether the photo may be kept from now on; null: as it was.",
      }),
    }),
    response: z.object({
      outcome: z.enum(["renewed", "kept"]).meta({
        description: "kept: this form, or a newer one, was recorded before.",
      }),
      grant: grantId,
      expiresAt: instant,
    }),
    status: 200,
    errors: ["subject_unknown", "no_live_grant", "collection_closed", ...PAPER_ERRORS],
    example: {
      as: "staff",
      body: { form: "binder 1, page 2", signedOn: "$today", witness: "Bert" },
    },
  }),
  listPersonReceipts: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/people/:subject/receipts",
    summary: "The receipts of a person's consents for a collection, the oldest first.",
    access: TAKERS,
    response: z.object({
      items: z.array(z.object({ consent: consentId, grant: grantId, madeAt: z.iso.datetime() })),
    }),
    status: 200,
    errors: ["subject_unknown", "subject_erased"],
    example: { as: "staff", keeps: { consent: "items.0.consent" } },
  }),
  readPersonReceiptPage: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/people/:subject/receipts/:consent/page",
    summary: "A person's receipt as a page to read and print.",
    access: TAKERS,
    query: languageQuery,
    response: z.unknown(),
    produces: "text/html",
    status: 200,
    errors: ["receipt_missing"],
    example: { as: "staff" },
  }),
  readPersonReceiptPdf: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/people/:subject/receipts/:consent/pdf",
    summary: "A person's receipt as a PDF, to hand to them.",
    access: TAKERS,
    query: languageQuery,
    response: z.unknown(),
    produces: "application/pdf",
    status: 200,
    errors: ["receipt_missing"],
    example: { as: "staff" },
  }),
};
