import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, after, test } from "node:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { receiptsOf } from "../src/consent/receipts.ts";
import { keySetOf } from "../src/ledger/signing.ts";
import { erase } from "../src/rights/erase.ts";
import { exportRecord } from "../src/rights/export.ts";
import { proveEntry, proveGrowth } from "../src/rights/prove.ts";
import type { KeySet } from "../src/verify/jws.ts";
import { proofText, verifyFile } from "../src/verify/verify.ts";
import { runAssent } from "./command.ts";
import { enrolPerson, makeCollection, openInstance, searchFor } from "./instance.ts";

/** Everything an instance hands out, made once, and what its operator publishes. */
interface HandedOut {
  readonly files: Readonly<Record<string, string>>;
  readonly trusted: { readonly ledger: readonly string[]; readonly receipts: KeySet };
  readonly older: string;
}

const folder = mkdtempSync(join(tmpdir(), "assent-test-"));
const exportFile = join(folder, "export.zip");
let made: HandedOut;

before(async () => {
  await mkdir(join(folder, "instance"));
  // What is checked below outlives the instance: its folder is gone when this returns.
  await using instance = await openInstance({ address: join(folder, "instance", "assent.sqlite") });
  const { app } = instance;
  const gala = await makeCollection(app);
  const anna = await enrolPerson(app, gala, "anna");
  const bert = await enrolPerson(app, gala, "bert");
  const older = await app.ledger.checkpoint();
  await searchFor(app, gala, ["anna"]);
  const [receipt] = await receiptsOf(app.db, app.vault, anna);
  const certificate = await erase(app, app.recorder, bert);
  await exportRecord(app, app.recorder, { subject: anna, to: exportFile });
  assert.ok(receipt && certificate);
  made = {
    files: {
      receipt: receipt.jws,
      certificate,
      entry: proofText(await proveEntry(app.ledger, anna, 3)),
      consistency: proofText(await proveGrowth(app.ledger, older)),
      checkpoint: await app.ledger.checkpoint(),
    },
    trusted: {
      ledger: [await app.ledger.verifierKey()],
      receipts: await keySetOf(app.db, "receipts"),
    },
    older,
  };
});
after(() => rmSync(folder, { recursive: true, force: true }));

const bytesOf = (text: string) => new TextEncoder().encode(text);
const KINDS = ["receipt", "certificate", "entry", "consistency", "checkpoint"] as const;

for (const kind of KINDS) {
  test(`R2 one flipped bit: a file of kind ${kind} is told to be genuine, and refused with it`, async () => {
    const { files, trusted } = made;
    const bytes = bytesOf(files[kind] ?? "");
    const result = await verifyFile(bytes, trusted);
    assert.ok(result.valid, result.sentence);
    assert.equal(result.kind, kind);
    for (let at = 0; at < bytes.length; at += 1) {
      const flipped = Uint8Array.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << ((at * 3) % 8));
      const refused = await verifyFile(flipped, trusted);
      assert.ok(!refused.valid, `byte ${at} of ${bytes.length}`);
      assert.match(refused.sentence, /^[A-Z].{20,}\.$/u);
    }
    for (const text of [`${files[kind]} `, ` ${files[kind]}`, String(files[kind]).slice(0, -2)]) {
      assert.ok(!(await verifyFile(bytesOf(text), trusted)).valid);
    }
  });
}

test("R2 the last characters of a signature have no bit that goes unnoticed", async () => {
  const { files, trusted } = made;
  for (const kind of ["receipt", "certificate"] as const) {
    const bytes = bytesOf(files[kind] ?? "");
    for (let bit = 0; bit < 32; bit += 1) {
      const flipped = Uint8Array.from(bytes);
      const at = bytes.length - 1 - (bit >> 3);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (bit & 7));
      assert.ok(!(await verifyFile(flipped, trusted)).valid, `${kind}, bit ${bit}`);
    }
  }
});

test("an editor's newline at the end is forgiven", async () => {
  const { files, trusted } = made;
  for (const kind of ["receipt", "certificate", "entry", "consistency"] as const) {
    assert.ok((await verifyFile(bytesOf(`${files[kind]}\n`), trusted)).valid, kind);
    assert.ok(!(await verifyFile(bytesOf(`${files[kind]}\n\n`), trusted)).valid, kind);
  }
});

