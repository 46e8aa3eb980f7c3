import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { canonicalBytes, type Json } from "./canonical.ts";

export const SALT_BYTES = 32;
export const LEAF_BYTES = 32;
/** Keeps these digests apart from every other use of HMAC-SHA256. */
const TAG = new TextEncoder().encode("assent/ledger/v1\0");

/** An event as it is committed to: what happened, and the salt that hides it. */
export interface Opening {
  /** 32 random bytes, base64url. */
  readonly salt: string;
  readonly event: { readonly [name: string]: Json };
}

/**
 * The leaf of an event: HMAC-SHA256 under its salt over a tag and the canonical event. Without the
 * salt the 32 bytes tell nothing, not even of an event that is guessed.
 */
export function commit(salt: Uint8Array, event: Opening["event"]): Uint8Array {
  const bytes = canonicalBytes(event);
  const message = new Uint8Array(TAG.length + bytes.length);
  message.set(TAG);
  message.set(bytes, TAG.length);
  return hmac(sha256, salt, message);
}
