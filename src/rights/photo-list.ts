import { type Expression, type ExpressionBuilder, type SqlBool, sql } from "kysely";
import type { Instant } from "../base/clock.ts";
import type { CollectionId, MediaId, SubjectId } from "../base/ids.ts";
import { sourcesOf, sourcesOfAll } from "../collections/media.ts";
import { notWithheld } from "../collections/withheld.ts";
import { permit } from "../consent/consent.ts";
import { append, type Recorder } from "../ledger/ledger.ts";
import type { Db, Reader, Tx } from "../storage/db.ts";
import type { MediaKind, Schema } from "../storage/schema.ts";
import { RightsError } from "./errors.ts";

/** A photo as it is listed: nobody in it is named. */
export interface ListedPhoto {
  readonly id: MediaId;
  readonly seq: number;
  readonly sha256: string;
  readonly format: string;
  readonly kind: MediaKind;
  /** How long a video is; null for a photo. */
  readonly seconds: number | null;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  readonly takenAt: string | null;
  readonly importedAt: Instant;
  readonly faces: number;
  /** Whether it is still to be compared with somebody. */
  readonly pending: boolean;
  /** Why it could not be compared, as an error code. */
  readonly problem: string | null;
  /** Whether somebody objects to the whole of it: it is shown to nobody. */
  readonly withheld: boolean;
  readonly sources: readonly string[];
}

/** Where a page of photos ended. */
export interface PhotosKey {
  readonly takenAt: string | null;
  readonly seq: number;
}

/** Which photos, in what order, from after where. */
export interface PhotosPage {
  readonly collection: CollectionId;
  /** The newest in the collection first, or by the camera's date, undated ones last. */
  readonly order: "newest" | "date";
  readonly pending: boolean;
  readonly problem: boolean;
  readonly kind: MediaKind | null;
  /** Only photos in which this person was seen: matched, or confirmed by somebody. */
  readonly subject: SubjectId | null;
  readonly after: PhotosKey | null;
  /** The place in the list to begin at, for whoever jumps into its middle; 0: its beginning. */
  readonly from: number;
  readonly limit: number;
}

/**
 * A page of a collection's photos. One that is asked for by a person is recorded for them. Throws
 * ConsentError no_live_grant for a person who has paused or withdrawn.
 */
export async function pageOfPhotos(
  db: Db,
  recorder: Recorder,
  page: PhotosPage,
): Promise<readonly ListedPhoto[]> {
  const { subject, collection } = page;
  if (subject === null) return queryPhotos(db, page);
  return db.write(async (tx) => {
    await permit(tx, recorder.clock, "deliver", { collection, subject });
    const photos = await queryPhotos(tx, page);
    const seen = { collection, subject, photos: photos.length };
    await append(tx, recorder, { kind: "photos.listed", ...seen });
    return photos;
  });
}

/** How many photos a list has in all, whatever page of it is asked for. */
export async function countPhotos(
  db: Reader,
  list: Pick<PhotosPage, "collection" | "pending" | "problem" | "kind" | "subject">,
): Promise<number> {
  const counted = db.read
    .selectFrom("media")
    .innerJoin("collections", "collections.id", "media.collection_id")
    .where("media.collection_id", "=", list.collection)
    .where((where) => isListed(where, list))
    .select((select) => select.fn.countAll<number>().as("count"));
  return (await counted.executeTakeFirstOrThrow()).count;
}

/** One photo of a collection. Throws RightsError photo_unknown. */
export async function findListedPhoto(
  db: Reader,
  collection: CollectionId,
  id: MediaId,
): Promise<ListedPhoto> {
  const row = await photosQuery(db, collection).where("media.id", "=", id).executeTakeFirst();
  if (row) return listed(row, await sourcesOf(db, row.id));
  throw new RightsError("photo_unknown", "No photo has this id.");
}

