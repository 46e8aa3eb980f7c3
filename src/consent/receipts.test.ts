import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { onEachDatabase, onSqlite } from "../../test/databases.ts";
import { fakePicture } from "../../test/fake-engine.ts";
import { enrolPerson, makeCollection, openInstance, today } from "../../test/instance.ts";
import { eventsOf } from "../../test/ledger.ts";
import { PRIVACY_VOCABULARY_NAMES } from "../../test/privacy-vocabulary.ts";
import type { App } from "../app.ts";
import { sha256Hex } from "../base/bytes.ts";
import { DAY_MS, fixedClock } from "../base/clock.ts";
import type { SubjectId } from "../base/ids.ts";
import { rotateSigningKey } from "../ledger/rotation.ts";
import { keySetOf, openSigner } from "../ledger/signing.ts";
import { RECEIPT_CONTEXT, RECEIPT_CONTEXTS } from "../verify/receipt-context.ts";
import { RECEIPT_TYPE, verifyReceipt } from "../verify/receipt.ts";
import { publishNotice } from "./notices.ts";
import { writeOperator } from "./operator.ts";
import { receiptsOf } from "./receipts.ts";

const operator = {
  name: "The Club",
  address: "1 Street, Town",
  email: "office@club.example",
  country: "NL",
  authority: { name: "The Authority", address: "2 Street" },
  dataProtectionOfficer: "dpo@club.example",
  recipients: ["the printer"],
  url: "https://club.example/me",
};

async function setOperator(app: App): Promise<void> {
  await app.db.write(async (tx) => writeOperator(tx, app.recorder, operator));
}

async function receiptOf(app: App, subject: SubjectId): Promise<string> {
  const newest = (await receiptsOf(app.db, app.vault, subject)).at(-1);
  assert.ok(newest);
  return newest.jws;
}

onEachDatabase(
  "R2 every yes has a receipt that says what was agreed, and nothing of who it is",
  async (database) => {
    const clock = fixedClock(Date.UTC(2026, 2, 10, 12));
    await using instance = await openInstance(database, { clock });
    const { app } = instance;
    await setOperator(app);
    const collection = await makeCollection(app, { retentionDays: 30 });
    const evidence = {
      kind: "paper",
      form: "binder 3",
      signedOn: "2026-03-09",
      witness: "Vera",
    } as const;
    const anna = await enrolPerson(app, collection, "anna", { evidence, keepPhoto: false });
    const jws = await receiptOf(app, anna);
    const receipt = await verifyReceipt(jws, await keySetOf(app.db, "receipts"));
    const record = receipt["dpv:hasRecordOfActivity"];
    const until = "2026-04-08T00:00:00.000Z";
    assert.equal(receipt["dct:created"], "2026-03-10T12:00:00.000Z");
    assert.deepEqual(record["dpv:hasDataController"], {
      "@type": "dpv:DataController",
      "schema:name": operator.name,
      "schema:address": operator.address,
      "schema:email": operator.email,
      "schema:url": operator.url,
      "dpv:hasDataProtectionOfficer": operator.dataProtectionOfficer,
    });
    assert.deepEqual(record["dpv:hasConsentStatus"], {
      "@type": "dpv:ConsentGiven",
      "dpv:isIndicatedAtTime": "2026-03-09T00:00:00.000Z",
      "dpv:isIndicatedBy": "dpv:DataSubject",
      "dpv:hasIndicationMethod": "assent:paper",
      "dpv:hasDuration": { "@type": "dpv:UntilTimeDuration", "rdf:value": until },
    });
    const [find, ...more] = record["dpv:hasProcess"];
    assert.equal(find?.["dpv:hasPurpose"]["dct:description"], collection.purpose);
    assert.deepEqual(find?.["dpv:hasRecipient"], ["The Club", "the printer"]);
    assert.equal(find?.["dpv:hasStorageCondition"]["dpv:hasDuration"]["rdf:value"], until);
    assert.deepEqual(more, []);
    assert.equal(record["dpv:hasJurisdiction"], "loc:NL");
    assert.equal(record["dpv:hasConsentControl"]["dpv:isExercisedAt"], operator.url);
    assert.equal(record["dpv:hasAuthority"]?.["schema:name"], "The Authority");
    assert.equal(record["assent:modelPack"], "recommended");
    assert.equal(record["assent:keyMode"], "operator-held", "R24");
    const notice = await app.db.read.selectFrom("notices").selectAll().executeTakeFirstOrThrow();
    assert.equal(record["dpv:hasNotice"]["assent:sha256"], notice.hash);
    assert.equal(record["dpv:hasNotice"]["dct:language"], "en");
    assert.doesNotMatch(JSON.stringify(receipt), /anna|people\.example|binder|vera/iu);
    assert.ok(!JSON.stringify(receipt).includes(anna), "not even their id");

    const row = await app.db.read.selectFrom("consents").selectAll().executeTakeFirstOrThrow();
    assert.equal(row.receipt_hash, sha256Hex(jws));
    assert.ok(row.sealed_receipt && !Buffer.from(row.sealed_receipt).includes("eyJ"));
    const [event] = await eventsOf(app, "grant.given");
    assert.equal(event?.event["receipt"], sha256Hex(jws));
  },
);

