import { wipe } from "../base/bytes.ts";
import { inParallel } from "../base/parallel.ts";
import type { CollectionId, FaceId, MediaId } from "../base/ids.ts";
import type { Collection } from "../collections/collections.ts";
import type { Engines } from "../collections/enrol.ts";
import { analysisKey, facesOf, replaceFaces } from "../collections/media.ts";
import type { ComparableFace } from "../collections/import.ts";
import { videoKey } from "../collections/video-key.ts";
import type { Engine } from "../faces/engine.ts";
import { photoProblem } from "../faces/errors.ts";
import { embedTracks, trackFaces } from "../faces/video-tracks.ts";
import type { JobContext } from "../jobs/runner.ts";
import type { Blobs } from "../storage/blobs.ts";
import type { Db, Tx } from "../storage/db.ts";
import type { MediaKind } from "../storage/schema.ts";
import { lockTemplateVersion, rankFaces, type ScanDeps, settleFaces } from "./scan.ts";

/** What a backfill works with. */
export interface BackfillDeps extends ScanDeps {
  readonly blobs: Blobs;
  readonly engines: Engines;
  readonly parallel: number;
}

/** Photos read from the database at a time: the rest may change meanwhile. */
const BATCH = 256;

interface Pending {
  readonly id: MediaId;
  readonly sha256: string;
  readonly analysed_with: string;
  readonly kind: MediaKind;
}

/**
 * Compares every photo that was scanned before the newest person was added with the gallery as it
 * is: one pass for all who wait. A photo's sightings and its version are one transaction, so a pass
 * that is killed goes on where it was, and none is skipped or counted twice.
 */
export async function backfill(
  deps: BackfillDeps,
  id: CollectionId,
  context: JobContext,
): Promise<void> {
  let done = 0;
  for (;;) {
    const { collection, gallery } = await deps.galleries.current(id);
    if (collection.sceneBasis === null) return;
    await passIncomparable(deps.db, collection, gallery.size === 0);
    const waiting = await countPending(deps.db, collection);
    context.report({ done, total: done + waiting });
    if (waiting === 0) return;
    await inParallel(await readPending(deps.db, collection), deps.parallel, async (photo) => {
      context.signal.throwIfAborted();
      await scanMedia(deps, collection, photo, context.signal);
      done += 1;
      context.report({ done, total: Math.max(done, waiting) });
    });
  }
}

