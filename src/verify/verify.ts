import { z } from "zod";
import { type ByteSource, readArchive, sourceOf } from "./archive.ts";
import { canonicalText, type Json } from "./canonical.ts";
import { CERTIFICATE_TYPE, verifyCertificate } from "./certificate.ts";
import { type Checkpoint, verifyCheckpoint } from "./checkpoint.ts";
import type { Opening } from "./commitment.ts";
import { refuseContradiction, verifyConsistency } from "./consistency.ts";
import { type ProvenEntry, verifyEntry } from "./entry.ts";
import { VerifyError } from "./errors.ts";
import {
  decodeText,
  EXPORT_TYPE,
  keysSchema,
  keySetSchema,
  parseJson,
  type TrustedKeys,
  verifyExport,
} from "./export.ts";
import { type KeySet, typeOf } from "./jws.ts";
import { RECEIPT_TYPE, verifyReceipt } from "./receipt.ts";

export type { ByteSource } from "./archive.ts";
export type { TrustedKeys } from "./export.ts";

/** What whoever checks knows already. */
export interface VerifyOptions extends TrustedKeys {
  /** A checkpoint (signed note) that was kept from earlier: the ledger must not contradict it. */
  readonly older?: string | undefined;
}

/** What can be checked. */
export type CheckedKind =
  | "export"
  | "receipt"
  | "certificate"
  | "checkpoint"
  | "entry"
  | "consistency";

/** The outcome, in a sentence for people; the code is for programs. */
export type VerifyResult =
  | { readonly valid: true; readonly kind: CheckedKind; readonly sentence: string }
  | { readonly valid: false; readonly code: VerifyError["code"]; readonly sentence: string };

/** All but an export are a page or a few; a bound for what strangers hand in. */
const TEXT_BYTES_MAX = 1_000_000;
const ZIP_START = "PK";
const TOLD_LENGTH_MAX = 80;

const entryProofSchema = z.strictObject({
  schema: z.literal("assent-entry-proof/1"),
  opening: z.strictObject({ salt: z.string(), event: z.record(z.string(), z.json()) }),
  leafIndex: z.int().nonnegative(),
  proof: z.strictObject({
    leafIndex: z.int().nonnegative(),
    treeSize: z.int().nonnegative(),
    hashes: z.array(z.string()),
  }),
  checkpoint: z.string(),
  key: z.string(),
});

const consistencyProofSchema = z.strictObject({
  schema: z.literal("assent-consistency-proof/1"),
  older: z.string(),
  newer: z.string(),
  hashes: z.array(z.string()),
  key: z.string(),
});

/** One entry with its proof, as a file. */
export interface EntryProofFile extends ProvenEntry {
  readonly schema: "assent-entry-proof/1";
  /** The ledger's verifier key, which the operator publishes as well. */
  readonly key: string;
}

/** That the ledger has only grown from one checkpoint to another, as a file. */
export interface ConsistencyProofFile {
  readonly schema: "assent-consistency-proof/1";
  readonly older: string;
  readonly newer: string;
  readonly hashes: readonly string[];
  readonly key: string;
}

/**
 * Checks a file that Assent made, whatever it is: an export, a receipt, a certificate of erasure, a
 * checkpoint, a proof. It needs no instance and no network, and runs in browsers too. What is wrong
 * with the file is an answer; nothing is thrown for it.
 */
export async function verifyFile(
  file: Uint8Array | ByteSource,
  options: VerifyOptions = {},
): Promise<VerifyResult> {
  try {
    const source = file instanceof Uint8Array ? sourceOf(file) : file;
    const start = decodeStart(await bytesOf(source, ZIP_START.length));
    if (start === ZIP_START) return await checkExport(source, options);
    return await checkText(await readSmall(source), options);
  } catch (error) {
    if (!(error instanceof VerifyError)) throw error;
    return { valid: false, code: error.code, sentence: error.message };
  }
}

