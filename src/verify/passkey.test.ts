import assert from "node:assert/strict";
import { createHash, sign as signWith, generateKeyPairSync, type KeyObject } from "node:crypto";
import { test } from "node:test";
import { type PasskeySignature, verifyPasskey } from "./passkey.ts";

const receiptHash = createHash("sha256").update("a receipt").digest("hex");
const keys = {
  ES256: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  EdDSA: generateKeyPairSync("ed25519"),
};

/** What an authenticator does, as a browser hands it on. */
function signed(
  { publicKey, privateKey }: { readonly publicKey: KeyObject; readonly privateKey: KeyObject },
  changes: { readonly flags?: number; readonly clientData?: object } = {},
): PasskeySignature {
  const authenticatorData = Buffer.concat([
    createHash("sha256").update("club.example").digest(),
    Buffer.from([changes.flags ?? 0x05, 0, 0, 0, 7]),
  ]);
  const clientData = Buffer.from(
    JSON.stringify({
      type: "webauthn.get",
      challenge: Buffer.from(receiptHash, "hex").toString("base64url"),
      origin: "https://club.example",
      crossOrigin: false,
      ...changes.clientData,
    }),
  );
  const hash = createHash("sha256").update(clientData).digest();
  const elliptic = privateKey.asymmetricKeyType === "ec";
  const message = Buffer.concat([authenticatorData, hash]);
  return {
    publicKey: publicKey.export({ format: "jwk" }) as PasskeySignature["publicKey"],
    authenticatorData: authenticatorData.toString("base64url"),
    clientDataJSON: clientData.toString("base64url"),
    signature: signWith(elliptic ? "sha256" : null, message, privateKey).toString("base64url"),
  };
}

function flip(text: string, at: number): string {
  const bytes = Buffer.from(text, "base64url");
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes.toString("base64url");
}

for (const [name, pair] of Object.entries(keys)) {
  test(`R4 a passkey's ${name} signature over the receipt's hash is accepted`, async () => {
    // The numbers of a DER signature are of several lengths.
    for (let round = 0; round < 40; round += 1) {
      const { origin } = await verifyPasskey(receiptHash, signed(pair));
      assert.equal(origin, "https://club.example");
    }
  });

  test(`R4 a flipped bit in any part of a passkey's ${name} signature is refused`, async () => {
    const good = signed(pair);
    for (const part of ["authenticatorData", "clientDataJSON", "signature"] as const) {
      const { length } = Buffer.from(good[part], "base64url");
      for (let at = 0; at < length; at += 1) {
        const bad = { ...good, [part]: flip(good[part], at) };
        await assert.rejects(
          verifyPasskey(receiptHash, bad),
          { name: "VerifyError" },
          `${part} ${at}`,
        );
      }
    }
  });
}

test("R4 the signature is of this receipt, by this key, with a person present", async () => {
  const good = signed(keys.ES256);
  const other = createHash("sha256").update("another receipt").digest("hex");
  const someone = signed(generateKeyPairSync("ec", { namedCurve: "P-256" }));
  for (const [hash, signature, code] of [
    [other, good, "hash_mismatch"],
    [receiptHash, { ...good, publicKey: someone.publicKey }, "signature_invalid"],
    [receiptHash, signed(keys.ES256, { flags: 0x04 }), "format_invalid"],
    [
      receiptHash,
      signed(keys.ES256, { clientData: { type: "webauthn.create" } }),
      "format_invalid",
    ],
    [receiptHash, signed(keys.ES256, { clientData: { challenge: "" } }), "hash_mismatch"],
    [receiptHash, { ...good, authenticatorData: "AAAA" }, "format_invalid"],
    [receiptHash, { ...good, extra: 1 }, "format_invalid"],
    [receiptHash, null, "format_invalid"],
  ] as const) {
    await assert.rejects(verifyPasskey(hash, signature), { code });
  }
});
