import { sha256 } from "@noble/hashes/sha2.js";
import { z } from "zod";
import type { NamedBytes } from "./archive.ts";
import { canonicalText, type Json } from "./canonical.ts";
import { type SignedCheckpoint, verifyCheckpoint } from "./checkpoint.ts";
import type { Opening } from "./commitment.ts";
import { verifyEntryIn } from "./entry.ts";
import { VerifyError } from "./errors.ts";
import { type KeySet, verifyJws } from "./jws.ts";
import { verifyPasskey } from "./passkey.ts";
import { verifyReceipt } from "./receipt.ts";
import { checkVideos, videosSchema } from "./videos.ts";
import { checkSearches, searchesSchema, toldSearchSchema } from "./searches.ts";

/** The header type of the signature over an export's list of files. */
export const EXPORT_TYPE = "assent-export";

/** What an export holds, by name. The list comes last and names every file before it. */
export const EXPORT_FILES = {
  record: "record.json",
  page: "record.html",
  receipts: "receipts/",
  entries: "ledger/entries.json",
  proofs: "ledger/proofs.json",
  searches: "ledger/searches.json",
  checkpoint: "ledger/checkpoint.txt",
  keys: "keys.json",
  templates: "templates.json",
  enrolmentPhotos: "enrolment-photos/",
  photos: "photos/",
  videos: "videos/",
  videoList: "videos/list.json",
  list: "manifest.json",
  signature: "manifest.jws",
} as const;

const hex = z.string().regex(/^[0-9a-f]{64}$/u);
const subject = z.string().regex(/^sub_[\w-]{16}$/u);
const count = z.int().nonnegative();
const publicJwk = z.strictObject({
  kty: z.literal("OKP"),
  crv: z.literal("Ed25519"),
  x: z.string(),
  kid: z.string(),
  alg: z.literal("EdDSA"),
  use: z.literal("sig"),
});

/** A key set as it is published. */
export const keySetSchema = z.strictObject({ keys: z.array(publicJwk).min(1).max(1000) });

/** `keys.json`: whom receipts, manifest and ledger are signed by. */
export const keysSchema = z.strictObject({
  receipts: keySetSchema,
  /** Verifier keys (C2SP signed-note), the newest first. */
  ledger: z.array(z.string()).min(1).max(1000),
});

/** `manifest.json`: every file but itself and its signature, in their order. */
export const listSchema = z.array(z.strictObject({ name: z.string(), bytes: count, sha256: hex }));

/** What `manifest.jws` signs. */
export const manifestSchema = z.strictObject({
  schema: z.literal("assent-export/1"),
  subject,
  madeAt: z.iso.datetime(),
  /** Entries of the ledger that are in it: all that the person had. */
  entries: count,
  /** SHA-256 of `manifest.json`. */
  list: hex,
});

const jsonObject = z.record(z.string(), z.json());

/** `ledger/entries.json`: what each entry says, with the salt that opens its leaf. */
export const entriesSchema = z.array(
  z.strictObject({
    number: count,
    id: z.string(),
    leafIndex: count,
    opening: z.strictObject({ salt: z.string(), event: jsonObject }),
  }),
);

/** `ledger/proofs.json`: for each entry that its leaf is in the checkpoint's tree. */
export const proofsSchema = z.array(
  z.strictObject({ leafIndex: count, treeSize: count, hashes: z.array(z.string()) }),
);

/** Keys that whoever checks has from elsewhere, and trusts. */
export interface TrustedKeys {
  readonly receipts?: KeySet | undefined;
  /** Verifier keys of the ledger. */
  readonly ledger?: readonly string[] | undefined;
}

/** What a sound export holds. */
export interface ExportFindings {
  readonly subject: string;
  readonly madeAt: string;
  readonly files: number;
  readonly photos: number;
  /** Videos that it tells the person's moments of. */
  readonly videos: number;
  readonly receipts: number;
  /** Receipts that the person signed with a passkey. */
  readonly signed: number;
  readonly entries: number;
  /** Searches of the person's collections that are proved to be in the ledger as they are told. */
  readonly searches: number;
  readonly checkpoint: SignedCheckpoint;
  readonly checkpointNote: string;
  /** The keys inside it, which the operator publishes as well. */
  readonly keys: z.infer<typeof keysSchema>;
}

/**
 * Checks a person's export: that the operator signed the list of its files, that each is as it was
 * and none is missing or added; that the receipts are genuine; that the person's ledger entries
 * count from 1 without a gap and are all in the tree of one signed checkpoint, and so are the entries
 * of the searches that the record tells of. Without trusted keys the export's own are taken: then it
 * is whole, and by whom is a matter of comparing the keys.
 * Throws VerifyError.
 */
