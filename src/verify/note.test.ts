import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import { toBase64 } from "./base64.ts";
import { formatCheckpoint, parseCheckpoint, verifyCheckpoint } from "./checkpoint.ts";
import type { VerifyCode } from "./errors.ts";
import {
  cosignatureBytes,
  cosignedText,
  formatVerifierKey,
  parseNote,
  parseVerifierKey,
  SIGNATURE_TYPE,
  signatureLine,
  type SignatureType,
  verifierKeyOf,
  verifyNote,
} from "./note.ts";

// The example of C2SP signed-note, and the vectors of golang.org/x/mod/sumdb/note.
const EXAMPLE = {
  key: "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
  note:
    "This is an example message.\n\n— example.com/foo " +
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n",
};
const PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
const TEXT =
  "If you think cryptography is the answer to your problem,\n" +
  "then you don't know what your problem is.\n";
const PETER_LINE =
  "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
const ENOCH_LINE =
  "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";
// The example of C2SP tlog-cosignature; its keys are not published.
const WITNESSED =
  "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n" +
  "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n" +
  "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";

const check = async (note: string, ...keys: readonly string[]) =>
  verifyNote(parseNote(note), keys.map(parseVerifierKey));
const refused = async (code: VerifyCode, work: () => unknown) =>
  assert.rejects(async () => work(), { name: "VerifyError", code });

/** Somebody who signs notes. */
function signer(name: string, type: SignatureType = SIGNATURE_TYPE.ed25519) {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const { x } = publicKey.export({ format: "jwk" });
  const raw = new Uint8Array(Buffer.from(String(x), "base64url"));
  const key = verifierKeyOf(name, type, raw);
  const line = (text: string, seconds = 0) => {
    const cosigned = type === SIGNATURE_TYPE.cosignature;
    const message = Buffer.from(cosigned ? cosignedText(text, seconds) : text);
    const own = sign(null, message, privateKey);
    const signature = cosigned ? cosignatureBytes(seconds, own) : own;
    return signatureLine({ name, keyId: key.id, signature });
  };
  return { key, text: formatVerifierKey(key), line, privateKey };
}

test("checks the published notes with the published keys", async () => {
  const [one] = await check(EXAMPLE.note, EXAMPLE.key);
  assert.equal(one?.key.name, "example.com/foo");
  const both = `${TEXT}\n${PETER_LINE}${ENOCH_LINE}`;
  assert.equal((await check(both, PETER)).length, 1);
  assert.equal((await check(both, PETER, ENOCH)).length, 2);
  assert.equal(parseNote(both).text, TEXT);
  for (const key of [EXAMPLE.key, PETER, ENOCH]) {
    assert.equal(formatVerifierKey(parseVerifierKey(key)), key);
  }
});

test("writes a signature line just as it was read", () => {
  for (const line of [PETER_LINE, ENOCH_LINE]) {
    assert.equal(parseNote(`${TEXT}\n${line}`).signatures.map(signatureLine).join(""), line);
  }
});

test("refuses a note in which any byte was changed", async () => {
  const bytes = Buffer.from(EXAMPLE.note);
  for (let at = 0; at < bytes.length; at += 1) {
    for (const bit of [0, 3, 6]) {
      const copy = Buffer.from(bytes);
      copy[at]! ^= 1 << bit;
      await assert.rejects(async () => check(copy.toString(), EXAMPLE.key), {
        name: "VerifyError",
      });
    }
  }
});

test("refuses a key that is cut, changed, too long or of another kind", async () => {
  for (let from = 0; from <= PETER.length; from += 1) {
    for (let to = from + 1; to <= PETER.length; to += 1) {
      if (from === 0 && to === PETER.length) continue;
      assert.throws(() => parseVerifierKey(PETER.slice(from, to)), { code: "format_invalid" });
    }
  }
  for (let at = 0; at < PETER.length; at += 1) {
    const next = String.fromCharCode(PETER.charCodeAt(at) + 1);
    const changed = PETER.slice(0, at) + next + PETER.slice(at + 1);
    assert.throws(() => parseVerifierKey(changed), { code: "format_invalid" });
  }
  for (const key of [
    "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
    "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
  ]) {
    assert.throws(() => parseVerifierKey(key), { code: "format_invalid" });
  }
});

test("refuses what is no note, and what has more signatures than anybody needs", async () => {
  for (const note of [
    TEXT,
    `${TEXT}\n`,
    `${TEXT}\n${PETER_LINE.slice(0, -1)}`,
    `\u{1}${TEXT}\n${PETER_LINE}`,
    `\u{d800}${TEXT}\n${PETER_LINE}`,
    `${TEXT}\n— Bad Name ${PETER_LINE.slice(15)}`,
    `${TEXT}\n${PETER_LINE}Unexpected line.\n`,
    `${TEXT}\n${PETER_LINE.repeat(101)}`,
    `${"x".repeat(200_000)}\n\n${PETER_LINE}`,
    `${TEXT}\n${PETER_LINE.replace("—", "-")}`,
    "",
  ]) {
    await refused("format_invalid", () => check(note, PETER));
  }
});

