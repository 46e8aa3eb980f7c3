import canonicalize from "canonicalize";

/** What JSON can say. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [name: string]: Json };

/** The one spelling of a JSON value (RFC 8785), as UTF-8: what is hashed and signed. */
export function canonicalBytes(value: Json): Uint8Array {
  return new TextEncoder().encode(canonicalText(value));
}

/** As `canonicalBytes`, as text. Throws TypeError for what JSON has no word for. */
export function canonicalText(value: Json): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError("JSON has no word for this value.");
  return text;
}
