import type { Clock } from "../base/clock.ts";
import { sha256Hex } from "../base/bytes.ts";
import { type CollectionId, newId, type NoticeId } from "../base/ids.ts";
import type { Reader, Tx } from "../storage/db.ts";

/** What people are told before they say yes. */
export interface Notice {
  readonly id: NoticeId;
  readonly version: number;
  readonly language: string;
  readonly body: string;
  readonly hash: string;
}

/** Adds the next version of a collection's notice. Older ones stay: grants point at them. */
export async function publishNotice(
  tx: Tx,
  clock: Clock,
  notice: {
    readonly collection: CollectionId;
    readonly language: string;
    readonly body: string;
  },
): Promise<NoticeId> {
  const newest = await currentNotice(tx, notice.collection, notice.language);
  const id = newId("not");
  await tx.write
    .insertInto("notices")
    .values({
      id,
      collection_id: notice.collection,
      version: (newest?.version ?? 0) + 1,
      language: notice.language,
      body: notice.body,
      hash: sha256Hex(notice.body),
      created_at: clock.now(),
    })
    .execute();
  return id;
}

/** The newest notice of a collection in a language, or null. */
export async function currentNotice(
  db: Reader,
  collection: CollectionId,
  language: string,
): Promise<Notice | null> {
  const row = await db.read
    .selectFrom("notices")
    .select(["id", "version", "language", "body", "hash"])
    .where("collection_id", "=", collection)
    .where("language", "=", language)
    .orderBy("version", "desc")
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}
