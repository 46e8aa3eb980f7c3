import assert from "node:assert/strict";
import {
  everythingStored,
  inEachOffice,
  makeAccount,
  MINUTE_MS,
  HOUR_MS,
  type Office,
  outcomesOf,
} from "../../test/accounts.ts";
import { eventsOf } from "../../test/ledger.ts";
import { findOrCreateSubject } from "../subjects/subjects.ts";
import { setActive } from "./accounts.ts";
import { AccountsError } from "./errors.ts";
import {
  answerLinkRequests,
  askForLink,
  finishLogin,
  firstOwnerLink,
  makeAccountLink,
  redeemFirstOwnerLink,
} from "./links.ts";
import { listMail, type Mail, sendDueMail } from "./mail.ts";
import { resolvePrincipal } from "./principal.ts";

const REFUSED = { code: "sign_in_refused" };

/** Sends what waits, and returns it. */
async function postOf(office: Office): Promise<readonly Mail[]> {
  const posted: Mail[] = [];
  await sendDueMail(office, { send: async (_, mail) => void posted.push(mail) });
  return posted;
}

function tokenIn(mail: Mail | undefined): string {
  const [, token] = /#([\w-]+)$/mu.exec(mail?.text ?? "") ?? [];
  assert.ok(token, "a link in the mail");
  return token;
}

async function addPerson({ db, vault, clock }: Office, name: string, contact: string) {
  return db.write(async (tx) => findOrCreateSubject(tx, vault, clock, { name, contact }));
}

inEachOffice("the first link makes one owner, whoever else has one", async (office) => {
  const { db, clock, recorder } = office;
  const stale = await firstOwnerLink(db, clock);
  const token = await firstOwnerLink(db, clock);
  assert.ok(stale && token);
  const person = { name: "Anna", email: "anna@club.example" };
  await assert.rejects(redeemFirstOwnerLink(db, recorder, stale, person), REFUSED);
  // It is no link to sign in with: that would leave nobody's account.
  await assert.rejects(finishLogin(db, recorder, token), REFUSED);
  const several = await outcomesOf(
    [1, 2, 3, 4].map(async (n) =>
      redeemFirstOwnerLink(db, recorder, token, { ...person, email: `anna${n}@club.example` }),
    ),
  );
  assert.deepEqual(several, { done: 1, codes: ["owner_exists", "owner_exists", "owner_exists"] });
  assert.equal(await firstOwnerLink(db, clock), null);
  const kinds = (await eventsOf(office, "account.")).map(({ kind }) => kind);
  assert.deepEqual(kinds, ["account.created", "account.signed_in"]);
});

inEachOffice("the first link is over after an hour", async ({ db, clock, recorder }) => {
  const token = await firstOwnerLink(db, clock);
  clock.move(HOUR_MS);
  const person = { name: "Anna", email: "anna@club.example" };
  await assert.rejects(redeemFirstOwnerLink(db, recorder, token ?? "", person), REFUSED);
  await assert.rejects(redeemFirstOwnerLink(db, recorder, "short", person), REFUSED);
});

inEachOffice("a link signs in once, of many who come at once exactly one", async (office) => {
  const { db, clock, recorder } = office;
  const id = await makeAccount(office);
  const token = await db.write(async (tx) => makeAccountLink(tx, clock, id));
  const together = Array.from({ length: 8 }, async () => finishLogin(db, recorder, token));
  const { done, codes } = await outcomesOf(together);
  assert.equal(done, 1);
  assert.deepEqual(new Set(codes), new Set(["sign_in_refused"]));
  await assert.rejects(finishLogin(db, recorder, token), REFUSED);
  assert.equal((await db.read.selectFrom("sessions").selectAll().execute()).length, 1);
});

inEachOffice("a link is over after 15 minutes, and with its account", async (office) => {
  const { db, clock, recorder } = office;
  await makeAccount(office);
  const id = await makeAccount(office, { email: "bert@club.example", role: "staff" });
  const link = async () => db.write(async (tx) => makeAccountLink(tx, clock, id));
  const early = await link();
  clock.move(15 * MINUTE_MS - 1);
  assert.ok(await finishLogin(db, recorder, early));
  const late = await link();
  clock.move(15 * MINUTE_MS);
  await assert.rejects(finishLogin(db, recorder, late), REFUSED);
  const disabled = await link();
  await db.write(async (tx) => setActive(tx, recorder, id, false));
  await assert.rejects(finishLogin(db, recorder, disabled), REFUSED);
  const afterwards = await link();
  await assert.rejects(finishLogin(db, recorder, afterwards), REFUSED);
});

