import { forgetSignIns } from "../accounts/forget.ts";
import type { GrantId, SubjectId } from "../base/ids.ts";
import { touchGallery } from "../collections/collections.ts";
import { eraseListed } from "../collections/enrol-lists.ts";
import { removeEnrolmentPhotos, removeTemplates } from "../collections/templates.ts";
import { eraseGrant, lockGrantsOf } from "../consent/consent.ts";
import { append, eraseEntries, type Recorder } from "../ledger/ledger.ts";
import type { Galleries } from "../search/galleries.ts";
import { eraseProbes } from "../search/kept-probes.ts";
import type { Db, Tx } from "../storage/db.ts";
import { StorageError } from "../storage/errors.ts";
import { askForKeyFiles, updateKeyFiles } from "../storage/key-places.ts";
import { askForScrub, scrub } from "../storage/scrub.ts";
import type { Vault } from "../storage/vault.ts";
import { eraseSubject, lockSubject } from "../subjects/subjects.ts";
import { certificateHash, certificateOf, countHoldings, issueCertificate } from "./certificate.ts";
import { eraseDeliveries, sweepDeliveries } from "./sweep-deliveries.ts";
import { enqueueErasureNotices } from "./erasure-notices.ts";
import { eraseObjections } from "./objections.ts";

/**
 * Erases a person: templates, enrolment photos, keys, evidence, sightings, name and contact, in one
 * transaction, then removes the copies that wait to be fetched, has the files scrubbed so that
 * their bytes are in none ([Note: scrub]), overwrites their vectors in this process' memory, and
 * brings the backups' key file up to date ([Note: the key file]). Called again after a crash it finishes what is left: of a person who is
 * gone already nothing but files. Returns the signed certificate (JWS); null for who was erased
 * before there were certificates. Throws SubjectsError subject_unknown; StorageError scrub_due and
 * key_file_due, when the person is erased and files are left to do.
 */
export async function erase(
  deps: {
    readonly db: Db;
    readonly vault: Vault;
    readonly galleries: Galleries;
    /** The folder of copies that wait to be fetched. */
    readonly deliveries: string;
  },
  recorder: Recorder,
  subject: SubjectId,
): Promise<string | null> {
  const { db, vault, galleries, deliveries } = deps;
  const certificate = await db.write(async (tx) => {
    if (!(await lockSubject(tx, subject))) return certificateOf(tx, subject);
    const issued = await eraseIn(tx, recorder, subject, "subject.erased");
    await askForScrub(tx);
    await askForKeyFiles(tx);
    return issued;
  });
  await sweepDeliveries({ db, folder: deliveries }, recorder.clock);
  const clean = await scrub(db, { vault, clock: recorder.clock });
  await galleries.refresh();
  await updateKeyFiles(db, vault, recorder.clock);
  if (clean) return certificate;
  throw new StorageError(
    "scrub_due",
    "The person is erased, but deleted bytes may still be in the database's files: another process " +
      "reads it, or the disk has no room for a copy. Mend that: the next command finishes it.",
  );
}

/**
 * The rows' part of an erasure, of a person who is locked (`lockSubject`). Returns the signed
 * certificate (JWS). The transaction also asks for what follows: `askForScrub`, `askForKeyFiles`.
 *
 * What hangs on a key goes before the key, and the grant ends after its templates: the database
 * refuses any other order.
 */
export async function eraseIn(
  tx: Tx,
  recorder: Recorder,
  subject: SubjectId,
  kind: "subject.erased" | "erasure.replayed",
): Promise<string> {
  const { clock, vault } = recorder;
  await lockCollectionsOf(tx, recorder, subject);
  const grants = await lockGrantsOf(tx, subject);
  const holdings = await countHoldings(tx, subject);
  for (const grant of grants) {
    await removeBiometrics(tx, grant.id);
    await eraseGrant(tx, vault, clock, grant);
  }
  await tx.write.deleteFrom("sightings").where("subject_id", "=", subject).execute();
  await eraseProbes(tx, recorder, subject);
  await tx.write.deleteFrom("search_returns").where("subject_id", "=", subject).execute();
  await eraseObjections(tx, subject);
  await eraseDeliveries(tx, subject);
  await eraseEntries(tx, vault, subject);
  await forgetSignIns(tx, clock, subject);
  await eraseListed(tx, vault, subject);
  await eraseSubject(tx, vault, clock, subject);
  // An erasure that is replayed has its certificate already.
  const known = await certificateOf(tx, subject);
  const issued = known ?? (await issueCertificate(tx, recorder, subject, holdings));
  const certificate = certificateHash(issued);
  await append(tx, recorder, { kind, collection: null, erased: subject, certificate });
  await enqueueErasureNotices(tx, recorder, subject, issued);
  return issued;
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
