import { sha256 } from "@noble/hashes/sha2.js";
import { fromBase64, sameBytes, toBase64 } from "./base64.ts";
import { VerifyError } from "./errors.ts";

/**
 * Signature types (C2SP signed-note): Ed25519 over the text, as logs sign, and over the text and a
 * time, as witnesses cosign.
 */
export const SIGNATURE_TYPE = { ed25519: 0x01, cosignature: 0x04 } as const;
export type SignatureType = (typeof SIGNATURE_TYPE)[keyof typeof SIGNATURE_TYPE];

/** A key that checks a note, as its text form (`name+id+key`) says it. */
export interface VerifierKey {
  readonly name: string;
  /** The first four bytes of a hash over name, type and key: finds the key, proves nothing. */
  readonly id: Uint8Array;
  readonly type: SignatureType;
  readonly publicKey: Uint8Array;
}

/** One line below a note's text. */
export interface NoteSignature {
  readonly name: string;
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
}

/** A signed note as it is written, with nothing of it checked. */
export interface Note {
  /** With its last newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** Sixteen signatures of the longest kind there is must fit (C2SP signed-note). */
export const NOTE_LENGTH_MAX = 131_072;
const SIGNATURES_MAX = 100;
const KEY_ID_BYTES = 4;
const PUBLIC_KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const TIME_BYTES = 8;
const VERIFIER_KEY_LENGTH_MAX = 1000;
const NAME = /^[^\s+]+$/u;
const DASH = "\u{2014} ";

/** Reads a signed note (C2SP signed-note). Throws VerifyError format_invalid. */
export function parseNote(note: string): Note {
  if (note.length > NOTE_LENGTH_MAX || !note.isWellFormed() || hasControls(note)) throw notANote();
  const end = note.lastIndexOf("\n\n");
  if (end < 0) throw notANote();
  return { text: note.slice(0, end + 1), signatures: parseSignatureLines(note.slice(end + 2)) };
}

/** Reads lines as they stand below a note, and as a witness answers with them. */
export function parseSignatureLines(lines: string): readonly NoteSignature[] {
  if (lines.length > NOTE_LENGTH_MAX || !lines.endsWith("\n")) throw notANote();
  const each = lines.slice(0, -1).split("\n");
  if (each.length > SIGNATURES_MAX) throw notANote();
  return each.map(parseSignatureLine);
}

function parseSignatureLine(line: string): NoteSignature {
  const [name = "", encoded = "", ...more] = line.startsWith(DASH) ? line.slice(2).split(" ") : [];
  const bytes = fromBase64(encoded);
  if (!NAME.test(name) || more.length > 0 || !bytes || bytes.length <= KEY_ID_BYTES) {
    throw notANote();
  }
  return {
    name,
    keyId: bytes.slice(0, KEY_ID_BYTES),
    signature: bytes.slice(KEY_ID_BYTES),
  };
}

/** Writes a signature as the line below a note, with its newline. */
export function signatureLine({ name, keyId, signature }: NoteSignature): string {
  const bytes = new Uint8Array(KEY_ID_BYTES + signature.length);
  bytes.set(keyId);
  bytes.set(signature, KEY_ID_BYTES);
  return `${DASH}${name} ${toBase64(bytes)}\n`;
}

/** Makes the key that checks what `name` signs with an Ed25519 key of 32 bytes. */
export function verifierKeyOf(
  name: string,
  type: SignatureType,
  publicKey: Uint8Array,
): VerifierKey {
  return { name, type, publicKey, id: keyIdOf(name, type, publicKey) };
}

/** A verifier key as text: `name+id+key`. */
export function formatVerifierKey({ name, id, type, publicKey }: VerifierKey): string {
  return `${name}+${toHex(id)}+${toBase64(Uint8Array.of(type, ...publicKey))}`;
}

/** Reads a verifier key. Throws VerifyError format_invalid. */
export function parseVerifierKey(text: string): VerifierKey {
  const [name = "", id = ""] = text.split("+", 2);
  const bytes = fromBase64(text.slice(name.length + id.length + 2));
  const type = Object.values(SIGNATURE_TYPE).find((known) => known === bytes?.[0]);
  const fits = text.length <= VERIFIER_KEY_LENGTH_MAX && NAME.test(name) && !hasControls(name);
  if (fits && bytes?.length === 1 + PUBLIC_KEY_BYTES && type !== undefined) {
    const key = verifierKeyOf(name, type, bytes.slice(1));
    if (toHex(key.id) === id) return key;
  }
  throw new VerifyError(
    "format_invalid",
    "This is not a verifier key: it looks like name+0123abcd+base64, and was cut or changed.",
  );
}

/** A signature that was checked. */
export interface CheckedSignature {
  readonly key: VerifierKey;
  /** When a witness signed, in seconds since 1970; null for a log's own signature. */
  readonly time: number | null;
}

/**
 * Checks a note with keys that are trusted: at least one of them must have signed it, and none may
 * have signed something else. Other signatures say nothing. Throws VerifyError format_invalid,
 * key_unknown, signature_invalid.
 */
export async function verifyNote(
  note: Note,
  keys: readonly VerifierKey[],
): Promise<readonly CheckedSignature[]> {
  const checked: CheckedSignature[] = [];
  for (const key of keys) {
    for (const { name, keyId, signature } of note.signatures) {
      if (name !== key.name || !sameBytes(keyId, key.id)) continue;
      checked.push({ key, time: await checkSignature(note.text, key, signature) });
    }
  }
  if (checked.length > 0) return checked;
  throw new VerifyError("key_unknown", "None of the given keys signed this note.");
}

async function checkSignature(
  text: string,
  key: VerifierKey,
  signature: Uint8Array,
): Promise<number | null> {
  const cosigned = key.type === SIGNATURE_TYPE.cosignature;
  const own = cosigned ? signature.slice(TIME_BYTES) : signature;
  const time = cosigned && signature.length > TIME_BYTES ? readTime(signature) : null;
  const message = cosigned ? cosignedText(text, time ?? 0) : text;
  const right =
    own.length === SIGNATURE_BYTES &&
    (!cosigned || (time !== null && Number.isSafeInteger(time) && time > 0)) &&
    (await verifyEd25519(key.publicKey, own, new TextEncoder().encode(message)));
  if (right) return time;
  throw new VerifyError(
    "signature_invalid",
    "A signature does not fit: the note was changed after it was signed.",
  );
}

/** What a witness signs: a header, the time, and the whole text (C2SP tlog-cosignature). */
export function cosignedText(text: string, seconds: number): string {
  return `cosignature/v1\ntime ${seconds}\n${text}`;
}

/** A cosignature's bytes: the time in seconds, and the signature over `cosignedText`. */
export function cosignatureBytes(seconds: number, signature: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(TIME_BYTES + signature.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(seconds));
  bytes.set(signature, TIME_BYTES);
  return bytes;
}

function readTime(bytes: Uint8Array): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0));
}

/** Ed25519 (RFC 8032) by the platform's own implementation, in browsers as in Node. */
async function verifyEd25519(
  publicKey: Uint8Array,
  signature: Uint8Array,
  message: Uint8Array,
): Promise<boolean> {
  const { subtle } = globalThis.crypto;
  const raw = new Uint8Array(publicKey);
  const key = await subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
  return subtle.verify("Ed25519", key, new Uint8Array(signature), new Uint8Array(message));
}

function keyIdOf(name: string, type: SignatureType, publicKey: Uint8Array): Uint8Array {
  const prefix = new TextEncoder().encode(`${name}\n`);
  const hash = sha256(Uint8Array.of(...prefix, type, ...publicKey));
  return hash.slice(0, KEY_ID_BYTES);
}

function hasControls(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- the note's own rule: none but the newline.
  return /[\u{0}-\u{9}\u{b}-\u{1f}]/u.test(text);
}

function toHex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function notANote(): VerifyError {
  return new VerifyError(
    "format_invalid",
    "This is not a signed note, or a part of it is missing.",
  );
}