/** Photos of a collection that await comparison. */
export async function countPending(db: Db, collection: Collection): Promise<number> {
  const row = await pendingQuery(db, collection)
    .select((select) => select.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return row.count;
}

async function scanMedia(
  deps: BackfillDeps,
  collection: Collection,
  photo: Pending,
  signal: AbortSignal,
): Promise<void> {
  const found = await look(deps, collection, photo, signal);
  try {
    const current = await deps.galleries.current(collection.id);
    // Another pack since then: its gallery can't be asked. The next round looks at the photo anew.
    if (current.collection.pack !== collection.pack) return;
    const candidates = rankFaces(current, found.faces);
    const { templateVersion } = current.collection;
    const { analysedWith, problem } = found;
    await deps.db.write(async (tx) => {
      await lockTemplateVersion(tx, collection, "share");
      const faces = await found.store(tx);
      await settleFaces(tx, deps.clock, current, faces, candidates);
      await tx.write
        .updateTable("media")
        .set({ scanned_version: templateVersion, analysed_with: analysedWith, problem })
        .where("id", "=", photo.id)
        .execute();
    });
  } finally {
    wipe(...found.faces.map(({ embedding }) => embedding));
  }
}

interface Found {
  readonly faces: readonly ComparableFace[];
  readonly analysedWith: string;
  /** Why the photo could not be looked at, as an error code. */
  readonly problem: string | null;
  /** Brings the record of the faces up to date, and tells their ids in the order of `faces`. */
  readonly store: (tx: Tx) => Promise<readonly FaceId[]>;
}

async function look(
  deps: BackfillDeps,
  collection: Collection,
  media: Pending,
  signal: AbortSignal,
): Promise<Found> {
  const engine = await deps.engines(collection.pack);
  try {
    return media.kind === "photo"
      ? await findFaces(deps, engine, collection, media)
      : await findTracks(deps, engine, collection, media, signal);
  } catch (error) {
    // A stored photo that can't be read any more keeps its faces and sightings as they are.
    const problem = photoProblem(error);
    if (problem === null) throw error;
    return { faces: [], analysedWith: media.analysed_with, problem, store: async () => [] };
  }
}

/** Embeds the faces on record; looks for them anew where another pack or pipeline found them. */
async function findFaces(
  deps: BackfillDeps,
  engine: Engine,
  collection: Collection,
  photo: Pending,
): Promise<Found> {
  const source = { file: deps.blobs.pathOf(photo.sha256) };
  const key = analysisKey(collection.pack);
  if (photo.analysed_with === key) {
    const known = await facesOf(deps.db, photo.id);
    const ids = known.map(({ id }) => id);
    const embeddings = await engine.embed(source, known);
    const faces = embeddings.map((embedding) => ({ embedding }));
    return { faces, analysedWith: key, problem: null, store: async () => ids };
  }
  const { faces } = await engine.analyse(source, { embed: { kind: "all" }, use: "scan" });
  const store = async (tx: Tx) => replaceFaces(tx, photo.id, faces);
  return { faces, analysedWith: key, problem: null, store };
}

/**
 * The same for a video: of tracks on record only the frames are decoded that were kept of them; one
 * whose faces were linked by their places alone is followed through anew.
 */
async function findTracks(
  { db, blobs, parallel }: BackfillDeps,
  engine: Engine,
  collection: Collection,
  video: Pending,
  signal: AbortSignal,
): Promise<Found> {
  const file = blobs.pathOf(video.sha256);
  const key = videoKey(collection.pack, true);
  if (video.analysed_with === key) {
    const known = await facesOf(db, video.id);
    const ids = known.map(({ id }) => id);
    const passages = known.map(({ passage }) => passage ?? { kept: [] });
    const faces = await embedTracks(engine, file, passages, { parallel, signal });
    return { faces, analysedWith: key, problem: null, store: async () => ids };
  }
  const { tracks } = await trackFaces(engine, file, { embed: true, parallel, signal });
  const store = async (tx: Tx) => replaceFaces(tx, video.id, tracks);
  return { faces: tracks, analysedWith: key, problem: null, store };
}

/**
 * Photos without a face have nothing to compare, and an empty gallery nobody to compare with: no
 * photo is decoded, and no stranger's face embedded, for that.
 */
async function passIncomparable(db: Db, collection: Collection, nobody: boolean): Promise<void> {
  await db.write(async (tx) => {
    await tx.write
      .updateTable("media")
      .set({ scanned_version: collection.templateVersion })
      .where("collection_id", "=", collection.id)
      .where("scanned_version", "<", collection.templateVersion)
      .where("analysed_with", "in", [
        analysisKey(collection.pack),
        videoKey(collection.pack, false),
      ])
      .$if(!nobody, (query) =>
        query.where((where) =>
          where.not(
            where.exists(
              where.selectFrom("faces").select("faces.id").whereRef("media_id", "=", "media.id"),
            ),
          ),
        ),
      )
      .execute();
  });
}

async function readPending(db: Db, collection: Collection): Promise<readonly Pending[]> {
  return pendingQuery(db, collection)
    .select(["id", "sha256", "analysed_with", "kind"])
    .orderBy("seq")
    .limit(BATCH)
    .execute();
}

function pendingQuery(db: Db, collection: Collection) {
  return db.read
    .selectFrom("media")
    .where("collection_id", "=", collection.id)
    .where("scanned_version", "<", collection.templateVersion);
}
