import { type Clock, DAY_MS, later } from "../base/clock.ts";
import type { CollectionId } from "../base/ids.ts";
import type { Reader } from "../storage/db.ts";
import { AccountsError } from "./errors.ts";

/** How many people may be invited to a collection in a day, and how many still. */
export interface InviteCap {
  readonly daily: number;
  readonly left: number;
}

/** A collection's cap now. Throws AccountsError invite_invalid where there is no such collection. */
export async function readInviteCap(
  db: Reader,
  clock: Clock,
  collection: CollectionId,
): Promise<InviteCap> {
  const row = await db.read
    .selectFrom("collections")
    .select("daily_invites as daily")
    .where("id", "=", collection)
    .executeTakeFirst();
  if (!row) throw new AccountsError("invite_invalid", "No collection has this id.");
  return { daily: row.daily, left: leftOf(row.daily, await madeInADay(db, clock, collection)) };
}

/** What is left of a daily number; one that was lowered since leaves nothing. */
export function leftOf(daily: number, made: number): number {
  return Math.max(0, daily - made);
}

/** How many invites were made for a collection in the 24 hours before now. */
export async function madeInADay(
  db: Reader,
  clock: Clock,
  collection: CollectionId,
): Promise<number> {
  const made = await db.read
    .selectFrom("invites")
    .select((select) => select.fn.countAll<number>().as("count"))
    .where("collection_id", "=", collection)
    .where("created_at", ">", later(clock.now(), -DAY_MS))
    .executeTakeFirstOrThrow();
  return made.count;
}
