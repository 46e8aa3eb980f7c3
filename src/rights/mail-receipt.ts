import { queueMail } from "../accounts/mail.ts";
import { textsIn } from "../accounts/mail-texts.ts";
import { DAY_MS, later } from "../base/clock.ts";
import { type OwnReceipt, readOwnReceipt } from "../consent/own-receipts.ts";
import { receiptPage } from "../consent/receipt-page.ts";
import type { Recorder } from "../ledger/ledger.ts";
import { renderHtml } from "../print/html.ts";
import type { Db } from "../storage/db.ts";
import { lockSubject, readSubject, SubjectsError } from "../subjects/subjects.ts";
import { RightsError } from "./errors.ts";

/** A receipt is as good tomorrow; a mail server that is down for longer has other worries. */
const GOOD_MS = 3 * DAY_MS;
/** Nobody needs more copies; it keeps a session that somebody else got hold of from filling a mailbox. */
const MAILS_MAX = 10;
const MAILS_MS = 60 * 60_000;

/**
 * Queues a receipt for the person's own address, to read and as it was signed. Throws ConsentError
 * receipt_missing; SubjectsError subject_erased; RightsError receipt_mails_spent.
 */
export async function mailReceipt(
  db: Db,
  recorder: Recorder,
  of: OwnReceipt & { readonly language: string },
): Promise<void> {
  const { vault, clock } = recorder;
  const { subject, language } = of;
  await db.write(async (tx) => {
    if (!(await lockSubject(tx, subject))) {
      throw new SubjectsError("subject_erased", "This person was erased.");
    }
    const now = clock.now();
    const { queued } = await tx.read
      .selectFrom("outgoing_mail")
      .select((select) => select.fn.countAll<number>().as("queued"))
      .where("subject_id", "=", subject)
      .where("created_at", ">", later(now, -MAILS_MS))
      .executeTakeFirstOrThrow();
    if (queued >= MAILS_MAX) {
      const advice = `At most ${MAILS_MAX} mails an hour. Wait, then go on; saving it works always.`;
      throw new RightsError("receipt_mails_spent", advice);
    }
    const { jws, receipt } = await readOwnReceipt(tx, vault, of);
    const { name, contact } = await readSubject(tx, vault, subject);
    const collection = receipt["dpv:hasRecordOfActivity"]["assent:collection"]["schema:name"];
    const page = renderHtml(receiptPage(receipt, jws, language));
    await queueMail(
      tx,
      recorder,
      { kind: "subject_link", subject },
      {
        to: contact,
        ...textsIn(language).receipt({ name, collection }),
        files: [
          { name: "receipt.html", type: "text/html; charset=utf-8", content: page },
          { name: "receipt.jws", type: "application/jose", content: jws },
        ],
        goodUntil: later(now, GOOD_MS),
      },
    );
  });
}
