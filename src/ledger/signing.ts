import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { CompactSign, calculateJwkThumbprint } from "jose";
import type { Clock } from "../base/clock.ts";
import { newId } from "../base/ids.ts";
import type { Db, Reader, Tx } from "../storage/db.ts";
import type { SigningPurpose } from "../storage/schema.ts";
import type { Vault } from "../storage/vault.ts";
import { canonicalBytes } from "../verify/canonical.ts";
import type { JsonObject, KeySet, PublicJwk } from "../verify/jws.ts";

const OWNER = { kind: "instance", id: "signing" } as const;

/** A key that signs, opened: held for as long as it takes to sign. */
export interface Signer {
  readonly publicJwk: PublicJwk;
  /** Ed25519 over the bytes: 64 bytes. */
  sign(bytes: Uint8Array): Uint8Array;
  /** A compact JWS with the canonical payload. */
  signJws(type: string, payload: JsonObject): Promise<string>;
}

/** Makes a signing key of each purpose that has none. */
export async function completeSigningKeys(db: Db, vault: Vault, clock: Clock): Promise<void> {
  for (const purpose of ["ledger", "receipts", "witness"] as const) {
    await db.write(async (tx) => {
      const known = await rowsOf(tx, purpose);
      if (known.length === 0) await addSigningKey(tx, vault, clock, purpose);
    });
  }
}

/**
 * Adds a key that signs from now on; earlier ones stay published, so that what they signed can be
 * checked.
 */
export async function addSigningKey(
  tx: Tx,
  vault: Vault,
  clock: Clock,
  purpose: SigningPurpose,
): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const id = newId("key");
  const bytes = privateKey.export({ format: "der", type: "pkcs8" });
  await tx.write
    .updateTable("signing_keys")
    .set({ retired_at: clock.now() })
    .where("purpose", "=", purpose)
    .where("retired_at", "is", null)
    .execute();
  await tx.write
    .insertInto("signing_keys")
    .values({
      id,
      purpose,
      public_key: rawPublicKey(publicKey),
      sealed_private_key: await vault.seal(tx, OWNER, bytes, ["signing key", id]),
      created_at: clock.now(),
      retired_at: null,
    })
    .execute();
  bytes.fill(0);
}

/** The key that signs for a purpose now. */
export async function openSigner(
  db: Reader,
  vault: Vault,
  purpose: SigningPurpose,
): Promise<Signer> {
  const row = await db.read
    .selectFrom("signing_keys")
    .selectAll()
    .where("purpose", "=", purpose)
    .where("retired_at", "is", null)
    .executeTakeFirstOrThrow();
  const context = ["signing key", row.id];
  const bytes = await vault.unseal(db, OWNER, row.sealed_private_key, context);
  const key = createPrivateKey({ key: bytes, format: "der", type: "pkcs8" });
  bytes.fill(0);
  const publicJwk = await jwkOf(row.public_key);
  return {
    publicJwk,
    sign: (message) => sign(null, message, key),
    signJws: async (type, payload) =>
      new CompactSign(canonicalBytes(payload))
        .setProtectedHeader({ alg: "EdDSA", kid: publicJwk.kid, typ: type })
        .sign(key),
  };
}

/** Every public key of a purpose, the newest first. */
export async function keySetOf(db: Reader, purpose: SigningPurpose): Promise<KeySet> {
  const rows = await rowsOf(db, purpose);
  return { keys: await Promise.all(rows.map(async (row) => jwkOf(row.public_key))) };
}

async function rowsOf(db: Reader, purpose: SigningPurpose) {
  return db.read
    .selectFrom("signing_keys")
    .selectAll()
    .where("purpose", "=", purpose)
    .orderBy("created_at", "desc")
    .orderBy("id")
    .execute();
}

function rawPublicKey(key: KeyObject): Uint8Array {
  return Buffer.from(String(key.export({ format: "jwk" }).x), "base64url");
}

/** A raw public key, 32 bytes, as it is published. */
export async function jwkOf(raw: Uint8Array): Promise<PublicJwk> {
  const bare = { kty: "OKP", crv: "Ed25519", x: Buffer.from(raw).toString("base64url") } as const;
  return { ...bare, kid: await calculateJwkThumbprint(bare), alg: "EdDSA", use: "sig" };
}
