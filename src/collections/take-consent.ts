import type { SubjectId } from "../base/ids.ts";
import { changeGrant, findGrant, type GrantUse, lockGrant } from "../consent/consent.ts";
import { ConsentError } from "../consent/errors.ts";
import { type Evidence, parseEvidence } from "../consent/evidence.ts";
import { type Consent, type Given, giveGrant } from "../consent/give.ts";
import type { Recorder } from "../ledger/ledger.ts";
import type { Db, Tx } from "../storage/db.ts";
import type { Vault } from "../storage/vault.ts";
import { checkOpen, type Collection, touchGallery } from "./collections.ts";
import { removeEnrolmentPhotos, removeTemplates } from "./templates.ts";

/** What a person agrees to who says yes. */
export function usesOf(keepPhoto: boolean): readonly GrantUse[] {
  return keepPhoto ? ["find", "keep_photo"] : ["find"];
}

/**
 * Records a consent as `giveGrant` does, and puts right what the collection holds by it: the
 * templates of a grant past its end go before another is given, and a kept photo goes when a renewal
 * no longer covers it. The collection's row is locked by then.
 */
export async function takeConsent(
  tx: Tx,
  vault: Vault,
  recorder: Recorder,
  consent: Consent,
): Promise<Given> {
  await endOverdue(tx, recorder, consent);
  const given = await giveGrant(tx, vault, recorder, consent);
  const { grant, outcome } = given;
  if (outcome === "renewed" && !grant.uses.includes("keep_photo")) {
    await removeEnrolmentPhotos(tx, grant.id);
  }
  return given;
}

/**
 * Renews a living grant by a newer yes, without a photo. `keepPhoto` null leaves the uses as they
 * are. Throws ConsentError: no_live_grant, and what `parseEvidence` and `giveGrant` throw;
 * CollectionsError where the purpose of the collection has ended.
 */
export async function renew(
  db: Db,
  recorder: Recorder,
  collection: Pick<Collection, "id">,
  renewal: {
    readonly subject: SubjectId;
    readonly evidence: Evidence;
    readonly keepPhoto: boolean | null;
    readonly language?: string | undefined;
  },
): Promise<Given> {
  const evidence = parseEvidence(renewal.evidence, recorder.clock);
  const { subject, keepPhoto } = renewal;
  return db.write(async (tx) => {
    // Galleries keep the end of each grant: they are to read it anew.
    checkOpen(await touchGallery(tx, recorder.clock, collection.id, "removed"));
    const grant = await findGrant(tx, collection.id, subject);
    if (!grant || grant.expiresAt <= recorder.clock.now()) {
      throw new ConsentError(
        "no_live_grant",
        "This person has no consent here that could be renewed. Enrol them again.",
      );
    }
    return takeConsent(tx, recorder.vault, recorder, {
      collection: collection.id,
      subject,
      uses: keepPhoto === null ? grant.uses : usesOf(keepPhoto),
      evidence,
      language: renewal.language ?? null,
    });
  });
}

async function endOverdue(tx: Tx, recorder: Recorder, of: Consent): Promise<void> {
  const alive = await findGrant(tx, of.collection, of.subject);
  if (!alive || alive.expiresAt > recorder.clock.now()) return;
  const grant = await lockGrant(tx, alive);
  await removeTemplates(tx, grant.id);
  await changeGrant(tx, recorder, grant, "expire");
}