onSqlite(
  "R2 the offline verifier refuses a receipt with one bit changed anywhere",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    await setOperator(app);
    const anna = await enrolPerson(app, await makeCollection(app), "anna");
    const jws = await receiptOf(app, anna);
    const keys = await keySetOf(app.db, "receipts");
    await verifyReceipt(jws, keys);
    for (let at = 0; at < jws.length; at += 1) {
      // The lowest bit always, and one of the others by turns: the last characters of a part have
      // bits that say nothing.
      for (const bit of [0, 1 + (at % 6)]) {
        const bytes = Buffer.from(jws);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        const changed = bytes.toString("latin1");
        await assert.rejects(verifyReceipt(changed, keys), { name: "VerifyError" }, `${at} ${bit}`);
      }
    }
    const tail = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (const last of tail) {
      if (jws.endsWith(last)) continue;
      await assert.rejects(verifyReceipt(jws.slice(0, -1) + last, keys), { name: "VerifyError" });
    }
    for (const changed of [jws.slice(0, -1), `${jws}A`, `${jws}=`, ` ${jws}`, `${jws}\n`, ""]) {
      await assert.rejects(verifyReceipt(changed, keys), { name: "VerifyError" });
    }
  },
);

onEachDatabase(
  "R2 after a rotation old receipts verify, and new ones by the new key",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const collection = await makeCollection(app);
    const anna = await enrolPerson(app, collection, "anna");
    const before = await keySetOf(app.db, "receipts");
    await app.db.write(async (tx) => rotateSigningKey(tx, app.recorder, "receipts"));
    const bert = await enrolPerson(app, collection, "bert");
    const after = await keySetOf(app.db, "receipts");
    assert.equal(after.keys.length, 2);
    await verifyReceipt(await receiptOf(app, anna), before);
    await verifyReceipt(await receiptOf(app, anna), after);
    await verifyReceipt(await receiptOf(app, bert), after);
    const unknown = { code: "key_unknown" };
    await assert.rejects(verifyReceipt(await receiptOf(app, bert), before), unknown);
    await assert.rejects(verifyReceipt(await receiptOf(app, anna), { keys: [] }), unknown);
    const ledger = await keySetOf(app.db, "ledger");
    await assert.rejects(verifyReceipt(await receiptOf(app, anna), ledger), unknown);
    assert.equal((await eventsOf(app, "signing_key.added")).length, 1);
  },
);

onSqlite(
  "R2 what our key signed is refused where it is no receipt, or its dates lie",
  async (database) => {
    const clock = fixedClock(Date.UTC(2026, 2, 10, 12));
    await using instance = await openInstance(database, { clock });
    const { app } = instance;
    const anna = await enrolPerson(app, await makeCollection(app), "anna");
    const keys = await keySetOf(app.db, "receipts");
    const good = await verifyReceipt(await receiptOf(app, anna), keys);
    const signer = await openSigner(app.db, app.vault, "receipts");
    const late = new Date(clock.now() + 5000 * DAY_MS).toISOString();
    for (const [type, payload] of [
      ["assent-export", good],
      [RECEIPT_TYPE, { ...good, "dct:created": late }],
      [RECEIPT_TYPE, { ...good, "schema:name": "anna" }],
      [RECEIPT_TYPE, { ...good, "@context": { ...RECEIPT_CONTEXT, dpv: "https://x.example/#" } }],
      [RECEIPT_TYPE, { "@type": "dpv:ConsentReceipt" }],
    ] as const) {
      const jws = await signer.signJws(type, payload);
      await assert.rejects(verifyReceipt(jws, keys), { code: "format_invalid" });
    }
    // One document has one spelling: the same in another order was never handed out.
    const spelled = JSON.stringify(Object.fromEntries(Object.entries(good).toReversed()));
    const [header = ""] = (await receiptOf(app, anna)).split(".");
    const signed = `${header}.${Buffer.from(spelled).toString("base64url")}`;
    const signature = Buffer.from(signer.sign(Buffer.from(signed))).toString("base64url");
    await assert.rejects(verifyReceipt(`${signed}.${signature}`, keys), {
      code: "format_invalid",
      message: /not canonical/u,
    });
    for (const context of RECEIPT_CONTEXTS) {
      const jws = await signer.signJws(RECEIPT_TYPE, { ...good, "@context": context });
      assert.deepEqual((await verifyReceipt(jws, keys))["@context"], context, "as it ever was");
    }
  },
);

