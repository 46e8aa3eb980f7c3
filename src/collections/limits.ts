import type { CollectionId } from "../base/ids.ts";
import { append, type Recorder } from "../ledger/ledger.ts";
import type { Db, Reader } from "../storage/db.ts";
import { locked } from "../storage/locks.ts";
import { CollectionsError } from "./errors.ts";

/** What guards a collection against its own staff's haste. */
export interface CollectionLimits {
  /** Searches an account may make in an hour. */
  readonly searchBudget: number;
  /** Returns of one person to one account in an hour, before owners and auditors are told. */
  readonly probesMax: number;
  /** Whether two people must confirm a sighting before it counts. */
  readonly twoPerson: boolean;
  /** Invites that may be sent in a day. */
  readonly dailyInvites: number;
  /**
   * How long a consent's key and evidence stay after its end. It can only become shorter: people
   * were told the time that was in force when they said yes.
   */
  readonly graceDays: number;
  /** Whether people may hand in a picture of their face instead of using the camera. */
  readonly uploadPhoto: boolean;
}

/** A collection's limits. Throws CollectionsError collection_unknown. */
export async function readLimits(db: Reader, id: CollectionId): Promise<CollectionLimits> {
  const row = await db.read
    .selectFrom("collections")
    .select(["search_budget", "probes_max", "two_person", "daily_invites", "grace_days"])
    .select("upload_photo")
    .where("id", "=", id)
    .executeTakeFirst();
  if (!row) throw new CollectionsError("collection_unknown", "There is no collection of this id.");
  return {
    searchBudget: row.search_budget,
    probesMax: row.probes_max,
    twoPerson: row.two_person === 1,
    dailyInvites: row.daily_invites,
    graceDays: row.grace_days,
    uploadPhoto: row.upload_photo === 1,
  };
}

/**
 * Changes the limits named; the others stay. Throws CollectionsError: collection_unknown,
 * collection_invalid where the grace would become longer. `check` sees what is there before the
 * change, and may throw.
 */
export async function changeLimits(
  db: Db,
  recorder: Recorder,
  id: CollectionId,
  changes: { readonly [Name in keyof CollectionLimits]?: CollectionLimits[Name] | undefined },
  check: (before: CollectionLimits) => void = () => undefined,
): Promise<CollectionLimits> {
  return db.write(async (tx) => {
    const row = tx.write.selectFrom("collections").select("id").where("id", "=", id);
    await locked(tx, row, "update").execute();
    const before = await readLimits(tx, id);
    check(before);
    const limits = {
      searchBudget: changes.searchBudget ?? before.searchBudget,
      probesMax: changes.probesMax ?? before.probesMax,
      twoPerson: changes.twoPerson ?? before.twoPerson,
      dailyInvites: changes.dailyInvites ?? before.dailyInvites,
      graceDays: changes.graceDays ?? before.graceDays,
      uploadPhoto: changes.uploadPhoto ?? before.uploadPhoto,
    };
    if (limits.graceDays > before.graceDays) {
      throw new CollectionsError(
        "collection_invalid",
        "The grace can only become shorter: people were told the time that is in force.",
      );
    }
    await tx.write
      .updateTable("collections")
      .set({
        search_budget: limits.searchBudget,
        probes_max: limits.probesMax,
        two_person: limits.twoPerson ? 1 : 0,
        daily_invites: limits.dailyInvites,
        grace_days: limits.graceDays,
        upload_photo: limits.uploadPhoto ? 1 : 0,
      })
      .where("id", "=", id)
      .execute();
    await append(tx, recorder, { kind: "collection.limits_changed", collection: id, limits });
    return limits;
  });
}
