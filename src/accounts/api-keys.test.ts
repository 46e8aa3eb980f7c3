import assert from "node:assert/strict";
import {
  everythingStored,
  inEachOffice,
  makeOfficeCollection,
  MINUTE_MS,
} from "../../test/accounts.ts";
import { eventsOf } from "../../test/ledger.ts";
import { DAY_MS } from "../base/clock.ts";
import { newId } from "../base/ids.ts";
import { addKeyPlace, keyPlaces } from "../storage/key-places.ts";
import { createApiKey, DAYS_MAX, listApiKeys, revokeApiKey } from "./api-keys.ts";
import { reaches, resolvePrincipal } from "./principal.ts";

const NOBODY = { principal: { kind: "nobody" }, session: null, refused: "key" };

inEachOffice("a key opens its collection with its scopes, until its end", async (office) => {
  const { db, clock, recorder } = office;
  const gala = await makeOfficeCollection(office);
  const fair = await makeOfficeCollection(office, "fair");
  const request = { collection: gala.id, label: "kiosk", scopes: ["read", "search"], days: 30 };
  const { id, text } = await createApiKey(db, recorder, request);
  assert.match(text, /^assent_aky_[\w-]{16}_[\w-]{43}$/u);
  const { principal } = await resolvePrincipal(office, { apiKey: text });
  const expected = { kind: "key", id, scopes: ["search", "read"], collection: gala.id };
  assert.deepEqual(principal, expected);
  assert.ok(reaches(principal, gala.id));
  assert.ok(!reaches(principal, fair.id));
  clock.move(30 * DAY_MS - 1);
  assert.deepEqual((await resolvePrincipal(office, { apiKey: text })).principal, expected);
  clock.move(1);
  assert.deepEqual(await resolvePrincipal(office, { apiKey: text }), NOBODY);
});

inEachOffice("a revoked key opens nothing from the next request on", async (office) => {
  const { db, recorder } = office;
  const { id: collection } = await makeOfficeCollection(office);
  const key = { collection, label: "kiosk", scopes: ["search"], days: 1 };
  const one = await createApiKey(db, recorder, key);
  const other = await createApiKey(db, recorder, key);
  await revokeApiKey(db, recorder, one.id);
  await revokeApiKey(db, recorder, one.id);
  assert.deepEqual(await resolvePrincipal(office, { apiKey: one.text }), NOBODY);
  assert.equal((await resolvePrincipal(office, { apiKey: other.text })).principal.kind, "key");
  await assert.rejects(revokeApiKey(db, recorder, newId("aky")), { code: "api_key_unknown" });
  const kinds = (await eventsOf(office, "key.")).map(({ kind, event }) => [kind, event["key"]]);
  assert.deepEqual(kinds, [
    ["key.created", one.id],
    ["key.created", other.id],
    ["key.revoked", one.id],
  ]);
});

inEachOffice(
  "a key with one letter changed opens nothing; nor does another's secret",
  async (office) => {
    const { db, recorder } = office;
    const { id: collection } = await makeOfficeCollection(office);
    const key = { collection, label: "kiosk", scopes: ["search"], days: 1 };
    const { text } = await createApiKey(db, recorder, key);
    const other = await createApiKey(db, recorder, key);
    const swapped = text.slice(0, 28) + other.text.slice(28);
    const wrong = [swapped, `${text}A`, text.slice(0, -1), text.replace("assent", "Assent"), "x"];
    // The last letter of 43 has bits that carry nothing: the one before it does.
    for (const at of [8, 12, 27, 28, 29, text.length - 2]) {
      wrong.push(text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1));
    }
    for (const one of wrong)
      assert.deepEqual(await resolvePrincipal(office, { apiKey: one }), NOBODY);
    assert.ok(!(await everythingStored(db)).includes(text.slice(-43)));
  },
);

inEachOffice("the last use is noted, once a minute at most", async (office) => {
  const { db, clock, recorder } = office;
  const { id: collection } = await makeOfficeCollection(office);
  const key = { collection, label: "kiosk", scopes: ["search"], days: 1 };
  const { text } = await createApiKey(db, recorder, key);
  const lastUsed = async () => (await listApiKeys(db, collection))[0]?.lastUsedAt;
  assert.equal(await lastUsed(), null);
  const first = clock.now();
  await resolvePrincipal(office, { apiKey: text });
  clock.move(MINUTE_MS - 1);
  await resolvePrincipal(office, { apiKey: text });
  assert.equal(await lastUsed(), first);
  clock.move(1);
  await resolvePrincipal(office, { apiKey: text });
  assert.equal(await lastUsed(), clock.now());
});

inEachOffice("a key without an end, a scope or a reason is refused", async (office) => {
  const { db, recorder } = office;
  const { id: collection } = await makeOfficeCollection(office);
  const key = { collection, label: "kiosk", scopes: ["search"], days: 1 };
  const wrong = [
    { ...key, days: 0 },
    { ...key, days: DAYS_MAX + 1 },
    { ...key, days: 1.5 },
    { ...key, days: Number.NaN },
    { ...key, scopes: [] },
    { ...key, scopes: ["search", "owner"] },
    { ...key, label: " " },
    { ...key, label: "x".repeat(81) },
  ];
  for (const one of wrong) {
    await assert.rejects(createApiKey(db, recorder, one), { code: "api_key_invalid" });
  }
  assert.deepEqual(await listApiKeys(db), []);
});

inEachOffice(
  "a backup's key file is to know of a revoked key, and is behind till then",
  async (office) => {
    const { db, clock, recorder } = office;
    const { id: collection } = await makeOfficeCollection(office);
    const key = { collection, label: "kiosk", scopes: ["search"], days: 1 };
    const { id, text } = await createApiKey(db, recorder, key);
    // A place that can't be written: the revocation stands, and says that backups don't know.
    await db.write(async (tx) => addKeyPlace(tx, clock, "/nowhere/assent.keys"));
    await assert.rejects(revokeApiKey(db, recorder, id), { code: "key_file_due" });
    assert.deepEqual(await resolvePrincipal(office, { apiKey: text }), NOBODY);
    const places = await keyPlaces(db);
    assert.deepEqual(places, [{ path: "/nowhere/assent.keys", behind: true }]);
  },
);
