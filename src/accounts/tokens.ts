import { randomBytes, timingSafeEqual } from "node:crypto";
import { sha256Hex } from "../base/bytes.ts";

/** 256 bits: nobody guesses one, so a fast hash of it is as good as a slow one. */
const TOKEN_BYTES = 32;
const TOKEN = /^[\w-]{43}$/u;

/** A secret for whoever bears it, and what is kept of it. */
export interface NewToken {
  /** Handed out once; base64url. */
  readonly token: string;
  readonly hash: string;
}

/** Makes a token. */
export function newToken(): NewToken {
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  return { token, hash: hashToken(token) };
}

/** What is kept of a token, and looked up: SHA-256 as hex digits. */
export function hashToken(token: string): string {
  return sha256Hex(token);
}

/** Whether a text that came from outside can be a token at all. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** Whether two hashes are equal, in a time that does not tell where they differ. */
export function isSameHash(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
