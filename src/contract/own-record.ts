import { z } from "zod";
import { defineRoute } from "./contract.ts";
import {
  collectionId,
  consentId,
  done,
  grantId,
  instant,
  page,
  pageQuery,
  searchId,
  text,
} from "./fields.ts";
import { record } from "./record.ts";

const NAME_LENGTH_MAX = 200;
const CONTACT_LENGTH_MAX = 320;
const LANGUAGE_LENGTH_MAX = 35;

/** Rights are the person's own: nobody asks in their name here, and no key does. */
const OWN = { who: ["subject"], scope: null } as const;
const languageQuery = z.object({
  language: text(LANGUAGE_LENGTH_MAX).default("en").meta({ description: "BCP 47." }),
});
const named = z.object({ id: collectionId, name: z.string() });

const ownGrant = z
  .object({
    id: grantId,
    collection: z.object({
      id: collectionId,
      name: z.string(),
      purpose: z.string(),
      contact: z.string(),
      uploadPhoto: z.boolean().meta({
        description: "Whether you may hand in a picture of your face instead of using the camera.",
      }),
    }),
    state: z.enum(["granted", "paused", "withdrawn", "expired", "erased"]),
    uses: z.array(z.string()),
    from: z.iso.datetime(),
    until: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
    enrolled: z.boolean().meta({ description: "There is a face template." }),
  })
  .meta({ id: "OwnGrant" });

const receipt = z
  .object({
    consent: consentId,
    grant: grantId,
    collection: collectionId,
    jws: z.string(),
    hash: z.string().meta({ description: "SHA-256 of `jws`, in hex." }),
  })
  .meta({ id: "Receipt" });

const ownSearch = z
  .object({
    id: searchId,
    collection: named,
    by: z.string().meta({ description: "The id of the account or key." }),
    role: z.enum(["owner", "staff", "auditor", "key", "operator"]).meta({
      description: "`operator`: somebody at the machine itself.",
    }),
    purpose: z.string(),
    startedAt: instant,
    recordedAt: instant,
    returned: z.enum(["match", "uncertain"]).nullable().meta({
      description: "Null: it did not return you.",
    }),
    entry: z.int().nullable().meta({ description: "The number of your entry that says so." }),
    keptUntil: instant.nullable().meta({
      description: "To when what was searched with was to be kept; null: it was deleted at once.",
    }),
  })
  .meta({ id: "OwnSearch" });

const proof = z
  .object({
    schema: z.literal("assent-entry-proof/1"),
    opening: z.object({ salt: z.string(), event: z.record(z.string(), z.json()) }),
    leafIndex: z.int(),
    proof: z.object({ leafIndex: z.int(), treeSize: z.int(), hashes: z.array(z.string()) }),
    checkpoint: z.string().meta({ description: "Signed note (C2SP tlog-checkpoint)." }),
    key: z.string().meta({ description: "The verifier key of the ledger." }),
  })
  .meta({ id: "EntryProof", description: "What anybody can check without the instance." });

const signature = z
  .looseObject({ id: z.string().max(1400) })
  .meta({ description: "What navigator.credentials.get gave (Web Authentication, 5.1.4)." });