/** Reads published keys: a key set, or an export's `keys.json`. Throws VerifyError format_invalid. */
export function parseKeys(bytes: Uint8Array): TrustedKeys {
  const name = "The file of keys";
  const shape = z.union([keysSchema, keySetSchema]);
  let value: unknown;
  try {
    value = JSON.parse(decodeText(bytes, name));
  } catch (cause) {
    throw new VerifyError("format_invalid", `${name} is not JSON.`, { cause });
  }
  const parsed = shape.safeParse(value);
  if (!parsed.success) throw new VerifyError("format_invalid", `${name} holds no key set.`);
  return "keys" in parsed.data ? { receipts: parsed.data } : parsed.data;
}

async function checkExport(source: ByteSource, options: VerifyOptions): Promise<VerifyResult> {
  const found = await verifyExport(readArchive(source), options);
  const against = await checkOlder(found.checkpoint, options, found.keys.ledger);
  const own = [
    ...(options.receipts ? [] : found.keys.receipts.keys.map(({ kid }) => `receipts ${kid}`)),
    ...(options.ledger ? [] : found.keys.ledger.map((key) => `ledger ${key}`)),
  ];
  const videos = found.videos === 0 ? "" : `, the times of ${count(found.videos, "video")}`;
  const signed = found.signed === 0 ? "" : ` (${found.signed} signed with a passkey)`;
  return valid(
    "export",
    `This export of ${found.subject} is whole and as it was made at ${found.madeAt}: ` +
      `${found.files} files, among them ${count(found.photos, "photo")}${videos} and ` +
      `${count(found.receipts, "receipt")}${signed}, all ${found.entries} of their ledger entries, and those ` +
      `of ${count(found.searches, "search", "es")} of their collections, each proved to be in the ` +
      `ledger of ${found.checkpoint.size}.${against}${ownKeys(own)}`,
  );
}

async function checkText(bytes: Uint8Array, options: VerifyOptions): Promise<VerifyResult> {
  const text = decodeText(bytes, "The file");
  // A checkpoint ends in a newline of its own; of the others it is the editor's.
  if (text.includes("\n\n\u{2014} ") && !text.startsWith("{")) return checkNote(text, options);
  const line = text.endsWith("\n") ? text.slice(0, -1) : text;
  return line.startsWith("{") ? checkProof(line, options) : checkJws(line, options);
}

async function checkNote(note: string, options: VerifyOptions): Promise<VerifyResult> {
  const keys = options.ledger;
  if (!keys) throw keyNeeded("the ledger's verifier key (--key)");
  const { size, origin, signatures, ...rest } = await verifyCheckpoint(note, keys);
  const against = await checkOlder({ size, origin, ...rest }, options, keys);
  const witnesses = signatures.filter(({ time }) => time !== null).length;
  const witnessed = witnesses === 0 ? "no known witness" : count(witnesses, "known witness", "es");
  return valid(
    "checkpoint",
    `${origin} signed that its ledger had ${size} entries under this root; ${witnessed} ` +
      `signed it too.${against}`,
  );
}

async function checkJws(jws: string, { receipts }: VerifyOptions): Promise<VerifyResult> {
  const type = typeOf(jws);
  if (type === RECEIPT_TYPE) {
    const receipt = await verifyReceipt(jws, needKeys(receipts));
    const { "assent:collection": collection } = receipt["dpv:hasRecordOfActivity"];
    return valid(
      "receipt",
      `This receipt is genuine: made at ${receipt["dct:created"]} for a consent to the ` +
        `collection ${collection["@id"]}.`,
    );
  }
  if (type === CERTIFICATE_TYPE) {
    const { subject, erasedAt } = await verifyCertificate(jws, needKeys(receipts));
    return valid(
      "certificate",
      `This certificate is genuine: ${subject} was erased at ${erasedAt}.`,
    );
  }
  throw new VerifyError(
    "format_invalid",
    type === EXPORT_TYPE
      ? "This is the signature of an export: check the whole export."
      : `This is a signed document of a type that is not checked here.`,
  );
}

