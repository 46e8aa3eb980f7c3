import assert from "node:assert/strict";
import {
  everythingStored,
  inEachOffice,
  makeAccount,
  MINUTE_MS,
  type Office,
  outcomesOf,
} from "../../test/accounts.ts";
import { Authenticator, type Handling } from "../../test/authenticator.ts";
import { eventsOf } from "../../test/ledger.ts";
import { findOrCreateSubject } from "../subjects/subjects.ts";
import { setActive } from "./accounts.ts";
import { forgetSignIns } from "./forget.ts";
import {
  finishPasskeyLogin,
  finishRegistration,
  listPasskeys,
  removePasskey,
  startPasskeyLogin,
  startRegistration,
} from "./passkeys.ts";
import type { Owner } from "./sessions.ts";

const ORIGIN = "https://photos.club.example";
const REFUSED = { code: "passkey_refused" };

function depsOf({ db, clock }: Office) {
  return { db, clock, site: { host: "photos.club.example", origin: ORIGIN, name: "The club" } };
}

async function addPerson({ db, vault, clock }: Office): Promise<Owner> {
  const person = { name: "Anna", contact: "anna@people.example" };
  const id = await db.write(async (tx) => findOrCreateSubject(tx, vault, clock, person));
  return { kind: "subject", id };
}

async function register(office: Office, owner: Owner, key: Authenticator, handling: Handling = {}) {
  const options = await startRegistration(depsOf(office), owner, "anna");
  const answer = key.register(options, handling);
  return finishRegistration(depsOf(office), office.recorder, owner, answer);
}

async function login(office: Office, key: Authenticator, handling: Handling = {}) {
  const options = await startPasskeyLogin(depsOf(office));
  return finishPasskeyLogin(depsOf(office), office.recorder, key.signIn(options, handling));
}

inEachOffice("a passkey signs in whoever made it, an account or a person", async (office) => {
  const staff: Owner = { kind: "account", id: await makeAccount(office) };
  const person = await addPerson(office);
  for (const owner of [staff, person]) {
    const key = new Authenticator(ORIGIN);
    assert.equal(await register(office, owner, key), key.id);
    assert.deepEqual((await login(office, key)).owner, owner);
    assert.deepEqual((await login(office, key)).owner, owner);
    const [kept] = await listPasskeys(office.db, owner);
    assert.deepEqual([kept?.id, kept?.lastUsedAt], [key.id, office.clock.now()]);
  }
  const kinds = (await eventsOf(office)).map(({ kind }) => kind);
  assert.equal(kinds.filter((kind) => kind === "account.signed_in").length, 2);
  assert.equal(kinds.filter((kind) => kind === "subject.signed_in").length, 2);
  assert.ok(kinds.includes("account.passkey_added") && kinds.includes("subject.passkey_added"));
});

inEachOffice("R11 a person's passkey need not be unlocked; that of staff must", async (office) => {
  const staff: Owner = { kind: "account", id: await makeAccount(office) };
  const person = await addPerson(office);
  const options = await startRegistration(depsOf(office), person, "anna");
  assert.equal(options.authenticatorSelection?.userVerification, "preferred");
  const [mine, theirs] = [new Authenticator(ORIGIN), new Authenticator(ORIGIN)];
  await register(office, person, mine, { unlocked: false });
  assert.deepEqual((await login(office, mine, { unlocked: false })).owner, person);
  await assert.rejects(register(office, staff, theirs, { unlocked: false }), REFUSED);
  await register(office, staff, theirs);
  await assert.rejects(login(office, theirs, { unlocked: false }), REFUSED);
});

