import type { Instant } from "../base/clock.ts";
import type { CollectionId, InviteId } from "../base/ids.ts";
import type { Recorder } from "../ledger/ledger.ts";
import type { Tx } from "../storage/db.ts";
import { linkTo } from "./links.ts";
import { queueMail } from "./mail.ts";
import { textsIn } from "./mail-texts.ts";

/** Where links in mail lead, and in whose name they are sent. */
export interface Sender {
  readonly origin: string;
  readonly operator: string;
}

/** Queues the mail with an invite's link, in the language of the invite where there are texts in it. */
export async function mailInvite(
  tx: Tx,
  recorder: Recorder,
  { origin, operator }: Sender,
  invite: {
    readonly id: InviteId;
    readonly token: string;
    readonly expiresAt: Instant;
    readonly collection: CollectionId;
    readonly language: string;
    readonly contact: string;
  },
): Promise<void> {
  const { name } = await tx.read
    .selectFrom("collections")
    .select("name")
    .where("id", "=", invite.collection)
    .executeTakeFirstOrThrow();
  const until = new Date(invite.expiresAt).toISOString().slice(0, 10);
  const link = linkTo(origin, "invite", invite.token);
  const text = textsIn(invite.language).invite({ operator, collection: name, until, link });
  const mail = { to: invite.contact, ...text };
  await queueMail(tx, recorder, { kind: "invite", invite: invite.id }, mail);
}
