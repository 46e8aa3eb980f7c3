import { type OpenInvite, redeemInvite } from "../accounts/invites.ts";
import { signIn, type SignedIn } from "../accounts/links.ts";
import { sha256Hex } from "../base/bytes.ts";
import { assert } from "../base/errors.ts";
import type {
  CollectionId,
  ConsentId,
  GrantId,
  InviteId,
  SessionId,
  SubjectId,
} from "../base/ids.ts";
import type { Instant } from "../base/clock.ts";
import { ConsentError } from "../consent/errors.ts";
import { type Guardian, parseEvidence } from "../consent/evidence.ts";
import { receiptsOf } from "../consent/receipts.ts";
import type { Recorder } from "../ledger/ledger.ts";
import type { Db, Tx } from "../storage/db.ts";
import { updateKeyFiles } from "../storage/key-places.ts";
import { meetSubject, SubjectsError } from "../subjects/subjects.ts";
import { checkOpen, touchGallery } from "./collections.ts";
import { takeConsent, usesOf } from "./take-consent.ts";

/** What the bearer of an invite says who says yes. */
export interface Yes {
  readonly token: string;
  /** SHA-256 of the notice they were shown, in hex. */
  readonly noticeHash: string;
  /** BCP 47. */
  readonly language: string;
  readonly uses: { readonly find: boolean; readonly keep_photo: boolean };
  readonly declaration: string;
  readonly name: string;
  readonly contact: string;
  readonly born?: string | undefined;
  readonly guardian?: Guardian | undefined;
}

/** Who says it, as far as is known before. */
export interface Bearer {
  /** Signed in as; null for whoever is not. */
  readonly subject: SubjectId | null;
  readonly session: SessionId | null;
}

/** A yes that was recorded. */
export interface Accepted extends SignedIn {
  readonly collection: CollectionId;
  readonly subject: SubjectId;
  readonly grant: GrantId;
  readonly consent: ConsentId;
  readonly expiresAt: Instant;
  /** JWS. */
  readonly receipt: string;
  /** SHA-256 in hex. */
  readonly receiptHash: string;
}

/**
 * [Note: whose name] An invite proves that its bearer was asked, and where it was mailed that they
 * read that address. Whoever names a person who is known here already becomes that person only by
 * such a proof, or signed in as them: else a name and an address would be enough to see somebody
 * else's photos, or to have another face found under their name.
 *
 * Records the yes of an invite's bearer, uses the invite up, and signs them in: all in one
 * transaction. No photo was shown yet. Throws AccountsError invite_over; ConsentError use_missing
 * and what `giveGrant` throws; SubjectsError subject_known, subject_name_invalid,
 * subject_contact_invalid; CollectionsError collection_closed.
 */
export async function acceptInvite(
  db: Db,
  recorder: Recorder,
  yes: Yes,
  bearer: Bearer,
): Promise<Accepted> {
  const { clock, vault } = recorder;
  if (!yes.uses.find) {
    const advice = "A yes is to being found; without that there is nothing to agree to.";
    throw new ConsentError("use_missing", advice);
  }
  const { language, noticeHash, declaration, born, guardian } = yes;
  const said = { language, noticeHash, declaration, born, guardian };
  const evidence = parseEvidence({ kind: "web", ...said, at: clock.now() }, clock);
  const accepted = await db.write(async (tx) => {
    const { invite, subject } = await meet(tx, recorder, yes, bearer);
    const self = { ...recorder, account: subject };
    const { collection } = invite;
    const { grant } = await takeConsent(tx, vault, self, {
      collection,
      subject,
      uses: usesOf(yes.uses.keep_photo),
      evidence,
      language,
    });
    const receipt = (await receiptsOf(tx, vault, subject)).findLast(
      (one) => one.grant === grant.id,
    );
    assert(receipt, "A consent on the web has a receipt.");
    const owner = { kind: "subject", id: subject } as const;
    const signedIn = await signIn(tx, self, owner, bearer.session);
    const { consent, jws } = receipt;
    const given = { collection, subject, grant: grant.id, consent, expiresAt: grant.expiresAt };
    return { ...signedIn, ...given, receipt: jws, receiptHash: sha256Hex(jws) };
  });
  await updateKeyFiles(db, vault, clock);
  return accepted;
}

/** Uses the invite up, and finds or makes who its bearer is ([Note: whose name]). */
async function meet(
  tx: Tx,
  recorder: Recorder,
  yes: Yes,
  bearer: Bearer,
): Promise<{ readonly invite: OpenInvite; readonly subject: SubjectId }> {
  const { clock, vault } = recorder;
  const invite = await redeemInvite(tx, recorder, yes.token);
  checkOpen(await touchGallery(tx, clock, invite.collection, "removed"));
  const { id: subject, made } = await meetSubject(tx, vault, clock, yes);
  if (!made && subject !== bearer.subject && !isSame(invite.contact, yes.contact)) {
    const advice =
      "Somebody of this name and address is known here. If that is you, sign in with a link to " +
      "your address first, and open the invite again.";
    throw new SubjectsError("subject_known", advice);
  }
  return { invite, subject };
}

function isSame(invited: string | null, given: string): boolean {
  return invited !== null && invited.trim().toLowerCase() === given.trim().toLowerCase();
}

export type { InviteId };
