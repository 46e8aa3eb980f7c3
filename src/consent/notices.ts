import { sha256Hex } from "../base/bytes.ts";
import { assert } from "../base/errors.ts";
import { type CollectionId, newId, type NoticeId } from "../base/ids.ts";
import { append, type Recorder } from "../ledger/ledger.ts";
import type { Reader, Tx } from "../storage/db.ts";
import { ConsentError } from "./errors.ts";

/** A language as BCP 47 names it: two or three letters, and a region or script perhaps. */
const LANGUAGE = /^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}$/u;
/** A notice is read by people. */
const BODY_LENGTH_MAX = 100_000;

/** What people are told before they say yes. */
export interface Notice {
  readonly id: NoticeId;
  readonly version: number;
  readonly language: string;
  readonly body: string;
  readonly hash: string;
}

/**
 * Adds the next version of a collection's notice. Older ones stay: grants point at them. Throws
 * ConsentError: language_unknown, notice_invalid.
 */
export async function publishNotice(
  tx: Tx,
  recorder: Recorder,
  notice: {
    readonly collection: CollectionId;
    readonly language: string;
    readonly body: string;
  },
): Promise<NoticeId> {
  const { collection, language, body } = notice;
  if (!LANGUAGE.test(language)) {
    throw new ConsentError("language_unknown", "Name the language as en, nl, or nl-BE.");
  }
  if (body.trim() === "" || body.length > BODY_LENGTH_MAX) {
    const advice = `A notice has a text, of at most ${BODY_LENGTH_MAX} characters.`;
    throw new ConsentError("notice_invalid", advice);
  }
  const newest = await currentNotice(tx, collection, language);
  const id = newId("not");
  const hash = sha256Hex(body);
  await tx.write
    .insertInto("notices")
    .values({
      id,
      collection_id: collection,
      version: (newest?.version ?? 0) + 1,
      language,
      body,
      hash,
      created_at: recorder.clock.now(),
    })
    .execute();
  await append(tx, recorder, { kind: "notice.published", collection, notice: id, language, hash });
  return id;
}

/** The newest notice of a collection in a language, or null. */
export async function currentNotice(
  db: Reader,
  collection: CollectionId,
  language: string,
): Promise<Notice | null> {
  return (await currentNotices(db, collection)).find((one) => one.language === language) ?? null;
}

/**
 * The newest notice of each language, in the order in which the languages came; the first is the
 * collection's own.
 */
export async function currentNotices(
  db: Reader,
  collection: CollectionId,
): Promise<readonly Notice[]> {
  const rows = await db.read
    .selectFrom("notices")
    .select(["id", "version", "language", "body", "hash"])
    .where("collection_id", "=", collection)
    .orderBy("version")
    .orderBy("created_at")
    .orderBy("language")
    .execute();
  // A Map keeps the place of the first version and the value of the last.
  return [...new Map(rows.map((row) => [row.language, row])).values()];
}

/**
 * The notice a person is told in their language: in the very one, or the same without its region,
 * or else the collection's first.
 */
export async function noticeFor(
  db: Reader,
  collection: CollectionId,
  language: string | null,
): Promise<Notice> {
  const notices = await currentNotices(db, collection);
  const bare = language?.split("-")[0];
  const notice =
    notices.find((one) => one.language === language) ??
    notices.find((one) => one.language === bare) ??
    notices[0];
  assert(notice, "A collection has a notice from its first day.");
  return notice;
}

/**
 * The notice of this hash, which a person was shown on a page. Throws ConsentError: notice_unknown,
 * and notice_outdated where a newer one was published meanwhile.
 */
export async function noticeShown(
  db: Reader,
  collection: CollectionId,
  hash: string,
): Promise<Notice> {
  const shown = (await currentNotices(db, collection)).find((one) => one.hash === hash);
  if (shown) return shown;
  const older = await db.read
    .selectFrom("notices")
    .select("id")
    .where("collection_id", "=", collection)
    .where("hash", "=", hash)
    .executeTakeFirst();
  if (older) {
    throw new ConsentError("notice_outdated", "The notice has changed since it was shown.");
  }
  throw new ConsentError("notice_unknown", "This collection has no such notice.");
}
