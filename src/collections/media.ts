import { overlap } from "../base/geometry.ts";
import { type CollectionId, type FaceId, type MediaId, newId } from "../base/ids.ts";
import type { AnalysedFace, FacePlace } from "../faces/engine.ts";
import { PIPELINE_VERSION } from "../faces/engine.ts";
import type { QualityProblem } from "../faces/quality.ts";
import type { Passage } from "../faces/track.ts";
import { append, type Recorder } from "../ledger/ledger.ts";
import type { Reader, Tx } from "../storage/db.ts";
import { NO_PASSAGE, passageOf, passageOverlap, passageRow } from "./passages.ts";

/** A face as it is kept: a place in a photo. */
export interface StoredFace extends FacePlace {
  readonly id: FaceId;
  readonly widthPixels: number;
  readonly problems: readonly QualityProblem[];
  /** Of a track; null for a face in a photo. */
  readonly passage: Passage | null;
}

/**
 * A face found anew and one on record are the same place from this overlap on: two detectors (or
 * two versions of one) draw the box of one face differently, but not that differently.
 */
const SAME_FACE_OVERLAP = 0.3;

/** Which pack and pipeline found a photo's faces. */
export function analysisKey(pack: string): string {
  return `${pack}/${PIPELINE_VERSION}`;
}

/** A photo or video to be written; `seconds` makes it a video, and its faces tracks. */
export interface NewMedia {
  readonly sha256: string;
  readonly bytes: number;
  readonly format: string;
  readonly width: number;
  readonly height: number;
  readonly takenAt: string | null;
  readonly seconds?: number;
  readonly analysedWith: string;
  readonly scannedVersion: number;
  readonly faces: readonly FoundFace[];
}

/** A face as it was found in a photo, or a track in a video. */
export type FoundFace = Omit<AnalysedFace, "embedding"> & { readonly passage?: Passage };

/** Writes a photo or video and its faces. The ids of the faces are in the order of `faces`. */
export async function insertMedia(
  tx: Tx,
  recorder: Recorder,
  collection: CollectionId,
  media: NewMedia,
): Promise<{ readonly id: MediaId; readonly faces: readonly FaceId[] }> {
  const id = newId("med");
  const newest = await tx.read
    .selectFrom("media")
    .select((select) => select.fn.max("seq").as("seq"))
    .where("collection_id", "=", collection)
    .executeTakeFirstOrThrow();
  await tx.write
    .insertInto("media")
    .values({
      id,
      seq: (newest.seq ?? 0) + 1,
      collection_id: collection,
      sha256: media.sha256,
      format: media.format,
      bytes: media.bytes,
      width: media.width,
      height: media.height,
      taken_at: media.takenAt,
      imported_at: recorder.clock.now(),
      analysed_with: media.analysedWith,
      scanned_version: media.scannedVersion,
      problem: null,
      kind: media.seconds === undefined ? "photo" : "video",
      duration_ms: media.seconds === undefined ? null : Math.round(media.seconds * 1000),
    })
    .execute();
  const faces = await insertFaces(tx, id, media.faces);
  const kind = media.seconds === undefined ? "photo.imported" : "video.imported";
  await append(tx, recorder, { kind, collection, faces: faces.length });
  return { id, faces };
}

/**
 * Puts newly found faces in the place of those on record. A face found again keeps its id, and so
 * its confirmed and rejected sightings; one that is not found again stays if somebody decided on
 * it or objected to it, and goes otherwise. Returns the ids in the order of `faces`.
 */
export async function replaceFaces(
  tx: Tx,
  media: MediaId,
  faces: readonly FoundFace[],
): Promise<readonly FaceId[]> {
  const known = [...(await facesOf(tx, media))];
  const ids: FaceId[] = [];
  for (const face of faces) {
    const best = known
      .map((old, index) => ({ index, overlap: sharedBy(old, face) }))
      .sort((a, b) => b.overlap - a.overlap)[0];
    const [old] = best && best.overlap >= SAME_FACE_OVERLAP ? known.splice(best.index, 1) : [];
    if (old) {
      await tx.write.updateTable("faces").set(faceRow(face)).where("id", "=", old.id).execute();
      ids.push(old.id);
    } else {
      ids.push(...(await insertFaces(tx, media, [face])));
    }
  }
  await removeUndecided(
    tx,
    known.map(({ id }) => id),
  );
  return ids;
}

