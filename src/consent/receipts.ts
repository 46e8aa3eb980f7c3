import type { Clock, Instant } from "../base/clock.ts";
import type { CollectionId, ConsentId, GrantId, SubjectId } from "../base/ids.ts";
import { openSigner } from "../ledger/signing.ts";
import type { Reader } from "../storage/db.ts";
import type { Vault } from "../storage/vault.ts";
import { type Receipt, RECEIPT_TYPE } from "../verify/receipt.ts";
import { RECEIPT_CONTEXT, RECEIPT_PROFILE, RECORD_PROFILE } from "../verify/receipt-context.ts";
import type { GrantUse } from "./consent.ts";
import type { Evidence } from "./evidence.ts";
import type { Notice } from "./notices.ts";
import { type Operator, readOperator } from "./operator.ts";
import type { CollectionRules } from "./rules.ts";
import type { Term } from "./term.ts";

/** Where a service publishes the key set that receipts are checked with. */
export const RECEIPT_KEYS_PATH = "/.well-known/assent-receipt-keys.json";

/** R24: who holds the key of a template. It lies with the operator, one for each grant. */
export const KEY_MODE = "operator-held";

/** The articles of the GDPR whose rights a person has over what they agreed to. */
const RIGHTS = [
  "eu-gdpr:A7-3",
  "eu-gdpr:A15",
  "eu-gdpr:A16",
  "eu-gdpr:A17",
  "eu-gdpr:A18",
  "eu-gdpr:A20",
  "eu-gdpr:A21",
  "eu-gdpr:A77",
];

/** What a receipt is made from. */
export interface ReceiptFacts {
  readonly kind: "grant.given" | "grant.renewed";
  readonly consent: ConsentId;
  readonly grant: GrantId;
  readonly subject: SubjectId;
  readonly rules: CollectionRules;
  readonly notice: Notice;
  readonly uses: readonly GrantUse[];
  readonly evidence: Evidence;
  readonly term: Term;
}

/** Makes and signs the receipt of a consent, in the consent's own transaction. A compact JWS. */
export async function issueReceipt(
  db: Reader,
  vault: Vault,
  clock: Clock,
  facts: ReceiptFacts,
): Promise<string> {
  const pairwise = vault.index("receipt/subject", `${facts.subject}/${facts.rules.id}`);
  const receipt = buildReceipt(facts, await readOperator(db), pairwise, clock.now());
  const signer = await openSigner(db, vault, "receipts");
  return signer.signJws(RECEIPT_TYPE, receipt);
}

/** A receipt as it is kept. */
export interface KeptReceipt {
  readonly consent: ConsentId;
  readonly grant: GrantId;
  readonly collection: CollectionId;
  readonly jws: string;
}

/**
 * A subject's receipts, the oldest first. Consents from before there were receipts, and of grants
 * whose evidence was deleted, have none.
 */
export async function receiptsOf(
  db: Reader,
  vault: Vault,
  subject: SubjectId,
): Promise<readonly KeptReceipt[]> {
  const rows = await db.read
    .selectFrom("consents")
    .innerJoin("grants", "grants.id", "consents.grant_id")
    .select(["consents.id", "grant_id", "collection_id", "sealed_receipt"])
    .where("subject_id", "=", subject)
    .execute();
  const owner = { kind: "subject", id: subject } as const;
  const receipts: KeptReceipt[] = [];
  for (const { id: consent, grant_id: grant, collection_id: collection, sealed_receipt } of rows) {
    if (!sealed_receipt) continue;
    const text = await vault.unseal(db, owner, sealed_receipt, ["receipt", consent]);
    receipts.push({ consent, grant, collection, jws: text.toString() });
  }
  // Forms bear a day and no hour; receipts are made in the order in which consents were recorded.
  return receipts.toSorted((a, b) => madeAt(a.jws).localeCompare(madeAt(b.jws)));
}

/** When a receipt of ours was made, as an ISO date and time. */
export function madeAt(jws: string): string {
  const payload = Buffer.from(jws.split(".")[1] ?? "", "base64url").toString();
  return (JSON.parse(payload) as Receipt)["dct:created"];
}