test("demands a signature by a known key, and that no known key's is wrong", async () => {
  await refused("key_unknown", () => check(`${TEXT}\n${PETER_LINE}`, ENOCH));
  await refused("key_unknown", () => check(`${TEXT}\n${PETER_LINE}`));
  const swapped = `${TEXT.replace("cryptography", "steganography")}\n${PETER_LINE}`;
  await refused("signature_invalid", () => check(swapped, PETER));
  const misnamed = `${TEXT}\n${PETER_LINE.replace("PeterNeumann", "CarmenSandiego")}`;
  await refused("key_unknown", () => check(misnamed, PETER));
  // A right signature does not outweigh a wrong one by a key that is trusted as well.
  const spoilt = ENOCH_LINE.replace("5ovTG01o", "5ovTG02o");
  await refused("signature_invalid", () => check(`${TEXT}\n${PETER_LINE}${spoilt}`, PETER, ENOCH));
  assert.equal((await check(`${TEXT}\n${PETER_LINE}${spoilt}`, PETER)).length, 1);
});

test("a cosignature covers the time, the header and the whole text", async () => {
  const log = signer("log.example/one");
  const witness = signer("witness.example/w1", SIGNATURE_TYPE.cosignature);
  const text = formatCheckpoint({ origin: "log.example/one", size: 7, root: new Uint8Array(32) });
  const seconds = 1_679_315_147;
  const note = `${text}\n${log.line(text)}${witness.line(text, seconds)}`;
  const { signatures } = await verifyCheckpoint(note, [log.text, witness.text]);
  assert.deepEqual(
    signatures.map(({ key, time }) => [key.name, time]),
    [
      ["log.example/one", null],
      ["witness.example/w1", seconds],
    ],
  );
  // Signed by hand, as the specification writes the message out.
  const message = `cosignature/v1\ntime 1679315147\nlog.example/one\n7\n${"A".repeat(43)}=\n`;
  const own = sign(null, Buffer.from(message), witness.privateKey);
  const signature = Buffer.concat([Buffer.from("00000000641850cb", "hex"), own]);
  const { name, id: keyId } = witness.key;
  const byHand = `${text}\n${signatureLine({ name, keyId, signature })}`;
  assert.deepEqual(await check(byHand, witness.text), [{ key: witness.key, time: seconds }]);
  for (const at of [3, 7, 8, 71]) {
    const copy = Buffer.from(signature);
    copy[at]! ^= 1;
    const wrong = `${text}\n${signatureLine({ name, keyId, signature: copy })}`;
    await refused("signature_invalid", () => check(wrong, witness.text));
  }
  await refused("signature_invalid", () => {
    return check(`${text}\n${witness.line(text, 0)}`, witness.text);
  });
  await refused("signature_invalid", () => {
    return check(`${text}\n${signatureLine({ name, keyId, signature: own })}`, witness.text);
  });
});

test("a witness alone does not make a checkpoint", async () => {
  const witness = signer("log.example/one", SIGNATURE_TYPE.cosignature);
  const stranger = signer("other.example/log");
  const text = formatCheckpoint({ origin: "log.example/one", size: 0, root: new Uint8Array(32) });
  const note = `${text}\n${witness.line(text, 5)}${stranger.line(text)}`;
  await refused("key_unknown", () => verifyCheckpoint(note, [witness.text, stranger.text]));
});

test("reads the published checkpoint, its key ids and the witness' time", () => {
  const { text, signatures } = parseNote(WITNESSED);
  const { origin, size, root } = parseCheckpoint(text);
  assert.equal(origin, "example.com/behind-the-sofa");
  assert.equal(size, 20_852_163);
  assert.equal(toBase64(root), "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=");
  assert.deepEqual(
    signatures.map(({ name }) => name),
    ["example.com/behind-the-sofa", "witness.example.com/w1"],
  );
  const bytes = signatures[1]!.signature;
  assert.equal(bytes.length, 72);
  assert.equal(new DataView(bytes.buffer).getBigUint64(0), 1_679_315_147n);
});

test("refuses checkpoints that are not written as they must be", () => {
  const root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
  assert.equal(parseCheckpoint(`log\n0\n${root}\nan extension\n`).size, 0);
  for (const text of [
    `\n5\n${root}\n`,
    `log\n05\n${root}\n`,
    `log\n-5\n${root}\n`,
    `log\n5.0\n${root}\n`,
    `log\n9999999999999999\n${root}\n`,
    `log\n5\n${root.slice(4)}\n`,
    `log\n5\n${root.slice(0, -1)}\n`,
    `log\n5\n${root.replace("2I=", "2J=")}\n`,
    `log\n5\n${root}`,
    `log\n5\n${root}\n\nextension\n`,
    "log\n5\n",
  ]) {
    assert.throws(() => parseCheckpoint(text), { code: "format_invalid" }, text);
  }
});
