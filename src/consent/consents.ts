import { sha256Hex } from "../base/bytes.ts";
import type { Instant } from "../base/clock.ts";
import {
  type CollectionId,
  type ConsentId,
  type GrantId,
  newId,
  type SubjectId,
} from "../base/ids.ts";
import { append, type Recorder } from "../ledger/ledger.ts";
import type { Reader, Tx } from "../storage/db.ts";
import type { GrantState } from "../storage/schema.ts";
import type { Vault } from "../storage/vault.ts";
import { VerifyError } from "../verify/errors.ts";
import { passkeySignatureSchema, verifyPasskey } from "../verify/passkey.ts";
import type { GrantUse } from "./consent.ts";
import { ConsentError } from "./errors.ts";
import type { Evidence, KeptEvidence } from "./evidence.ts";
import type { Notice } from "./notices.ts";
import { issueReceipt } from "./receipts.ts";
import type { CollectionRules } from "./rules.ts";
import type { Term } from "./term.ts";

/** One saying of yes, as it was recorded: at the giving of a grant, or at a renewal. */
export interface RecordedConsent {
  readonly id: ConsentId;
  readonly grant: GrantId;
  /** When the grant was withdrawn; null where it lives, or its time was over. */
  readonly withdrawnAt: Instant | null;
  readonly givenAt: Instant;
  /** Null once it was deleted: after the grace period of a grant that ended. */
  readonly evidence: KeptEvidence | null;
}

/** Everything a subject ever said yes to in a collection, opened. */
export async function consentsOf(
  db: Reader,
  vault: Vault,
  collection: CollectionId,
  subject: SubjectId,
): Promise<readonly RecordedConsent[]> {
  const rows = await db.read
    .selectFrom("grants")
    .innerJoin("consents", "consents.grant_id", "grants.id")
    .select(["consents.id", "grant_id", "given_at", "sealed_evidence"])
    .select(["state", "ended_at", "expires_at"])
    .where("collection_id", "=", collection)
    .where("subject_id", "=", subject)
    .orderBy("given_at")
    .orderBy("consents.id")
    .execute();
  const consents: RecordedConsent[] = [];
  for (const row of rows) {
    const { id, grant_id: grant, given_at: givenAt, sealed_evidence } = row;
    const evidence =
      sealed_evidence && (await openEvidence(db, vault, { id, subject, sealed_evidence }));
    consents.push({ id, grant, withdrawnAt: withdrawalOf(row), givenAt, evidence });
  }
  return consents;
}

/** Of a grant whose evidence was deleted, that it ended before its time says it was withdrawn. */
function withdrawalOf(grant: {
  readonly state: GrantState;
  readonly ended_at: Instant | null;
  readonly expires_at: Instant;
}): Instant | null {
  const { state, ended_at, expires_at } = grant;
  const early = state === "erased" && ended_at !== null && ended_at < expires_at;
  return state === "withdrawn" || early ? ended_at : null;
}

/**
 * Records what was said and how: the evidence and the receipt, sealed under the subject's key, and
 * the event that names the receipt by its hash.
 */
export async function recordConsent(
  tx: Tx,
  vault: Vault,
  recorder: Recorder,
  consent: {
    readonly kind: "grant.given" | "grant.renewed";
    readonly grant: GrantId;
    readonly rules: CollectionRules;
    readonly notice: Notice;
    readonly subject: SubjectId;
    readonly uses: readonly GrantUse[];
    readonly evidence: Evidence;
    readonly term: Term;
  },
): Promise<void> {
  const { kind, grant, subject, uses, evidence, term, rules } = consent;
  const id = newId("con");
  const owner = { kind: "subject", id: subject } as const;
  const jws = await issueReceipt(tx, vault, recorder.clock, { ...consent, consent: id });
  const receipt = sha256Hex(jws);
  const kept = Buffer.from(JSON.stringify(evidence));
  await tx.write
    .insertInto("consents")
    .values({
      id,
      grant_id: grant,
      notice_id: consent.notice.id,
      evidence_kind: evidence.kind,
      by_guardian: term.byGuardian ? 1 : 0,
      uses: JSON.stringify(uses),
      given_at: term.grantedAt,
      sealed_evidence: await vault.seal(tx, owner, kept, ["evidence", id]),
      sealed_receipt: await vault.seal(tx, owner, Buffer.from(jws), ["receipt", id]),
      receipt_hash: receipt,
    })
    .execute();
  await append(tx, recorder, {
    kind,
    collection: rules.id,
    subject,
    grant,
    evidence: evidence.kind,
    uses,
    guardian: term.byGuardian,
    receipt,
  });
}

/**
 * Adds a passkey's signature over a receipt's hash to the evidence of its consent: proof from the
 * person's own device that they hold this very receipt. One that is there already is replaced.
 * Throws ConsentError: receipt_missing, receipt_signature_invalid.
 */
export async function attachPasskeySignature(
  tx: Tx,
  recorder: Recorder,
  of: { readonly subject: SubjectId; readonly consent: ConsentId; readonly signature: unknown },
): Promise<void> {
  const { subject, consent: id, signature } = of;
  const row = await tx.read
    .selectFrom("consents")
    .innerJoin("grants", "grants.id", "consents.grant_id")
    .select(["grant_id", "collection_id", "receipt_hash", "sealed_evidence"])
    .where("consents.id", "=", id)
    .where("subject_id", "=", subject)
    .executeTakeFirst();
  if (!row?.receipt_hash || !row.sealed_evidence) {
    throw new ConsentError("receipt_missing", "There is no receipt that could be signed.");
  }
  await checkSignature(row.receipt_hash, signature);
  const { sealed_evidence, receipt_hash: receipt } = row;
  const evidence = await openEvidence(tx, recorder.vault, { id, subject, sealed_evidence });
  const passkey = passkeySignatureSchema.parse(signature);
  const kept = Buffer.from(JSON.stringify({ ...evidence, passkey } satisfies KeptEvidence));
  const owner = { kind: "subject", id: subject } as const;
  await tx.write
    .updateTable("consents")
    .set({ sealed_evidence: await recorder.vault.seal(tx, owner, kept, ["evidence", id]) })
    .where("id", "=", id)
    .execute();
  const { grant_id: grant, collection_id: collection } = row;
  await append(tx, recorder, { kind: "receipt.signed", collection, subject, grant, receipt });
}

async function checkSignature(receiptHash: string, signature: unknown): Promise<void> {
  try {
    await verifyPasskey(receiptHash, signature);
  } catch (cause) {
    if (!(cause instanceof VerifyError)) throw cause;
    throw new ConsentError("receipt_signature_invalid", cause.message, { cause });
  }
}

async function openEvidence(
  db: Reader,
  vault: Vault,
  of: {
    readonly id: ConsentId;
    readonly subject: SubjectId;
    readonly sealed_evidence: Uint8Array;
  },
): Promise<KeptEvidence> {
  const owner = { kind: "subject", id: of.subject } as const;
  const text = await vault.unseal(db, owner, of.sealed_evidence, ["evidence", of.id]);
  return JSON.parse(text.toString()) as KeptEvidence;
}
