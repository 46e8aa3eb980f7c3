import {
  checkAssertion,
  type SigningOptions,
  signingOptions,
} from "../accounts/passkey-assertion.ts";
import type { Site } from "../accounts/passkeys.ts";
import type { ConsentId, SubjectId } from "../base/ids.ts";
import type { Recorder } from "../ledger/ledger.ts";
import { keySetOf } from "../ledger/signing.ts";
import type { Document } from "../print/document.ts";
import type { Db, Reader } from "../storage/db.ts";
import type { Vault } from "../storage/vault.ts";
import { type Receipt, verifyReceipt } from "../verify/receipt.ts";
import { attachPasskeySignature } from "./consents.ts";
import { ConsentError } from "./errors.ts";
import { receiptPage } from "./receipt-page.ts";
import { receiptsOf } from "./receipts.ts";

/** A receipt, by whose it is and of which saying of yes. */
export interface OwnReceipt {
  readonly subject: SubjectId;
  readonly consent: ConsentId;
}

/** One of a person's receipts as a page. Throws ConsentError receipt_missing. */
export async function ownReceiptPage(
  deps: { readonly db: Db; readonly vault: Vault },
  { subject, consent }: OwnReceipt,
  language: string,
): Promise<Document> {
  const { jws, receipt } = await readOwnReceipt(deps.db, deps.vault, { subject, consent });
  return receiptPage(receipt, jws, language);
}

/** One of a person's receipts as it was signed, and what it says. Throws ConsentError receipt_missing. */
export async function readOwnReceipt(
  db: Reader,
  vault: Vault,
  { subject, consent }: OwnReceipt,
): Promise<{ readonly jws: string; readonly receipt: Receipt }> {
  const found = (await receiptsOf(db, vault, subject)).find((one) => one.consent === consent);
  if (!found) throw missing();
  const receipt = await verifyReceipt(found.jws, await keySetOf(db, "receipts"));
  return { jws: found.jws, receipt };
}

/** What a browser needs to sign a receipt's hash. Throws receipt_missing, passkey_refused. */
export async function startSigning(db: Db, site: Site, of: OwnReceipt): Promise<SigningOptions> {
  return signingOptions(db, site, of.subject, await hashOf(db, of));
}

/**
 * Adds the signature of one of the person's own passkeys, made on this site, to the evidence of a
 * consent. Throws ConsentError receipt_missing, receipt_signature_invalid; AccountsError
 * passkey_refused.
 */
export async function signOwnReceipt(
  db: Db,
  recorder: Recorder,
  site: Site,
  of: OwnReceipt & { readonly response: unknown },
): Promise<void> {
  const { subject, consent, response } = of;
  const hashHex = await hashOf(db, of);
  const signature = await checkAssertion(db, site, { subject, hashHex, response });
  await db.write(async (tx) =>
    attachPasskeySignature(tx, recorder, { subject, consent, signature }),
  );
}

async function hashOf(db: Reader, { subject, consent }: OwnReceipt): Promise<string> {
  const row = await db.read
    .selectFrom("consents")
    .innerJoin("grants", "grants.id", "consents.grant_id")
    .select("receipt_hash")
    .where("consents.id", "=", consent)
    .where("subject_id", "=", subject)
    .where("sealed_receipt", "is not", null)
    .executeTakeFirst();
  if (row?.receipt_hash) return row.receipt_hash;
  throw missing();
}

function missing(): ConsentError {
  return new ConsentError("receipt_missing", "There is no receipt of this id.");
}
