import type { CollectionId, SubjectId } from "../base/ids.ts";
import { touchGallery } from "../collections/collections.ts";
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
import type { Recorder } from "../ledger/ledger.ts";
import type { Db, Tx } from "../storage/db.ts";
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
  return grants.length;
}

type Change = "pause" | "resume" | "withdraw" | "expire";

async function changeAll(
  db: Db,
  recorder: Recorder,
  subject: SubjectId,
  scope: Scope,
  change: Change,
): Promise<number> {
  return db.write(async (tx) => {
    const grants = await grantsIn(tx, subject, scope);
    let changed = 0;
    for (const grant of grants) {
      if (await changeOne(tx, recorder, grant, change)) changed += 1;
    }
    if (changed > 0) return changed;
    throw new ConsentError(
      "no_live_grant",
      "This person has no consent here that could be changed so.",
    );
  });
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
