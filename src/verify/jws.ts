import { compactVerify, decodeProtectedHeader, errors, importJWK } from "jose";
import { fromBase64Url } from "./base64.ts";
import { canonicalText, type Json } from "./canonical.ts";
import { VerifyError } from "./errors.ts";

/** A public Ed25519 key as it is published (RFC 8037). */
export interface PublicJwk {
  readonly kty: "OKP";
  readonly crv: "Ed25519";
  readonly x: string;
  readonly kid: string;
  readonly alg: "EdDSA";
  readonly use: "sig";
}

/** The key set at the well-known place: every key that ever signed, the newest first. */
export interface KeySet {
  readonly keys: readonly PublicJwk[];
}

/** An object of JSON values. */
export type JsonObject = { readonly [name: string]: Json };

/** No document of ours comes near this; a bound for what strangers hand in. */
const JWS_LENGTH_MAX = 1_000_000;

/**
 * Checks a compact JWS (RFC 7515) signed with EdDSA and returns what it says. The payload must be
 * canonical JSON: one document has one spelling. Throws VerifyError format_invalid, key_unknown,
 * signature_invalid.
 */
export async function verifyJws(jws: string, type: string, keySet: KeySet): Promise<JsonObject> {
  const key = keyFor(jws, type, keySet);
  const { payload } = await compactVerify(jws, await importJWK({ ...key }, "EdDSA"), {
    algorithms: ["EdDSA"],
  }).catch((cause: unknown) => {
    if (!(cause instanceof errors.JOSEError)) throw cause;
    throw new VerifyError(
      "signature_invalid",
      "The signature does not fit: the document was changed after it was signed.",
      { cause },
    );
  });
  return parseCanonical(new TextDecoder().decode(payload));
}

/** The header type of a compact JWS, unchecked; throws VerifyError format_invalid where it is none. */
export function typeOf(jws: string): string | undefined {
  return readHeader(jws).typ;
}

function keyFor(jws: string, type: string, { keys }: KeySet): PublicJwk {
  const header = readHeader(jws);
  if (header.typ !== type || header.alg !== "EdDSA") {
    throw new VerifyError("format_invalid", `This is not a signed document of type ${type}.`);
  }
  const key = keys.find(({ kid }) => kid === header.kid);
  if (key) return key;
  throw new VerifyError("key_unknown", "None of the given keys signed this document.");
}

function readHeader(jws: string) {
  try {
    if (jws.length <= JWS_LENGTH_MAX && isCompact(jws)) return decodeProtectedHeader(jws);
  } catch {
    // Falls through to the one sentence that says so.
  }
  throw new VerifyError("format_invalid", "This is not a signed document (compact JWS).");
}

/** Strict: the last character of a signature has bits that say nothing, and they must be zero. */
function isCompact(jws: string): boolean {
  const parts = jws.split(".");
  return parts.length === 3 && parts.every((part) => part !== "" && fromBase64Url(part) !== null);
}

function parseCanonical(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new VerifyError("format_invalid", "What was signed is not JSON.");
  }
  const object = value !== null && typeof value === "object" && !Array.isArray(value);
  if (object && canonicalText(value as JsonObject) === text) return value as JsonObject;
  throw new VerifyError("format_invalid", "What was signed is not canonical JSON.");
}
