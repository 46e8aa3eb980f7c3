import { linkTo } from "../accounts/links.ts";
import { queueMail } from "../accounts/mail.ts";
import { mailLanguageOf } from "../accounts/mail-language.ts";
import { textsIn } from "../accounts/mail-texts.ts";
import { hashToken, isToken, newToken } from "../accounts/tokens.ts";
import { later } from "../base/clock.ts";
import type { SubjectId } from "../base/ids.ts";
import { append, type Recorder } from "../ledger/ledger.ts";
import type { Db } from "../storage/db.ts";
import {
  correctSubject,
  lockSubject,
  parseContact,
  readSubject,
  SubjectsError,
} from "../subjects/subjects.ts";
import { RightsError } from "./errors.ts";

/** The new address may be looked at on another machine, in the evening. */
const LINK_MS = 24 * 60 * 60_000;
/** As many letters as one may have sent to addresses of one's choice in an hour. */
const CHANGES_MAX = 5;
const CHANGES_MS = 60 * 60_000;

/**
 * A person wants to be reached elsewhere: a link is mailed there, and nothing changes before it is
 * opened, for the address is what signs them in. Throws SubjectsError subject_erased,
 * subject_contact_invalid; RightsError contact_changes_spent.
 */
export async function askContactChange(
  db: Db,
  recorder: Recorder,
  change: { readonly subject: SubjectId; readonly contact: string; readonly origin: string },
): Promise<void> {
  const { clock, vault } = recorder;
  const { subject } = change;
  const contact = parseContact(change.contact);
  const { token, hash } = newToken();
  const now = clock.now();
  await db.write(async (tx) => {
    if (!(await lockSubject(tx, subject))) throw erased();
    const { asked } = await tx.read
      .selectFrom("contact_changes")
      .select((select) => select.fn.countAll<number>().as("asked"))
      .where("subject_id", "=", subject)
      .where("created_at", ">", later(now, -CHANGES_MS))
      .executeTakeFirstOrThrow();
    if (asked >= CHANGES_MAX) {
      const advice = `At most ${CHANGES_MAX} changes of address an hour. Wait, then go on.`;
      throw new RightsError("contact_changes_spent", advice);
    }
    const owner = { kind: "subject", id: subject } as const;
    await tx.write
      .insertInto("contact_changes")
      .values({
        token_hash: hash,
        subject_id: subject,
        sealed_contact: await vault.seal(tx, owner, Buffer.from(contact), ["contact", hash]),
        created_at: now,
        expires_at: later(now, LINK_MS),
      })
      .execute();
    const { name } = await readSubject(tx, vault, subject);
    const link = linkTo(change.origin, "contact", token);
    const goodUntil = later(now, LINK_MS);
    const texts = textsIn(await mailLanguageOf(tx, subject));
    const mail = { to: contact, ...texts.contact({ name, link }), goodUntil };
    await queueMail(tx, recorder, { kind: "subject_link", subject }, mail);
  });
}

/**
 * Confirms a change of address with its link; other changes that wait are over. Sessions stay:
 * whoever asked was signed in. Throws RightsError contact_change_over, which never says why;
 * SubjectsError subject_known.
 */
export async function confirmContactChange(
  db: Db,
  recorder: Recorder,
  token: string,
): Promise<void> {
  if (!isToken(token)) throw over();
  const { clock, vault } = recorder;
  const hash = hashToken(token);
  await db.write(async (tx) => {
    const row = await tx.read
      .selectFrom("contact_changes")
      .selectAll()
      .where("token_hash", "=", hash)
      .where("expires_at", ">", clock.now())
      .executeTakeFirst();
    // Locked before the row is used up, in the order of an erasure.
    if (!row || !(await lockSubject(tx, row.subject_id))) throw over();
    const used = await tx.write
      .deleteFrom("contact_changes")
      .where("subject_id", "=", row.subject_id)
      .returning("token_hash")
      .execute();
    if (!used.some(({ token_hash }) => token_hash === hash)) throw over();
    const owner = { kind: "subject", id: row.subject_id } as const;
    const opened = await vault.unseal(tx, owner, row.sealed_contact, ["contact", hash]);
    const subject = row.subject_id;
    await correctSubject(tx, vault, subject, { contact: opened.toString() });
    await append(
      tx,
      { ...recorder, account: subject },
      { kind: "record.corrected", collection: null, subject, fields: ["contact"] },
    );
  });
}

function over(): RightsError {
  return new RightsError(
    "contact_change_over",
    "This link opens nothing (any more). Ask for another.",
  );
}

function erased(): SubjectsError {
  return new SubjectsError("subject_erased", "This person was erased.");
}
