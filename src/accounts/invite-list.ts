import type { Clock, Instant } from "../base/clock.ts";
import type { CollectionId, InviteId } from "../base/ids.ts";
import type { Reader } from "../storage/db.ts";
import { AccountsError } from "./errors.ts";
import { type Invite, stateOf } from "./invites.ts";

/** Where a page of invites ended. */
export interface InvitesKey {
  readonly createdAt: number;
  readonly id: string;
}

/** A page of a collection's invites, the newest first. */
export async function pageOfInvites(
  db: Reader,
  clock: Clock,
  page: {
    readonly collection: CollectionId;
    readonly after: InvitesKey | null;
    readonly limit: number;
  },
): Promise<readonly Invite[]> {
  const { after } = page;
  let query = db.read
    .selectFrom("invites")
    .selectAll()
    .where("collection_id", "=", page.collection);
  if (after) {
    const { id } = after;
    const createdAt = after.createdAt as Instant;
    query = query.where((where) =>
      where.or([
        where("created_at", "<", createdAt),
        where.and([where("created_at", "=", createdAt), where("id", ">", id as InviteId)]),
      ]),
    );
  }
  const rows = await query.orderBy("created_at", "desc").orderBy("id").limit(page.limit).execute();
  return rows.map((row) => ({
    id: row.id,
    collection: row.collection_id,
    language: row.language,
    state: stateOf(row, clock.now()),
    hasContact: row.sealed_contact !== null,
    createdBy: row.created_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  }));
}

/** Throws AccountsError invite_unknown where an invite is not of this collection. */
export async function checkInviteIn(
  db: Reader,
  collection: CollectionId,
  id: InviteId,
): Promise<void> {
  const row = await db.read
    .selectFrom("invites")
    .select("id")
    .where("id", "=", id)
    .where("collection_id", "=", collection)
    .executeTakeFirst();
  if (!row) throw new AccountsError("invite_unknown", "No invite of this collection has this id.");
}
