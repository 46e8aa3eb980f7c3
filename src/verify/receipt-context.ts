/**
 * The JSON-LD context of receipts, carried whole in each of them: a prefix and its namespace, and
 * nothing to be fetched. The terms are those of the Data Privacy Vocabulary, version 2, as its guide
 * to ISO/IEC TS 27560:2023 uses them (https://w3id.org/dpv/guides/consent-27560); `assent` are ours.
 */
export const RECEIPT_CONTEXT = {
  assent: "urn:assent:",
  dct: "http://purl.org/dc/terms/",
  dpv: "https://w3id.org/dpv#",
  "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
  loc: "https://w3id.org/dpv/loc#",
  pd: "https://w3id.org/dpv/pd#",
  rdf: "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
  schema: "https://schema.org/",
  skos: "http://www.w3.org/2004/02/skos/core#",
} as const;

/** The profiles of receipts and of the records in them that hold what the GDPR asks for. */
export const RECEIPT_PROFILE = "https://w3id.org/dpv/schema/dpv-27560#receipt-eu-gdpr";
export const RECORD_PROFILE = "https://w3id.org/dpv/schema/dpv-27560#record-eu-gdpr";
