import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, DAY_MS, type Instant, later } from "../base/clock.ts";
import {
  type CollectionId,
  type DeliveryId,
  type JobId,
  type MediaId,
  newId,
  type SubjectId,
} from "../base/ids.ts";
import { permit } from "../consent/consent.ts";
import { enqueue } from "../jobs/jobs.ts";
import type { JobContext } from "../jobs/runner.ts";
import type { Recorder } from "../ledger/ledger.ts";
import type { Span } from "../media/video-timeline.ts";
import type { Db, Reader, Tx } from "../storage/db.ts";
import type { VideoShare } from "../storage/schema.ts";
import { deliver } from "./deliver.ts";
import { type DeliverDeps, spansShowing } from "./deliver-video.ts";
import { RightsError } from "./errors.ts";
import { type Shown, type ShownVideo, videosShowing } from "./shown.ts";

/** The kind of job that writes a delivery; its target is the collection's id, `/`, its own. */
export const DELIVER = "deliver";
/** Long enough to fetch it, short enough that it is no second collection. */
export const DELIVERY_MS = DAY_MS;
/** More than anybody asks for in the day that deliveries last. */
const LISTED_MAX = 200;

/** What a delivery is to hold of videos. */
export interface VideosAsked {
  /** One video alone, as an MP4 that plays while it is loaded; null is everything, as a ZIP. */
  readonly video: MediaId | null;
  readonly videos: VideoShare;
  readonly sound: "keep" | "remove";
}

/** Photos and videos of people that wait to be fetched: an archive, or one video. */
export interface Delivery extends VideosAsked {
  readonly id: DeliveryId;
  readonly subjects: readonly SubjectId[];
  /** The moments of its one video that it holds; null: all of it, or it is an archive. */
  readonly spans: readonly Span[] | null;
  /** How many photos and videos it holds; null until it is made. */
  readonly photos: number | null;
  readonly askedAt: Instant;
  readonly madeAt: Instant | null;
  readonly expiresAt: Instant;
  /** The job that makes it; null once jobs of its time are forgotten. */
  readonly job: JobId | null;
}

/** What deliveries work with; `folder` holds their archives. */
export interface DeliveryDeps extends DeliverDeps {
  readonly folder: string;
}

/**
 * Asks for a delivery, made by a job. Throws ConsentError no_live_grant; RightsError video_unknown
 * where none of them is seen in the video asked for.
 */
export async function askForDelivery(
  db: Db,
  recorder: Recorder,
  of: Partial<VideosAsked> & {
    readonly collection: CollectionId;
    readonly subjects: readonly SubjectId[];
  },
): Promise<{ readonly delivery: DeliveryId; readonly job: JobId }> {
  const { collection, video = null, videos = "whole", sound = "keep" } = of;
  const { clock } = recorder;
  const subjects = [...new Set(of.subjects)].sort();
  return db.write(async (tx) => {
    for (const subject of subjects) await permit(tx, clock, "deliver", { collection, subject });
    const shown = { collection, subjects };
    const one = video === null ? null : await findShown(tx, shown, video);
    const spans = one && videos === "intervals" ? await spansShowing(tx, shown, one) : null;
    const id = newId("del");
    const now = clock.now();
    await tx.write
      .insertInto("deliveries")
      .values({
        id,
        collection_id: collection,
        account: recorder.account,
        photos: null,
        asked_at: now,
        made_at: null,
        expires_at: later(now, DELIVERY_MS),
        media_id: video,
        videos,
        sound,
        spans: spans && JSON.stringify(spans),
      })
      .execute();
    const rows = subjects.map((subject) => ({ delivery_id: id, subject_id: subject }));
    await tx.write.insertInto("delivery_subjects").values(rows).execute();
    const job = await enqueue(tx, clock, DELIVER, `${collection}/${id}`);
    return { delivery: id, job };
  });
}

async function findShown(tx: Tx, shown: Shown, video: MediaId): Promise<ShownVideo> {
  const videos = await videosShowing(tx, shown);
  const found = videos.find(({ media }) => media === video);
  if (found) return found;
  throw new RightsError("video_unknown", "They are not seen in this video.");
}

/** Writes the archive of a delivery; see `deliver`. One that is gone or made is left. */
export async function makeDelivery(
  deps: DeliveryDeps,
  recorder: Recorder,
  target: string,
  context: JobContext,
): Promise<void> {
  const [collection, id] = target.split("/") as [CollectionId, DeliveryId];
  const row = await rowOf(deps.db, collection, id);
  if (!row || row.madeAt !== null || row.expiresAt <= recorder.clock.now()) return;
  await mkdir(deps.folder, { recursive: true, mode: 0o700 });
  const as = { ...recorder, account: row.account };
  const { subjects, video, videos, sound, spans } = row;
  const request = {
    collection,
    subjects,
    video,
    videos,
    sound,
    spans,
    to: fileOf(deps.folder, row),
  };
  await deliver(deps, as, request, {
    signal: context.signal,
    onProgress: (done, total) => context.report({ done, total }),
    settle: async (tx, made) => {
      await tx.write
        .updateTable("deliveries")
        .set({ photos: made.photos + made.videos, made_at: recorder.clock.now() })
        .where("id", "=", id)
        .execute();
    },
  });
}

