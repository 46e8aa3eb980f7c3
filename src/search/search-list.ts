import type { Clock, Instant } from "../base/clock.ts";
import type { CollectionId, EventId, SearchId } from "../base/ids.ts";
import type { Reader } from "../storage/db.ts";

/** A recorded search, as whoever made it or oversees it reads of it: whom it returned is not told. */
export interface ListedSearch {
  readonly id: SearchId;
  /** The account or key. */
  readonly account: string;
  readonly purpose: string;
  readonly startedAt: Instant;
  readonly recordedAt: Instant;
  /** Faces in the photo searched with. */
  readonly faces: number;
  /** People it returned. */
  readonly returned: number;
  /** Its entry in the ledger. */
  readonly entry: EventId | null;
  /** What it was made with, where that is still kept. */
  readonly probe: { readonly type: string; readonly until: Instant } | null;
}

/** Of which collection, by whom (null: by anybody), from after what, at most how many. */
export interface SearchesPage {
  readonly collection: CollectionId;
  readonly account: string | null;
  readonly after: { readonly recordedAt: number; readonly id: string } | null;
  readonly limit: number;
}

/** A page of a collection's searches, the newest first. */
export async function pageOfSearches(
  db: Reader,
  clock: Clock,
  { collection, account, after, limit }: SearchesPage,
): Promise<readonly ListedSearch[]> {
  let query = db.read
    .selectFrom("searches")
    .leftJoin("kept_probes", (join) =>
      join.onRef("kept_probes.search_id", "=", "searches.id").on("kept_until", ">", clock.now()),
    )
    .select(["media_type", "kept_until"])
    .select((select) => [
      "id",
      "account",
      "purpose",
      "started_at as startedAt",
      "recorded_at as recordedAt",
      "faces",
      "entry_id as entry",
      select
        .selectFrom("search_returns")
        .select((returns) => returns.fn.countAll<number>().as("count"))
        .whereRef("search_returns.search_id", "=", "searches.id")
        .as("returned"),
    ])
    .where("searches.collection_id", "=", collection);
  if (account !== null) query = query.where("account", "=", account);
  if (after) {
    const [at, id] = [after.recordedAt as Instant, after.id as SearchId];
    query = query.where((where) =>
      where.or([
        where("recorded_at", "<", at),
        where.and([where("recorded_at", "=", at), where("id", ">", id)]),
      ]),
    );
  }
  const rows = await query.orderBy("recorded_at", "desc").orderBy("id").limit(limit).execute();
  return rows.map(({ returned, media_type: type, kept_until: until, ...row }) => ({
    ...row,
    returned: returned ?? 0,
    probe: type !== null && until !== null ? { type, until } : null,
  }));
}
