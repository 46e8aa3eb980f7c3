import type { z } from "zod";
import { sha256Hex, wipe } from "../base/bytes.ts";
import type { CollectionId, SubjectId } from "../base/ids.ts";
import { openTemplates } from "../collections/templates.ts";
import { receiptsOf } from "../consent/receipts.ts";
import type { Recorder } from "../ledger/ledger.ts";
import { keySetOf, openSigner } from "../ledger/signing.ts";
import { renderHtml } from "../print/html.ts";
import type { Blobs } from "../storage/blobs.ts";
import type { Reader } from "../storage/db.ts";
import type { Vault } from "../storage/vault.ts";
import { SubjectsError } from "../subjects/subjects.ts";
import { canonicalBytes, type Json } from "../verify/canonical.ts";
import { EXPORT_FILES, EXPORT_TYPE } from "../verify/export.ts";
import type { videosSchema } from "../verify/videos.ts";
import { ArchiveFile } from "./archive-file.ts";
import { type HeldSearch, moment } from "./person-record.ts";
import {
  gatherRecord,
  type LedgerState,
  noteRead,
  readLedgerState,
  type RecordDeps,
} from "./record.ts";
import { recordDocument } from "./record-document.ts";
import { proveSearches } from "./record-searches.ts";
import { ownVideos, timelineVtt } from "./timeline.ts";
import { facesShown, nameOfPhoto, photosShowing, renderPhoto, type ShownPhoto } from "./shown.ts";

/** What an export works with. */
export interface ExportDeps extends RecordDeps {
  readonly blobs: Blobs;
}

/** What an export wrote. */
export interface ExportSummary {
  readonly files: number;
  readonly photos: number;
  /** Videos whose moments it tells. Copies of them are deliveries: they take longer than this. */
  readonly videos: number;
  readonly bytes: number;
}

/** A photo of theirs, and where. */
interface OwnPhoto {
  readonly collection: CollectionId;
  readonly photo: ShownPhoto;
}

/** A file of an export, as its list names it. */
interface ListedFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Writes everything about a person into one archive that anybody can check with `assent verify`,
 * without this instance (GDPR 15 and 20): their record, receipts, ledger entries with proofs,
 * templates, the photos they are in with every other face blurred, and when they are in view in
 * which videos. It is their right and hangs
 * on no consent. The ledger notes it before a byte leaves; the archive appears whole or not at all.
 * Throws SubjectsError subject_unknown, subject_erased; StorageError blob_missing, blob_corrupt.
 */
export async function exportRecord(
  deps: ExportDeps,
  recorder: Recorder,
  request: { readonly subject: SubjectId; readonly to: string },
  options: { readonly onProgress?: (done: number, total: number) => void } = {},
): Promise<ExportSummary> {
  const { subject } = request;
  await noteRead(deps, recorder, subject, "record.exported");
  const archive = await ArchiveFile.create(request.to);
  try {
    const list: ListedFile[] = [];
    const add = async (name: string, bytes: Uint8Array): Promise<void> => {
      await archive.add(name, bytes);
      list.push({ name, bytes: bytes.length, sha256: sha256Hex(bytes) });
    };
    const madeAt = recorder.clock.now();
    const state = await readLedgerState(deps.ledger, subject);
    const record = await gatherRecord(deps, madeAt, subject, state);
    await addLedger(deps, state, record.searches.rows, add);
    await add(EXPORT_FILES.record, jsonBytes(record));
    await add(EXPORT_FILES.page, Buffer.from(renderHtml(recordDocument(record))));
    await addReceipts(deps, subject, add);
    await addTemplates(deps, subject, add);
    await addEnrolmentPhotos(deps, subject, add);
    const photos = await addPhotos(deps, subject, add, options.onProgress);
    const videos = await addVideos(deps.db, subject, add);
    const signed = { subject, madeAt: moment(madeAt), entries: state.entries.length };
    const files = await addList(deps, archive, list, signed);
    await refuseErased(deps.db, subject);
    return { files, photos, videos, bytes: await archive.finish() };
  } catch (error) {
    await archive.discard();
    throw error;
  }
}

type Add = (name: string, bytes: Uint8Array) => Promise<void>;

/**
 * Their entries and those of the searches of their collections, opened, with proofs that lead to one
 * checkpoint; and the keys that sign.
 */
async function addLedger(
  { db, ledger }: ExportDeps,
  { checkpoint, size, entries }: LedgerState,
  searches: readonly HeldSearch[],
  add: Add,
) {
  const proofs = [];
  for (const { id } of entries) proofs.push(await ledger.inclusion(id, size));
  const keys = { receipts: await keySetOf(db, "receipts"), ledger: await ledger.verifierKeys() };
  await add(EXPORT_FILES.keys, jsonBytes(keys));
  await add(EXPORT_FILES.checkpoint, Buffer.from(checkpoint));
  await add(EXPORT_FILES.entries, jsonBytes(entries));
  await add(EXPORT_FILES.proofs, jsonBytes(proofs));
  await add(EXPORT_FILES.searches, jsonBytes(await proveSearches(ledger, searches, size)));
}

async function addReceipts({ db, vault }: ExportDeps, subject: SubjectId, add: Add) {
  for (const { consent, jws } of await receiptsOf(db, vault, subject)) {
    await add(`${EXPORT_FILES.receipts}${consent}.jws`, Buffer.from(jws));
  }
}

