import type { SubjectId } from "../base/ids.ts";
import type { Recorder } from "../ledger/ledger.ts";
import type { Tx } from "../storage/db.ts";
import { enqueueMessage } from "../webhooks/messages.ts";

/**
 * Tells whoever may have received a match of this person that they are erased (GDPR article 19):
 * the endpoints of every collection in which they ever had a grant. In the erasure's own
 * transaction, so that no erasure goes untold. The certificate is proof for third parties.
 */
export async function enqueueErasureNotices(
  tx: Tx,
  recorder: Recorder,
  subject: SubjectId,
  certificate: string | null,
): Promise<void> {
  const rows = await tx.read
    .selectFrom("grants")
    .select("collection_id")
    .distinct()
    .where("subject_id", "=", subject)
    .orderBy("collection_id")
    .execute();
  for (const { collection_id } of rows) {
    const event = { kind: "subject.erased", subject, certificate } as const;
    await enqueueMessage(tx, recorder, collection_id, event);
  }
}