/** The faces of a photo, in the order they were found. */
export async function facesOf(db: Reader, media: MediaId): Promise<readonly StoredFace[]> {
  const rows = await db.read
    .selectFrom("faces")
    .selectAll()
    .where("media_id", "=", media)
    .orderBy("position")
    .execute();
  return rows.map((row) => ({
    ...(JSON.parse(row.place) as FacePlace),
    id: row.id,
    widthPixels: row.width_pixels,
    problems: JSON.parse(row.problems) as readonly QualityProblem[],
    passage: passageOf(row),
  }));
}

/** Where a photo came from: every path it was imported under. */
export async function sourcesOf(db: Reader, media: MediaId): Promise<readonly string[]> {
  const rows = await db.read
    .selectFrom("media_sources")
    .select("path")
    .where("media_id", "=", media)
    .orderBy("path")
    .execute();
  return rows.map(({ path }) => path);
}

/** Photos asked for in one statement: a bound on its parameters. */
const PHOTOS_MAX = 500;

/** The same for many photos; one without a path is not in it. */
export async function sourcesOfAll(
  db: Reader,
  photos: readonly MediaId[],
): Promise<ReadonlyMap<MediaId, readonly string[]>> {
  const sources = new Map<MediaId, string[]>();
  for (let from = 0; from < photos.length; from += PHOTOS_MAX) {
    const rows = await db.read
      .selectFrom("media_sources")
      .select(["media_id", "path"])
      .where("media_id", "in", photos.slice(from, from + PHOTOS_MAX))
      .orderBy("path")
      .execute();
    for (const { media_id, path } of rows) {
      const known = sources.get(media_id);
      if (known) known.push(path);
      else sources.set(media_id, [path]);
    }
  }
  return sources;
}

/** Notes one more path of a photo. */
export async function addSource(tx: Tx, media: MediaId, path: string): Promise<void> {
  await tx.write
    .insertInto("media_sources")
    .values({ media_id: media, path })
    .onConflict((conflict) => conflict.columns(["media_id", "path"]).doNothing())
    .execute();
}

/** The photo of these bytes in a collection, or null. */
export async function findPhoto(
  db: Reader,
  collection: CollectionId,
  sha256: string,
): Promise<MediaId | null> {
  const row = await db.read
    .selectFrom("media")
    .select("id")
    .where("collection_id", "=", collection)
    .where("sha256", "=", sha256)
    .executeTakeFirst();
  return row?.id ?? null;
}

async function insertFaces(
  tx: Tx,
  media: MediaId,
  faces: readonly FoundFace[],
): Promise<readonly FaceId[]> {
  if (faces.length === 0) return [];
  const newest = await tx.read
    .selectFrom("faces")
    .select((select) => select.fn.max("position").as("position"))
    .where("media_id", "=", media)
    .executeTakeFirstOrThrow();
  const first = (newest.position ?? -1) + 1;
  const rows = faces.map((face, index) => ({
    id: newId("fac"),
    media_id: media,
    position: first + index,
    ...faceRow(face),
  }));
  await tx.write.insertInto("faces").values(rows).execute();
  return rows.map(({ id }) => id);
}

/** How far a face found anew is one on record: where they are, and in a video also when. */
function sharedBy(old: StoredFace, face: FoundFace): number {
  if (!old.passage || !face.passage) return overlap(old.box, face.box);
  return passageOverlap(old.passage, face.passage);
}

function faceRow(face: FoundFace) {
  const { box, landmarks, outline, score } = face;
  return {
    place: JSON.stringify({ box, landmarks, outline, score } satisfies FacePlace),
    width_pixels: Math.round(face.widthPixels),
    problems: JSON.stringify(face.problems),
    ...(face.passage ? passageRow(face.passage) : NO_PASSAGE),
  };
}

async function removeUndecided(tx: Tx, faces: readonly FaceId[]): Promise<void> {
  for (const id of faces) {
    await tx.write
      .deleteFrom("sightings")
      .where("face_id", "=", id)
      .where("state", "=", "proposed")
      .execute();
    await tx.write
      .deleteFrom("faces")
      .where("id", "=", id)
      .where((where) =>
        where.not(
          where.exists(where.selectFrom("sightings").select("id").where("face_id", "=", id)),
        ),
      )
      .where((where) =>
        where.not(
          where.exists(where.selectFrom("objections").select("id").where("face_id", "=", id)),
        ),
      )
      .execute();
  }
}