/** One delivery of a collection. Throws RightsError delivery_unknown, also of one that is over. */
export async function readDelivery(
  db: Reader,
  clock: Clock,
  collection: CollectionId,
  id: DeliveryId,
): Promise<Delivery> {
  const row = await rowOf(db, collection, id);
  if (row && row.expiresAt > clock.now()) return row;
  throw new RightsError("delivery_unknown", "There is no such delivery, or it is over.");
}

/** The deliveries of a collection that are not over, the newest first. */
export async function listDeliveries(
  db: Reader,
  clock: Clock,
  collection: CollectionId,
): Promise<readonly Delivery[]> {
  return listOf(db, clock, collection, null);
}

async function listOf(
  db: Reader,
  clock: Clock,
  collection: CollectionId,
  subject: SubjectId | null,
): Promise<readonly Delivery[]> {
  const listed = db.read
    .selectFrom("deliveries")
    .select("id")
    .where("collection_id", "=", collection)
    .where("expires_at", ">", clock.now());
  const theirs = (one: SubjectId) =>
    listed.where("id", "in", (where) =>
      where.selectFrom("delivery_subjects").select("delivery_id").where("subject_id", "=", one),
    );
  const rows = await (subject === null ? listed : theirs(subject))
    .orderBy("asked_at", "desc")
    .orderBy("id")
    .limit(LISTED_MAX)
    .execute();
  const found = await Promise.all(rows.map(async ({ id }) => rowOf(db, collection, id)));
  return found.filter((one) => one !== null);
}

/** The deliveries of a collection in which one person alone is shown, as `listDeliveries`. */
export async function listOwnDeliveries(
  db: Reader,
  clock: Clock,
  { collection, subject }: { readonly collection: CollectionId; readonly subject: SubjectId },
): Promise<readonly Delivery[]> {
  const all = await listOf(db, clock, collection, subject);
  return all.filter(({ subjects }) => subjects.length === 1);
}

/**
 * The file of a delivery, for whoever fetches it now: everybody in it still consents, nobody has
 * objected to a photo of the collection since, nor said of a face it may show that it is not
 * theirs. Throws RightsError delivery_unknown,
 * delivery_not_made, delivery_outdated; ConsentError no_live_grant.
 */
export async function fetchDelivery(
  deps: Pick<DeliveryDeps, "db" | "folder">,
  clock: Clock,
  collection: CollectionId,
  id: DeliveryId,
): Promise<string> {
  return deps.db.write(async (tx) => {
    const found = await readDelivery(tx, clock, collection, id);
    const { subjects, madeAt, askedAt } = found;
    for (const subject of subjects) await permit(tx, clock, "deliver", { collection, subject });
    if (madeAt === null) {
      throw new RightsError("delivery_not_made", "It is not made yet. Look at its job, and wait.");
    }
    const isOutdated =
      (await isObjectedSince(tx, collection, askedAt)) ||
      (await isRejectedSince(tx, { collection, subjects }, askedAt));
    if (isOutdated) {
      const sentence = "Somebody has said since that a photo or face is not to be shown.";
      throw new RightsError("delivery_outdated", `${sentence} Ask for it anew.`);
    }
    return fileOf(deps.folder, found);
  });
}

async function rowOf(
  db: Reader,
  collection: CollectionId,
  id: DeliveryId,
): Promise<(Delivery & { readonly account: string }) | null> {
  const row = await db.read
    .selectFrom("deliveries")
    .selectAll()
    .where("id", "=", id)
    .where("collection_id", "=", collection)
    .executeTakeFirst();
  if (!row) return null;
  const people = await db.read
    .selectFrom("delivery_subjects")
    .select("subject_id")
    .where("delivery_id", "=", id)
    .orderBy("subject_id")
    .execute();
  return {
    id,
    account: row.account,
    subjects: people.map(({ subject_id }) => subject_id),
    photos: row.photos,
    askedAt: row.asked_at,
    madeAt: row.made_at,
    expiresAt: row.expires_at,
    job: await jobOf(db, `${collection}/${id}`),
    video: row.media_id,
    videos: row.videos,
    sound: row.sound,
    spans: row.spans === null ? null : (JSON.parse(row.spans) as readonly Span[]),
  };
}

async function jobOf(db: Reader, target: string): Promise<JobId | null> {
  const row = await db.read
    .selectFrom("jobs")
    .select("id")
    .where("kind", "=", DELIVER)
    .where("target", "=", target)
    .orderBy("created_at", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? null;
}

async function isObjectedSince(tx: Tx, collection: CollectionId, at: Instant): Promise<boolean> {
  const row = await tx.read
    .selectFrom("objections")
    .select("id")
    .where("collection_id", "=", collection)
    .where("asked_at", ">=", at)
    .where("state", "<>", "rejected")
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** A face that was taken for one of theirs, and is not: it would be shown uncovered. */
async function isRejectedSince(
  tx: Tx,
  { collection, subjects }: Shown,
  at: Instant,
): Promise<boolean> {
  const row = await tx.read
    .selectFrom("sightings")
    .select("id")
    .where("collection_id", "=", collection)
    .where("subject_id", "in", subjects)
    .where("state", "=", "rejected")
    .where("decided_at", ">", at)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

function fileOf(folder: string, { id, video }: Pick<Delivery, "id" | "video">): string {
  return join(folder, `${id}.${video === null ? "zip" : "mp4"}`);
}
