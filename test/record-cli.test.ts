import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { runAssent } from "./command.ts";
import { drawPortrait, members } from "./drawn.ts";

/** A person's rights by the command line alone. The tests build on another. */

let root = "";
const at = (...path: readonly string[]) => join(root, ...path);

before(async () => {
  root = await mkdtemp(join(tmpdir(), "assent-record-"));
  await drawPortrait(at("ada.jpg"), members[0] as (typeof members)[number]);
  await done("init", "--pack", "bundled");
  const rules = ["--purpose", "give the guests their pictures", "--contact", "a@club.example"];
  await done("collection", "create", "--name", "gala", ...rules, "--notice", "We look for you.");
  const photo = ["--contact", "ada@people.example", "--photo", at("ada.jpg"), "--keep-photo"];
  const paper = ["--form", "form 1", "--signed-on", "2026-11-10", "--witness", "Staff"];
  await done("enrol", "--subject", "ada", "--collection", "gala", ...photo, ...paper);
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

const ada = ["--subject", "ada"] as const;

test("R10 access tells it in words, as a page, as a PDF and as JSON", async () => {
  assert.match(await done("access", ...ada), /gala: granted/u);
  const papers = ["--html", at("ada.html"), "--pdf", at("ada.pdf"), "--json", at("ada.json")];
  await done("access", ...ada, ...papers);
  const record = JSON.parse(await readFile(at("ada.json"), "utf8"));
  assert.equal(record.subject.name, "ada");
  assert.match(await readFile(at("ada.html"), "utf8"), /ada@people\.example/u);
  assert.equal((await readFile(at("ada.pdf"))).toString("latin1", 0, 5), "%PDF-");
  for (const file of ["ada.html", "ada.pdf", "ada.json"])
    assert.equal((await stat(at(file))).mode & 0o77, 0);
});

test("R2 R16 export, proof and what checks them; one flipped bit is refused", async () => {
  await refused("usage", "export", ...ada, "--to", at("ada.tar"));
  assert.match(await done("export", ...ada, "--to", at("ada.zip")), /^Wrote 12 files, 0 photos/u);
  assert.match(await done("verify", at("ada.zip")), /^valid: This export/u);
  await done("keys", "show", "--receipts", "--json", at("keys.json"));
  await done("verify", at("ada.zip"), "--keys", at("keys.json"));
  await done("proof", ...ada, "--entry", "1", "--to", at("entry.json"));
  assert.match(await done("verify", at("entry.json")), /grant\.given/u);
  await refused("entry_unknown", "proof", ...ada, "--entry", "99", "--to", at("none.json"));
  await refused("usage", "proof", ...ada, "--to", at("none.json"));
  await done("ledger", "checkpoint", "--to", at("older"));
  await done("access", ...ada);
  await done("proof", "--old", at("older"), "--to", at("grown.json"));
  const grown = await done("verify", at("grown.json"), "--old", at("older"));
  assert.match(grown, /^valid: The ledger has only grown/u);
  for (const [name, flags] of await handedOut()) await refusedWhenFlipped(name, flags);
  await writeFile(at("entry.json"), "not a proof");
  await refused("format_invalid", "verify", at("entry.json"));
});

test("R10 a search that returned nobody is proved to the people of its collection", async () => {
  await drawPortrait(at("other.jpg"), members[1] as (typeof members)[number]);
  const asked = ["--photo", at("other.jpg"), "--face", "1", "--purpose", "who is this"];
  const searched = await done("search", "--collection", "gala", ...asked);
  const id = /sea_[\w-]{16}/u.exec(searched)?.[0] ?? "";
  await done("proof", ...ada, "--search", id, "--to", at("search.json"));
  const key = (await done("ledger", "key")).split("\n")[0] ?? "";
  assert.match(await done("verify", at("search.json"), "--key", key), /search\.recorded/u);
  const { opening } = JSON.parse(await readFile(at("search.json"), "utf8"));
  assert.deepEqual([opening.event.search, opening.event.purpose], [id, "who is this"]);
  await refusedWhenFlipped("search.json", ["--key", key]);
  await refused("search_unknown", "proof", ...ada, "--search", "sea_x", "--to", at("none.json"));
});

/** Every kind of file that is handed out, and what it is checked with. */
async function handedOut(): Promise<readonly (readonly [string, readonly string[]])[]> {
  await done("receipt", ...ada, "--collection", "gala", "--jws", at("ada.jws"));
  const key = (await done("ledger", "key")).split("\n")[0] ?? "";
  return [
    ["ada.zip", []],
    ["ada.jws", ["--keys", at("keys.json")]],
    ["entry.json", ["--key", key]],
    ["older", ["--key", key]],
    ["grown.json", ["--key", key]],
  ];
}

const FLIPPED =
  /^(?:hash_mismatch|signature_invalid|proof_invalid|format_invalid|key_unknown): .{20}/u;

/** One bit in the middle of a file: the exit code tells, and the reason has a name. */
async function refusedWhenFlipped(name: string, flags: readonly string[]): Promise<void> {
  await done("verify", at(name), ...flags);
  const bytes = await readFile(at(name));
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  await writeFile(at("flipped"), bytes);
  const { exit, out, err } = await runAssent(at("data"), ["verify", at("flipped"), ...flags]);
  assert.deepEqual([exit, out], [1, ""], name);
  assert.match(err, FLIPPED);
}

test("R12 correct; then disclose what there is, and what an erasure leaves", async () => {
  await refused("nothing_to_correct", "correct", ...ada);
  const corrected = await done("correct", ...ada, "--name", "Ada L.");
  const id = /sub_[\w-]{16}/u.exec(corrected)?.[0] ?? "";
  const live = await done("disclose", "--subject", "Ada L.");
  assert.match(live, /a consent is in force/u);
  assert.match(
    live,
    /sealed_vector \(sealed, the operator's keys open it: \d+ bytes, not shown\)/u,
  );
  assert.match(live, /sealed_name \(sealed, the operator's keys open it\) = Ada L\./u);
  await done("erase", "--subject", id, "--certificate", at("erased.jws"));
  await refusedWhenFlipped("erased.jws", ["--keys", at("keys.json")]);
  const erased = await done("disclose", "--subject", id);
  assert.match(erased, /: erased\./u);
  assert.doesNotMatch(erased, /Ada|people\.example|sealed/u);
  await refused("subject_erased", "access", "--subject", id);
});
