import { DAY_MS, type Clock, type Instant, later } from "../base/clock.ts";
import { type Collection, listCollections } from "../collections/collections.ts";
import { readOperator } from "../consent/operator.ts";
import { newestCheckpoint } from "../ledger/sequencer.ts";
import { type WitnessState, witnessState } from "../ledger/witness.ts";
import { planSweep, type SweepLine } from "../rights/retention.ts";
import type { Blobs } from "../storage/blobs.ts";
import type { DatabaseKind, Db, Reader } from "../storage/db.ts";
import { keyPlaces } from "../storage/key-places.ts";
import type { JobState } from "../storage/schema.ts";
import { readSetting } from "../storage/settings.ts";
import { countMessages } from "../webhooks/messages.ts";
import { listWebhooks } from "../webhooks/webhooks.ts";

/** Whoever's consent ends so soon had better be asked again now. */
export const ENDING_DAYS = 30;

/** What an instance holds, and what waits to be done, at one moment. Counts and ids alone. */
export interface Status {
  readonly at: Instant;
  readonly database: DatabaseKind;
  /** Null where nobody has said who runs the instance. */
  readonly operator: string | null;
  /** More than one epoch: a roll was cut short, and the next one finishes it. */
  readonly epochs: { readonly count: number; readonly newestAt: Instant };
  readonly collections: readonly CollectionStatus[];
  readonly jobs: Readonly<Record<Exclude<JobState, "done" | "cancelled">, number>>;
  readonly ledger: LedgerStatus;
  readonly openObjections: number;
  readonly webhooks: {
    readonly endpoints: number;
    readonly waiting: number;
    readonly dead: number;
  };
  /** What a sweep would do now. */
  readonly retention: readonly SweepLine[];
  /** Where backups' key files are kept up to date. */
  readonly keyFiles: readonly { readonly path: string; readonly behind: boolean }[];
  /** When the instance was filled from a backup, which is a break in its ledger; null if never. */
  readonly restoredAt: Instant | null;
}

/** One collection in numbers. */
export interface CollectionStatus {
  readonly name: string;
  readonly photos: number;
  /** Photos not yet compared with the people added last. */
  readonly waiting: number;
  readonly people: number;
  readonly paused: number;
  /** Of the people, whose consent ends within ENDING_DAYS. */
  readonly ending: number;
}

/** How far the tree is behind what is recorded, and who else has seen it. */
export interface LedgerStatus {
  readonly entries: number;
  readonly waiting: number;
  readonly checkpoint: { readonly size: number; readonly at: Instant } | null;
  /** Who cosigned what; nobody the newest checkpoint: UNWITNESSED. */
  readonly witness: WitnessState;
}

/** Reads the status. It changes nothing, and names nobody. */
export async function readStatus(deps: {
  readonly db: Db;
  readonly blobs: Blobs;
  readonly clock: Clock;
}): Promise<Status> {
  const { db, blobs, clock } = deps;
  const at = clock.now();
  const { waiting, dead } = await countMessages(db);
  return {
    at,
    database: db.kind,
    operator: (await readOperator(db))?.name ?? null,
    epochs: await readEpochs(db),
    collections: await readCollections(db, at),
    jobs: await readJobs(db),
    ledger: await readLedger(db),
    openObjections: await countOpenObjections(db),
    webhooks: { endpoints: (await listWebhooks(db)).length, waiting, dead },
    retention: await planSweep({ db, blobs }, clock),
    keyFiles: await keyPlaces(db),
    restoredAt: await restoredAt(db),
  };
}

async function readEpochs(db: Reader): Promise<Status["epochs"]> {
  const { count, newest } = await db.read
    .selectFrom("epoch_keys")
    .select(({ fn }) => [fn.countAll<number>().as("count"), fn.max("created_at").as("newest")])
    .executeTakeFirstOrThrow();
  return { count, newestAt: newest };
}

async function readCollections(db: Reader, at: Instant): Promise<readonly CollectionStatus[]> {
  const collections = await listCollections(db);
  return Promise.all(collections.map(async (one) => readCollectionStatus(db, at, one)));
}

/** One collection in numbers. */
export async function readCollectionStatus(
  db: Reader,
  at: Instant,
  one: Collection,
): Promise<CollectionStatus> {
  const media = db.read
    .selectFrom("media")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("collection_id", "=", one.id);
  const grants = db.read
    .selectFrom("grants")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("collection_id", "=", one.id)
    .where("expires_at", ">", at);
  const live = grants.where("state", "=", "granted");
  const countOf = async (query: typeof media | typeof grants) =>
    (await query.executeTakeFirstOrThrow()).count;
  const comparable = one.sceneBasis !== null;
  return {
    name: one.name,
    photos: await countOf(media),
    waiting: comparable
      ? await countOf(media.where("scanned_version", "<", one.templateVersion))
      : 0,
    people: await countOf(live),
    paused: await countOf(grants.where("state", "=", "paused")),
    ending: await countOf(live.where("expires_at", "<=", later(at, ENDING_DAYS * DAY_MS))),
  };
}

async function readJobs(db: Reader): Promise<Status["jobs"]> {
  const rows = await db.read
    .selectFrom("jobs")
    .select(({ fn }) => ["state", fn.countAll<number>().as("count")])
    .groupBy("state")
    .execute();
  const of = (state: JobState) => rows.find((row) => row.state === state)?.count ?? 0;
  return { queued: of("queued"), running: of("running"), failed: of("failed") };
}

async function readLedger(db: Reader): Promise<LedgerStatus> {
  const { entries, placed } = await db.read
    .selectFrom("entries")
    .select(({ fn }) => [
      fn.countAll<number>().as("entries"),
      fn.count<number>("leaf_index").as("placed"),
    ])
    .executeTakeFirstOrThrow();
  const newest = await newestCheckpoint(db);
  const witness = await witnessState(db);
  const waiting = entries - placed;
  if (!newest) return { entries, waiting, checkpoint: null, witness };
  const { made_at: at } = await db.read
    .selectFrom("checkpoints")
    .select("made_at")
    .where("size", "=", newest.size)
    .executeTakeFirstOrThrow();
  return { entries, waiting, checkpoint: { size: newest.size, at }, witness };
}

async function countOpenObjections(db: Reader): Promise<number> {
  const { count } = await db.read
    .selectFrom("objections")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("state", "=", "open")
    .executeTakeFirstOrThrow();
  return count;
}

async function restoredAt(db: Reader): Promise<Instant | null> {
  const text = await readSetting(db, "restored");
  return text === null ? null : (Number(text) as Instant);
}
