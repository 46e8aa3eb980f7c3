import type { GrantId, SubjectId } from "../base/ids.ts";
import { touchGallery } from "../collections/collections.ts";
import { removeEnrolmentPhotos, removeTemplates } from "../collections/templates.ts";
import { eraseGrant, lockGrantsOf } from "../consent/consent.ts";
import { append, type Recorder } from "../ledger/ledger.ts";
import type { Galleries } from "../search/galleries.ts";
import type { Db, Tx } from "../storage/db.ts";
import { StorageError } from "../storage/errors.ts";
import type { Vault } from "../storage/vault.ts";
import { eraseSubject, lockSubject } from "../subjects/subjects.ts";

/**
 * Erases a person: templates, enrolment photos, keys, evidence, sightings, name and contact, in one
 * transaction, then cuts the write-ahead log so that their bytes are in no file, and overwrites
 * their vectors in this process' memory. Called again after a crash it finishes what is left: a
 * person who is gone already has only the log to cut. Throws SubjectsError subject_unknown,
 * StorageError log_busy.
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
    await eraseSubject(tx, deps.vault, recorder.clock, subject);
    await append(tx, recorder, { kind: "subject.erased", collection: null, subject });
  });
  const cut = await deps.db.truncateLog();
  await deps.galleries.refresh();
  if (cut) return;
  throw new StorageError(
    "log_busy",
    "The person is erased, but another process is reading the database, so deleted bytes may still " +
      "be in its log. Stop that process: the next command cuts the log.",
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
