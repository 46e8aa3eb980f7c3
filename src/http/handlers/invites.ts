import { checkOpen, findCollection } from "../../collections/collections.ts";
import { z } from "zod";
import type { Sender } from "../../accounts/invite-mail.ts";
import { readInviteCap } from "../../accounts/invite-cap.ts";
import { checkInviteIn, pageOfInvites } from "../../accounts/invite-list.ts";
import {
  createInvites,
  endInvite,
  type Invite,
  openInvite,
  resendInvite,
} from "../../accounts/invites.ts";
import { linkTo } from "../../accounts/links.ts";
import type { App } from "../../app.ts";
import type { CollectionId } from "../../base/ids.ts";
import { acceptInvite } from "../../collections/answer-invite.ts";
import { invitePosters } from "../../consent/invite-poster.ts";
import { layersOf } from "../../consent/layered-notice.ts";
import { currentNotices, noticeFor } from "../../consent/notices.ts";
import { readOperator } from "../../consent/operator.ts";
import { readRules } from "../../consent/rules.ts";
import { textsNear } from "../../consent/texts/languages.ts";
import type { invite, inviteRoutes } from "../../contract/invites.ts";
import { AccountsError } from "../../accounts/errors.ts";
import { renderPdf } from "../../print/pdf.ts";
import { qrSvg } from "../../print/qr-svg.ts";
import { pageOf, readCursor } from "../cursors.ts";
import type { Handlers } from "../handler.ts";

const invitesKey = z.object({ createdAt: z.number(), id: z.string() });

export const inviteHandlers: Handlers<typeof inviteRoutes> = {
  createInvites: async (app, { params, body, recorder, origin }) => {
    const { collection } = params;
    checkOpen(await findCollection(app.db, collection));
    const { language, days, handed } = body;
    const handedOver = Array.from({ length: handed }, () => null);
    const contacts = [...body.contacts, ...handedOver];
    const request = { collection, language, days, contacts };
    const made = await createInvites(app.db, recorder, request, await senderOf(app, origin));
    return {
      items: made.map(({ id, token, expiresAt }, index) => {
        const mailed = contacts[index] !== null;
        if (mailed) return { id, expiresAt, mailed, token: null, link: null, qr: null };
        const link = linkTo(origin, "invite", token);
        return { id, expiresAt, mailed, token, link, qr: qrSvg(link) };
      }),
    };
  },
  listInvites: async (app, { params, query }) => {
    const after = readCursor(query.cursor, invitesKey);
    const page = { collection: params.collection, after, limit: query.limit + 1 };
    const rows = await pageOfInvites(app.db, app.clock, page);
    return pageOf(rows, query.limit, {
      key: ({ createdAt, id }) => ({ createdAt, id }),
      item: inviteOf,
    });
  },
  getInviteCap: async ({ db, clock }, { params }) => {
    await findCollection(db, params.collection);
    return { ...(await readInviteCap(db, clock, params.collection)) };
  },
  printInvites: async (app, { params, body, recorder, origin }) => {
    const links = [];
    for (const token of body.tokens) {
      const { collection, expiresAt } = await openInvite(app.db, recorder, token);
      if (collection !== params.collection) {
        throw new AccountsError("invite_over", "An invite is of another collection.");
      }
      links.push({ link: linkTo(origin, "invite", token), expiresAt });
    }
    const { name, purpose, contact } = await readRules(app.db, params.collection);
    const operator = (await readOperator(app.db))?.name ?? null;
    const facts = { operator, collection: name, purpose, contact };
    const content = await renderPdf(invitePosters(facts, links, body.language));
    return { content, name: "invites.pdf" };
  },
  resendInvite: async (app, { params, recorder, origin }) => {
    await checkInviteIn(app.db, params.collection, params.invite);
    checkOpen(await findCollection(app.db, params.collection));
    await resendInvite(app.db, recorder, params.invite, await senderOf(app, origin));
    return { done: true };
  },
  endInvite: async (app, { params, recorder }) => {
    await checkInviteIn(app.db, params.collection, params.invite);
    await endInvite(app.db, recorder, params.invite);
    return { done: true };
  },
  openInvite: async (app, { body, recorder }) => {
    const opened = await openInvite(app.db, recorder, body.token);
    const { collection, contact } = opened;
    return { ...(await askedOf(app, collection, body.language ?? opened.language)), contact };
  },
  declineInvite: async (app, { body, recorder }) => {
    const { id } = await openInvite(app.db, recorder, body.token);
    await endInvite(app.db, { ...recorder, account: "nobody" }, id);
    return { done: true };
  },
  acceptInvite: async (app, { body, recorder, principal, session }) => {
    const subject = principal.kind === "subject" ? principal.id : null;
    const bearer = { subject, session: session.id };
    const accepted = await acceptInvite(app.db, recorder, body, bearer);
    session.start(accepted.session.token, accepted.session.expiresAt);
    return accepted;
  },
};

/** What the bearer of an invite to a collection is asked, in the language nearest to theirs. */
async function askedOf({ db }: App, id: CollectionId, language: string) {
  const rules = await readRules(db, id);
  const notice = await noticeFor(db, id, language);
  const { version, hash, body } = notice;
  const { short, items } = layersOf(notice);
  const { uses } = textsNear(notice.language).receipt;
  const use = (name: "find" | "keep_photo") => {
    return { use: name, title: uses[name], chosen: false as const, needed: name === "find" };
  };
  const { name, purpose, contact, alternative, ageFloor, retentionDays } = rules;
  return {
    collection: { id, name, purpose, contact },
    operator: (await readOperator(db))?.name ?? null,
    notice: { version, language: notice.language, hash, body, short, items: [...items] },
    languages: (await currentNotices(db, id)).map((one) => one.language),
    uses: [use("find"), use("keep_photo")],
    alternative,
    ageFloor,
    retentionDays,
    uploadPhoto: rules.uploadPhoto,
  };
}

async function senderOf({ db }: App, origin: string): Promise<Sender> {
  return { origin, operator: (await readOperator(db))?.name ?? "Assent" };
}

function inviteOf(one: Invite): z.input<typeof invite> {
  const { id, language, state, hasContact, createdBy, createdAt, expiresAt } = one;
  return { id, language, state, hasContact, createdBy, createdAt, expiresAt };
}
