import { DAY_MS } from "../base/clock.ts";
import { assert } from "../base/errors.ts";
import { type CollectionId, type GrantId, newId, type SubjectId } from "../base/ids.ts";
import type { Recorder } from "../ledger/ledger.ts";
import type { Tx } from "../storage/db.ts";
import type { Vault } from "../storage/vault.ts";
import { findGrant, type Grant, type GrantUse, lockGrant } from "./consent.ts";
import { consentsOf, recordConsent, type RecordedConsent } from "./consents.ts";
import { ConsentError } from "./errors.ts";
import { type Evidence, givenAt, isGivenBefore, isSameEvidence } from "./evidence.ts";
import { type Notice, noticeFor, noticeShown } from "./notices.ts";
import { type CollectionRules, readRules } from "./rules.ts";
import { step } from "./states.ts";
import { type Term, termOf } from "./term.ts";
import { touchGrant } from "./touched-grants.ts";

/** A yes as it comes in, with evidence that was checked. */
export interface Consent {
  readonly collection: CollectionId;
  readonly subject: SubjectId;
  readonly uses: readonly GrantUse[];
  readonly evidence: Evidence;
  /** The language of the notice on the form; null for the collection's first. */
  readonly language: string | null;
}

/** What came of it. `kept`: this was said before, or something newer was; nothing has changed. */
export interface Given {
  readonly outcome: "given" | "renewed" | "kept";
  readonly grant: Grant;
}

/**
 * Records a consent. Without a living grant it gives one, with its own key; a living one is renewed
 * by a newer yes: it ends anew and covers what was ticked this time. Either way the evidence and a
 * signed receipt are kept. Whoever calls this ends a grant past its end before, and its templates
 * with it: they are no business of this room. Throws ConsentError: consent_too_old,
 * consent_withdrawn, guardian_needed, guardian_not_needed, born_missing, notice_unknown,
 * notice_outdated.
 */
export async function giveGrant(
  tx: Tx,
  vault: Vault,
  recorder: Recorder,
  consent: Consent,
): Promise<Given> {
  const { collection, subject } = consent;
  const earlier = await consentsOf(tx, vault, collection, subject);
  const evidence = withBirth(consent.evidence, earlier);
  const alive = await findGrant(tx, collection, subject);
  if (alive && isKnown(evidence, earlier, alive.id)) return { outcome: "kept", grant: alive };
  refuseWithdrawn(earlier, evidence);
  const rules = await readRules(tx, collection);
  refuseOtherTerms(rules, evidence);
  const term = termOf(recorder.clock, rules, evidence);
  const notice = await noticeOf(tx, collection, consent);
  const said = { ...consent, evidence, rules, term, notice };
  return alive
    ? { outcome: "renewed", grant: await renew(tx, vault, recorder, alive, said) }
    : { outcome: "given", grant: await give(tx, vault, recorder, said) };
}

interface Said extends Consent {
  readonly rules: CollectionRules;
  readonly term: Term;
  readonly notice: Notice;
}

async function give(tx: Tx, vault: Vault, recorder: Recorder, said: Said): Promise<Grant> {
  const { collection, subject, uses, term } = said;
  const id = newId("gra");
  await tx.write
    .insertInto("grants")
    .values({
      id,
      collection_id: collection,
      subject_id: subject,
      notice_id: said.notice.id,
      state: "granted",
      uses: JSON.stringify(uses),
      granted_at: term.grantedAt,
      expires_at: term.expiresAt,
      ended_at: null,
    })
    .execute();
  await vault.createKey(tx, { kind: "grant", id });
  await recordConsent(tx, vault, recorder, { ...said, kind: "grant.given", grant: id });
  return { id, collection, subject, state: "granted", uses, expiresAt: term.expiresAt };
}

async function renew(
  tx: Tx,
  vault: Vault,
  recorder: Recorder,
  alive: Grant,
  said: Said,
): Promise<Grant> {
  const grant = await lockGrant(tx, alive);
  const { id } = grant;
  const state = step(grant.state, "renew");
  assert(state !== null, "A living grant can be renewed.");
  const { uses, term } = said;
  await tx.write
    .updateTable("grants")
    .set({
      state,
      notice_id: said.notice.id,
      uses: JSON.stringify(uses),
      expires_at: term.expiresAt,
    })
    .where("id", "=", id)
    .execute();
  await touchGrant(tx, id);
  await recordConsent(tx, vault, recorder, { ...said, kind: "grant.renewed", grant: id });
  return { ...grant, state, uses, expiresAt: term.expiresAt };
}

/** A list handed in twice changes nothing; nor does a form that is older than what came after. */
function isKnown(evidence: Evidence, earlier: readonly RecordedConsent[], grant: GrantId): boolean {
  return earlier.some(
    (consent) => consent.grant === grant && (repeats(evidence, consent) || outlives(consent)),
  );
  function outlives(consent: RecordedConsent): boolean {
    return consent.givenAt > givenAt(evidence);
  }
}

/**
 * A withdrawal ends every consent signed before it: a list enrolled twice, or an enrolment under
 * way, must not bring the person back. A form signed on the very day is another one only if it
 * lies elsewhere.
 */
function refuseWithdrawn(earlier: readonly RecordedConsent[], evidence: Evidence): void {
  const refused = earlier.some(
    (consent) =>
      consent.withdrawnAt !== null &&
      (repeats(evidence, consent) || isGivenBefore(evidence, consent.withdrawnAt)),
  );
  if (!refused) return;
  throw new ConsentError(
    "consent_withdrawn",
    "This person has withdrawn since this form was signed. Ask them for a new one.",
  );
}

/** Who signed before the purpose was changed has agreed to another one. Forms bear a day, no hour. */
function refuseOtherTerms({ termsSince }: CollectionRules, evidence: Evidence): void {
  if (termsSince === null || givenAt(evidence) > termsSince - DAY_MS) return;
  throw new ConsentError(
    "consent_too_old",
    "What the collection is for, or how long it holds, was changed after this form was signed. " +
      "Ask the person for a new one.",
  );
}

/** Where the evidence was deleted, one of the same day counts as the same. */
function repeats(evidence: Evidence, consent: RecordedConsent): boolean {
  if (consent.evidence === null) return consent.givenAt === givenAt(evidence);
  return isSameEvidence(consent.evidence, evidence);
}

/** A date of birth that is known already holds for a form that does not repeat it. */
function withBirth(evidence: Evidence, earlier: readonly RecordedConsent[]): Evidence {
  if (evidence.born !== undefined) return evidence;
  const born = earlier.findLast((consent) => consent.evidence?.born !== undefined)?.evidence?.born;
  return born === undefined ? evidence : { ...evidence, born };
}

async function noticeOf(tx: Tx, collection: CollectionId, consent: Consent): Promise<Notice> {
  const { evidence, language } = consent;
  return evidence.kind === "web"
    ? noticeShown(tx, collection, evidence.noticeHash)
    : noticeFor(tx, collection, language);
}