export async function verifyExport(
  files: AsyncIterable<NamedBytes>,
  trusted: TrustedKeys = {},
): Promise<ExportFindings> {
  const taken = await takeIn(files);
  const keys = readJson(taken, EXPORT_FILES.keys, keysSchema);
  const keySet = trusted.receipts ?? keys.receipts;
  const manifest = await checkList(taken, keySet);
  const receipts = await checkReceipts(taken, keySet);
  const checkpointNote = readText(taken, EXPORT_FILES.checkpoint);
  const checkpoint = await verifyCheckpoint(checkpointNote, trusted.ledger ?? keys.ledger);
  const openings = checkEntries(taken, manifest, checkpoint);
  checkReceiptsNamed(receipts, openings);
  const { grants, searches: told } = readRecord(taken, manifest.subject);
  const signed = await checkPasskeys(grants, receipts);
  const proven = readJson(taken, EXPORT_FILES.searches, searchesSchema);
  const searches = checkSearches(told.rows, proven, checkpoint, openings);
  return {
    subject: manifest.subject,
    madeAt: manifest.madeAt,
    files: taken.files.length,
    photos: taken.files.filter(({ name }) => name.startsWith(EXPORT_FILES.photos)).length,
    videos: countVideos(taken),
    receipts: receipts.length,
    signed,
    entries: openings.length,
    searches,
    checkpoint,
    checkpointNote,
    keys,
  };
}

/** None where no file tells of them: every file that there was is in the signed list. */
function countVideos(taken: Taken): number {
  const names = [...taken.contents.keys()].filter((name) => name.startsWith(EXPORT_FILES.videos));
  if (names.length === 0) return 0;
  const videos = readJson(taken, EXPORT_FILES.videoList, videosSchema);
  checkVideos(
    videos,
    names.filter((name) => name !== EXPORT_FILES.videoList),
  );
  return videos.length;
}

interface Taken {
  readonly files: readonly z.infer<typeof listSchema>[number][];
  readonly contents: ReadonlyMap<string, Uint8Array>;
}

/** Hashes every file, and keeps the content of those that are read: no pictures. */
async function takeIn(source: AsyncIterable<NamedBytes>): Promise<Taken> {
  const files: z.infer<typeof listSchema> = [];
  const contents = new Map<string, Uint8Array>();
  for await (const { name, bytes } of source) {
    const digest = new Uint8Array(await globalThis.crypto.subtle.digest("SHA-256", bytes));
    files.push({ name, bytes: bytes.length, sha256: toHex(digest) });
    if (!isPicture(name)) contents.set(name, bytes);
  }
  return { files, contents };
}

function isPicture(name: string): boolean {
  return name.startsWith(EXPORT_FILES.photos) || name.startsWith(EXPORT_FILES.enrolmentPhotos);
}

async function checkList(taken: Taken, keySet: KeySet): Promise<z.infer<typeof manifestSchema>> {
  const jws = readText(taken, EXPORT_FILES.signature);
  const manifest = parse(
    await verifyJws(jws, EXPORT_TYPE, keySet),
    EXPORT_FILES.signature,
    manifestSchema,
  );
  const list = readJson(taken, EXPORT_FILES.list, listSchema);
  const own = taken.files.find(({ name }) => name === EXPORT_FILES.list);
  if (own?.sha256 !== manifest.list) throw changed(EXPORT_FILES.list);
  const found = new Map(taken.files.map((file) => [file.name, file]));
  for (const { name, sha256: hash } of list) {
    const file = found.get(name);
    if (!file) throw new VerifyError("incomplete", `${name} is missing.`);
    if (file.sha256 !== hash) throw changed(name);
  }
  const expected = [...list.map(({ name }) => name), EXPORT_FILES.list, EXPORT_FILES.signature];
  const extra = taken.files.find(({ name }, index) => name !== expected[index]);
  if (!extra) return manifest;
  throw new VerifyError("format_invalid", `${extra.name} was added, or moved from its place.`);
}

async function checkReceipts(taken: Taken, keySet: KeySet): Promise<readonly NamedReceipt[]> {
  const receipts: NamedReceipt[] = [];
  for (const name of taken.contents.keys()) {
    if (!name.startsWith(EXPORT_FILES.receipts)) continue;
    const jws = readText(taken, name);
    await verifyReceipt(jws, keySet);
    receipts.push({ name, hash: toHex(sha256(new TextEncoder().encode(jws))) });
  }
  return receipts;
}

