import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { test } from "node:test";
import { toBase64 } from "./base64.ts";
import { formatCheckpoint } from "./checkpoint.ts";
import { commit, type Opening } from "./commitment.ts";
import { verifyConsistency } from "./consistency.ts";
import { type ProvenEntry, verifyEntry } from "./entry.ts";
import { hashLeaf, hashNode } from "./merkle.ts";
import { formatVerifierKey, SIGNATURE_TYPE, signatureLine, verifierKeyOf } from "./note.ts";

const ORIGIN = "log.example/one";
const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const raw = new Uint8Array(Buffer.from(String(publicKey.export({ format: "jwk" }).x), "base64url"));
const key = verifierKeyOf(ORIGIN, SIGNATURE_TYPE.ed25519, raw);
const KEY = formatVerifierKey(key);

const openings: readonly Opening[] = [0, 1, 2].map((n) => ({
  salt: Buffer.alloc(32, n + 1).toString("base64url"),
  event: { kind: "sighting.confirmed", subject: "sub_1", number: n, at: 1000 + n },
}));
const leaves = openings.map(({ salt, event }) =>
  hashLeaf(commit(Buffer.from(salt, "base64url"), event)),
);
const [first, second, third] = [leaves[0]!, leaves[1]!, leaves[2]!];
const two = hashNode(first, second);
const three = hashNode(two, third);

function signed(size: number, root: Uint8Array, by: KeyObject = privateKey): string {
  const text = formatCheckpoint({ origin: ORIGIN, size, root });
  const signature = sign(null, Buffer.from(text), by);
  return `${text}\n${signatureLine({ name: ORIGIN, keyId: key.id, signature })}`;
}

const ENTRY: ProvenEntry = {
  opening: openings[1]!,
  leafIndex: 1,
  proof: { leafIndex: 1, treeSize: 3, hashes: [toBase64(first), toBase64(third)] },
  checkpoint: signed(3, three),
};

/** A text with each of its bits flipped, one at a time. */
function* flipped(text: string): Generator<string> {
  const bytes = Buffer.from(text);
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const copy = Buffer.from(bytes);
    copy[bit >> 3]! ^= 1 << (bit & 7);
    yield copy.toString();
  }
}

test("an entry, its place, its proof and its checkpoint verify together", async () => {
  await verifyEntry(ENTRY, KEY);
  await verifyEntry(ENTRY, [
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    KEY,
  ]);
});

test("R2 one flipped bit anywhere in proof, checkpoint or entry is refused", async () => {
  const wrong: ProvenEntry[] = [];
  for (const checkpoint of flipped(ENTRY.checkpoint)) wrong.push({ ...ENTRY, checkpoint });
  const { hashes } = ENTRY.proof;
  for (const [at, hash] of hashes.entries()) {
    for (const other of flipped(hash)) {
      wrong.push({ ...ENTRY, proof: { ...ENTRY.proof, hashes: hashes.with(at, other) } });
    }
  }
  const { salt, event } = ENTRY.opening;
  for (const other of flipped(salt)) wrong.push({ ...ENTRY, opening: { salt: other, event } });
  for (const text of flipped(JSON.stringify(event))) {
    try {
      wrong.push({ ...ENTRY, opening: { salt, event: JSON.parse(text) as Opening["event"] } });
    } catch {
      // Not JSON any more: it does not get so far.
    }
  }
  assert.ok(wrong.length > 2000);
  for (const entry of wrong) {
    await assert.rejects(verifyEntry(entry, KEY), { name: "VerifyError" }, JSON.stringify(entry));
  }
});

test("an entry is refused at another place, in another tree, and under another key", async () => {
  const { proof } = ENTRY;
  for (const entry of [
    { ...ENTRY, leafIndex: 0 },
    { ...ENTRY, leafIndex: 0, proof: { ...proof, leafIndex: 0 } },
    { ...ENTRY, proof: { ...proof, treeSize: 4 } },
    { ...ENTRY, checkpoint: signed(2, two) },
    { ...ENTRY, opening: openings[0]! },
    { ...ENTRY, proof: { ...proof, hashes: [] } },
  ]) {
    await assert.rejects(verifyEntry(entry, KEY), { code: "proof_invalid" });
  }
  const long = { ...proof, hashes: Array.from({ length: 64 }, () => toBase64(first)) };
  await assert.rejects(verifyEntry({ ...ENTRY, proof: long }, KEY), { code: "format_invalid" });
  const other = generateKeyPairSync("ed25519").privateKey;
  const forged = { ...ENTRY, checkpoint: signed(3, three, other) };
  await assert.rejects(verifyEntry(forged, KEY), { code: "signature_invalid" });
});

test("a ledger that has only grown is consistent; any other was rewritten", async () => {
  const hashes = [toBase64(third)];
  const [older, newer] = [signed(2, two), signed(3, three)];
  await verifyConsistency({ older, newer, hashes }, KEY);
  await verifyConsistency({ older, newer: older, hashes: [] }, KEY);
  const rewritten = { code: "ledger_rewritten" };
  const forked = signed(2, hashNode(second, first));
  await assert.rejects(verifyConsistency({ older: forked, newer, hashes }, KEY), rewritten);
  await assert.rejects(verifyConsistency({ older, newer: forked, hashes: [] }, KEY), rewritten);
  await assert.rejects(verifyConsistency({ older: newer, newer: older, hashes }, KEY), rewritten);
  for (const text of flipped(hashes[0]!)) {
    await assert.rejects(verifyConsistency({ older, newer, hashes: [text] }, KEY), {
      name: "VerifyError",
    });
  }
});
