/** The vocabularies of a receipt's names. `assent` is ours. */
const PREFIXES = {
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

const NAME = { "@type": "@id" } as const;
const TIME = { "@type": "xsd:dateTime" } as const;

/**
 * The JSON-LD context of receipts, carried whole in each of them: prefixes with their namespaces,
 * and which values are names or times rather than texts. Nothing is to be fetched. The terms are
 * those of the Data Privacy Vocabulary, version 2, as its guide to ISO/IEC TS 27560:2023 uses them
 * (https://w3id.org/dpv/guides/consent-27560).
 */
export const RECEIPT_CONTEXT = {
  ...PREFIXES,
  xsd: "http://www.w3.org/2001/XMLSchema#",
  "dct:conformsTo": NAME,
  "dct:created": TIME,
  "dpv:hasIndicationMethod": NAME,
  "dpv:hasJurisdiction": NAME,
  "dpv:hasLegalBasis": NAME,
  "dpv:hasLocation": NAME,
  "dpv:hasPersonalData": NAME,
  "dpv:hasProcessing": NAME,
  "dpv:isIndicatedAtTime": TIME,
  "dpv:isIndicatedBy": NAME,
  "rdf:value": TIME,
  "skos:broader": NAME,
} as const;

/** Every context that receipts ever had: at first it did not tell names and times from texts. */
export const RECEIPT_CONTEXTS = [RECEIPT_CONTEXT, PREFIXES] as const;

/** The profiles of receipts and of the records in them that hold what the GDPR asks for. */
export const RECEIPT_PROFILE = "https://w3id.org/dpv/schema/dpv-27560#receipt-eu-gdpr";
export const RECORD_PROFILE = "https://w3id.org/dpv/schema/dpv-27560#record-eu-gdpr";
