import assert from "node:assert/strict";
import {
  everythingStored,
  inEachOffice,
  makeAccount,
  makeOfficeCollection,
  outcomesOf,
} from "../../test/accounts.ts";
import { eventsOf } from "../../test/ledger.ts";
import { type AccountId, newId } from "../base/ids.ts";
import {
  changeAccount,
  findAccount,
  hasOwner,
  listAccounts,
  readAccount,
  readReach,
  removeAccount,
  setActive,
} from "./accounts.ts";
import { openSession, useSession } from "./sessions.ts";

const UNKNOWN = { code: "account_unknown" };
const OWNER_NEEDED = { code: "owner_needed" };

inEachOffice(
  "an account is found by its address, in whatever case, and only once",
  async (office) => {
    const { db, vault } = office;
    const id = await makeAccount(office, { name: " Anna ", email: "Anna@Club.example" });
    assert.equal(await findAccount(db, vault, "anna@club.EXAMPLE"), id);
    const { name, email, role, state } = await readAccount(db, vault, id);
    assert.deepEqual([name, email, role, state], ["Anna", "Anna@Club.example", "owner", "active"]);
    await assert.rejects(makeAccount(office, { email: "ANNA@club.example" }), {
      code: "account_exists",
    });
    for (const email of ["", "anna", "a b@club.example", "<a@club.example>", "a@b,c@d"]) {
      await assert.rejects(makeAccount(office, { email }), { code: "account_invalid" });
    }
    await assert.rejects(makeAccount(office, { name: " ", email: "b@club.example" }), {
      code: "account_invalid",
    });
    await assert.rejects(findAccount(db, vault, "bert@club.example"), UNKNOWN);
  },
);

inEachOffice("staff see their collections, owners and auditors all", async (office) => {
  const { db, recorder } = office;
  const gala = await makeOfficeCollection(office);
  const fair = await makeOfficeCollection(office, "fair");
  await makeAccount(office);
  const of = { email: "bert@club.example", role: "staff", collections: [gala.id] } as const;
  const bert = await makeAccount(office, of);
  assert.deepEqual(await readReach(db, bert), { role: "staff", collections: [gala.id] });
  const both = [gala.id, fair.id].sort();
  const change = async (to: Parameters<typeof changeAccount>[3]) =>
    db.write(async (tx) => changeAccount(tx, recorder, bert, to));
  await change({ collections: [...both, gala.id] });
  assert.deepEqual(await readReach(db, bert), { role: "staff", collections: both });
  await change({ role: "auditor" });
  assert.deepEqual(await readReach(db, bert), { role: "auditor", collections: "all" });
  await assert.rejects(change({ collections: [newId("col")] }), { code: "account_invalid" });
  assert.deepEqual(await readReach(db, bert), { role: "auditor", collections: "all" });
  const events = (await eventsOf(office, "account.")).map(({ kind, event }) => [
    kind,
    event["role"],
    event["collections"],
  ]);
  assert.deepEqual(events.slice(1), [
    ["account.created", "staff", [gala.id]],
    ["account.changed", "staff", both],
    ["account.changed", "auditor", both],
  ]);
});

inEachOffice("the last owner stays, whoever else goes at the same moment", async (office) => {
  const { db, recorder } = office;
  const anna = await makeAccount(office);
  const setRole = async (id: AccountId) =>
    db.write(async (tx) => changeAccount(tx, recorder, id, { role: "staff" }));
  await assert.rejects(setRole(anna), OWNER_NEEDED);
  await assert.rejects(
    db.write(async (tx) => setActive(tx, recorder, anna, false)),
    OWNER_NEEDED,
  );
  await assert.rejects(
    db.write(async (tx) => removeAccount(tx, recorder, anna)),
    OWNER_NEEDED,
  );
  const bert = await makeAccount(office, { email: "bert@club.example" });
  // Each alone may go; both at once may not.
  const both = await outcomesOf([setRole(anna), setRole(bert)]);
  assert.deepEqual(both, { done: 1, codes: ["owner_needed"] });
  assert.ok(await hasOwner(db));
});

inEachOffice("a disabled account is signed out, and comes back as it was", async (office) => {
  const { db, vault, clock, recorder } = office;
  await makeAccount(office);
  const bert = await makeAccount(office, { email: "bert@club.example", role: "staff" });
  const owner = { kind: "account", id: bert } as const;
  const { token } = await db.write(async (tx) => openSession(tx, clock, owner, null));
  await db.write(async (tx) => setActive(tx, recorder, bert, false));
  assert.equal(await useSession(db, clock, token), null);
  assert.equal(await readReach(db, bert), null);
  assert.equal((await readAccount(db, vault, bert)).state, "disabled");
  await db.write(async (tx) => setActive(tx, recorder, bert, true));
  assert.deepEqual(await readReach(db, bert), { role: "staff", collections: [] });
  assert.equal(await useSession(db, clock, token), null);
});

inEachOffice("of a removed account nothing is left but its id", async (office) => {
  const { db, vault, recorder } = office;
  const anna = await makeAccount(office);
  const bert = await makeAccount(office, { name: "Berthold", email: "bert@club.example" });
  await db.write(async (tx) => removeAccount(tx, recorder, bert));
  await assert.rejects(readAccount(db, vault, bert), UNKNOWN);
  await assert.rejects(
    db.write(async (tx) => setActive(tx, recorder, bert, true)),
    UNKNOWN,
  );
  assert.deepEqual(
    (await listAccounts(db, vault)).map(({ id }) => id),
    [anna],
  );
  assert.ok(!(await everythingStored(db)).includes("Berthold"));
  const row = await db.read
    .selectFrom("accounts")
    .selectAll()
    .where("id", "=", bert)
    .executeTakeFirstOrThrow();
  assert.deepEqual([row.email_index, row.sealed_email, row.sealed_name], [null, null, null]);
  // The address is free again.
  assert.notEqual(await makeAccount(office, { email: "bert@club.example" }), bert);
});
