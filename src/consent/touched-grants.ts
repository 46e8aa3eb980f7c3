import type { CollectionId, GrantId } from "../base/ids.ts";
import type { Reader, Tx } from "../storage/db.ts";

/**
 * Notes that a gallery in memory has to read a grant anew: its state, its end or its templates have
 * changed. In a transaction that has moved the collection's `gallery_version` before (touchGallery).
 */
export async function touchGrant(tx: Tx, id: GrantId): Promise<void> {
  await tx.write
    .updateTable("grants")
    .set((set) => ({
      gallery_version: set
        .selectFrom("collections")
        .select("collections.gallery_version")
        .whereRef("collections.id", "=", "grants.collection_id")
        .$asScalar()
        .$notNull(),
    }))
    .where("id", "=", id)
    .execute();
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
