import type { Instant } from "../base/clock.ts";
import type { AlertId, CollectionId, SearchId, SubjectId } from "../base/ids.ts";
import { append, type Recorder } from "../ledger/ledger.ts";
import type { Db, Reader } from "../storage/db.ts";
import type { AlertKind } from "../storage/service-schema.ts";
import { AccountsError } from "./errors.ts";

/** Something unusual that an owner or auditor should look at. */
export interface Alert {
  readonly id: AlertId;
  readonly kind: AlertKind;
  readonly collection: CollectionId;
  /** Whose searches. */
  readonly account: string;
  /** Null once they are erased. */
  readonly subject: SubjectId | null;
  readonly search: SearchId;
  /** How many searches of the hour before returned the person. */
  readonly searches: number;
  readonly raisedAt: Instant;
  readonly seenAt: Instant | null;
  readonly seenBy: string | null;
}

/** The newest alerts, of one collection or of all, from after a page's end, at most `limit`. */
export async function listAlerts(
  db: Reader,
  options: {
    readonly collection?: CollectionId;
    readonly unseen?: boolean;
    readonly after?: { readonly raisedAt: number; readonly id: string } | null;
    readonly limit: number;
  },
): Promise<readonly Alert[]> {
  let query = db.read
    .selectFrom("alerts")
    .select([
      "id",
      "kind",
      "collection_id as collection",
      "account",
      "subject_id as subject",
      "search_id as search",
      "searches",
      "raised_at as raisedAt",
      "seen_at as seenAt",
      "seen_by as seenBy",
    ]);
  if (options.collection) query = query.where("collection_id", "=", options.collection);
  if (options.unseen) query = query.where("seen_at", "is", null);
  if (options.after) {
    const at = options.after.raisedAt as Instant;
    const id = options.after.id as AlertId;
    query = query.where((where) =>
      where.or([
        where("raised_at", "<", at),
        where.and([where("raised_at", "=", at), where("id", ">", id)]),
      ]),
    );
  }
  return query.orderBy("raised_at", "desc").orderBy("id").limit(options.limit).execute();
}

/**
 * Notes who has looked at an alert. No harm if somebody has. Nobody may wave away what was raised
 * about themselves: that is `alert_unknown` to them. Throws AccountsError alert_unknown.
 */
export async function noteAlertSeen(db: Db, recorder: Recorder, id: AlertId): Promise<void> {
  await db.write(async (tx) => {
    const row = await tx.write
      .updateTable("alerts")
      .set({ seen_at: recorder.clock.now(), seen_by: recorder.account })
      .where("id", "=", id)
      .where("account", "<>", recorder.account)
      .where("seen_at", "is", null)
      .returning("collection_id")
      .executeTakeFirst();
    if (row) {
      return append(tx, recorder, { kind: "alert.seen", collection: row.collection_id, alert: id });
    }
    const known = await tx.read
      .selectFrom("alerts")
      .select("id")
      .where("id", "=", id)
      .where("account", "<>", recorder.account)
      .executeTakeFirst();
    if (!known) throw new AccountsError("alert_unknown", "No alert for you to see has this id.");
  });
}