inEachOffice("asking for a link leaves the same whether the address is known", async (office) => {
  const { db } = office;
  await addPerson(office, "Anna", "anna@people.example");
  for (const address of ["Anna@people.example ", "nobody@people.example"]) {
    assert.equal(await askForLink(office, "subject", address), undefined);
  }
  const rows = await db.read.selectFrom("link_requests").selectAll().execute();
  const shape = rows.map(({ whose, address_index, asked_at, answered_at }) => {
    return { whose, length: address_index.length, asked_at, answered_at };
  });
  assert.equal(shape.length, 2);
  assert.deepEqual(shape[0], shape[1]);
  assert.deepEqual(await listMail(db, 10), []);
  assert.equal(await answerLinkRequests(office), 2);
  assert.equal(await answerLinkRequests(office), 0);
  const posted = await postOf(office);
  assert.deepEqual(
    posted.map(({ to }) => to),
    ["anna@people.example"],
  );
});

inEachOffice(
  "people who share an address get a link each, and see only themselves",
  async (office) => {
    const { db, recorder } = office;
    const anna = await addPerson(office, "Anna", "home@people.example");
    const bert = await addPerson(office, "Bert", "home@people.example");
    await addPerson(office, "Carl", "carl@people.example");
    await askForLink(office, "subject", "home@people.example");
    await answerLinkRequests(office);
    const posted = await postOf(office);
    assert.equal(posted.length, 2);
    const seen: unknown[] = [];
    for (const mail of posted) {
      const { session } = await finishLogin(db, recorder, tokenIn(mail));
      const { principal } = await resolvePrincipal(office, { sessionToken: session.token });
      assert.ok(principal.kind === "subject");
      assert.ok(mail.text.includes(principal.id === anna ? "Anna" : "Bert"));
      seen.push(principal.id);
    }
    assert.deepEqual(new Set(seen), new Set([anna, bert]));
  },
);

inEachOffice(
  "an address gets five links an hour, whoever asks, and again later",
  async (office) => {
    await addPerson(office, "Anna", "anna@people.example");
    const ask = async (times: number): Promise<number> => {
      for (let one = 0; one < times; one += 1) {
        await askForLink(office, "subject", "anna@people.example");
      }
      await answerLinkRequests(office);
      return (await postOf(office)).length;
    };
    assert.equal(await ask(9), 5);
    office.clock.move(HOUR_MS - 1);
    assert.equal(await ask(1), 0);
    office.clock.move(1);
    assert.equal(await ask(2), 2);
  },
);

inEachOffice("what was asked while nobody answered is not answered hours later", async (office) => {
  await addPerson(office, "Anna", "anna@people.example");
  await askForLink(office, "subject", "anna@people.example");
  office.clock.move(15 * MINUTE_MS);
  assert.equal(await answerLinkRequests(office), 1);
  assert.deepEqual(await postOf(office), []);
});

inEachOffice("no token, address or name lies readable in any row", async (office) => {
  const { db, recorder } = office;
  await makeAccount(office, { name: "Berthold", email: "berthold@club.example" });
  await addPerson(office, "Annabella", "annabella@people.example");
  await askForLink(office, "account", "berthold@club.example");
  await askForLink(office, "subject", "annabella@people.example");
  await answerLinkRequests(office);
  const before = await everythingStored(db);
  const posted = await postOf(office);
  const tokens = posted.map(tokenIn);
  assert.equal(tokens.length, 2);
  const sessions: string[] = [];
  for (const token of tokens) sessions.push((await finishLogin(db, recorder, token)).session.token);
  const after = await everythingStored(db);
  const words = ["berthold", "Berthold", "annabella", "Annabella", "club.example"];
  for (const secret of [...tokens, ...sessions, ...words]) {
    assert.ok(!before.includes(secret) && !after.includes(secret));
  }
  assert.ok(after.includes("account_link"));
});

inEachOffice("a refusal never says why", async ({ db, recorder }) => {
  const messages = new Set<string>();
  for (const token of ["", "x", "A".repeat(43), `${"A".repeat(42)}!`]) {
    await finishLogin(db, recorder, token).catch((error: unknown) => {
      assert.ok(error instanceof AccountsError);
      messages.add(`${error.code} ${error.message}`);
    });
  }
  assert.equal(messages.size, 1);
});
