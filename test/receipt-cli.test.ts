import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { KeySet } from "../src/verify/jws.ts";
import { verifyReceipt } from "../src/verify/receipt.ts";
import { runAssent } from "./command.ts";
import { drawPortrait, members } from "./drawn.ts";

/** Papers of a consent by the command line alone, checked without the instance. The tests build on another. */

let root = "";
const at = (...path: readonly string[]) => join(root, ...path);
const who = ["--subject", "ada", "--collection", "gala"] as const;
const paper = (form: string, signedOn: string) =>
  ["--form", form, "--signed-on", signedOn, "--witness", "Staff"] as const;

before(async () => {
  root = await mkdtemp(join(tmpdir(), "assent-receipt-"));
  await drawPortrait(at("ada.jpg"), members[0] as (typeof members)[number]);
});
after(async () => rm(root, { recursive: true, force: true }));

async function done(...args: readonly string[]): Promise<string> {
  const { exit, out, err } = await runAssent(at("data"), args);
  assert.equal(exit, 0, `${args.join(" ")}: ${err}`);
  return out;
}

async function refused(code: string, ...args: readonly string[]): Promise<void> {
  const { exit, err } = await runAssent(at("data"), args);
  assert.match(err, new RegExp(`^${code}: [A-Z].*\\.$`, "mu"));
  assert.equal(exit, code === "usage" ? 2 : 1);
}

test("R9 the operator and the notices are set from the command line", async () => {
  await done("init", "--pack", "bundled");
  const office = ["--email", "office@club.example", "--country", "NL"];
  await refused("operator_invalid", "operator", "set", "--name", "The Club", ...office);
  const where = ["--address", "1 Street", "--authority", "The Authority"];
  await done("operator", "set", "--name", "Club", ...office, ...where);
  await done("operator", "set", "--name", "The Club");
  const operator = JSON.parse(await done("operator", "show", "--json", "-"));
  assert.deepEqual([operator.name, operator.address], ["The Club", "1 Street"]);
  const rules = ["--purpose", "give the guests their pictures", "--contact", "a@club.example"];
  await done("collection", "create", "--name", "gala", ...rules, "--notice", "We look for you.");
  const gala = ["--collection", "gala"] as const;
  const draft = await done("notice", "publish", ...gala, "--language", "nl", "--dry-run");
  assert.match(draft, /The Club/u);
  await done("notice", "publish", ...gala, "--language", "nl", "--text", "Wij zoeken je.");
  await refused("language_unknown", "notice", "publish", ...gala, "--language", "fr");
  const notices = JSON.parse(await done("notice", "list", ...gala, "--json", "-"));
  assert.deepEqual(
    notices.map((one: { language: string; version: number }) => [one.language, one.version]),
    [
      ["en", 1],
      ["nl", 1],
    ],
  );
  assert.match(notices[1].body, /^Wij zoeken je\.\n\n/u);
});

test("R5 a child is enrolled by a guardian, until the age floor", async () => {
  const photo = ["--contact", "ada@people.example", "--photo", at("ada.jpg")];
  const enrol = ["enrol", ...who, ...photo, ...paper("form 1", "2026-01-10"), "--language", "nl"];
  const born = ["--born", "2011-02-28"];
  await refused("guardian_needed", ...enrol, ...born);
  await refused("guardian_invalid", ...enrol, ...born, "--guardian", "Vera");
  await done(...enrol, ...born, "--guardian", "Vera", "--relation", "mother");
  const shown = await done("receipt", ...who);
  assert.match(shown, /^Eindigt op +2027-02-28$/mu);
  assert.match(shown, /^Door +je ouder of voogd/mu);
});

test("R2 the receipt and the keys, as files, need no instance to be checked", async () => {
  const files = ["--jws", at("one.jws"), "--html", at("one.html"), "--pdf", at("one.pdf")];
  await done("receipt", ...who, ...files, "--language", "en");
  assert.match(await readFile(at("one.html"), "utf8"), /Receipt of your consent/u);
  assert.equal((await readFile(at("one.pdf"))).toString("latin1", 0, 5), "%PDF-");
  const before: KeySet = JSON.parse(await done("keys", "show", "--receipts"));
  const one = await readFile(at("one.jws"), "utf8");
  const receipt = await verifyReceipt(one, before);
  const record = receipt["dpv:hasRecordOfActivity"];
  assert.equal(record["dpv:hasConsentStatus"]["dpv:isIndicatedBy"], "dpv:GuardianOfDataSubject");

  await refused("usage", "keys", "show");
  await done("keys", "add", "receipts");
  const guardian = ["--guardian", "Vera", "--relation", "mother"];
  const renewal = ["renew", ...who, ...paper("form 2", "2026-01-11"), ...guardian];
  assert.match(await done(...renewal), /^Renewed: the consent ends on 2027-02-28\.$/mu);
  assert.match(await done(...renewal), /recorded already/u);
  await done("receipt", ...who, "--jws", at("two.jws"));
  const two = await readFile(at("two.jws"), "utf8");
  await assert.rejects(verifyReceipt(two, before), { code: "key_unknown" });
  const keys: KeySet = JSON.parse(await done("keys", "show", "--receipts"));
  await verifyReceipt(one, keys);
  const renewed = (await verifyReceipt(two, keys))["dpv:hasRecordOfActivity"];
  assert.equal(renewed["dpv:hasConsentStatus"]["@type"], "dpv:RenewedConsentGiven");
});
