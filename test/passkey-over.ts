import { createHash, generateKeyPairSync, sign } from "node:crypto";

/** What a browser hands back when a passkey signs this hash. */
export function passkeyOver(receiptHash: string) {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const site = createHash("sha256").update("club.example").digest();
  const authenticatorData = Buffer.concat([site, Buffer.from([0x05, 0, 0, 0, 1])]);
  const challenge = Buffer.from(receiptHash, "hex").toString("base64url");
  const origin = "https://club.example";
  const clientData = Buffer.from(JSON.stringify({ type: "webauthn.get", challenge, origin }));
  const hash = createHash("sha256").update(clientData).digest();
  const signature = sign("sha256", Buffer.concat([authenticatorData, hash]), privateKey);
  return {
    publicKey: publicKey.export({ format: "jwk" }),
    authenticatorData: authenticatorData.toString("base64url"),
    clientDataJSON: clientData.toString("base64url"),
    signature: signature.toString("base64url"),
  };
}
