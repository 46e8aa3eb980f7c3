import { z } from "zod";
import { canonicalText, type Json } from "./canonical.ts";
import { VerifyError } from "./errors.ts";
import { type KeySet, verifyJws } from "./jws.ts";
import { RECEIPT_CONTEXTS, RECEIPT_PROFILE, RECORD_PROFILE } from "./receipt-context.ts";

/** The header type of a signed receipt. */
export const RECEIPT_TYPE = "assent-receipt";
/** A form is dated by the day, and it may be tomorrow where it was signed. */
const CLOCK_LEEWAY_MS = 24 * 60 * 60 * 1000;

/** A receipt is read by people: none of its texts is a document. */
const text = z.string().min(1).max(20_000);
const id = z.string().regex(/^urn:assent:[\w-]{1,100}$/u);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/u);
const time = z.iso.datetime();
const place = z.string().regex(/^loc:[A-Z]{2}$/u);

const contexts = new Set(RECEIPT_CONTEXTS.map(canonicalText));
const context = z.custom<(typeof RECEIPT_CONTEXTS)[number]>(
  (value) => value !== undefined && contexts.has(canonicalText(value as Json)),
);

const notice = z.strictObject({
  "@id": id,
  "@type": z.literal("dpv:ConsentNotice"),
  "dct:language": text,
  "dct:hasVersion": z.int().positive(),
  "assent:sha256": sha256,
});

/** Name, address and country are absent where the operator never said who they are. */
const controller = z.strictObject({
  "@type": z.literal("dpv:DataController"),
  "schema:name": text.exactOptional(),
  "schema:address": text.exactOptional(),
  "schema:email": text,
  "schema:url": text.exactOptional(),
  "dpv:hasRepresentative": text.exactOptional(),
  "dpv:hasDataProtectionOfficer": text.exactOptional(),
});

const authority = z.strictObject({
  "@type": z.literal("dpv:DataProtectionAuthority"),
  "schema:name": text,
  "schema:address": text.exactOptional(),
});

/** One use of the data, with what of it is used and how. */
const processOf = z.strictObject({
  "@type": z.literal("dpv:Process"),
  "dct:identifier": z.enum(["find", "keep_photo"]),
  "dpv:hasPurpose": z.strictObject({
    "@type": z.literal("dpv:Purpose"),
    "skos:broader": z.literal("dpv:ServiceProvision"),
    "dct:description": text,
  }),
  "dpv:hasLegalBasis": z.tuple([z.literal("eu-gdpr:A6-1-a"), z.literal("eu-gdpr:A9-2-a")]),
  "dpv:hasPersonalData": z.array(z.enum(["pd:FacialPrint", "pd:Picture"])).min(1),
  "dpv:hasProcessing": z
    .array(z.enum(["dpv:Collect", "dpv:Derive", "dpv:Match", "dpv:Store", "dpv:Erase"]))
    .min(1),
  "dpv:hasRecipient": z.array(text).min(1),
  "dpv:hasStorageCondition": z.strictObject({
    "@type": z.literal("dpv:StorageCondition"),
    "dpv:hasDuration": z.strictObject({
      "@type": z.literal("dpv:UntilTimeDuration"),
      "rdf:value": time,
    }),
    /** Days after the end in which a mistake can be undone; then it is gone. */
    "assent:graceDays": z.int().nonnegative(),
    "dpv:hasLocation": place.exactOptional(),
    /** Where else the data goes, with the safeguard. */
    "dct:description": text.exactOptional(),
  }),
});

const status = z.strictObject({
  "@type": z.enum(["dpv:ConsentGiven", "dpv:RenewedConsentGiven"]),
  "dpv:isIndicatedAtTime": time,
  "dpv:isIndicatedBy": z.enum(["dpv:DataSubject", "dpv:GuardianOfDataSubject"]),
  "dpv:hasIndicationMethod": z.enum(["assent:paper", "assent:web"]),
  "dpv:hasDuration": z.strictObject({
    "@type": z.literal("dpv:UntilTimeDuration"),
    "rdf:value": time,
  }),
});

const record = z.strictObject({
  "@id": id,
  "@type": z.literal("dpv:ConsentRecord"),
  "dct:conformsTo": z.literal(RECORD_PROFILE),
  "dct:identifier": text,
  "dpv:hasDataSubject": z.strictObject({
    "@type": z.literal("dpv:DataSubject"),
    /** A keyed digest: another one in each collection, and no name. */
    "dct:identifier": sha256,
  }),
  "dpv:hasNotice": notice,
  "dpv:hasDataController": controller,
  "dpv:hasAuthority": authority.exactOptional(),
  "dpv:hasJurisdiction": place.exactOptional(),
  "dpv:hasProcess": z.array(processOf).min(1).max(2),
  "dpv:hasConsentControl": z.strictObject({
    "@type": z.literal("dpv:WithdrawConsent"),
    "dpv:isExercisedAt": text,
  }),
  "dpv:hasRight": z.strictObject({
    "@type": z.array(z.string().regex(/^eu-gdpr:A[\d-]{1,8}$/u)).min(1),
    "dpv:isExercisedAt": text,
  }),
  "dpv:hasConsentStatus": status,
  "assent:collection": z.strictObject({ "@id": id, "schema:name": text }),
  "assent:modelPack": text,
  /** Who holds the key of the template (EDPB Opinion 11/2024). */
  "assent:keyMode": z.literal("operator-held"),
});

/** A consent receipt: ISO/IEC TS 27560:2023 in terms of DPV 2, as JSON-LD. */
export const receiptSchema = z.strictObject({
  "@context": context,
  "@id": id,
  "@type": z.literal("dpv:ConsentReceipt"),
  "dct:conformsTo": z.literal(RECEIPT_PROFILE),
  "dct:created": time,
  "dpv:hasIdentifier": text,
  "dpv:hasRecordOfActivity": record,
});

export type Receipt = z.infer<typeof receiptSchema>;

/**
 * Checks a signed receipt: its signature, its form, and that its dates can be true. That it has run
 * out since, or was withdrawn, makes it no less authentic. Throws VerifyError: format_invalid,
 * key_unknown, signature_invalid.
 */
export async function verifyReceipt(jws: string, keySet: KeySet): Promise<Receipt> {
  const payload = await verifyJws(jws, RECEIPT_TYPE, keySet);
  const parsed = receiptSchema.safeParse(payload);
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join(" / ") ?? "";
    throw new VerifyError("format_invalid", `This is no receipt as we know it: ${where} is wrong.`);
  }
  checkDates(parsed.data);
  return parsed.data;
}

function checkDates(receipt: Receipt): void {
  const { "dpv:hasConsentStatus": given } = receipt["dpv:hasRecordOfActivity"];
  const created = Date.parse(receipt["dct:created"]);
  const start = Date.parse(given["dpv:isIndicatedAtTime"]);
  const end = Date.parse(given["dpv:hasDuration"]["rdf:value"]);
  if (start <= created + CLOCK_LEEWAY_MS && created < end && start < end) return;
  throw new VerifyError("format_invalid", "The dates of this receipt contradict each other.");
}
