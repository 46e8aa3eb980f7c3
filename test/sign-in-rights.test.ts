import assert from "node:assert/strict";
import { createInvites, openInvite, redeemInvite } from "../src/accounts/invites.ts";
import { answerLinkRequests, askForLink, finishLogin } from "../src/accounts/links.ts";
import { type Mail, sendDueMail } from "../src/accounts/mail.ts";
import { finishRegistration, startRegistration } from "../src/accounts/passkeys.ts";
import { accountNameOf, resolvePrincipal } from "../src/accounts/principal.ts";
import type { App } from "../src/app.ts";
import type { SubjectId } from "../src/base/ids.ts";
import { pause, withdraw } from "../src/rights/consent-changes.ts";
import { erase } from "../src/rights/erase.ts";
import { Authenticator } from "./authenticator.ts";
import { onEachDatabase } from "./databases.ts";
import { enrolPerson, makeCollection, openInstance, returned, searchFor } from "./instance.ts";
import { eventsOf } from "./ledger.ts";

const ORIGIN = "https://photos.club.example";
const SENDER = { origin: ORIGIN, operator: "The club" };

/** The tokens in the mail that waits, which is how a person gets them. */
async function tokensInMail(app: App): Promise<readonly string[]> {
  const posted: Mail[] = [];
  await sendDueMail(app, { send: async (_, mail) => void posted.push(mail) });
  return posted.map(({ text }) => /#([\w-]{43})$/mu.exec(text)?.[1] ?? "none");
}

/** Signs a person in with nothing but the mail to their contact. Returns who they are taken for. */
async function comeBack(app: App, contact: string): Promise<SubjectId> {
  await askForLink(app, "subject", contact);
  await answerLinkRequests({ ...app, origin: ORIGIN });
  const [token = ""] = await tokensInMail(app);
  const { session } = await finishLogin(app.db, app.recorder, token);
  const { principal } = await resolvePrincipal(app, { sessionToken: session.token });
  assert.ok(principal.kind === "subject");
  return principal.id;
}

onEachDatabase(
  "R3 withdrawing asks for no stronger login than consenting: one link in the mail, each",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const collection = await makeCollection(app);
    const request = { collection: collection.id, language: "en", days: 7 };
    const contacts = ["anna@people.example"];
    await createInvites(app.db, app.recorder, { ...request, contacts }, SENDER);
    // To consent: one link, which was mailed to the contact.
    const [invite = ""] = await tokensInMail(app);
    const { contact } = await openInvite(app.db, app.recorder, invite);
    assert.equal(contact, "anna@people.example");
    await app.db.write(async (tx) => redeemInvite(tx, app.recorder, invite));
    const anna = await enrolPerson(app, collection, "anna", { contact });
    assert.deepEqual(returned(await searchFor(app, collection, ["anna"])), [anna]);
    // Whoever has a passkey still needs none to say no.
    const site = { host: "photos.club.example", origin: ORIGIN, name: "The club" };
    const deps = { db: app.db, clock: app.clock, site };
    const owner = { kind: "subject", id: anna } as const;
    const key = new Authenticator(ORIGIN);
    const options = await startRegistration(deps, owner, "anna");
    await finishRegistration(deps, app.recorder, owner, key.register(options));
    // To withdraw: one link, which was mailed to the contact.
    const subject = await comeBack(app, contact);
    assert.equal(subject, anna);
    const self = { ...app.recorder, account: accountNameOf({ kind: "subject", id: subject }) };
    assert.equal(await withdraw(app.db, self, subject, collection.id), 1);
    assert.deepEqual(returned(await searchFor(app, collection, ["anna"])), [null]);
    const [ended] = await eventsOf(app, "grant.withdrawn");
    assert.deepEqual([ended?.account, ended?.subject], [anna, anna]);
  },
);

onEachDatabase("R11 signing in, pausing and erasing look at no face", async (database) => {
  await using instance = await openInstance(database);
  const { app, engine } = instance;
  const collection = await makeCollection(app);
  const anna = await enrolPerson(app, collection, "anna");
  const { analysed } = engine;
  const embedded = engine.embedded.length;
  const subject = await comeBack(app, "anna@people.example");
  assert.equal(subject, anna);
  const self = { ...app.recorder, account: subject };
  assert.equal(await pause(app.db, self, subject, "all"), 1);
  await erase(app, self, subject);
  assert.equal(engine.analysed, analysed);
  assert.equal(engine.embedded.length, embedded);
});

onEachDatabase(
  "R14 erasing ends every session, link and open invite of the person",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const { db } = app;
    const collection = await makeCollection(app);
    const anna = await enrolPerson(app, collection, "anna");
    const contact = "anna@people.example";
    await askForLink(app, "subject", contact);
    await answerLinkRequests({ ...app, origin: ORIGIN });
    await askForLink(app, "subject", contact);
    await answerLinkRequests({ ...app, origin: ORIGIN });
    const [used = "", unused = ""] = await tokensInMail(app);
    const { session } = await finishLogin(db, app.recorder, used);
    const request = { collection: collection.id, language: "en", days: 7, contacts: [contact] };
    const [invite] = await createInvites(db, app.recorder, request, SENDER);
    await askForLink(app, "subject", contact);
    await erase(app, app.recorder, anna);
    const { principal } = await resolvePrincipal(app, { sessionToken: session.token });
    assert.deepEqual(principal, { kind: "nobody" });
    await assert.rejects(finishLogin(db, app.recorder, unused), { code: "sign_in_refused" });
    await assert.rejects(openInvite(db, app.recorder, invite?.token ?? ""), {
      code: "invite_over",
    });
    await answerLinkRequests({ ...app, origin: ORIGIN });
    assert.deepEqual(await tokensInMail(app), []);
  },
);
