import type { Clock, Instant } from "../base/clock.ts";
import { type CollectionId, newId } from "../base/ids.ts";
import { publishNotice } from "../consent/notices.ts";
import { enqueue } from "../jobs/jobs.ts";
import { append, type Recorder } from "../ledger/ledger.ts";
import type { Db, Reader, Tx } from "../storage/db.ts";
import { CollectionsError } from "./errors.ts";

/** Photos with one purpose, and the rules under which people in them may be found. */
export interface Collection {
  readonly id: CollectionId;
  readonly name: string;
  readonly purpose: string;
  readonly contact: string;
  /** What people get who say no; empty where nobody said. */
  readonly alternative: string;
  readonly retentionDays: number;
  readonly ageFloor: number;
  /** Why everyone pictured may be compared; null means only a face pointed at is embedded. */
  readonly sceneBasis: string | null;
  readonly pack: string;
  readonly galleryVersion: number;
  readonly templateVersion: number;
  /** When its purpose ended; null while it lasts. */
  readonly closedAt: Instant | null;
  /** Whether people may hand in a picture of their face instead of using the camera. */
  readonly uploadPhoto: boolean;
}

/** The job that compares the photos already imported with the people added since. */
export const BACKFILL = "backfill";
/** The language of a collection's first notice where none is said. */
export const NOTICE_LANGUAGE = "en";
/** A month: whoever withdrew by mistake, or was withdrawn, notices by then. */
const GRACE_DAYS = 30;
/** R37: the purpose ended with the grant. */
const GRACE_DAYS_MAX = 365;

const NAME_LENGTH_MAX = 80;
/** A purpose, basis or notice is a text that a person reads, not a file. */
const TEXT_LENGTH_MAX = 20_000;
/** R37: three years after the last word of the person, at most. */
const RETENTION_DAYS_MAX = 3 * 365;
const AGE_MAX = 120;

/** What it takes to make a collection. */
export interface CollectionRequest {
  readonly name: string;
  readonly purpose: string;
  readonly notice: string;
  readonly contact: string;
  readonly retentionDays: number;
  readonly ageFloor: number;
  readonly sceneBasis: string | null;
  readonly pack: string;
  /** The language of the notice; English unless it is said. */
  readonly noticeLanguage?: string | undefined;
  /** What people get who say no. */
  readonly alternative?: string | undefined;
  /** How long after its end a grant's key and evidence stay, for a mistake to be undone. */
  readonly graceDays?: number | undefined;
  /** Whether people may hand in a picture of their face; they may unless it is said. */
  readonly uploadPhoto?: boolean | undefined;
}

/**
 * Makes a collection with its first notice. Throws CollectionsError: collection_invalid (the
 * sentence says which field), collection_exists; ConsentError language_unknown.
 */
export async function createCollection(
  db: Db,
  recorder: Recorder,
  request: CollectionRequest,
): Promise<Collection> {
  const id = newId("col");
  const { notice, ...fields } = parseRequest(request);
  return db.write(async (tx) => {
    const made = await tx.write
      .insertInto("collections")
      .values({
        id,
        name: fields.name,
        purpose: fields.purpose,
        contact: fields.contact,
        retention_days: fields.retentionDays,
        age_floor: fields.ageFloor,
        scene_basis: fields.sceneBasis,
        pack: fields.pack,
        created_at: recorder.clock.now(),
        alternative: fields.alternative,
        grace_days: fields.graceDays,
        upload_photo: fields.uploadPhoto === false ? 0 : 1,
      })
      .onConflict((conflict) => conflict.column("name").doNothing())
      .returning("id")
      .executeTakeFirst();
    if (!made) {
      throw new CollectionsError("collection_exists", "A collection of this name exists already.");
    }
    await publishNotice(tx, recorder, {
      collection: id,
      language: fields.noticeLanguage ?? NOTICE_LANGUAGE,
      body: notice,
    });
    await append(tx, recorder, { kind: "collection.created", collection: id });
    return findCollection(tx, id);
  });
}

/** Finds a collection by id or name. Throws CollectionsError collection_unknown. */
export async function findCollection(db: Reader, text: string): Promise<Collection> {
  const row = await db.read
    .selectFrom("collections")
    .selectAll()
    .where((where) => where.or([where("id", "=", text as CollectionId), where("name", "=", text)]))
    .executeTakeFirst();
  if (row) return toCollection(row);
  throw new CollectionsError(
    "collection_unknown",
    'There is no collection of this name. "assent collection list" shows them.',
  );
}