interface NamedReceipt {
  readonly name: string;
  readonly hash: string;
}

function checkEntries(
  taken: Taken,
  manifest: z.infer<typeof manifestSchema>,
  checkpoint: SignedCheckpoint,
): readonly Opening[] {
  const entries = readJson(taken, EXPORT_FILES.entries, entriesSchema);
  const proofs = readJson(taken, EXPORT_FILES.proofs, proofsSchema);
  if (proofs.length !== entries.length || entries.length !== manifest.entries) {
    throw new VerifyError("incomplete", "Not every entry of the ledger has its proof.");
  }
  for (const [index, { number, id, leafIndex, opening }] of entries.entries()) {
    const { event } = opening;
    const proof = proofs[index];
    if (number !== index + 1 || !proof) {
      throw new VerifyError("incomplete", `Entry ${index + 1} of the ledger is missing.`);
    }
    const own = event["subject"] === manifest.subject;
    if (!own || event["number"] !== number || event["id"] !== id) {
      throw new VerifyError("commitment_mismatch", `Entry ${number} is not what it says it is.`);
    }
    verifyEntryIn(checkpoint, { opening, leafIndex, proof });
  }
  return entries.map(({ opening }) => opening);
}

/** Each receipt is one that the ledger names: none was made up beside it. */
function checkReceiptsNamed(receipts: readonly NamedReceipt[], openings: readonly Opening[]): void {
  const named = new Set(openings.map(({ event }) => event["receipt"]));
  const stray = receipts.find(({ hash }) => !named.has(hash));
  if (!stray) return;
  throw new VerifyError("hash_mismatch", `The ledger names no receipt like ${stray.name}.`);
}

/** A consent as the record tells it, as far as a passkey signed its receipt. */
const consentSchema = z.looseObject({
  evidence: z.looseObject({ passkey: z.unknown().optional() }).nullable(),
  receiptHash: hex.nullable(),
});

const recordSchema = z.looseObject({
  subject: z.looseObject({ id: subject }),
  grants: z.array(z.looseObject({ consents: z.array(consentSchema) })),
  searches: z.looseObject({ rows: z.array(toldSearchSchema) }),
});

/** Returns how many receipts the person signed, each with a key that fits this very receipt. */
async function checkPasskeys(
  grants: z.infer<typeof recordSchema>["grants"],
  receipts: readonly NamedReceipt[],
): Promise<number> {
  const hashes = new Set(receipts.map(({ hash }) => hash));
  let signed = 0;
  for (const { evidence, receiptHash } of grants.flatMap(({ consents }) => consents)) {
    if (evidence?.passkey === undefined) continue;
    if (receiptHash === null || !hashes.has(receiptHash)) {
      throw new VerifyError("incomplete", "A receipt that a passkey signed is missing.");
    }
    await verifyPasskey(receiptHash, evidence.passkey);
    signed += 1;
  }
  return signed;
}

function readRecord(taken: Taken, subjectOfManifest: string): z.infer<typeof recordSchema> {
  const record = readJson(taken, EXPORT_FILES.record, recordSchema);
  if (record.subject.id === subjectOfManifest) return record;
  throw new VerifyError("format_invalid", `${EXPORT_FILES.record} is about somebody else.`);
}

function readText({ contents }: Taken, name: string): string {
  const bytes = contents.get(name);
  if (!bytes) throw new VerifyError("incomplete", `${name} is missing.`);
  return decodeText(bytes, name);
}

/** UTF-8 without tolerance. Throws VerifyError format_invalid. */
export function decodeText(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new VerifyError("format_invalid", `${name} is not text, as it would have to be.`, {
      cause,
    });
  }
}

function readJson<Schema extends z.ZodType>(
  taken: Taken,
  name: string,
  schema: Schema,
): z.output<Schema> {
  return parseJson(readText(taken, name), name, schema);
}

/** Canonical JSON of a known shape. Throws VerifyError format_invalid. */
export function parseJson<Schema extends z.ZodType>(
  text: string,
  name: string,
  schema: Schema,
): z.output<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new VerifyError("format_invalid", `${name} is not JSON.`, { cause });
  }
  if (canonicalText(value as Json) === text) return parse(value, name, schema);
  throw new VerifyError("format_invalid", `${name} is not canonical JSON.`);
}

function parse<Schema extends z.ZodType>(
  value: unknown,
  name: string,
  schema: Schema,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join(" / ") ?? "";
  throw new VerifyError("format_invalid", `${name} is not of its form: ${where} is wrong.`);
}

function changed(name: string): VerifyError {
  return new VerifyError("hash_mismatch", `${name} was changed since the export was made.`);
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