/** The one place where vectors leave: to the person whose face they are made of. */
async function addTemplates({ db, vault }: ExportDeps, subject: SubjectId, add: Add) {
  const rows = await db.read
    .selectFrom("templates")
    .innerJoin("grants", "grants.id", "templates.grant_id")
    .select(["templates.id", "templates.pack", "templates.collection_id", "templates.created_at"])
    .where("grants.subject_id", "=", subject)
    .orderBy("templates.id")
    .execute();
  const opened = await openTemplates(
    db,
    vault,
    rows.map(({ id }) => id),
  );
  const vectors = new Map(opened.map(({ id, vector }) => [id, vector]));
  const templates = rows.flatMap(({ id, pack, collection_id: collection, created_at }) => {
    const vector = vectors.get(id);
    return vector
      ? [{ id, collection, pack, madeAt: moment(created_at), vector: [...vector] }]
      : [];
  });
  wipe(...vectors.values());
  const bytes = jsonBytes(templates);
  await add(EXPORT_FILES.templates, bytes);
  wipe(bytes);
}

async function addEnrolmentPhotos({ db, vault }: ExportDeps, subject: SubjectId, add: Add) {
  for (const [index, photo] of (await keptPhotos(db, subject)).entries()) {
    const bytes = await openKept(db, vault, photo);
    await add(`${EXPORT_FILES.enrolmentPhotos}${numbered(index)}.jpg`, bytes);
    wipe(bytes);
  }
}

async function keptPhotos(db: Reader, subject: SubjectId) {
  return db.read
    .selectFrom("enrolment_photos")
    .innerJoin("grants", "grants.id", "enrolment_photos.grant_id")
    .select(["enrolment_photos.grant_id as grant", "photo_index", "sealed_photo"])
    .where("grants.subject_id", "=", subject)
    .orderBy("enrolment_photos.created_at")
    .orderBy("photo_index")
    .execute();
}

async function openKept(
  db: Reader,
  vault: Vault,
  photo: Awaited<ReturnType<typeof keptPhotos>>[number],
): Promise<Buffer> {
  const owner = { kind: "grant", id: photo.grant } as const;
  return vault.unseal(db, owner, photo.sealed_photo, ["photo", photo.photo_index]);
}

async function addPhotos(
  deps: ExportDeps,
  subject: SubjectId,
  add: Add,
  onProgress: ((done: number, total: number) => void) | undefined,
): Promise<number> {
  const own = await ownPhotos(deps.db, subject);
  let added = 0;
  onProgress?.(0, own.length);
  for (const [index, { collection, photo }] of own.entries()) {
    // An erasure stops an export under way.
    await refuseErased(deps.db, subject);
    const shown = { collection, subjects: [subject] };
    const faces = await facesShown(deps.db, shown, photo.media);
    if (faces.size > 0) {
      const { encoded } = await renderPhoto(deps, photo, faces);
      await add(`${EXPORT_FILES.photos}${nameOfPhoto(photo, added, encoded)}`, encoded.bytes);
      added += 1;
    }
    onProgress?.(index + 1, own.length);
  }
  return added;
}

/** When they are in view in which videos: a list, and for players the cues of each. */
async function addVideos(db: Reader, subject: SubjectId, add: Add): Promise<number> {
  const list: z.input<typeof videosSchema> = [];
  for (const collection of await collectionsOf(db, subject)) {
    for (const { media: video, takenAt, seconds, entries } of await ownVideos(db, {
      collection,
      subject,
    })) {
      const cues = `${EXPORT_FILES.videos}${numbered(list.length)}.vtt`;
      await add(cues, Buffer.from(timelineVtt(entries.map((one) => ({ ...one, name: null })))));
      const moments = entries.map(({ sighting, from, to, at: best, verdict, state }) => ({
        sighting,
        from,
        to,
        best,
        verdict,
        state,
      }));
      list.push({ video, collection, takenAt, seconds, cues, moments });
    }
  }
  if (list.length > 0) await add(EXPORT_FILES.videoList, jsonBytes(list));
  return list.length;
}

async function collectionsOf(db: Reader, subject: SubjectId): Promise<readonly CollectionId[]> {
  const rows = await db.read
    .selectFrom("sightings")
    .select("collection_id as collection")
    .distinct()
    .where("subject_id", "=", subject)
    .orderBy("collection_id")
    .execute();
  return rows.map(({ collection }) => collection);
}

async function ownPhotos(db: Reader, subject: SubjectId): Promise<readonly OwnPhoto[]> {
  const own: OwnPhoto[] = [];
  for (const collection of await collectionsOf(db, subject)) {
    const photos = await photosShowing(db, { collection, subjects: [subject] });
    own.push(...photos.map((photo) => ({ collection, photo })));
  }
  return own;
}

/** The list of all files, and the operator's signature over it. Returns how many files there are. */
async function addList(
  { db, vault }: ExportDeps,
  archive: ArchiveFile,
  list: readonly ListedFile[],
  of: { readonly subject: SubjectId; readonly madeAt: string; readonly entries: number },
): Promise<number> {
  const bytes = jsonBytes(list);
  const signer = await openSigner(db, vault, "receipts");
  const manifest = { schema: "assent-export/1", ...of, list: sha256Hex(bytes) };
  const jws = await signer.signJws(EXPORT_TYPE, manifest);
  await archive.add(EXPORT_FILES.list, bytes);
  await archive.add(EXPORT_FILES.signature, Buffer.from(jws));
  return list.length + 2;
}

async function refuseErased(db: Reader, subject: SubjectId): Promise<void> {
  const row = await db.read
    .selectFrom("subjects")
    .select("erased_at")
    .where("id", "=", subject)
    .executeTakeFirst();
  if (row?.erased_at === null) return;
  throw new SubjectsError("subject_erased", "This person was erased.");
}

/** Canonical JSON of values that JSON can say. */
function jsonBytes(value: unknown): Uint8Array {
  return canonicalBytes(JSON.parse(JSON.stringify(value)) as Json);
}

function numbered(index: number): string {
  return String(index + 1).padStart(5, "0");
}
