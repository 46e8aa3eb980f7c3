import type { CollectionId, SubjectId } from "../base/ids.ts";
import { markClosed, touchGallery } from "../collections/collections.ts";
import { removeTemplates } from "../collections/templates.ts";
import {
  aliveGrants,
  changeGrant,
  findGrant,
  type Grant,
  lockGrant,
  overdueGrants,
} from "../consent/consent.ts";
import { ConsentError } from "../consent/errors.ts";
import { lockSequences, type Recorder } from "../ledger/ledger.ts";
import type { Db, Tx } from "../storage/db.ts";
import { askForKeyFiles, updateKeyFiles } from "../storage/key-places.ts";
import { enqueueMessage } from "../webhooks/messages.ts";

/** One collection's grant, or all of the person's. */
export type Scope = CollectionId | "all";

/**
 * Withdraws consent. When this returns no search anywhere returns the person: their templates are
 * deleted, and searches under way read the grants once more before they answer. Throws
 * ConsentError no_live_grant when there is nothing to withdraw.
 */
export async function withdraw(
  db: Db,
  recorder: Recorder,
  subject: SubjectId,
  scope: Scope,
): Promise<number> {
  return changeAll(db, recorder, subject, scope, "withdraw");
}

/** Takes the person out of every search; key and template stay for `resume`. Throws no_live_grant. */
export async function pause(
  db: Db,
  recorder: Recorder,
  subject: SubjectId,
  scope: Scope,
): Promise<number> {
  return changeAll(db, recorder, subject, scope, "pause");
}

/** Ends a pause; photos imported meanwhile are compared by the backfill this queues. */
export async function resume(
  db: Db,
  recorder: Recorder,
  subject: SubjectId,
  scope: Scope,
): Promise<number> {
  return changeAll(db, recorder, subject, scope, "resume");
}

/** Ends every grant whose time is over; returns how many. Nobody past it was found even before. */
export async function expireOverdue(db: Db, recorder: Recorder): Promise<number> {
  const grants = await overdueGrants(db, recorder.clock);
  for (const grant of grants) {
    await db.write(async (tx) => changeOne(tx, recorder, grant, "expire"));
  }
  // Key files need no word of it: every grant says itself when it ends.
  return grants.length;
}

/**
 * Ends a collection's purpose, and with it every grant there: from this commit on no search finds
 * anybody in it. One transaction, as long as its people are many. Returns how many grants ended.
 * Throws CollectionsError collection_closed.
 */
export async function closeCollection(
  db: Db,
  recorder: Recorder,
  collection: CollectionId,
): Promise<number> {
  const total = await db.write(async (tx) => {
    await markClosed(tx, recorder, collection);
    const grants = await tx.read
      .selectFrom("grants")
      .select(["id", "subject_id as subject"])
      .where("collection_id", "=", collection)
      .where("state", "in", ["granted", "paused"])
      .execute();
    // All turns at once and in one order: a search that returns two of them waits, or is waited for.
    await lockSequences(
      tx,
      grants.map(({ subject }) => subject),
    );
    for (const { id, subject } of grants) {
      const grant = await lockGrant(tx, { id, subject });
      await removeTemplates(tx, id);
      await changeGrant(tx, recorder, grant, "expire");
    }
    await askForKeyFiles(tx);
    return grants.length;
  });
  await updateKeyFiles(db, recorder.vault, recorder.clock);
  return total;
}

type Change = "pause" | "resume" | "withdraw" | "expire";

async function changeAll(
  db: Db,
  recorder: Recorder,
  subject: SubjectId,
  scope: Scope,
  change: Change,
): Promise<number> {
  const total = await db.write(async (tx) => {
    const grants = await grantsIn(tx, subject, scope);
    let changed = 0;
    for (const grant of grants) {
      if (await changeOne(tx, recorder, grant, change)) changed += 1;
    }
    // Last of all, for whoever writes a key file holds the place for a while.
    await askForKeyFiles(tx);
    if (changed > 0) return changed;
    throw new ConsentError(
      "no_live_grant",
      "This person has no consent here that could be changed so.",
    );
  });
  await updateKeyFiles(db, recorder.vault, recorder.clock);
  return total;
}

/**
 * The collection's row is locked before the grant, as everywhere ([Note: lock order] in
 * ledger/ledger.ts): two changes can't wait for each other. Templates go before the grant ends, for the database refuses the other order.
 */
async function changeOne(
  tx: Tx,
  recorder: Recorder,
  { id, collection, subject }: Grant,
  change: Change,
): Promise<boolean> {
  await touchGallery(tx, recorder.clock, collection, change === "resume" ? "added" : "removed");
  const grant = await lockGrant(tx, { id, subject });
  if (change === "withdraw" || change === "expire") await removeTemplates(tx, id);
  const changed = await changeGrant(tx, recorder, grant, change);
  if (changed && change === "withdraw") {
    const { subject } = grant;
    await enqueueMessage(tx, recorder, collection, { kind: "grant.withdrawn", subject });
  }
  return changed;
}

async function grantsIn(tx: Tx, subject: SubjectId, scope: Scope): Promise<readonly Grant[]> {
  if (scope === "all") return aliveGrants(tx, subject);
  const grant = await findGrant(tx, scope, subject);
  return grant ? [grant] : [];
}