onEachDatabase("R2 a receipt names the notice in the person's language", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const collection = await makeCollection(app);
  await app.db.write(async (tx) =>
    publishNotice(tx, app.recorder, { collection: collection.id, language: "nl", body: "Hallo." }),
  );
  const keys = await keySetOf(app.db, "receipts");
  const languages: string[] = [];
  for (const language of ["nl", "nl-BE", "en", "fr", undefined]) {
    const person = await enrolPerson(app, collection, `of ${language}`.replace(" ", "-"), {
      language,
    });
    const receipt = await verifyReceipt(await receiptOf(app, person), keys);
    languages.push(receipt["dpv:hasRecordOfActivity"]["dpv:hasNotice"]["dct:language"]);
  }
  assert.deepEqual(languages, ["nl", "nl", "en", "en", "en"]);
});

onSqlite(
  "R2 the receipts of one person in two collections can't be told to be theirs",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const signedOn = today(app);
    const numbers: string[] = [];
    for (const name of ["one", "other"]) {
      const evidence = { kind: "paper", form: name, signedOn, witness: "Staff" } as const;
      const anna = await enrolPerson(app, await makeCollection(app, { name }), "anna", {
        evidence,
      });
      const keys = await keySetOf(app.db, "receipts");
      for (const { jws } of await receiptsOf(app.db, app.vault, anna)) {
        const record = (await verifyReceipt(jws, keys))["dpv:hasRecordOfActivity"];
        numbers.push(record["dpv:hasDataSubject"]["dct:identifier"]);
      }
    }
    assert.equal(numbers.length, 3);
    assert.equal(new Set(numbers).size, 2, "the same in a collection, another in the next");
  },
);

/** A name of a pinned vocabulary, as against a text with a colon in it. */
function isName(value: unknown): value is string {
  const prefix = typeof value === "string" ? /^([\w-]+):[\w-]+$/u.exec(value)?.[1] : undefined;
  return prefix !== undefined && prefix in RECEIPT_CONTEXT;
}

onSqlite("R2 a receipt is JSON-LD: every name in it is read as a name", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  await setOperator(app);
  const photo = { bytes: await fakePicture(["p1"]) };
  const said = { photo, keepPhoto: true };
  const anna = await enrolPerson(app, await makeCollection(app), "p1", said);
  const keys = await keySetOf(app.db, "receipts");
  const { "@context": context, ...rest } = await verifyReceipt(await receiptOf(app, anna), keys);
  assert.deepEqual(context, RECEIPT_CONTEXT);
  const properties = new Set<string>();
  const asNames = new Set<string>(["@id", "@type"]);
  for (const [term, how] of Object.entries(RECEIPT_CONTEXT)) {
    if (typeof how === "object" && how["@type"] === "@id") asNames.add(term);
  }
  const walk = (value: unknown, property: string): void => {
    if (Array.isArray(value)) for (const one of value) walk(one, property);
    else if (value !== null && typeof value === "object") {
      for (const [name, inner] of Object.entries(value)) {
        assert.ok(name.startsWith("@") || isName(name), name);
        properties.add(name);
        walk(inner, name);
      }
    } else if (isName(value)) assert.ok(asNames.has(property), `${property}: ${value}`);
  };
  walk(rest, "");
  assert.ok(properties.size > 30);
  for (const name of asNames) assert.ok(properties.has(name), `${name} is used`);
});

test("R2 every name of the privacy vocabulary that receipts use is in it", async () => {
  const used = new Set<string>();
  for (const file of ["receipts.ts", "../verify/receipt.ts", "../verify/receipt-context.ts"]) {
    const text = await readFile(join(import.meta.dirname, file), "utf8");
    for (const [, name = ""] of text.matchAll(/"((?:dpv|pd|eu-gdpr):[\w-]+)"/gu)) used.add(name);
  }
  assert.deepEqual([...used].toSorted(), [...PRIVACY_VOCABULARY_NAMES]);
});

onSqlite(
  "R2 an operator who never said who they are is named by the collection's contact",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const anna = await enrolPerson(app, await makeCollection(app), "anna");
    const receipt = await verifyReceipt(
      await receiptOf(app, anna),
      await keySetOf(app.db, "receipts"),
    );
    const record = receipt["dpv:hasRecordOfActivity"];
    assert.deepEqual(record["dpv:hasDataController"], {
      "@type": "dpv:DataController",
      "schema:email": "office@club.example",
    });
    assert.equal(
      record["dpv:hasConsentControl"]["dpv:isExercisedAt"],
      "mailto:office@club.example",
    );
  },
);