async function checkProof(text: string, options: VerifyOptions): Promise<VerifyResult> {
  const schema = z.discriminatedUnion("schema", [entryProofSchema, consistencyProofSchema]);
  const proof = parseJson(text, "The proof", schema);
  // With the file's own key in any case: it is part of the file, and may not be changed either.
  const keySets = options.ledger ? [[proof.key], options.ledger] : [[proof.key]];
  const own = ownKeys(options.ledger ? [] : [`ledger ${proof.key}`]);
  if (proof.schema === "assent-consistency-proof/1") {
    for (const keys of keySets) await verifyConsistency(proof, keys);
    if (options.older !== undefined && options.older !== proof.older) {
      throw new VerifyError(
        "proof_invalid",
        "The proof begins with another checkpoint than yours.",
      );
    }
    return valid("consistency", `The ledger has only grown between the two checkpoints.${own}`);
  }
  const { checkpoint, leafIndex, proof: path } = proof;
  const entry = { opening: proof.opening as Opening, leafIndex, proof: path, checkpoint };
  for (const keys of keySets) await verifyEntry(entry, keys);
  const head = await verifyCheckpoint(checkpoint, proof.key);
  const against = await checkOlder(head, options, [proof.key]);
  const { event } = proof.opening;
  return valid(
    "entry",
    `The ledger of ${head.size} entries holds this entry at place ${leafIndex}: ` +
      `${told(event["kind"])}, ${momentOf(event["at"])}, by ${told(event["account"])}.` +
      `${against}${own}`,
  );
}

/** Holds a state of the ledger against an older one that whoever checks has kept. */
async function checkOlder(
  head: Checkpoint,
  { older, ledger }: VerifyOptions,
  keys: readonly string[],
): Promise<string> {
  if (older === undefined) return "";
  const known = await verifyCheckpoint(older, ledger ?? keys);
  refuseContradiction(known, head);
  if (known.size === head.size) return " Your older checkpoint says the same.";
  return (
    ` That its first ${known.size} entries are those of your older checkpoint takes a proof of its ` +
    "own: ask for it (assent proof --old)."
  );
}

function needKeys(receipts: KeySet | undefined): KeySet {
  if (receipts) return receipts;
  throw keyNeeded("the operator's published key set (--keys)");
}

function keyNeeded(what: string): VerifyError {
  return new VerifyError("key_unknown", `To check this, give ${what}.`);
}

function ownKeys(keys: readonly string[]): string {
  if (keys.length === 0) return "";
  return (
    " It was checked with keys that are inside it, which shows that it is whole, not who made it: " +
    `compare them with those that the operator publishes (${keys.join(", ")}).`
  );
}

function valid(kind: CheckedKind, sentence: string): VerifyResult {
  return { valid: true, kind, sentence };
}

function count(number: number, noun: string, plural = "s"): string {
  return `${number} ${noun}${number === 1 ? "" : plural}`;
}

/** What an event tells, for a sentence: it may come from anybody. */
function told(value: Json | undefined): string {
  return typeof value === "string" ? value.slice(0, TOLD_LENGTH_MAX) : "not told";
}

function momentOf(at: Json | undefined): string {
  const date = new Date(Number(at));
  return Number.isNaN(date.getTime()) ? "at no known time" : date.toISOString();
}

async function readSmall(source: ByteSource): Promise<Uint8Array> {
  if (source.size <= TEXT_BYTES_MAX) return bytesOf(source, source.size);
  throw new VerifyError("format_invalid", "This is no file that Assent makes: it is too large.");
}

async function bytesOf(source: ByteSource, length: number): Promise<Uint8Array> {
  const end = Math.min(length, source.size);
  return new Uint8Array(await source.slice(0, end).arrayBuffer());
}

function decodeStart(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** A proof as the file it is kept in: canonical JSON. */
export function proofText(proof: EntryProofFile | ConsistencyProofFile): string {
  return canonicalText(JSON.parse(JSON.stringify(proof)) as Json);
}