test("a proof without given keys is checked with its own, and says so; others ask for keys", async () => {
  for (const kind of KINDS) {
    const result = await verifyFile(bytesOf(made.files[kind] ?? ""));
    if (kind === "entry" || kind === "consistency") {
      assert.ok(result.valid);
      assert.match(result.sentence, /compare them with those that the operator publishes/u);
    } else {
      assert.ok(!result.valid && result.code === "key_unknown");
      assert.match(result.sentence, /^To check this, give .*--key/u);
    }
  }
});

test("an older checkpoint finds out a ledger that was truncated or forked", async () => {
  const { files, trusted, older } = made;
  const check = async (text: string, kept: string) => {
    const result = await verifyFile(bytesOf(text), { ...trusted, older: kept });
    return result.valid ? result.sentence : `${result.code}: ${result.sentence}`;
  };
  const { checkpoint = "", consistency = "" } = files;
  assert.match(await check(checkpoint, checkpoint), /Your older checkpoint says the same/u);
  assert.match(await check(checkpoint, older), /takes a proof of its own/u);
  assert.match(await check(consistency, older), /^The ledger has only grown/u);
  assert.match(await check(consistency, checkpoint), /^proof_invalid/u);
  assert.match(await check(older, checkpoint), /^ledger_rewritten: The ledger was truncated/u);
  assert.match(await check(older, checkpoint.replace("\n", "x\n")), /^(?:key_unknown|sig)/u);
});

test("what Assent never made is refused with a sentence, whatever it is", async () => {
  const junk = ["", "{", "{}", "PK", "PK\u{3}\u{4}", "a.b.c", "..", "\u{0}", "x".repeat(2_000_000)];
  for (const text of [...junk, '{"schema":"assent-entry-proof/1"}', "a\n\n\u{2014} b c\n", "[]"]) {
    const result = await verifyFile(bytesOf(text), made.trusted);
    assert.ok(!result.valid, JSON.stringify(text.slice(0, 40)));
    assert.equal(result.code, "format_invalid");
  }
  const notText = await verifyFile(Uint8Array.of(0xff, 0xfe, 0xfd));
  assert.ok(!notText.valid && notText.code === "format_invalid");
});

test("R16 assent verify passes on a machine without the instance, and its exit code tells", async () => {
  const nowhere = join(folder, "no-instance-here");
  const sound = await runAssent(nowhere, ["verify", exportFile]);
  assert.equal(sound.exit, 0, sound.err);
  assert.match(sound.out, /^valid: This export of sub_/u);
  const { files, trusted, older } = made;
  const keys = join(folder, "keys.json");
  await writeFile(keys, JSON.stringify(trusted.receipts));
  for (const kind of KINDS) await writeFile(join(folder, kind), files[kind] ?? "");
  await writeFile(join(folder, "older"), older);
  const key = trusted.ledger[0] ?? "";
  const flags = ["--keys", keys, "--key", key];
  for (const kind of ["receipt", "consistency"]) {
    const old = kind === "receipt" ? [] : ["--old", join(folder, "older")];
    const ended = await runAssent(nowhere, ["verify", ...old, ...flags, join(folder, kind)]);
    assert.equal(ended.exit, 0, ended.err);
    assert.match(ended.out, /^valid: T/u);
  }
  await writeFile(join(folder, "receipt"), String(files["receipt"]).replace(/.$/u, "!"));
  const refused = await runAssent(nowhere, ["verify", join(folder, "receipt"), ...flags]);
  assert.equal(refused.exit, 1);
  assert.match(refused.err, /^format_invalid: .+\.\n$/u);
  assert.equal(refused.out, "");
});

test("what checks needs nothing of Node's and nothing of the server", () => {
  const room = join(import.meta.dirname, "..", "src", "verify");
  const allowed =
    /^(?:\.\/[\w-]+\.ts|\.\.\/base\/errors\.ts|zod|jose|canonicalize|@noble\/hashes\/.*)$/u;
  const files = readdirSync(room).filter((name) => !name.endsWith(".test.ts"));
  assert.ok(files.includes("verify.ts"));
  for (const name of files) {
    const text = readFileSync(join(room, name), "utf8");
    for (const [, source = ""] of text.matchAll(/(?:from|import\()\s*"([^"]+)"/gu)) {
      assert.match(source, allowed, name);
    }
    assert.doesNotMatch(text, /\bBuffer\b|\bprocess\./u, name);
  }
});