inEachOffice(
  "a challenge is signed once, in five minutes, by whom it was made for",
  async (office) => {
    const owner: Owner = { kind: "account", id: await makeAccount(office) };
    const other: Owner = {
      kind: "account",
      id: await makeAccount(office, { email: "bert@club.example" }),
    };
    const deps = depsOf(office);
    const key = new Authenticator(ORIGIN);
    const options = await startRegistration(deps, owner, "anna");
    const foreign = finishRegistration(deps, office.recorder, other, key.register(options));
    await assert.rejects(foreign, REFUSED);
    // The failed attempt has used it up.
    const again = finishRegistration(deps, office.recorder, owner, key.register(options));
    await assert.rejects(again, REFUSED);
    await register(office, owner, key);
    const asked = await startPasskeyLogin(deps);
    const answers = [1, 2, 3].map(() => key.signIn(asked));
    const together = answers.map(async (one) => finishPasskeyLogin(deps, office.recorder, one));
    assert.equal((await outcomesOf(together)).done, 1);
    const late = await startPasskeyLogin(deps);
    office.clock.move(5 * MINUTE_MS);
    await assert.rejects(finishPasskeyLogin(deps, office.recorder, key.signIn(late)), REFUSED);
    const invented = { challenge: Buffer.alloc(32, 7).toString("base64url") };
    await assert.rejects(finishPasskeyLogin(deps, office.recorder, key.signIn(invented)), REFUSED);
  },
);

inEachOffice("a signature for another site, or by a copy, is refused", async (office) => {
  const owner: Owner = { kind: "account", id: await makeAccount(office) };
  const key = new Authenticator(ORIGIN);
  await assert.rejects(
    register(office, owner, key, { origin: "https://photos.x.example" }),
    REFUSED,
  );
  await register(office, owner, key);
  await assert.rejects(login(office, key, { origin: "https://photos.x.example" }), REFUSED);
  await login(office, key);
  key.counter = 0;
  await assert.rejects(login(office, key), REFUSED);
  const stranger = new Authenticator(ORIGIN);
  await assert.rejects(login(office, stranger), REFUSED);
});

inEachOffice("what no browser says is refused before it is looked at", async (office) => {
  const deps = depsOf(office);
  const owner: Owner = { kind: "account", id: await makeAccount(office) };
  const long = "A".repeat(20_000);
  const wrong: readonly unknown[] = [
    null,
    "x",
    {},
    { id: "a", rawId: "a", type: "public-key", response: {} },
    { id: "a", rawId: "a", type: "public-key", response: { clientDataJSON: long } },
    { id: "a b", rawId: "a b", type: "public-key", response: { clientDataJSON: "e30" } },
  ];
  for (const one of wrong) {
    await assert.rejects(finishRegistration(deps, office.recorder, owner, one), REFUSED);
    await assert.rejects(finishPasskeyLogin(deps, office.recorder, one), REFUSED);
  }
});

inEachOffice("a removed passkey, or one of a disabled account, opens nothing", async (office) => {
  const { db, recorder } = office;
  await makeAccount(office);
  const bert = await makeAccount(office, { email: "bert@club.example", role: "staff" });
  const owner: Owner = { kind: "account", id: bert };
  const [one, two] = [new Authenticator(ORIGIN), new Authenticator(ORIGIN)];
  await register(office, owner, one);
  await register(office, owner, two);
  await removePasskey(db, recorder, owner, one.id);
  await assert.rejects(login(office, one), REFUSED);
  await assert.rejects(removePasskey(db, recorder, owner, one.id), REFUSED);
  await db.write(async (tx) => setActive(tx, recorder, bert, false));
  await assert.rejects(login(office, two), { code: "sign_in_refused" });
});

inEachOffice(
  "nobody has more than eight passkeys, nor one that is somebody else's",
  async (office) => {
    const owner: Owner = { kind: "account", id: await makeAccount(office) };
    const person = await addPerson(office);
    const first = new Authenticator(ORIGIN);
    await register(office, owner, first);
    await assert.rejects(register(office, person, first), REFUSED);
    for (let more = 1; more < 8; more += 1)
      await register(office, owner, new Authenticator(ORIGIN));
    await assert.rejects(register(office, owner, new Authenticator(ORIGIN)), {
      code: "passkeys_full",
    });
  },
);

inEachOffice("R14 who is forgotten leaves no passkey and no session", async (office) => {
  const { db, clock } = office;
  const person = await addPerson(office);
  assert.ok(person.kind === "subject");
  const key = new Authenticator(ORIGIN);
  await register(office, person, key);
  await login(office, key);
  await startRegistration(depsOf(office), person, "anna");
  await db.write(async (tx) => forgetSignIns(tx, clock, person.id));
  await assert.rejects(login(office, key), REFUSED);
  assert.ok(!(await everythingStored(db)).includes(key.id));
  for (const table of ["sessions", "passkeys"] as const) {
    assert.deepEqual(await db.read.selectFrom(table).selectAll().execute(), []);
  }
});
