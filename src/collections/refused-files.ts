import type { Instant } from "../base/clock.ts";
import type { CollectionId, ImportId } from "../base/ids.ts";
import type { Reader } from "../storage/db.ts";

/** A file of a folder or an archive that an import could not take. */
export interface RefusedFile {
  readonly import: ImportId;
  readonly path: string;
  /** An error code. */
  readonly reason: string;
  readonly startedAt: Instant;
}

/** Where a page of refused files ended. */
export type RefusedKey = Pick<RefusedFile, "import" | "path" | "startedAt">;

/** What imports of a collection refused, the newest import first, from after a page's end. */
export async function pageOfRefused(
  db: Reader,
  page: {
    readonly collection: CollectionId;
    readonly after: RefusedKey | null;
    readonly limit: number;
  },
): Promise<readonly RefusedFile[]> {
  const { after } = page;
  let query = db.read
    .selectFrom("import_files")
    .innerJoin("imports", "imports.id", "import_files.import_id")
    .select([
      "imports.id as import",
      "import_files.path",
      "import_files.reason",
      "imports.started_at as startedAt",
    ])
    .where("imports.collection_id", "=", page.collection)
    .where("import_files.outcome", "=", "refused")
    .orderBy("imports.started_at", "desc")
    .orderBy("imports.id")
    .orderBy("import_files.path")
    .limit(page.limit);
  if (after) {
    query = query.where((where) =>
      where.or([
        where("imports.started_at", "<", after.startedAt),
        where.and([
          where("imports.started_at", "=", after.startedAt),
          where.or([
            where("imports.id", ">", after.import),
            where.and([
              where("imports.id", "=", after.import),
              where("import_files.path", ">", after.path),
            ]),
          ]),
        ]),
      ]),
    );
  }
  const rows = await query.execute();
  return rows.map((row) => ({ ...row, reason: row.reason ?? "" }));
}
