import type { Instant } from "../base/clock.ts";
import type { CollectionId } from "../base/ids.ts";
import type { Collection } from "../collections/collections.ts";
import { countJobs } from "../jobs/listings.ts";
import type { Reader } from "../storage/db.ts";
import type { UploadState } from "../storage/service-schema.ts";
import { type CollectionStatus, readCollectionStatus } from "./status.ts";

/** How a collection is, at one moment: what it holds, what waits, and what wants to be looked at. */
export interface CollectionHealth extends Omit<CollectionStatus, "name"> {
  /** Photos that could not be compared. */
  readonly problems: number;
  /** Files being sent, files received that are not imported yet, files that were refused. */
  readonly receiving: number;
  readonly received: number;
  readonly refused: number;
  /** Jobs of it that wait or run. */
  readonly jobs: number;
  /** What people object to and nobody has decided on. */
  readonly objections: number;
  /** Alerts that nobody has looked at. */
  readonly alerts: number;
  /** When the next consent ends; null: none is in force. */
  readonly nextEnd: Instant | null;
}

/** Reads it. It changes nothing, and names nobody. */
export async function readHealth(
  db: Reader,
  at: Instant,
  collection: Collection,
): Promise<CollectionHealth> {
  const { id } = collection;
  const { name: _, ...status } = await readCollectionStatus(db, at, collection);
  const uploads = await countUploads(db, id);
  return {
    ...status,
    problems: await countProblems(db, id),
    receiving: uploads("receiving"),
    received: uploads("received"),
    refused: uploads("refused"),
    jobs: await countJobs(db, id),
    objections: await countObjections(db, id),
    alerts: await countAlerts(db, id),
    nextEnd: await nextEnd(db, at, id),
  };
}

async function countUploads(db: Reader, collection: CollectionId) {
  const rows = await db.read
    .selectFrom("uploads")
    .select(({ fn }) => ["state", fn.countAll<number>().as("count")])
    .where("collection_id", "=", collection)
    .groupBy("state")
    .execute();
  return (state: UploadState): number => rows.find((row) => row.state === state)?.count ?? 0;
}

async function countProblems(db: Reader, collection: CollectionId): Promise<number> {
  const { count } = await db.read
    .selectFrom("media")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("collection_id", "=", collection)
    .where("problem", "is not", null)
    .executeTakeFirstOrThrow();
  return count;
}

async function countObjections(db: Reader, collection: CollectionId): Promise<number> {
  const { count } = await db.read
    .selectFrom("objections")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("collection_id", "=", collection)
    .where("state", "=", "open")
    .executeTakeFirstOrThrow();
  return count;
}

async function countAlerts(db: Reader, collection: CollectionId): Promise<number> {
  const { count } = await db.read
    .selectFrom("alerts")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("collection_id", "=", collection)
    .where("seen_at", "is", null)
    .executeTakeFirstOrThrow();
  return count;
}

async function nextEnd(db: Reader, at: Instant, collection: CollectionId): Promise<Instant | null> {
  const row = await db.read
    .selectFrom("grants")
    .select("expires_at")
    .where("collection_id", "=", collection)
    .where("state", "in", ["granted", "paused"])
    .where("expires_at", ">", at)
    .orderBy("expires_at")
    .limit(1)
    .executeTakeFirst();
  return row?.expires_at ?? null;
}
