import assert from "node:assert/strict";
import { HOUR_MS, inEachOffice, makeAccount, MINUTE_MS, type Office } from "../../test/accounts.ts";
import type { AccountId } from "../base/ids.ts";
import { changeAccount, setActive } from "./accounts.ts";
import { sweepAccounts } from "./forget.ts";
import { resolvePrincipal } from "./principal.ts";
import { endSession, endSessionsOf, type NewSession, openSession, useSession } from "./sessions.ts";

const NOBODY = { principal: { kind: "nobody" }, session: null, refused: "session" };

async function open(office: Office, id: AccountId): Promise<NewSession> {
  const owner = { kind: "account", id } as const;
  return office.db.write(async (tx) => openSession(tx, office.clock, owner, null));
}

inEachOffice("a session ends 12 hours after its beginning, however busy", async (office) => {
  const { token } = await open(office, await makeAccount(office));
  let current = token;
  for (let passed = 0; passed < 12 * HOUR_MS; passed += HOUR_MS / 2) {
    const { session } = await resolvePrincipal(office, { sessionToken: current });
    assert.ok(session, `after ${passed / HOUR_MS} hours`);
    current = session.rotated ?? current;
    office.clock.move(HOUR_MS / 2);
  }
  assert.deepEqual(await resolvePrincipal(office, { sessionToken: current }), NOBODY);
  // Over is over: the row is gone.
  assert.deepEqual(await office.db.read.selectFrom("sessions").selectAll().execute(), []);
});

inEachOffice("a session that is left alone for two hours ends", async (office) => {
  const { db, clock } = office;
  const { token } = await open(office, await makeAccount(office));
  clock.move(2 * HOUR_MS - 1);
  const used = await useSession(db, clock, token);
  assert.ok(used?.rotated);
  clock.move(2 * HOUR_MS);
  assert.equal(await useSession(db, clock, used.rotated), null);
});

inEachOffice(
  "a token is rotated every half hour; requests under way are let through",
  async (office) => {
    const { db, clock } = office;
    const { token, id } = await open(office, await makeAccount(office));
    assert.equal((await useSession(db, clock, token))?.rotated, null);
    clock.move(HOUR_MS / 2);
    const together = await Promise.all(
      Array.from({ length: 5 }, async () => useSession(db, clock, token)),
    );
    assert.deepEqual(new Set(together.map((one) => one?.id)), new Set([id]));
    const given = together.flatMap((one) => one?.rotated ?? []);
    assert.equal(given.length, 1);
    const [rotated = ""] = given;
    assert.equal((await useSession(db, clock, rotated))?.id, id);
    clock.move(MINUTE_MS - 1);
    assert.equal((await useSession(db, clock, token))?.id, id);
  },
);

inEachOffice(
  "an old token shown after its grace ends the session: it was copied",
  async (office) => {
    const { db, clock } = office;
    const { token } = await open(office, await makeAccount(office));
    clock.move(HOUR_MS / 2);
    const { rotated } = (await useSession(db, clock, token)) ?? {};
    assert.ok(rotated);
    clock.move(MINUTE_MS);
    assert.equal(await useSession(db, clock, token), null);
    assert.equal(await useSession(db, clock, rotated), null);
  },
);

inEachOffice("signing out ends one session, signing out everywhere all of them", async (office) => {
  const { db, clock } = office;
  const id = await makeAccount(office);
  const other = await makeAccount(office, { email: "bert@club.example" });
  const [one, two, three] = [
    await open(office, id),
    await open(office, id),
    await open(office, id),
  ];
  const foreign = await open(office, other);
  await endSession(db, one.id);
  assert.equal(await useSession(db, clock, one.token), null);
  assert.ok(await useSession(db, clock, two.token));
  assert.equal(await db.write(async (tx) => endSessionsOf(tx, { kind: "account", id })), 2);
  assert.equal(await useSession(db, clock, two.token), null);
  assert.equal(await useSession(db, clock, three.token), null);
  assert.ok(await useSession(db, clock, foreign.token));
});

inEachOffice("signing in again makes another token and ends the session before", async (office) => {
  const { db, clock } = office;
  const owner = { kind: "account", id: await makeAccount(office) } as const;
  const first = await open(office, owner.id);
  const second = await db.write(async (tx) => openSession(tx, clock, owner, first.id));
  assert.notEqual(second.token, first.token);
  assert.equal(await useSession(db, clock, first.token), null);
  assert.ok(await useSession(db, clock, second.token));
});

inEachOffice("what an account may holds from the next request on", async (office) => {
  const { db, recorder } = office;
  await makeAccount(office);
  const id = await makeAccount(office, { email: "bert@club.example", role: "staff" });
  const { token } = await open(office, id);
  const seen = async () => (await resolvePrincipal(office, { sessionToken: token })).principal;
  assert.deepEqual(await seen(), { kind: "account", id, role: "staff", collections: [] });
  await db.write(async (tx) => changeAccount(tx, recorder, id, { role: "auditor" }));
  assert.deepEqual(await seen(), { kind: "account", id, role: "auditor", collections: "all" });
  await db.write(async (tx) => setActive(tx, recorder, id, false));
  assert.deepEqual(await seen(), { kind: "nobody" });
});

inEachOffice("what is no token opens nothing; the sweep takes what is over", async (office) => {
  const { db, clock } = office;
  const { token } = await open(office, await makeAccount(office));
  for (const text of ["x", `${token}x`, token.toLowerCase(), "' or 1=1 --"]) {
    assert.deepEqual(await resolvePrincipal(office, { sessionToken: text }), NOBODY);
  }
  assert.equal((await resolvePrincipal(office, {})).refused, null);
  clock.move(12 * HOUR_MS);
  await sweepAccounts(db, clock);
  assert.deepEqual(await db.read.selectFrom("sessions").selectAll().execute(), []);
});
