import assert from "node:assert/strict";
import {
  everythingStored,
  inEachOffice,
  makeOfficeCollection,
  MINUTE_MS,
  type Office,
  outcomesOf,
} from "../../test/accounts.ts";
import { eventsOf } from "../../test/ledger.ts";
import { DAY_MS } from "../base/clock.ts";
import { type CollectionId, newId } from "../base/ids.ts";
import { sweepAccounts } from "./forget.ts";
import {
  createInvites,
  endInvite,
  type InviteRequest,
  openInvite,
  redeemInvite,
  resendInvite,
} from "./invites.ts";
import { type Mail, sendDueMail } from "./mail.ts";
import { pageOfInvites } from "./invite-list.ts";

const SENDER = { origin: "https://photos.club.example", operator: "The club" };
const OVER = { code: "invite_over" };

function requestFor(collection: CollectionId, changes: Partial<InviteRequest> = {}): InviteRequest {
  return { collection, language: "en", contacts: [null], days: 14, ...changes };
}

async function invite(office: Office, request: InviteRequest) {
  const made = await createInvites(office.db, office.recorder, request, SENDER);
  const [one] = made;
  assert.ok(one);
  return one;
}

async function redeem({ db, recorder }: Office, token: string) {
  return db.write(async (tx) => redeemInvite(tx, recorder, token));
}

inEachOffice("an invite is opened often and used once, of many at once by one", async (office) => {
  const { db, recorder } = office;
  const { id: collection } = await makeOfficeCollection(office);
  const contacts = ["anna@people.example"];
  const request = requestFor(collection, { contacts, language: "nl" });
  const { id, token, expiresAt } = await invite(office, request);
  const open = { id, collection, language: "nl", contact: "anna@people.example", expiresAt };
  assert.deepEqual(await openInvite(db, recorder, token), open);
  assert.deepEqual(await openInvite(db, recorder, token), open);
  const together = Array.from({ length: 6 }, async () => redeem(office, token));
  const { done, codes } = await outcomesOf(together);
  assert.equal(done, 1);
  assert.deepEqual(new Set(codes), new Set(["invite_over"]));
  await assert.rejects(openInvite(db, recorder, token), OVER);
  assert.equal((await eventsOf(office, "invite.used")).length, 1);
  const [listed] = await pageOfInvites(db, office.clock, { collection, after: null, limit: 10 });
  assert.deepEqual([listed?.state, listed?.hasContact], ["used", false]);
});

inEachOffice("what fails after the redeeming leaves the invite open", async (office) => {
  const { db, recorder } = office;
  const { id: collection } = await makeOfficeCollection(office);
  const { token } = await invite(office, requestFor(collection));
  const failing = db.write(async (tx) => {
    await redeemInvite(tx, recorder, token);
    throw new Error("the grant was refused");
  });
  await assert.rejects(failing, /the grant was refused/u);
  assert.equal((await redeem(office, token)).collection, collection);
});

inEachOffice(
  "an invite that expired or was ended opens nothing, and forgets whom",
  async (office) => {
    const { db, clock, recorder } = office;
    const { id: collection } = await makeOfficeCollection(office);
    const contacts = ["anna@people.example"];
    const early = await invite(office, requestFor(collection, { contacts }));
    const late = await invite(office, requestFor(collection, { contacts }));
    await endInvite(db, recorder, early.id);
    await endInvite(db, recorder, early.id);
    await assert.rejects(redeem(office, early.token), OVER);
    clock.move(14 * DAY_MS - 1);
    assert.ok(await openInvite(db, recorder, late.token));
    clock.move(1);
    await assert.rejects(openInvite(db, recorder, late.token), OVER);
    await assert.rejects(redeem(office, late.token), OVER);
    await sweepAccounts(db, clock);
    const states = await pageOfInvites(db, clock, { collection, after: null, limit: 10 });
    assert.deepEqual(new Set(states.map(({ state }) => state)), new Set(["ended", "expired"]));
    assert.ok(states.every(({ hasContact }) => !hasContact));
    const sealed = await db.read.selectFrom("outgoing_mail").select("state").execute();
    // The mail of the ended one never went; the other one's was never sent either, and is due.
    assert.deepEqual(sealed.map(({ state }) => state).sort(), ["dead", "waiting"]);
  },
);

inEachOffice("a collection invites no more than its daily cap, also at once", async (office) => {
  const { db, clock, recorder } = office;
  const { id: collection } = await makeOfficeCollection(office);
  await db.write(async (tx) =>
    tx.write.updateTable("collections").set({ daily_invites: 10 }).execute(),
  );
  const ask = async (people: number) =>
    createInvites(
      db,
      recorder,
      requestFor(collection, { contacts: Array.from({ length: people }, () => null) }),
      null,
    );
  const together = await outcomesOf([ask(3), ask(3), ask(3), ask(3), ask(3)]);
  assert.deepEqual(together, { done: 3, codes: ["invites_spent", "invites_spent"] });
  await assert.rejects(ask(2), { code: "invites_spent" });
  assert.equal((await ask(1)).length, 1);
  clock.move(DAY_MS);
  assert.equal((await ask(10)).length, 10);
});

inEachOffice(
  "an invite sent again has a new link, and is mailed four times at most",
  async (office) => {
    const { db, recorder } = office;
    const { id: collection } = await makeOfficeCollection(office);
    const contacts = ["anna@people.example"];
    const { id, token } = await invite(office, requestFor(collection, { contacts }));
    await resendInvite(db, recorder, id, SENDER);
    await assert.rejects(openInvite(db, recorder, token), OVER);
    const posted: Mail[] = [];
    await sendDueMail(office, { send: async (_, mail) => void posted.push(mail) });
    assert.deepEqual(
      posted.map(({ to }) => to),
      ["anna@people.example", "anna@people.example"],
    );
    const links = posted.map(({ text }) => /#([\w-]{43})$/mu.exec(text)?.[1] ?? "");
    const fresh = links.find((one) => one !== token) ?? "";
    assert.equal((await openInvite(db, recorder, fresh)).id, id);
    await resendInvite(db, recorder, id, SENDER);
    await resendInvite(db, recorder, id, SENDER);
    await assert.rejects(resendInvite(db, recorder, id, SENDER), { code: "invites_spent" });
    const bare = await invite(office, requestFor(collection));
    await assert.rejects(resendInvite(db, recorder, bare.id, SENDER), { code: "invite_invalid" });
    await assert.rejects(resendInvite(db, recorder, newId("inv"), SENDER), {
      code: "invite_unknown",
    });
  },
);

inEachOffice(
  "a list with one bad line invites nobody; nothing of it is readable",
  async (office) => {
    const { db, clock, recorder } = office;
    const { id: collection } = await makeOfficeCollection(office);
    const wrong: readonly Partial<InviteRequest>[] = [
      { contacts: ["anna@people.example", "bert"] },
      { contacts: [] },
      { contacts: Array.from({ length: 501 }, () => null) },
      { days: 0 },
      { days: 91 },
      { language: "english please" },
      { collection: newId("col") },
    ];
    for (const changes of wrong) {
      const asking = createInvites(db, recorder, requestFor(collection, changes), SENDER);
      await assert.rejects(asking, { code: "invite_invalid" });
    }
    assert.deepEqual(await pageOfInvites(db, clock, { collection, after: null, limit: 10 }), []);
    const contacts = ["annabella@people.example"];
    const { token } = await invite(office, requestFor(collection, { contacts }));
    clock.move(MINUTE_MS);
    const stored = await everythingStored(db);
    assert.ok(!stored.includes("annabella") && !stored.includes(token));
  },
);
