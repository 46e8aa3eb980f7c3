import type { SubjectId } from "../base/ids.ts";
import type { Reader } from "../storage/db.ts";

/** Of whom it is not known: staff, and people who never said yes to a notice. */
export const MAIL_LANGUAGE = "en";

/** The language that a person is written to in: that of the notice they said yes to last. */
export async function mailLanguageOf(db: Reader, subject: SubjectId): Promise<string> {
  const row = await db.read
    .selectFrom("consents")
    .innerJoin("grants", "grants.id", "consents.grant_id")
    .innerJoin("notices", "notices.id", "consents.notice_id")
    .select("notices.language")
    .where("grants.subject_id", "=", subject)
    .orderBy("consents.given_at", "desc")
    .orderBy("consents.id")
    .limit(1)
    .executeTakeFirst();
  return row?.language ?? MAIL_LANGUAGE;
}
