import { createHash } from "node:crypto";

/** A weak tag of an answer's text: the same text, the same tag (RFC 9110, 8.8.3). */
export function etagOf(text: string): string {
  return `W/"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"`;
}

/**
 * Whether If-None-Match or If-Match names a tag, compared weakly: for the latter RFC 9110 (13.1.1) would
 * have it strong, but a tag of what is said, however it was packed on the way, is what is meant here.
 */
export function isNamed(etag: string, named: string | undefined): boolean {
  if (named === undefined) return false;
  if (named.trim() === "*") return true;
  const bare = (tag: string): string => tag.trim().replace(/^W\//u, "");
  return named.split(",").some((tag) => bare(tag) === bare(etag));
}
