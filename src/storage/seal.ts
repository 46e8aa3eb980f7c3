import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from "node:crypto";
import { StorageError } from "./errors.ts";

const CIPHER = "aes-256-gcm";
export const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts with AES-256-GCM under a fresh random nonce: nonce | ciphertext | tag. `context` is the
 * associated data: what the bytes are and whose, so that a sealed value moved to another row does
 * not open.
 */
export function seal(key: Uint8Array, plain: Uint8Array, context: readonly string[]): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  // Given the bare bytes, Node first finds out three times over that they are none of its own keys.
  const cipher = createCipheriv(CIPHER, createSecretKey(key), nonce);
  cipher.setAAD(encodeContext(context));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Opens what `seal` made. Throws StorageError seal_broken for another key, context or byte. */
export function unseal(key: Uint8Array, sealed: Uint8Array, context: readonly string[]): Buffer {
  try {
    const cipher = createDecipheriv(CIPHER, createSecretKey(key), sealed.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    cipher.setAAD(encodeContext(context));
    cipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    const body = sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES);
    return Buffer.concat([cipher.update(body), cipher.final()]);
  } catch (cause) {
    throw new StorageError(
      "seal_broken",
      "A sealed value does not open: the master key is another one, or the data was changed.",
      { cause },
    );
  }
}

/** JSON of the parts: no two different contexts have the same bytes. */
function encodeContext(context: readonly string[]): Uint8Array {
  return Buffer.from(JSON.stringify(context));
}