/** What the receipt says. Of the person only a keyed digest, another one in each collection. */
function buildReceipt(
  facts: ReceiptFacts,
  operator: Operator | null,
  pairwise: string,
  now: Instant,
): Receipt {
  const { consent, grant, rules, notice } = facts;
  const exercised = operator?.url ?? `mailto:${rules.contact}`;
  return {
    "@context": RECEIPT_CONTEXT,
    "@id": `urn:assent:${consent}`,
    "@type": "dpv:ConsentReceipt",
    "dct:conformsTo": RECEIPT_PROFILE,
    "dct:created": timeOf(now),
    "dpv:hasIdentifier": consent,
    "dpv:hasRecordOfActivity": {
      "@id": `urn:assent:${grant}`,
      "@type": "dpv:ConsentRecord",
      "dct:conformsTo": RECORD_PROFILE,
      "dct:identifier": grant,
      "dpv:hasDataSubject": { "@type": "dpv:DataSubject", "dct:identifier": pairwise },
      "dpv:hasNotice": {
        "@id": `urn:assent:${notice.id}`,
        "@type": "dpv:ConsentNotice",
        "dct:language": notice.language,
        "dct:hasVersion": notice.version,
        "assent:sha256": notice.hash,
      },
      "dpv:hasDataController": controllerOf(operator, rules),
      ...(operator ? authorityOf(operator) : {}),
      "dpv:hasProcess": facts.uses.map((use) => processOf(use, facts, operator)),
      "dpv:hasConsentControl": {
        "@type": "dpv:WithdrawConsent",
        "dpv:isExercisedAt": exercised,
      },
      "dpv:hasRight": { "@type": RIGHTS, "dpv:isExercisedAt": exercised },
      "dpv:hasConsentStatus": statusOf(facts),
      "assent:collection": { "@id": `urn:assent:${rules.id}`, "schema:name": rules.name },
      "assent:modelPack": rules.pack,
      "assent:keyMode": KEY_MODE,
    },
  };
}

type Record = Receipt["dpv:hasRecordOfActivity"];

function controllerOf(
  operator: Operator | null,
  { contact }: CollectionRules,
): Record["dpv:hasDataController"] {
  if (!operator) return { "@type": "dpv:DataController", "schema:email": contact };
  const { representative, dataProtectionOfficer, url } = operator;
  return {
    "@type": "dpv:DataController",
    "schema:name": operator.name,
    "schema:address": operator.address,
    "schema:email": operator.email,
    ...(url === undefined ? {} : { "schema:url": url }),
    ...(representative === undefined ? {} : { "dpv:hasRepresentative": representative }),
    ...(dataProtectionOfficer === undefined
      ? {}
      : { "dpv:hasDataProtectionOfficer": dataProtectionOfficer }),
  };
}

function authorityOf({
  authority,
  country,
}: Operator): Pick<Record, "dpv:hasAuthority" | "dpv:hasJurisdiction"> {
  return {
    "dpv:hasAuthority": {
      "@type": "dpv:DataProtectionAuthority",
      "schema:name": authority.name,
      ...(authority.address === undefined ? {} : { "schema:address": authority.address }),
    },
    "dpv:hasJurisdiction": `loc:${country}`,
  };
}

const DATA = {
  find: {
    "dpv:hasPersonalData": ["pd:FacialPrint", "pd:Picture"],
    "dpv:hasProcessing": ["dpv:Collect", "dpv:Derive", "dpv:Store", "dpv:Match", "dpv:Erase"],
  },
  keep_photo: {
    "dpv:hasPersonalData": ["pd:Picture"],
    "dpv:hasProcessing": ["dpv:Store", "dpv:Derive", "dpv:Erase"],
  },
} as const satisfies { readonly [Use in GrantUse]: object };

/** What the photo of enrolment is kept for; the other purpose is the collection's own. */
const KEEP_PHOTO_PURPOSE = "keep the enrolment photo, to make the face template anew from it";

function processOf(
  use: GrantUse,
  { rules, term }: ReceiptFacts,
  operator: Operator | null,
): Record["dpv:hasProcess"][number] {
  const data = DATA[use];
  return {
    "@type": "dpv:Process",
    "dct:identifier": use,
    "dpv:hasPurpose": {
      "@type": "dpv:Purpose",
      "skos:broader": "dpv:ServiceProvision",
      "dct:description": use === "find" ? rules.purpose : KEEP_PHOTO_PURPOSE,
    },
    "dpv:hasLegalBasis": ["eu-gdpr:A6-1-a", "eu-gdpr:A9-2-a"],
    "dpv:hasPersonalData": [...data["dpv:hasPersonalData"]],
    "dpv:hasProcessing": [...data["dpv:hasProcessing"]],
    "dpv:hasRecipient": [operator?.name ?? rules.contact, ...(operator?.recipients ?? [])],
    "dpv:hasStorageCondition": {
      "@type": "dpv:StorageCondition",
      "dpv:hasDuration": until(term.expiresAt),
      "assent:graceDays": rules.graceDays,
      ...(operator ? { "dpv:hasLocation": `loc:${operator.country}` } : {}),
      ...(operator?.transfers === undefined ? {} : { "dct:description": operator.transfers }),
    },
  };
}

function statusOf({ kind, evidence, term }: ReceiptFacts): Record["dpv:hasConsentStatus"] {
  return {
    "@type": kind === "grant.given" ? "dpv:ConsentGiven" : "dpv:RenewedConsentGiven",
    "dpv:isIndicatedAtTime": timeOf(term.grantedAt),
    "dpv:isIndicatedBy": term.byGuardian ? "dpv:GuardianOfDataSubject" : "dpv:DataSubject",
    "dpv:hasIndicationMethod": `assent:${evidence.kind}`,
    "dpv:hasDuration": until(term.expiresAt),
  };
}

function until(instant: Instant) {
  return { "@type": "dpv:UntilTimeDuration", "rdf:value": timeOf(instant) } as const;
}

function timeOf(instant: Instant): string {
  return new Date(instant).toISOString();
}
