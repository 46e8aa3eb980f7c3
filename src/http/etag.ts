import { createHash } from "node:crypto";

/** A weak tag of an answer's text: the same text, the same tag (RFC 9110, 8.8.3). */
export function etagOf(text: string): string {
  return `W/"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"`;
}

/** Whether If-None-Match names a tag, compared weakly (RFC 9110, 13.1.2). */
export function isNamed(etag: string, ifNoneMatch: string | undefined): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === "*") return true;
  const bare = (tag: string): string => tag.trim().replace(/^W\//u, "");
  return ifNoneMatch.split(",").some((tag) => bare(tag) === bare(etag));
}
