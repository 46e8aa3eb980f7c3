import assert from "node:assert/strict";
import { onEachDatabase } from "../../test/databases.ts";
import { enrolPerson, makeCollection, openInstance } from "../../test/instance.ts";
import { eventsOf } from "../../test/ledger.ts";
import { passkeyOver } from "../../test/passkey-over.ts";
import type { App } from "../app.ts";
import { DAY_MS, fixedClock } from "../base/clock.ts";
import type { CollectionId, ConsentId, SubjectId } from "../base/ids.ts";
import { keySetOf } from "../ledger/signing.ts";
import { withdraw } from "../rights/consent-changes.ts";
import { verifyPasskey } from "../verify/passkey.ts";
import { verifyReceipt } from "../verify/receipt.ts";
import { attachPasskeySignature, consentsOf } from "./consents.ts";
import { parseEvidence, type WebEvidence } from "./evidence.ts";
import { type Given, giveGrant } from "./give.ts";
import { currentNotice, publishNotice } from "./notices.ts";
import { receiptsOf } from "./receipts.ts";

const START = Date.UTC(2026, 0, 10, 12);

async function webYes(
  app: App,
  collection: CollectionId,
  changes: Partial<WebEvidence> = {},
): Promise<WebEvidence> {
  const notice = await currentNotice(app.db, collection, "en");
  assert.ok(notice);
  return {
    kind: "web",
    language: "en",
    noticeHash: notice.hash,
    declaration: "Yes, find me in these photos.",
    at: app.clock.now(),
    ...changes,
  };
}

async function give(
  app: App,
  collection: CollectionId,
  subject: SubjectId,
  evidence: WebEvidence,
): Promise<Given> {
  return app.db.write(async (tx) =>
    giveGrant(tx, app.vault, app.recorder, {
      collection,
      subject,
      uses: ["find"],
      evidence: parseEvidence(evidence, app.clock),
      language: null,
    }),
  );
}

/** A person who is known from another collection. */
async function prepare(app: App) {
  const elsewhere = await makeCollection(app, { name: "elsewhere" });
  const anna = await enrolPerson(app, elsewhere, "anna");
  const { id: collection } = await makeCollection(app, { retentionDays: 30 });
  return { anna, collection };
}

onEachDatabase("R2 a yes on a web page: its notice, its moment, its words", async (database) => {
  const clock = fixedClock(START);
  await using instance = await openInstance(database, { clock });
  const { app } = instance;
  const { anna, collection } = await prepare(app);
  const evidence = await webYes(app, collection);
  const { outcome, grant } = await give(app, collection, anna, evidence);
  assert.equal(outcome, "given");
  assert.equal(grant.expiresAt, START + 30 * DAY_MS);
  const [consent] = await consentsOf(app.db, app.vault, collection, anna);
  assert.deepEqual(consent?.evidence, evidence);
  const receipt = (await receiptsOf(app.db, app.vault, anna)).find(
    (one) => one.collection === collection,
  );
  assert.ok(receipt);
  const { "dpv:hasRecordOfActivity": record } = await verifyReceipt(
    receipt.jws,
    await keySetOf(app.db, "receipts"),
  );
  assert.equal(record["dpv:hasNotice"]["assent:sha256"], evidence.noticeHash);
  const status = record["dpv:hasConsentStatus"];
  assert.equal(status["dpv:hasIndicationMethod"], "assent:web");
  assert.equal(status["dpv:isIndicatedAtTime"], new Date(START).toISOString());

  assert.equal((await give(app, collection, anna, evidence)).outcome, "kept");
  clock.move(1);
  const again = await webYes(app, collection);
  assert.equal((await give(app, collection, anna, again)).outcome, "renewed");
  // To the millisecond: what was said before a withdrawal is over, what is said after is new.
  clock.move(1);
  await withdraw(app.db, app.recorder, anna, collection);
  await assert.rejects(give(app, collection, anna, again), { code: "consent_withdrawn" });
  clock.move(1);
  const after = await webYes(app, collection);
  assert.equal((await give(app, collection, anna, after)).outcome, "given");
});

onEachDatabase("R9 a yes to a notice that is not in force is refused", async (database) => {
  const clock = fixedClock(START);
  await using instance = await openInstance(database, { clock });
  const { app } = instance;
  const { anna, collection } = await prepare(app);
  const seen = await webYes(app, collection);
  await app.db.write(async (tx) =>
    publishNotice(tx, app.recorder, { collection, language: "en", body: "A newer text." }),
  );
  for (const [changes, code] of [
    [{}, "notice_outdated"],
    [{ noticeHash: "0".repeat(64) }, "notice_unknown"],
    [{ declaration: " " }, "declaration_missing"],
    [{ declaration: "x".repeat(2001) }, "declaration_missing"],
    [{ at: START + 1 }, "signed_on_future"],
    [{ at: Number.NaN }, "signed_on_future"],
    [{ guardian: { name: "Vera", relation: "" } }, "guardian_invalid"],
    [{ born: "2026-01-11" }, "born_invalid"],
    [{ born: "1890-01-01" }, "born_invalid"],
    [{ born: "01.02.2010" }, "born_invalid"],
  ] as const) {
    const yes = (async () => give(app, collection, anna, { ...seen, ...changes }))();
    await assert.rejects(yes, { code }, code);
  }
  assert.deepEqual(await consentsOf(app.db, app.vault, collection, anna), []);
});

onEachDatabase("R4 a passkey signs the receipt, and the evidence keeps it", async (database) => {
  const clock = fixedClock(START);
  await using instance = await openInstance(database, { clock });
  const { app } = instance;
  const { anna, collection } = await prepare(app);
  const bert = await enrolPerson(app, await makeCollection(app, { name: "third" }), "bert");
  const evidence = await webYes(app, collection);
  await give(app, collection, anna, evidence);
  const row = await app.db.read
    .selectFrom("consents")
    .select(["id", "receipt_hash"])
    .where("evidence_kind", "=", "web")
    .executeTakeFirstOrThrow();
  assert.ok(row.receipt_hash);
  const attach = async (subject: SubjectId, consent: ConsentId, signature: unknown) =>
    app.db.write(async (tx) =>
      attachPasskeySignature(tx, app.recorder, { subject, consent, signature }),
    );
  const signature = passkeyOver(row.receipt_hash);
  const other = passkeyOver("0".repeat(64));
  const refused = { code: "receipt_signature_invalid" };
  await assert.rejects(attach(anna, row.id, other), refused);
  await assert.rejects(attach(anna, row.id, { ...signature, signature: "AAAA" }), refused);
  await assert.rejects(attach(bert, row.id, signature), { code: "receipt_missing" });
  await attach(anna, row.id, signature);
  const [consent] = await consentsOf(app.db, app.vault, collection, anna);
  assert.deepEqual(consent?.evidence, { ...evidence, passkey: signature });
  await verifyPasskey(row.receipt_hash, consent?.evidence?.passkey);
  const events = await eventsOf(app, "receipt.signed");
  assert.deepEqual(
    events.map(({ subject, event }) => [subject, event["receipt"]]),
    [[anna, row.receipt_hash]],
  );
});