export const ownRecordRoutes = {
  readRecord: defineRoute({
    method: "GET",
    path: "/api/v1/people/:subject/record",
    summary: "Everything held about you. That you read it is noted.",
    access: OWN,
    response: record,
    status: 200,
    errors: ["subject_unknown", "subject_erased"],
    example: { as: "subject" },
  }),
  exportRecord: defineRoute({
    method: "GET",
    path: "/api/v1/people/:subject/export",
    summary: "Everything held about you in one archive that anybody can check: assent verify.",
    access: OWN,
    response: z.unknown(),
    produces: "application/zip",
    status: 200,
    errors: ["subject_unknown", "subject_erased", "overloaded"],
    example: { as: "subject" },
  }),
  listGrants: defineRoute({
    method: "GET",
    path: "/api/v1/people/:subject/grants",
    summary: "What you have said yes to, and how it stands.",
    access: OWN,
    response: z.object({ items: z.array(ownGrant) }),
    status: 200,
    errors: ["subject_unknown", "subject_erased"],
    example: { as: "subject" },
  }),
  listReceipts: defineRoute({
    method: "GET",
    path: "/api/v1/people/:subject/receipts",
    summary: "The signed receipts of your consents, the oldest first.",
    access: OWN,
    response: z.object({ items: z.array(receipt) }),
    status: 200,
    errors: ["subject_unknown", "subject_erased"],
    example: { as: "subject", keeps: { consent: "items.0.consent" } },
  }),
  readReceiptPage: defineRoute({
    method: "GET",
    path: "/api/v1/people/:subject/receipts/:consent/page",
    summary: "A receipt as a page to read and print.",
    access: OWN,
    query: languageQuery,
    response: z.unknown(),
    produces: "text/html",
    status: 200,
    errors: ["receipt_missing"],
    example: { as: "subject" },
  }),
  readReceiptPdf: defineRoute({
    method: "GET",
    path: "/api/v1/people/:subject/receipts/:consent/pdf",
    summary: "A receipt as a PDF.",
    access: OWN,
    query: languageQuery,
    response: z.unknown(),
    produces: "application/pdf",
    status: 200,
    errors: ["receipt_missing"],
    example: { as: "subject" },
  }),
  mailReceipt: defineRoute({
    method: "POST",
    path: "/api/v1/people/:subject/receipts/:consent/mail",
    summary: "Have a receipt mailed to your own address, to read and as it was signed.",
    access: OWN,
    body: z.object({ language: languageQuery.shape.language }),
    response: done,
    status: 202,
    errors: ["receipt_missing", "receipt_mails_spent", "subject_erased"],
    example: { as: "subject", body: { language: "en" } },
  }),
  startReceiptSignature: defineRoute({
    method: "POST",
    path: "/api/v1/people/:subject/receipts/:consent/signature/options",
    summary: "What a browser needs to sign a receipt's hash with one of your passkeys.",
    access: OWN,
    response: z
      .looseObject({ challenge: z.string() })
      .meta({ description: "Options for navigator.credentials.get (Web Authentication, 5.5)." }),
    status: 200,
    errors: ["receipt_missing", "passkey_refused"],
    repeat: "anew",
    example: { as: "subject", keeps: { receiptchallenge: "challenge" } },
  }),
  signReceipt: defineRoute({
    method: "POST",
    path: "/api/v1/people/:subject/receipts/:consent/signature",
    summary: "Add your passkey's signature over a receipt's hash to its evidence.",
    access: OWN,
    body: z.object({ response: signature }),
    response: done,
    status: 200,
    errors: ["receipt_missing", "receipt_signature_invalid", "passkey_refused"],
    example: {
      as: "subject",
      body: {
        response: {
          id: "$ownpasskey",
          rawId: "$ownpasskey",
          type: "public-key",
          response: {
            clientDataJSON: "$client",
            authenticatorData: "$authenticator",
            signature: "$signature",
          },
        },
      },
    },
  }),
  listOwnSearches: defineRoute({
    method: "GET",
    path: "/api/v1/people/:subject/searches",
    summary: "Who searched your collections, when and why, and whether it found you; newest first.",
    access: OWN,
    query: z.object(pageQuery),
    response: page(ownSearch),
    status: 200,
    errors: ["subject_unknown", "subject_erased", "cursor_invalid"],
    example: { as: "subject", keeps: { search: "items.0.id" } },
  }),
  proveOwnSearch: defineRoute({
    method: "GET",
    path: "/api/v1/people/:subject/searches/:search/proof",
    summary: "The entry that records a search, whether it found you or not, with what proves it.",
    access: OWN,
    response: proof,
    status: 200,
    errors: ["search_unknown", "subject_erased"],
    example: { as: "subject" },
  }),
  proveOwnEntry: defineRoute({
    method: "GET",
    path: "/api/v1/people/:subject/entries/:number/proof",
    summary: "One of your ledger entries with what proves that the ledger holds it.",
    access: OWN,
    response: proof,
    status: 200,
    errors: ["entry_unknown", "subject_erased"],
    example: { as: "subject", params: { subject: "$subject", number: "1" } },
  }),
  watchOwnProgress: defineRoute({
    method: "GET",
    path: "/api/v1/people/:subject/progress",
    summary: "How far the photos of your collections are looked through for you.",
    access: OWN,
    response: z.object({
      items: z.array(
        z.object({
          collection: named,
          state: z.enum(["queued", "running", "done", "failed", "cancelled"]).nullable().meta({
            description: "Null: it never had to be.",
          }),
          done: z.int().meta({ description: "Photos." }),
          total: z.int().nullable(),
        }),
      ),
    }),
    status: 200,
    errors: [],
    example: { as: "subject" },
  }),
  correctName: defineRoute({
    method: "PUT",
    path: "/api/v1/people/:subject/name",
    summary: "Have your name corrected.",
    access: OWN,
    body: z.object({ name: text(NAME_LENGTH_MAX) }),
    response: done,
    status: 200,
    errors: ["subject_name_invalid", "subject_known", "subject_erased"],
    example: { as: "subject", body: { name: "Anna" } },
  }),
  askContactChange: defineRoute({
    method: "POST",
    path: "/api/v1/people/:subject/contact",
    summary: "Change your address: a link is sent to the new one, and nothing changes before it.",
    access: OWN,
    body: z.object({ contact: text(CONTACT_LENGTH_MAX) }),
    response: done,
    status: 202,
    errors: ["subject_contact_invalid", "contact_changes_spent", "subject_erased"],
    example: { as: "subject", body: { contact: "anna@home.example" } },
  }),
  confirmContactChange: defineRoute({
    method: "POST",
    path: "/api/v1/contact-changes/confirm",
    summary: "Confirm a new address with the link that was sent to it.",
    access: { who: ["nobody"], scope: null },
    body: z.object({
      token: z
        .string()
        .regex(/^[\w-]{43}$/u)
        .meta({ description: "What stands behind # in the link." }),
    }),
    response: done,
    status: 200,
    errors: ["contact_change_over", "subject_known", "subject_erased"],
    example: { as: "nobody", body: { token: "$contacttoken" } },
  }),
};
