import type { CollectionId, GrantId } from "../base/ids.ts";
import type { Reader, Tx } from "../storage/db.ts";
import { locked } from "../storage/locks.ts";

/**
 * Notes that a gallery in memory has to read a grant anew: its state, its end or its templates have
 * changed. In a transaction that has moved the collection's `gallery_version` before (touchGallery),
 * unless no gallery holds the grant any more: its time is over.
 */
export async function touchGrant(tx: Tx, id: GrantId): Promise<void> {
  await touching(tx).where("id", "=", id).execute();
}

/**
 * The same for everybody in a collection who has not ended. The grants are locked before, by id as a
 * search locks those it returns: two that wait for each other would be a deadlock.
 */
export async function touchGrantsIn(tx: Tx, collection: CollectionId): Promise<void> {
  const alive = tx.write
    .selectFrom("grants")
    .select("id")
    .where("collection_id", "=", collection)
    .where("state", "in", ["granted", "paused"])
    .orderBy("id");
  await locked(tx, alive, "update").execute();
  await touching(tx)
    .where("collection_id", "=", collection)
    .where("state", "in", ["granted", "paused"])
    .execute();
}

function touching(tx: Tx) {
  return tx.write.updateTable("grants").set((set) => ({
    gallery_version: set
      .selectFrom("collections")
      .select("collections.gallery_version")
      .whereRef("collections.id", "=", "grants.collection_id")
      .$asScalar()
      .$notNull(),
  }));
}

interface Touched {
  readonly id: GrantId;
  readonly gallery_version: number;
}

/** Pages of the grants of a collection that were touched after a version of its gallery. */
export async function* touchedGrants(
  db: Reader,
  collection: CollectionId,
  { after, limit }: { readonly after: number; readonly limit: number },
): AsyncGenerator<readonly GrantId[]> {
  const query = db.read
    .selectFrom("grants")
    .select(["id", "gallery_version"])
    .where("collection_id", "=", collection)
    .orderBy("gallery_version")
    .orderBy("id")
    .limit(limit);
  const behind = ({ gallery_version: version, id }: Touched) =>
    query.where((where) =>
      where(where.refTuple("gallery_version", "id"), ">", where.tuple(version, id)),
    );
  let page: readonly Touched[] = await query.where("gallery_version", ">", after).execute();
  for (let last = page.at(-1); last; last = page.at(-1)) {
    yield page.map(({ id }) => id);
    page = page.length < limit ? [] : await behind(last).execute();
  }
}
