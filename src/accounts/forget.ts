import { type Clock, DAY_MS, later } from "../base/clock.ts";
import type { SubjectId } from "../base/ids.ts";
import type { Db, Tx } from "../storage/db.ts";

const HOUR_MS = 60 * 60_000;
/** A link that was used is kept this long, for nothing but to say so. */
const LINK_MS = DAY_MS;
/** Answers to writes that are sent again. */
const ANSWER_MS = DAY_MS;
/** Long enough to see what was not delivered, and to write once more. */
const MAIL_MS = 30 * DAY_MS;

/**
 * Takes away how a person signs in and what waits to be written to them, before their contact goes:
 * sessions, links, passkeys, mail; invites that were meant for them end. Part of an erasure.
 */
export async function forgetSignIns(tx: Tx, clock: Clock, subject: SubjectId): Promise<void> {
  const { write } = tx;
  await write.deleteFrom("sessions").where("subject_id", "=", subject).execute();
  await write.deleteFrom("login_links").where("subject_id", "=", subject).execute();
  await write.deleteFrom("passkey_challenges").where("subject_id", "=", subject).execute();
  await write.deleteFrom("passkeys").where("subject_id", "=", subject).execute();
  await write.deleteFrom("contact_changes").where("subject_id", "=", subject).execute();
  await write
    .deleteFrom("enrolment_tries")
    .where("grant_id", "in", (grants) =>
      grants.selectFrom("grants").select("id").where("subject_id", "=", subject),
    )
    .execute();
  await write.deleteFrom("outgoing_mail").where("subject_id", "=", subject).execute();
  await write
    .updateTable("alerts")
    .set({ subject_id: null })
    .where("subject_id", "=", subject)
    .execute();
  await forgetContact(tx, clock, subject);
  // Whom an answer names is not known from outside.
  await write
    .updateTable("idempotency")
    .set({ sealed_body: null })
    .where("sealed_body", "is not", null)
    .execute();
}

/** What is found by the person's address: requests for links, and open invites. */
async function forgetContact(tx: Tx, clock: Clock, subject: SubjectId): Promise<void> {
  const { write } = tx;
  const row = await tx.read
    .selectFrom("subjects")
    .select("contact_index")
    .where("id", "=", subject)
    .executeTakeFirst();
  const index = row?.contact_index ?? null;
  if (index === null) return;
  const shared = await tx.read
    .selectFrom("subjects")
    .select("id")
    .where("contact_index", "=", index)
    .where("id", "<>", subject)
    .limit(1)
    .executeTakeFirst();
  // Somebody else of this address may wait for a link or an invite.
  if (shared) return;
  await write
    .deleteFrom("link_requests")
    .where("whose", "=", "subject")
    .where("address_index", "=", index)
    .execute();
  const invites = await write
    .updateTable("invites")
    .set({ ended_at: clock.now(), contact_index: null, sealed_contact: null })
    .where("contact_index", "=", index)
    .returning("id")
    .execute();
  const ids = invites.map(({ id }) => id);
  if (ids.length > 0)
    await write.deleteFrom("outgoing_mail").where("invite_id", "in", ids).execute();
}

/**
 * Deletes what is over by itself: sessions, links, challenges, requests, answers, sent mail, the
 * addresses of invites that nobody used. Part of the daily sweep.
 */
export async function sweepAccounts(db: Db, clock: Clock): Promise<void> {
  await db.write(async ({ write }) => {
    const now = clock.now();
    await write.deleteFrom("sessions").where("expires_at", "<=", now).execute();
    await write.deleteFrom("passkey_challenges").where("expires_at", "<=", now).execute();
    await write.deleteFrom("login_links").where("expires_at", "<=", later(now, -LINK_MS)).execute();
    await write.deleteFrom("link_requests").where("asked_at", "<=", later(now, -HOUR_MS)).execute();
    await write.deleteFrom("contact_changes").where("expires_at", "<=", now).execute();
    await write
      .deleteFrom("enrolment_tries")
      .where("began_at", "<=", later(now, -HOUR_MS))
      .execute();
    await write
      .deleteFrom("idempotency")
      .where("created_at", "<=", later(now, -ANSWER_MS))
      .execute();
    await write
      .deleteFrom("outgoing_mail")
      .where("created_at", "<=", later(now, -MAIL_MS))
      .execute();
    await write.deleteFrom("search_turns").where("taken_at", "<=", later(now, -HOUR_MS)).execute();
    await write
      .updateTable("invites")
      .set({ contact_index: null, sealed_contact: null })
      .where("expires_at", "<=", now)
      .where("sealed_contact", "is not", null)
      .execute();
  });
}
