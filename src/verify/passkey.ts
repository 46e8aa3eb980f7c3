import { z } from "zod";
import { fromBase64Url } from "./base64.ts";
import { VerifyError } from "./errors.ts";

/** What an authenticator hands out is small; a bound for what strangers hand in. */
const PART_LENGTH_MAX = 4096;
/** SHA-256 of the site's id, flags, counter: authenticator data is never shorter. */
const AUTHENTICATOR_DATA_BYTES_MIN = 37;
const FLAGS_AT = 32;
const USER_PRESENT = 0x01;
/** A coordinate of P-256. */
const P256_BYTES = 32;

const base64url = z
  .string()
  .max(PART_LENGTH_MAX)
  .regex(/^[\w-]+$/u);

const publicKey = z.discriminatedUnion("kty", [
  z.strictObject({
    kty: z.literal("EC"),
    crv: z.literal("P-256"),
    x: base64url,
    y: base64url,
    alg: z.literal("ES256").exactOptional(),
  }),
  z.strictObject({
    kty: z.literal("OKP"),
    crv: z.literal("Ed25519"),
    x: base64url,
    alg: z.literal("EdDSA").exactOptional(),
  }),
]);

/** A signature made with a passkey over the hash of a receipt: the parts that WebAuthn gives. */
export const passkeySignatureSchema = z.strictObject({
  publicKey,
  authenticatorData: base64url,
  clientDataJSON: base64url,
  signature: base64url,
});

export type PasskeySignature = z.infer<typeof passkeySignatureSchema>;

const clientDataSchema = z.object({
  type: z.literal("webauthn.get"),
  challenge: z.string(),
  origin: z.string(),
});

/**
 * Checks a passkey's signature over a receipt (Web Authentication Level 3, section 7.2, steps that
 * need no session): the challenge is the receipt's SHA-256, a person was present, and the key
 * signed both. Returns the origin at which it was made, which the caller may know. Throws
 * VerifyError: format_invalid, hash_mismatch, signature_invalid.
 */
export async function verifyPasskey(
  receiptHash: string,
  input: unknown,
): Promise<{ readonly origin: string }> {
  const parsed = passkeySignatureSchema.safeParse(input);
  if (!parsed.success) throw invalid("These are not the parts of a passkey's signature.");
  const { publicKey: jwk, ...parts } = parsed.data;
  const authenticatorData = bytesOf(parts.authenticatorData);
  const clientData = bytesOf(parts.clientDataJSON);
  const { challenge, origin } = readClientData(clientData);
  if (!isHash(challenge, receiptHash)) {
    throw new VerifyError("hash_mismatch", "The passkey signed something else than this receipt.");
  }
  checkPresence(authenticatorData);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", clientData));
  const signed = new Uint8Array([...authenticatorData, ...hash]);
  if (await verifies(jwk, bytesOf(parts.signature), signed)) return { origin };
  throw new VerifyError("signature_invalid", "The passkey's signature does not fit.");
}

function readClientData(bytes: Uint8Array): z.infer<typeof clientDataSchema> {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return clientDataSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw invalid("What the browser says of the passkey's signature can't be read.", cause);
  }
}

function checkPresence(authenticatorData: Uint8Array): void {
  const flags = authenticatorData[FLAGS_AT] ?? 0;
  const whole = authenticatorData.length >= AUTHENTICATOR_DATA_BYTES_MIN;
  if (whole && (flags & USER_PRESENT) !== 0) return;
  throw invalid("The passkey does not say that a person was present.");
}

async function verifies(
  jwk: z.infer<typeof publicKey>,
  signature: Uint8Array<ArrayBuffer>,
  signed: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const elliptic = jwk.kty === "EC";
  const algorithm = elliptic ? { name: "ECDSA", namedCurve: "P-256" } : { name: "Ed25519" };
  const raw = elliptic ? rawEcdsa(signature) : signature;
  try {
    const key = await crypto.subtle.importKey("jwk", jwk, algorithm, false, ["verify"]);
    return await crypto.subtle.verify({ ...algorithm, hash: "SHA-256" }, key, raw, signed);
  } catch (cause) {
    throw invalid("The passkey's public key can't be used.", cause);
  }
}

/** WebCrypto wants r and s side by side; WebAuthn gives them as DER (RFC 3279, section 2.2.3). */
function rawEcdsa(der: Uint8Array): Uint8Array<ArrayBuffer> {
  const raw = new Uint8Array(2 * P256_BYTES);
  if (der[0] !== 0x30 || der[1] !== der.length - 2) throw invalid("The signature is not DER.");
  let at = 2;
  for (const end of [P256_BYTES, 2 * P256_BYTES]) {
    const length = der[at + 1] ?? 0;
    const number = der.subarray(at + 2, at + 2 + length);
    const digits = number[0] === 0 ? number.subarray(1) : number;
    if (der[at] !== 0x02 || digits.length > P256_BYTES) throw invalid("The signature is not DER.");
    raw.set(digits, end - digits.length);
    at += 2 + length;
  }
  if (at !== der.length) throw invalid("The signature is not DER.");
  return raw;
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const bytes = fromBase64Url(text);
  if (bytes) return bytes;
  throw invalid("A part of the passkey's signature is not base64url.");
}

/** Equal in bits and length: the challenge is short, public, and read strictly. */
function isHash(challenge: string, hex: string): boolean {
  const bytes = fromBase64Url(challenge) ?? new Uint8Array();
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("") === hex;
}

function invalid(message: string, cause?: unknown): VerifyError {
  return new VerifyError("format_invalid", message, { cause });
}
