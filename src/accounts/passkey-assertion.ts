import type { SubjectId } from "../base/ids.ts";
import type { Db, Reader } from "../storage/db.ts";
import type { PasskeySignature } from "../verify/passkey.ts";
import { AccountsError } from "./errors.ts";
import { parseAuthentication } from "./passkey-responses.ts";
import type { Site } from "./passkeys.ts";
import { webauthn } from "./webauthn.ts";

/** Time to read what is signed, and to find the key. */
const SIGNING_MS = 10 * 60_000;

/** Options for `navigator.credentials.get` (Web Authentication Level 3, 5.5), as JSON. */
export interface SigningOptions {
  readonly challenge: string;
  readonly rpId: string;
  readonly timeout: number;
  readonly userVerification: "preferred";
  readonly allowCredentials: { readonly id: string; readonly type: "public-key" }[];
}

/**
 * What the browser needs to sign a hash with one of a person's passkeys: the hash is the challenge,
 * so the signature is about nothing else. Throws AccountsError passkey_refused where they have none.
 */
export async function signingOptions(
  db: Reader,
  site: Site,
  subject: SubjectId,
  hashHex: string,
): Promise<SigningOptions> {
  const rows = await db.read
    .selectFrom("passkeys")
    .select("id")
    .where("subject_id", "=", subject)
    .orderBy("created_at")
    .execute();
  if (rows.length === 0) {
    throw new AccountsError("passkey_refused", "You have no passkey yet. Add one first.");
  }
  return {
    challenge: challengeOf(hashHex),
    rpId: site.host,
    timeout: SIGNING_MS,
    userVerification: "preferred",
    allowCredentials: rows.map(({ id }) => ({ id, type: "public-key" as const })),
  };
}

/**
 * Checks that one of a person's own passkeys signed this hash, on this site, with somebody present;
 * returns what anybody can check again later. Throws AccountsError passkey_refused.
 */
export async function checkAssertion(
  db: Db,
  site: Site,
  of: { readonly subject: SubjectId; readonly hashHex: string; readonly response: unknown },
): Promise<PasskeySignature> {
  const response = parseAuthentication(of.response);
  const row = await db.read
    .selectFrom("passkeys")
    .selectAll()
    .where("id", "=", response.id)
    .where("subject_id", "=", of.subject)
    .executeTakeFirst();
  if (!row) throw refused();
  const publicKey = new Uint8Array(row.public_key);
  const { verifyAuthenticationResponse } = await webauthn();
  const verified = await verifyAuthenticationResponse({
    response,
    credential: { id: row.id, publicKey, counter: row.counter },
    expectedChallenge: challengeOf(of.hashHex),
    expectedOrigin: site.origin,
    expectedRPID: site.host,
    requireUserVerification: false,
  }).catch((cause: unknown) => {
    throw refused(cause);
  });
  if (!verified.verified) throw refused();
  await noteUse(db, row, verified.authenticationInfo.newCounter);
  const { authenticatorData, clientDataJSON, signature } = response.response;
  return { publicKey: await jwkOf(publicKey), authenticatorData, clientDataJSON, signature };
}

async function noteUse(
  db: Db,
  row: { readonly id: string; readonly counter: number },
  counter: number,
): Promise<void> {
  const used = await db.write(async (tx) =>
    tx.write
      .updateTable("passkeys")
      .set({ counter })
      .where("id", "=", row.id)
      .where("counter", "=", row.counter)
      .returning("id")
      .executeTakeFirst(),
  );
  // Removed, or used elsewhere at the same moment.
  if (!used) throw refused();
}

/** A public key as COSE has it (RFC 9053, sections 2 and 7), as JWK. Keys of RSA are refused. */
async function jwkOf(bytes: Uint8Array<ArrayBuffer>): Promise<PasskeySignature["publicKey"]> {
  const { cose, decodeCredentialPublicKey } = await import("@simplewebauthn/server/helpers");
  const key = decodeCredentialPublicKey(bytes);
  const part = (value: Uint8Array | undefined): string => {
    if (value) return Buffer.from(value).toString("base64url");
    throw refused();
  };
  const { COSEKEYS, COSECRV } = cose;
  if (cose.isCOSEPublicKeyEC2(key) && key.get(COSEKEYS.crv) === COSECRV.P256) {
    const [x, y] = [part(key.get(COSEKEYS.x)), part(key.get(COSEKEYS.y))];
    return { kty: "EC", crv: "P-256", x, y };
  }
  if (cose.isCOSEPublicKeyOKP(key) && key.get(COSEKEYS.crv) === COSECRV.ED25519) {
    return { kty: "OKP", crv: "Ed25519", x: part(key.get(COSEKEYS.x)) };
  }
  throw refused();
}

function challengeOf(hashHex: string): string {
  return Buffer.from(hashHex, "hex").toString("base64url");
}

function refused(cause?: unknown): AccountsError {
  const advice = "This passkey does not fit, or is of a kind that signs no receipts.";
  return new AccountsError("passkey_refused", advice, { cause });
}
