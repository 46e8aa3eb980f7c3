import assert from "node:assert/strict";
import { connect } from "../client/assent.ts";
import { each } from "../client/each.ts";
import { cookieSession } from "../client/badge.ts";
import { createInvites } from "../src/accounts/invites.ts";
import { openSession } from "../src/accounts/sessions.ts";
import type { AccountId } from "../src/base/ids.ts";
import { onEachDatabase } from "./databases.ts";
import { enrolPerson, makeCollection, today } from "./instance.ts";
import { openTestService, signInAs } from "./service.ts";

onEachDatabase(
  "people are listed by state, renewed by a form, and have their receipts",
  async (database) => {
    await using served = await openTestService(database);
    const { app } = served.instance;
    const made = await makeCollection(app);
    const collection = made.id;
    const anna = await enrolPerson(app, made, "anna");
    const bert = await enrolPerson(app, made, "bert");
    const carl = await enrolPerson(app, made, "carl");
    const elsewhere = await makeCollection(app, { name: "elsewhere" });
    await enrolPerson(app, elsewhere, "anna");
    const dora = await enrolPerson(app, elsewhere, "dora");
    const headers = await signInAs(served, "staff", [collection]);
    const staff = connect({
      address: served.service.origin,
      as: cookieSession(headers["cookie"] ?? ""),
    });
    await staff.pausePerson({ collection, subject: bert });
    await staff.withdrawPerson({ collection, subject: carl });
    const idsOf = async (state: "granted" | "paused" | "withdrawn" | "expired") =>
      (await staff.listPeople({ collection, state })).items.map(({ id }) => id);
    assert.deepEqual(await idsOf("granted"), [anna]);
    assert.deepEqual(await idsOf("paused"), [bert]);
    assert.deepEqual(await idsOf("withdrawn"), [carl]);
    assert.deepEqual(await idsOf("expired"), []);
    const person = await staff.getPerson({ collection, subject: anna });
    assert.equal(person.enrolled, true);
    assert.equal((await staff.getPerson({ collection, subject: carl })).enrolled, false);
    const form = { form: "binder 2, page 1", signedOn: today(app), witness: "Bert" };
    const renewed = await staff.renewPerson({ collection, subject: anna, ...form });
    assert.equal(renewed.outcome, "renewed");
    assert.equal(renewed.grant, person.grant.id);
    assert.equal((await staff.renewPerson({ collection, subject: anna, ...form })).outcome, "kept");
    await assert.rejects(staff.renewPerson({ collection, subject: carl, ...form }), {
      code: "no_live_grant",
    });
    const { items } = await staff.listPersonReceipts({ collection, subject: anna });
    // The consent elsewhere is no business of this collection's staff.
    assert.deepEqual(
      items.map(({ grant }) => grant),
      [person.grant.id, person.grant.id],
    );
    const of = { collection, subject: anna, consent: items[0]?.consent ?? "" };
    assert.match(
      await (await (await staff.readPersonReceiptPage(of)).whole()).text(),
      /binder|<html/u,
    );
    const pdf = await (await staff.readPersonReceiptPdf(of)).whole();
    assert.equal((await pdf.text()).slice(0, 5), "%PDF-");
    // Whether somebody is known elsewhere is no business of theirs either.
    await assert.rejects(staff.listPersonReceipts({ collection, subject: dora }), {
      code: "subject_unknown",
    });
  },
);

onEachDatabase(
  "invites are counted and printed, only those of the collection, and sessions are ended",
  async (database) => {
    await using served = await openTestService(database);
    const { app } = served.instance;
    const { id: collection } = await makeCollection(app);
    const { id: elsewhere } = await makeCollection(app, { name: "elsewhere" });
    const headers = await signInAs(served, "staff", [collection]);
    const staff = connect({
      address: served.service.origin,
      as: cookieSession(headers["cookie"] ?? ""),
    });
    const { daily } = await staff.getInviteCap({ collection });
    const made = await staff.createInvites({ collection, handed: 2, language: "en" });
    assert.deepEqual(await staff.getInviteCap({ collection }), { daily, left: daily - 2 });
    const tokens = made.items.map(({ token }) => token ?? "");
    const pdf = await staff.printInvites({ collection, tokens, language: "nl" });
    const text = Buffer.from(await (await pdf.whole()).arrayBuffer()).toString("latin1");
    assert.equal([...text.matchAll(/\/Type \/Page\b/gu)].length, 2);
    const request = { collection: elsewhere, language: "en", days: 2, contacts: [null] };
    const [other] = await createInvites(app.db, app.recorder, request, null);
    await assert.rejects(staff.printInvites({ collection, tokens: [other?.token ?? ""] }), {
      code: "invite_over",
    });
    const owner = { kind: "account", id: ((await staff.whoAmI()).id ?? "") as AccountId } as const;
    await app.db.write(async (tx) => openSession(tx, app.clock, owner, null));
    const open = await staff.listSessions();
    assert.equal(open.items.length, 2);
    assert.equal(open.items.filter(({ current }) => current).length, 1);
    assert.deepEqual(await staff.endOtherSessions(), { ended: 1 });
    assert.deepEqual(
      (await staff.listSessions()).items.map(({ current }) => current),
      [true],
    );
  },
);

onEachDatabase("people are found by a part of their name, page after page", async (database) => {
  await using served = await openTestService(database);
  const { app } = served.instance;
  const made = await makeCollection(app);
  const collection = made.id;
  const names = ["anna", "hanna", "bert", "annabel"];
  const ids = new Map<string, string>();
  for (const name of names) ids.set(name, await enrolPerson(app, made, name));
  const as = async (role: "staff" | "auditor") => {
    const { cookie = "" } = await signInAs(served, role, role === "staff" ? [collection] : []);
    return connect({ address: served.service.origin, as: cookieSession(cookie) });
  };
  const staff = await as("staff");
  const found: string[] = [];
  for await (const one of each(staff.listPeople, { collection, name: "ANNA", limit: 1 })) {
    found.push(one.id);
  }
  const wanted = ["anna", "hanna", "annabel"].map((name) => ids.get(name) ?? "");
  assert.deepEqual(found.toSorted(), wanted.toSorted());
  const state = "paused";
  await staff.pausePerson({ collection, subject: ids.get("hanna") ?? "" });
  const paused = await staff.listPeople({ collection, name: "anna", state });
  assert.deepEqual(paused, {
    items: [await staff.getPerson({ collection, subject: ids.get("hanna") ?? "" })],
    next: null,
  });
  const auditor = await as("auditor");
  await assert.rejects(auditor.listPeople({ collection, name: "anna" }), { code: "not_allowed" });
});

onEachDatabase("nobody is invited to a collection that is closed", async (database) => {
  await using served = await openTestService(database);
  const { app } = served.instance;
  const { id: collection } = await makeCollection(app);
  const headers = await signInAs(served, "owner");
  const owner = connect({
    address: served.service.origin,
    as: cookieSession(headers["cookie"] ?? ""),
  });
  const request = { collection, contacts: ["dora@people.example"], language: "en" };
  const [invite] = (await owner.createInvites(request)).items;
  assert.ok(invite);
  await owner.closeCollection({ collection });
  await assert.rejects(owner.createInvites(request), { code: "collection_closed" });
  const again = owner.resendInvite({ collection, invite: invite.id });
  await assert.rejects(again, { code: "collection_closed" });
  assert.equal((await owner.listMail()).items.length, 1);
});
