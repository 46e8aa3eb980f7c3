import assert from "node:assert/strict";
import { onSqlite } from "../../test/databases.ts";
import { enrolPerson, makeCollection, openInstance, today } from "../../test/instance.ts";
import { sha256Hex } from "../base/bytes.ts";
import { keySetOf } from "../ledger/signing.ts";
import { renderHtml } from "../print/html.ts";
import { renderPdf } from "../print/pdf.ts";
import { verifyReceipt } from "../verify/receipt.ts";
import { writeOperator } from "./operator.ts";
import { receiptPage } from "./receipt-page.ts";
import { receiptsOf } from "./receipts.ts";

const operator = {
  name: "The <Club>",
  address: "1 Street, Town",
  email: "office@club.example",
  country: "NL",
  representative: "The Representative, 5 Street",
  dataProtectionOfficer: "dpo@club.example",
  authority: { name: "The Authority", address: "2 Street" },
  recipients: ["the printer"],
  transfers: "Iceland, by an adequacy decision",
};

onSqlite("R2 the page and the PDF of a receipt say all that it says", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  await app.db.write(async (tx) => writeOperator(tx, app.recorder, operator));
  const collection = await makeCollection(app);
  const evidence = {
    kind: "paper",
    form: "binder 3",
    signedOn: today(app),
    witness: "Staff",
    born: "2025-01-01",
    guardian: { name: "Vera", relation: "mother" },
  } as const;
  const anna = await enrolPerson(app, collection, "anna", { evidence, keepPhoto: false });
  const [kept] = await receiptsOf(app.db, app.vault, anna);
  assert.ok(kept);
  const receipt = await verifyReceipt(kept.jws, await keySetOf(app.db, "receipts"));
  const record = receipt["dpv:hasRecordOfActivity"];
  for (const [language, said] of [
    ["en", ["Receipt of your consent", "your guardian, until you are old enough", "in English"]],
    ["nl-BE", ["Bewijs van je toestemming", "je ouder of voogd, tot je oud genoeg bent"]],
    ["fr", ["Receipt of your consent"]],
  ] as const) {
    const page = receiptPage(receipt, kept.jws, language);
    assert.equal(page.language, language === "nl-BE" ? "nl" : "en");
    const text = JSON.stringify([page.title, page.blocks]);
    for (const part of [
      ...said,
      kept.consent,
      kept.jws,
      sha256Hex(kept.jws),
      operator.name,
      operator.address,
      operator.representative,
      operator.dataProtectionOfficer,
      operator.transfers,
      "The Authority, 2 Street",
      "The <Club>; the printer",
      collection.name,
      collection.purpose,
      record["dpv:hasNotice"]["assent:sha256"],
      record["dpv:hasDataSubject"]["dct:identifier"],
      record["dpv:hasConsentStatus"]["dpv:hasDuration"]["rdf:value"].slice(0, 10),
    ]) {
      assert.ok(text.includes(part), `${language}: ${part}`);
    }
    const readable = JSON.stringify(page.blocks.filter(({ kind }) => kind !== "code"));
    assert.doesNotMatch(readable, /undefined|Name of anna|people\.example|binder|Vera\b/u);
    assert.match(renderHtml(page), /The &lt;Club&gt;/u);
  }
  const pdf = await renderPdf(receiptPage(receipt, kept.jws, "en"));
  assert.equal(Buffer.from(pdf.subarray(0, 5)).toString(), "%PDF-");
});
