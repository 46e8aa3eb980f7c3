import type { SubjectId } from "../base/ids.ts";
import { append, type Recorder } from "../ledger/ledger.ts";
import type { Db } from "../storage/db.ts";
import { correctSubject } from "../subjects/subjects.ts";
import { RightsError } from "./errors.ts";

/**
 * Corrects a person's name or contact (GDPR 16), which hangs on no consent. What receipts and
 * evidence say was so when they were made: they stay. Throws RightsError nothing_to_correct,
 * SubjectsError.
 */
export async function correct(
  db: Db,
  recorder: Recorder,
  subject: SubjectId,
  to: { readonly name?: string | undefined; readonly contact?: string | undefined },
): Promise<void> {
  const fields = (["name", "contact"] as const).filter((field) => to[field] !== undefined);
  if (fields.length === 0) {
    throw new RightsError("nothing_to_correct", "Say what is right: --name, --contact or both.");
  }
  await db.write(async (tx) => {
    await correctSubject(tx, recorder.vault, subject, to);
    await append(tx, recorder, { kind: "record.corrected", collection: null, subject, fields });
  });
}