/** All collections by name. */
export async function listCollections(db: Reader): Promise<readonly Collection[]> {
  const rows = await db.read.selectFrom("collections").selectAll().orderBy("name").execute();
  return rows.map(toCollection);
}

/**
 * Notes that who may be found has changed, and locks the collection's row: galleries in memory are
 * stale from this commit on. `added` means that photos scanned before must be compared anew, so a
 * backfill is queued in the same transaction (where a scene basis allows one).
 */
export async function touchGallery(
  tx: Tx,
  clock: Clock,
  id: CollectionId,
  change: "added" | "removed",
): Promise<Collection> {
  const row = await tx.write
    .updateTable("collections")
    .set((set) => ({
      gallery_version: set("gallery_version", "+", 1),
      ...(change === "added" ? { template_version: set("gallery_version", "+", 1) } : {}),
    }))
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
  const collection = toCollection(row);
  if (change === "added" && collection.sceneBasis !== null) await enqueue(tx, clock, BACKFILL, id);
  return collection;
}

/**
 * Notes that a collection's purpose has ended: nobody enrols there from now on. Its grants are
 * ended in the same transaction by whoever calls this. Throws CollectionsError collection_closed.
 */
export async function markClosed(tx: Tx, recorder: Recorder, id: CollectionId): Promise<void> {
  checkOpen(await touchGallery(tx, recorder.clock, id, "removed"));
  await tx.write
    .updateTable("collections")
    .set({ closed_at: recorder.clock.now() })
    .where("id", "=", id)
    .execute();
  await append(tx, recorder, { kind: "collection.closed", collection: id });
}

/** Throws CollectionsError collection_closed where the purpose has ended. */
export function checkOpen({ closedAt }: Collection): void {
  if (closedAt === null) return;
  throw new CollectionsError("collection_closed", "This collection is closed: its purpose ended.");
}

function parseRequest(
  request: CollectionRequest,
): CollectionRequest & { readonly graceDays: number; readonly alternative: string } {
  return {
    ...parseTerms({ ...request, alternative: request.alternative ?? "" }),
    notice: text("notice", request.notice),
    contact: text("contact", request.contact),
    ageFloor: whole("age floor", request.ageFloor, 0, AGE_MAX),
    sceneBasis: request.sceneBasis === null ? null : text("scene basis", request.sceneBasis),
    pack: request.pack,
    noticeLanguage: request.noticeLanguage,
    graceDays: whole("grace in days", request.graceDays ?? GRACE_DAYS, 0, GRACE_DAYS_MAX),
    uploadPhoto: request.uploadPhoto,
  };
}

/** What a collection is called and is for, how long a consent holds in it, and what a no gets. */
export type CollectionTerms = Pick<
  Collection,
  "name" | "purpose" | "retentionDays" | "alternative"
>;

/** Throws CollectionsError collection_invalid; the sentence says which field. */
export function parseTerms(terms: CollectionTerms): CollectionTerms {
  const { name, purpose, retentionDays, alternative } = terms;
  return {
    name: text("name", name, NAME_LENGTH_MAX),
    purpose: text("purpose", purpose),
    retentionDays: whole("retention in days", retentionDays, 1, RETENTION_DAYS_MAX),
    alternative: alternative.trim() === "" ? "" : text("alternative", alternative),
  };
}

function text(field: string, value: string, max = TEXT_LENGTH_MAX): string {
  const trimmed = value.trim();
  if (trimmed !== "" && trimmed.length <= max) return trimmed;
  throw new CollectionsError("collection_invalid", `Give a ${field} of 1 to ${max} characters.`);
}

function whole(field: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new CollectionsError(
    "collection_invalid",
    `The ${field} must be a whole number from ${min} to ${max}.`,
  );
}

function toCollection(row: {
  readonly id: CollectionId;
  readonly name: string;
  readonly purpose: string;
  readonly contact: string;
  readonly alternative: string;
  readonly retention_days: number;
  readonly age_floor: number;
  readonly scene_basis: string | null;
  readonly pack: string;
  readonly gallery_version: number;
  readonly template_version: number;
  readonly closed_at: Instant | null;
  readonly upload_photo: number;
}): Collection {
  return {
    id: row.id,
    name: row.name,
    purpose: row.purpose,
    contact: row.contact,
    alternative: row.alternative,
    retentionDays: row.retention_days,
    ageFloor: row.age_floor,
    sceneBasis: row.scene_basis,
    pack: row.pack,
    galleryVersion: row.gallery_version,
    templateVersion: row.template_version,
    closedAt: row.closed_at,
    uploadPhoto: row.upload_photo === 1,
  };
}
