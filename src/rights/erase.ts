import type { GrantId, SubjectId } from "../base/ids.ts";
import { touchGallery } from "../collections/collections.ts";
import { removeEnrolmentPhotos, removeTemplates } from "../collections/templates.ts";
import { eraseGrant, lockGrantsOf } from "../consent/consent.ts";
import { append, eraseEntries, type Recorder } from "../ledger/ledger.ts";
import type { Galleries } from "../search/galleries.ts";
import type { Db, Tx } from "../storage/db.ts";
import { StorageError } from "../storage/errors.ts";
import { askForScrub, scrub } from "../storage/scrub.ts";
import type { Vault } from "../storage/vault.ts";
import { eraseSubject, lockSubject } from "../subjects/subjects.ts";
import { enqueueErasureNotices } from "./erasure-notices.ts";
import { eraseObjections } from "./objections.ts";

/**
 * Erases a person: templates, enrolment photos, keys, evidence, sightings, name and contact, in one
 * transaction, then has the files scrubbed so that their bytes are in none ([Note: scrub]), and
 * overwrites their vectors in this process' memory. Called again after a crash it finishes what is
 * left: a person who is gone already has only the files to scrub. Throws SubjectsError
 * subject_unknown, StorageError scrub_due.
 *
 * What hangs on a key goes before the key, and the grant ends after its templates: the database
 * refuses any other order.
 */
export async function erase(
  deps: { readonly db: Db; readonly vault: Vault; readonly galleries: Galleries },
  recorder: Recorder,
  subject: SubjectId,
): Promise<void> {
  await deps.db.write(async (tx) => {
    if (!(await lockSubject(tx, subject))) return;
    await lockCollectionsOf(tx, recorder, subject);
    for (const grant of await lockGrantsOf(tx, subject)) {
      await removeBiometrics(tx, grant.id);
      await eraseGrant(tx, deps.vault, recorder.clock, grant);
    }
    await tx.write.deleteFrom("sightings").where("subject_id", "=", subject).execute();
    await tx.write.deleteFrom("search_returns").where("subject_id", "=", subject).execute();
    await eraseObjections(tx, subject);
    await eraseEntries(tx, deps.vault, subject);
    await eraseSubject(tx, deps.vault, recorder.clock, subject);
    await append(tx, recorder, { kind: "subject.erased", collection: null, erased: subject });
    await enqueueErasureNotices(tx, recorder, subject, null);
    await askForScrub(tx);
  });
  const clean = await scrub(deps.db, { vault: deps.vault, clock: recorder.clock });
  await deps.galleries.refresh();
  if (clean) return;
  throw new StorageError(
    "scrub_due",
    "The person is erased, but deleted bytes may still be in the database's files: another process " +
      "reads it, or the disk has no room for a copy. Mend that: the next command finishes it.",
  );
}

async function removeBiometrics(tx: Tx, grant: GrantId): Promise<void> {
  await removeTemplates(tx, grant);
  await removeEnrolmentPhotos(tx, grant);
}

async function lockCollectionsOf(tx: Tx, recorder: Recorder, subject: SubjectId): Promise<void> {
  const rows = await tx.read
    .selectFrom("grants")
    .select("collection_id")
    .distinct()
    .where("subject_id", "=", subject)
    .orderBy("collection_id")
    .execute();
  for (const { collection_id } of rows) {
    await touchGallery(tx, recorder.clock, collection_id, "removed");
  }
}