async function queryPhotos(db: Reader | Tx, page: PhotosPage): Promise<readonly ListedPhoto[]> {
  const { order, after } = page;
  let query = photosQuery(db, page.collection)
    .where((where) => isListed(where, page))
    .limit(page.limit);
  if (page.from > 0) query = query.offset(page.from);
  if (order === "newest") {
    query = query.orderBy("media.seq", "desc");
    if (after) query = query.where("media.seq", "<", after.seq);
  } else {
    query = query.orderBy("media.taken_at", (one) => one.asc().nullsLast()).orderBy("media.seq");
    if (after) query = query.where((where) => comesAfter(where, after));
  }
  const rows = await query.execute();
  const sources = await sourcesOfAll(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => listed(row, sources.get(row.id) ?? []));
}

type Where = ExpressionBuilder<Schema, "media" | "collections">;

function isListed(
  where: Where,
  { pending, problem, kind, subject }: Pick<PhotosPage, "pending" | "problem" | "kind" | "subject">,
): Expression<SqlBool> {
  return where.and([
    ...(pending
      ? [
          where("media.scanned_version", "<", where.ref("collections.template_version")),
          where("collections.scene_basis", "is not", null),
        ]
      : []),
    ...(problem ? [where("media.problem", "is not", null)] : []),
    ...(kind === null ? [] : [where("media.kind", "=", kind)]),
    ...(subject === null ? [] : [shows(where, subject)]),
  ]);
}

function comesAfter(where: Where, { takenAt, seq }: PhotosKey): Expression<SqlBool> {
  const later = where("media.seq", ">", seq);
  if (takenAt === null) return where.and([where("media.taken_at", "is", null), later]);
  return where.or([
    where("media.taken_at", "is", null),
    where("media.taken_at", ">", takenAt),
    where.and([where("media.taken_at", "=", takenAt), later]),
  ]);
}

function shows(where: Where, subject: SubjectId): Expression<SqlBool> {
  return where.exists(
    where
      .selectFrom("sightings")
      .innerJoin("faces", "faces.id", "sightings.face_id")
      .select("sightings.id")
      .whereRef("faces.media_id", "=", "media.id")
      .where("sightings.subject_id", "=", subject)
      .where((one) => notWithheld(one, null))
      .where((one) =>
        one.or([
          one("sightings.state", "=", "confirmed"),
          one.and([
            one("sightings.state", "=", "proposed"),
            one("sightings.verdict", "=", "match"),
          ]),
        ]),
      ),
  );
}

function photosQuery(db: Reader, collection: CollectionId) {
  return db.read
    .selectFrom("media")
    .innerJoin("collections", "collections.id", "media.collection_id")
    .where("media.collection_id", "=", collection)
    .select((select) => [
      "media.id",
      "media.seq",
      "media.sha256",
      "media.format",
      "media.kind",
      "media.duration_ms as ms",
      "media.bytes",
      "media.width",
      "media.height",
      "media.taken_at as takenAt",
      "media.imported_at as importedAt",
      "media.problem",
      sql<number>`case when media.scanned_version < collections.template_version
        and collections.scene_basis is not null then 1 else 0 end`.as("pending"),
      select
        .selectFrom("faces")
        .select((one) => one.fn.countAll().as("count"))
        .whereRef("faces.media_id", "=", "media.id")
        .as("faces"),
      select
        .selectFrom("objections")
        .select((one) => one.fn.countAll().as("count"))
        .whereRef("objections.media_id", "=", "media.id")
        .where("objections.face_id", "is", null)
        .where("objections.state", "<>", "rejected")
        .as("objections"),
    ]);
}

type Row = Awaited<ReturnType<ReturnType<typeof photosQuery>["executeTakeFirstOrThrow"]>>;

function listed(row: Row, sources: readonly string[]): ListedPhoto {
  const { objections, pending, faces, ms, ...rest } = row;
  return {
    ...rest,
    seconds: ms === null ? null : ms / 1000,
    faces: Number(faces),
    pending: pending === 1,
    withheld: Number(objections) > 0,
    sources,
  };
}
